"""The production server as a process, with readers that read nothing: memory, others, the end."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from bench.pushing_app import FRAME_BYTES
from bench.stuck import established_to
from tests.raw_sockets import RawClient
from tests.test_serve import serving

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
PUSHED_BYTES = 300 * MIB
GROWTH_BYTES = 5 * MIB
GONE_WITHIN_S = 30.0
EXIT_WITHIN_S = 10.0


@contextmanager
def pushing(folder: Path) -> Iterator[tuple["Popen[str]", int]]:
    """`manage.py serve` with the app that pushes."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "BENCH_APPLICATION": "bench.pushing_app.application",
        "BENCH_STATIC_ROOT": str(folder),
    }
    with serving(folder, **settings) as (process, address):
        yield process, int(address.rpartition(":")[2])


def joined(port: int, path: str = "/ws/sync/") -> RawClient:
    client = RawClient(port)
    client.ask(path)
    while not client.status and client.listen(5):
        pass
    assert client.status.startswith("HTTP/1.1 101")
    return client


def listen_until(client: RawClient, done: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not done() and not client.over:
        assert time.monotonic() < deadline, "it took too long"
        client.listen(0.2)


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_stuck_reader_costs_nobody_anything_and_is_soon_gone(tmp_path):
    frames = PUSHED_BYTES // FRAME_BYTES
    with pushing(tmp_path) as (process, port):
        healthy = joined(port)
        healthy.send("2000")  # the server's own buffers have grown to their size
        listen_until(healthy, lambda: len(healthy.texts) == 2000, 20)
        healthy.texts.clear()
        before = resident_bytes(process.pid)
        stuck = joined(port)
        assert established_to(port) == 2
        began_s = time.monotonic()
        healthy.send(str(frames))
        numbers: list[int] = []
        most, gone_after_s = before, 0.0
        while len(numbers) < frames:
            assert healthy.listen(5), f"{len(numbers)} of {frames}, close {healthy.close_code}"
            numbers += [json.loads(text)["n"] for text in healthy.texts]
            healthy.texts.clear()
            most = max(most, resident_bytes(process.pid))
            if not gone_after_s and established_to(port) == 1:
                gone_after_s = time.monotonic() - began_s
        while not gone_after_s:
            assert time.monotonic() - began_s < GONE_WITHIN_S
            time.sleep(0.1)
            if established_to(port) == 1:
                gone_after_s = time.monotonic() - began_s
        assert numbers == list(range(frames))
        assert most - before <= GROWTH_BYTES
        print(f"grown {(most - before) / MIB:.1f} MiB, gone after {gone_after_s:.1f} s")
        stuck.socket.close()
        healthy.socket.close()


def test_a_drain_tells_closes_and_is_held_by_nobody(tmp_path):
    with serving(tmp_path) as (process, address):
        port = int(address.rpartition(":")[2])
        members = [joined(port, "/ws/party/"), joined(port)]
        silent = joined(port)  # never answers the close
        process.send_signal(signal.SIGTERM)
        began_s = time.monotonic()
        for member in members:
            listen_until(member, lambda: False, EXIT_WITHIN_S)
            told = json.loads(member.texts[-1])
            assert told["type"] == "server:draining"
            assert 0 < told["retryIn"] < 5000
            assert (member.close_code, member.after_close) == (1012, 0)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=1)
        out, err = process.communicate(timeout=EXIT_WITHIN_S)
        assert (process.returncode, out, err) == (0, "Stopped.\n", "")
        assert time.monotonic() - began_s < EXIT_WITHIN_S
        silent.socket.close()


def test_a_reader_who_takes_nothing_does_not_hold_the_exit(tmp_path):
    with pushing(tmp_path) as (process, port):
        healthy, stuck = joined(port), joined(port)
        stuck_at = established_to(port)
        healthy.send("100000")
        listen_until(healthy, lambda: len(healthy.texts) > 500, 20)
        process.send_signal(signal.SIGTERM)
        began_s = time.monotonic()
        listen_until(healthy, lambda: healthy.over, EXIT_WITHIN_S)
        assert healthy.close_code == 1012
        kinds = {json.loads(text).get("type") for text in healthy.texts}
        assert "server:draining" in kinds
        out, _ = process.communicate(timeout=EXIT_WITHIN_S)
        assert (process.returncode, out) == (0, "Stopped.\n")
        assert time.monotonic() - began_s < EXIT_WITHIN_S
        assert stuck_at == 2
        stuck.socket.close()
