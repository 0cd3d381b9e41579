"""The thread that asks the database: in turn, with answers and failures for who asked."""

import sys
import threading

import pytest

from tests.commands import environment, run
from watchparty.database_thread import DatabaseThread

STUCK = """
import threading
from watchparty.database_thread import DatabaseThread
DatabaseThread("stuck").submit(threading.Event().wait)
"""


def test_a_failure_is_who_asked_s_and_the_next_one_is_answered() -> None:
    thread = DatabaseThread("test")
    failed, answered = thread.submit(int, "x"), thread.submit(int, "7")
    with pytest.raises(ValueError, match="invalid literal"):
        failed.result(5)
    assert answered.result(5) == 7
    thread.shutdown()


def test_what_was_called_off_is_not_done() -> None:
    thread, go_on = DatabaseThread("test"), threading.Event()
    done: list[int] = []
    first = thread.submit(go_on.wait, 5)
    second = thread.submit(done.append, 2)
    third = thread.submit(done.append, 3)
    assert second.cancel()
    go_on.set()
    assert first.result(5)
    third.result(5)
    assert done == [3]
    thread.shutdown()
    thread.shutdown()


def test_a_process_ends_though_its_thread_is_stuck() -> None:
    assert run([sys.executable, "-c", STUCK], environment()).returncode == 0
