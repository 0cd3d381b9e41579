"""Idle sockets of one server: memory each, how fast they come, probes among them, memory after.

`python -m bench.connections`: 10,000 clock sockets over many loopback addresses, all told the time
each second and each probing every ten; then 5,000 that come and go. Ends by itself after about two
minutes; changes no file.
"""

import argparse
import asyncio
import multiprocessing
import random
import sys
import tempfile
import time
from array import array
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, cast

import uvloop

from bench.figures import percentile
from bench.machine import describe, load, part_cores
from bench.server import HOST, Server, ServerFault, Site
from bench.viewers import CLOSE, PING, PONG, TEXT, client_frame, handshake, take_frame

PATH: Final = "/ws/sync/"
"""The clock's socket: it never joins, so it may idle for as long as it likes."""
PER_ADDRESS: Final = 5000
"""Fewer than a loopback address has free ports for; the next address of 127/8 follows."""
COMING_AT_ONCE: Final = 100
SETTLE_S: Final = 3.0
PROBE_EVERY_S: Final = 10.0
WATCHED_S: Final = 20.0
PROBERS: Final = 50
PROBERS_EVERY_S: Final = 0.5
"""Their delays are the figure: a process of their own, which no burst to the crowd holds up."""
PROBERS_NUMBER: Final = 20 * PER_ADDRESS
"""They come from an address that the crowd does not reach."""
LEAVING_S: Final = 30.0
POLL_S: Final = 0.1
MIB: Final = 1024 * 1024

_HEAD_BYTES: Final = 32
_ANSWER: Final = b'"time:sync:response"'


class Idler(asyncio.Protocol):
    """One clock socket that probes when told to."""

    __slots__ = ("_buffer", "_latencies_ms", "_sent_at_s", "_transport", "over", "ready")

    def __init__(self, latencies_ms: "array[float]") -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] | None = loop.create_future()
        self.over = False
        self._latencies_ms = latencies_ms
        self._buffer = b""
        self._sent_at_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        port = transport.get_extra_info("peername")[1]
        self._transport.write(handshake(PATH, port))

    def data_received(self, data: bytes) -> None:
        """Take every whole frame."""
        at_s = time.perf_counter()
        buffer = self._buffer + data if self._buffer else data
        start = 0
        if self.ready is not None:
            start = buffer.find(b"\r\n\r\n") + 4
            if not buffer.startswith(b"HTTP/1.1 101 "):
                self._fail(buffer.partition(b"\r\n")[0].decode(errors="replace"))
                return
            self.ready.set_result(None)
            self.ready = None
        while (frame := take_frame(buffer, start)) is not None:
            opcode, payload, start = frame
            self._take(opcode, payload, at_s)
        self._buffer = buffer[start:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Note an end."""
        self.over = True
        self._fail("the server closed the socket")

    def probe(self) -> None:
        """Ask for the time."""
        self._sent_at_s = time.perf_counter()
        self._transport.write(client_frame(TEXT, b'{"type":"time:sync","clientTimestamp":1}'))

    def leave(self) -> None:
        """Say goodbye as a browser does."""
        self._transport.write(client_frame(CLOSE, (1001).to_bytes(2)))

    def _take(self, opcode: int, payload: bytes, at_s: float) -> None:
        if opcode == TEXT and _ANSWER in payload[:_HEAD_BYTES]:
            self._latencies_ms.append((at_s - self._sent_at_s) * 1000)
        elif opcode == PING:
            self._transport.write(client_frame(PONG, payload))

    def _fail(self, why: str) -> None:
        if self.ready is not None:
            self.ready.set_exception(ConnectionError(f"a socket could not open: {why}"))
            self.ready = None


class Crowd:
    """All sockets of a run, in one event loop."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.latencies_ms = array("d")
        self.members: list[Idler] = []

    async def come(self, count: int, first_number: int = 0) -> float:
        """Open so many, some at once; returns how many a second that were."""
        began_s = time.perf_counter()
        end = first_number + count
        for first in range(first_number, end, COMING_AT_ONCE):
            numbers = range(first, min(first + COMING_AT_ONCE, end))
            self.members += await asyncio.gather(*map(self._one, numbers))
        return count / (time.perf_counter() - began_s)

    async def probe_for(self, seconds: float, every_s: float = PROBE_EVERY_S) -> None:
        """Let each probe so often, spread evenly and in no order."""
        order = list(self.members)
        random.shuffle(order)
        per_s = len(order) / every_s
        began_s = time.perf_counter()
        for n in range(round(per_s * seconds)):
            wait_s = began_s + n / per_s - time.perf_counter()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            order[n % len(order)].probe()
        await asyncio.sleep(1)

    async def leave(self) -> None:
        """Close all, and wait until the server has closed them too."""
        for member in self.members:
            member.leave()
        async with asyncio.timeout(LEAVING_S):
            for member in self.members:
                while not member.over:  # noqa: ASYNC110 - an event for each would be the load
                    await asyncio.sleep(POLL_S)
        self.members.clear()

    async def _one(self, number: int) -> Idler:
        loop = asyncio.get_running_loop()
        address = f"127.0.0.{2 + number // PER_ADDRESS}"
        _, idler = await loop.create_connection(
            partial(Idler, self.latencies_ms),
            HOST,
            self._port,
            local_addr=(address, 0),
        )
        if idler.ready is not None:
            await idler.ready
        return idler


async def measure(server: Server, options: argparse.Namespace) -> None:
    """Fill, watch, empty; then let the others come and go."""
    before = server.resident_bytes()
    crowd = Crowd(server.port)
    cpu_before_s = server.cpu_s()
    accepted_per_s = await crowd.come(options.sockets)
    connect_us = (server.cpu_s() - cpu_before_s) / options.sockets * 1e6
    await asyncio.sleep(SETTLE_S)
    each_kib = (server.resident_bytes() - before) / options.sockets / 1024
    _say(f"{options.sockets} sockets on {PATH}")
    _say(f"  accepted per second   {accepted_per_s:.0f} (server CPU {connect_us:.0f} µs each)")
    _say(f"  memory each           {each_kib:.1f} KiB")
    cpu_before_s, began_s = server.cpu_s(), time.perf_counter()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
        probing = asyncio.get_running_loop().run_in_executor(apart, probe_apart, server.port)
        await crowd.probe_for(WATCHED_S)
        latencies = sorted(await probing)
    core = (server.cpu_s() - cpu_before_s) / (time.perf_counter() - began_s)
    p50, p95, p99 = (percentile(latencies, percent) for percent in (50, 95, 99))
    _say(f"  probes                p50 {p50:.2f} ms, p95 {p95:.2f}, p99 {p99:.2f}")
    _say(f"                        {len(latencies)} timed apart, {len(crowd.latencies_ms)} others")
    _say(f"  server core used      {core:.2f}")
    lost = sum(member.over for member in crowd.members)
    _say(f"  ended by the server   {lost}")
    await crowd.leave()
    await _come_and_go(server, options)


def probe_apart(port: int) -> list[float]:
    """Delays of probes, in ms, as sockets see them whose process does nothing else."""

    async def probe() -> list[float]:
        probers = Crowd(port)
        await probers.come(PROBERS, PROBERS_NUMBER)
        await probers.probe_for(WATCHED_S / 2, PROBERS_EVERY_S)
        latencies = list(probers.latencies_ms)
        await probers.leave()
        return latencies

    return uvloop.run(probe())


async def _come_and_go(server: Server, options: argparse.Namespace) -> None:
    await asyncio.sleep(SETTLE_S)
    before = server.resident_bytes()
    for done in range(0, options.visits, options.visits_at_once):
        crowd = Crowd(server.port)
        await crowd.come(min(options.visits_at_once, options.visits - done))
        await crowd.leave()
    await asyncio.sleep(SETTLE_S)
    after = server.resident_bytes()
    _say(f"{options.visits} visits, {options.visits_at_once} at once")
    _say(f"  memory before, after  {before / MIB:.1f} MiB, {after / MIB:.1f} MiB")
    _say(f"                        {(after / before - 1) * 100:+.1f} %")


def main() -> int:
    """Measure, and tell as it goes."""
    parser = argparse.ArgumentParser(prog="python -m bench.connections", description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--visits", type=int, default=5000)
    parser.add_argument("--visits-at-once", type=int, default=100)
    options = parser.parse_args()
    cores = part_cores()
    for line in describe():
        _say(line)
    _say(f"server on core {cores[0]}, clients on core {cores[1]}; load before {load():.2f}")
    try:
        with tempfile.TemporaryDirectory(prefix="csw-bench-") as directory:
            site = Site(Path(directory), 2)
            with site.serve("ours", cores[0]) as server:
                uvloop.run(measure(server, options))
    except (ServerFault, ConnectionError, TimeoutError, OSError) as fault:
        print(f"The benchmark failed: {fault or 'a time ran out'}", file=sys.stderr)
        return 1
    _say(f"load after {load():.2f}")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
