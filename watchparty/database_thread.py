"""A thread that asks the database for who must not wait: one thing after the other.

It is a daemon: a process that is told to end waits for no database that does not answer. What is
asked here is one transaction each, so that breaking off in the middle leaves nothing half done.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_Work = tuple["Future[Any]", Callable[[], Any]]


class DatabaseThread(Executor):
    """An executor of one thread, which begins with the first thing it is asked."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._asked: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Have it done in its turn."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        future: Future[T] = Future()
        self._asked.put((future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End after what has been asked; again changes nothing."""
        if self._thread is not None:
            self._asked.put(None)
            if wait:
                self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            future, do = asked
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(do())
            except BaseException as problem:  # noqa: BLE001 - it belongs to who asked
                future.set_exception(problem)
