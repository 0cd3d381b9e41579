"""What a reader who takes nothing costs the others: `python -m bench.stuck`.

300 MB are pushed to four readers, with and without a fifth one that never reads, in turn. Ends by
itself after about a minute; changes no file.
"""

import argparse
import asyncio
import gc
import socket
import sys
import tempfile
import time
from array import array
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final, cast

import uvloop

from bench.figures import percentile
from bench.machine import busy_s, describe, load, part_cores
from bench.pushing_app import FRAME_BYTES
from bench.server import HOST, Server, ServerFault, Site
from bench.viewers import PING, PONG, TEXT, client_frame, handshake, take_frame

READERS: Final = 4
PUSHED_BYTES: Final = 300 * 1024 * 1024
WARM_UP_FRAMES: Final = 2000
"""After so many the server's own buffers have grown to their size."""
PUSHING_S: Final = 120.0
GONE_WITHIN_S: Final = 60.0
POLL_S: Final = 0.05
MIB: Final = 1024 * 1024
_HEAD_BYTES: Final = 80


class Reader(asyncio.Protocol):
    """Takes every frame at once, and notes how long it was on its way."""

    def __init__(self, port: int) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.delays_ms = array("d")
        self.count = 0
        self._port = port
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(handshake("/ws/sync/", self._port))

    def data_received(self, data: bytes) -> None:
        """Take every whole frame; the time is that of the arrival."""
        at_s = time.monotonic()  # as the app's own stamp: one clock for the whole machine
        buffer = self._buffer + data
        start = 0
        if not self.ready.done():
            start = buffer.find(b"\r\n\r\n") + 4
            if not buffer.startswith(b"HTTP/1.1 101 "):
                self.ready.set_exception(ConnectionError("a socket could not open"))
                return
            self.ready.set_result(None)
        while (frame := take_frame(buffer, start)) is not None:
            opcode, payload, start = frame
            if opcode == TEXT:
                self._note(payload, at_s)
            elif opcode == PING:
                self._transport.write(client_frame(PONG, payload))
        self._buffer = buffer[start:]

    def begin(self, frames: int) -> None:
        """Have so many frames pushed to everybody."""
        self._transport.write(client_frame(TEXT, str(frames).encode()))

    def leave(self) -> None:
        """Drop the socket."""
        self._transport.abort()

    def _note(self, payload: bytes, at_s: float) -> None:
        head = payload[:_HEAD_BYTES]
        sent_s = float(head.partition(b'"at": ')[2].partition(b",")[0])
        self.delays_ms.append((at_s - sent_s) * 1000)
        self.count += 1


@dataclass(frozen=True, slots=True)
class Window:
    """One push of it all."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    most_ms: float
    grown_bytes: int
    gone_after_s: float | None
    others_core: float


async def push(server: Server, *, with_stuck: bool, frames: int) -> Window:
    """Push to the readers, beside one that never reads or without it."""
    loop = asyncio.get_running_loop()
    readers = []
    for _ in range(READERS):
        _, reader = await loop.create_connection(partial(Reader, server.port), HOST, server.port)
        await reader.ready
        readers.append(reader)
    await _pushed(readers, WARM_UP_FRAMES)
    before_bytes, server_s, own_s, all_s = (
        server.resident_bytes(),
        server.cpu_s(),
        time.process_time(),
        busy_s(),
    )
    stuck = _stuck(server.port) if with_stuck else None
    began_s = time.monotonic()
    for reader in readers:
        reader.delays_ms = array("d")
    most_bytes = await _pushed(readers, frames, server)
    took_s = time.monotonic() - began_s
    others_s = busy_s() - all_s - (server.cpu_s() - server_s) - (time.process_time() - own_s)
    gone_after_s = None if stuck is None else await _gone(server.port, began_s)
    delays = sorted(delay for reader in readers for delay in reader.delays_ms)
    for reader in readers:
        reader.leave()
    if stuck is not None:
        stuck.close()
    return Window(
        p50_ms=percentile(delays, 50),
        p95_ms=percentile(delays, 95),
        p99_ms=percentile(delays, 99),
        most_ms=delays[-1],
        grown_bytes=most_bytes - before_bytes,
        gone_after_s=gone_after_s,
        others_core=max(others_s, 0.0) / took_s,
    )


async def _pushed(readers: list[Reader], frames: int, server: Server | None = None) -> int:
    """Begin, and wait until every reader has all of it; returns the server's most memory."""
    wanted = [reader.count + frames for reader in readers]
    most_bytes = 0
    readers[0].begin(frames)
    async with asyncio.timeout(PUSHING_S):
        while any(r.count < n for r, n in zip(readers, wanted, strict=True)):
            if server is not None:
                most_bytes = max(most_bytes, server.resident_bytes())
            await asyncio.sleep(POLL_S)
    return most_bytes


def _stuck(port: int) -> socket.socket:
    """A peer that shakes hands and never reads again."""
    peer = socket.create_connection((HOST, port), timeout=5)
    peer.sendall(handshake("/ws/sync/", port))
    peer.recv(1)
    return peer


async def _gone(port: int, since_s: float) -> float:
    """Seconds until the server has dropped the stuck reader: only the readers are left."""
    while established_to(port) > READERS:
        if time.monotonic() - since_s > GONE_WITHIN_S:
            raise TimeoutError("the stuck reader is still there")
        await asyncio.sleep(POLL_S)
    return time.monotonic() - since_s


def established_to(port: int) -> int:
    """Connections that the server still holds, as the kernel counts them."""
    rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    held = {"01", "04", "05", "08"}  # established, or closing with data that nobody takes
    local = f":{port:04X}"
    return sum(row.split()[1].endswith(local) and row.split()[3] in held for row in rows)


def main() -> int:
    """Measure in turn, then tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.stuck", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    cores = part_cores()
    for line in describe():
        print(line)
    print(f"server on core {cores[0]}, readers on core {cores[1]}; load before {load():.2f}")
    windows: dict[bool, list[Window]] = {False: [], True: []}
    frames = PUSHED_BYTES // FRAME_BYTES
    try:
        with tempfile.TemporaryDirectory(prefix="csw-bench-") as directory:
            site = Site(Path(directory), 2)
            for turn in range(repeats):
                for with_stuck in (turn % 2 == 0, turn % 2 == 1):  # neither is always the first
                    with site.serve("pushing", cores[0]) as server:
                        gc.collect()
                        window = uvloop.run(push(server, with_stuck=with_stuck, frames=frames))
                    windows[with_stuck].append(window)
                    print(_line(window, with_stuck=with_stuck), flush=True)
    except (ServerFault, ConnectionError, TimeoutError, OSError) as fault:
        print(f"The benchmark failed: {fault or 'a time ran out'}", file=sys.stderr)
        return 1
    for name in ("p50_ms", "p95_ms", "p99_ms"):
        without, beside = (
            median(getattr(window, name) for window in windows[kind]) for kind in (False, True)
        )
        print(
            f"{name[:3]} of the others, median of {repeats}: {without:.2f} ms without, "
            f"{beside:.2f} ms beside a stuck reader ({beside / without:.2f} times)"
        )
    print(f"load after {load():.2f}")
    return 0


def _line(window: Window, *, with_stuck: bool) -> str:
    gone = "" if window.gone_after_s is None else f", gone after {window.gone_after_s:.1f} s"
    return (
        f"{'beside a stuck reader' if with_stuck else 'without':21}  p50 {window.p50_ms:.2f} ms, "
        f"p95 {window.p95_ms:.2f}, p99 {window.p99_ms:.2f}, most {window.most_ms:.1f}; server "
        f"grew {window.grown_bytes / MIB:.1f} MiB{gone}; others used {window.others_core:.2f} core"
    )


if __name__ == "__main__":
    sys.exit(main())
