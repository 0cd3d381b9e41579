"""One measured run: viewers come, one of them points, everybody's deliveries are counted."""

import asyncio
import resource
import time
from functools import partial
from typing import Final

from bench.figures import Run, percentile, tally
from bench.machine import busy_s
from bench.server import HOST, Server
from bench.viewers import Record, Viewer

COMING_AT_ONCE: Final = 20
COMING_S: Final = 60.0
WARM_UP_S: Final = 2.0
SILENCE_S: Final = 1.0
"""After so long without a frame nothing more is expected …"""
DRAIN_S: Final = 20.0
"""… and after so long nothing more is waited for."""
POLL_S: Final = 0.02


async def measure(
    server: Server, *, members: int, rate_hz: float, seconds: float, merges: bool
) -> Run:
    """Fill the room, warm up, publish for `seconds`, wait for the last frame; then leave."""
    record = Record()
    viewers: list[Viewer] = []
    try:
        await _come(server, viewers, members, record)
        await _publish(viewers[0], record, round(WARM_UP_S * rate_hz), rate_hz)
        await _drained(record, members)
        record.clear()
        return await _window(server, viewers, record, rate_hz, seconds, merges)
    finally:
        for viewer in viewers:
            viewer.leave()


async def _come(server: Server, viewers: list[Viewer], members: int, record: Record) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(COMING_S):
        while len(viewers) < members:
            group = []
            for number in range(len(viewers), min(len(viewers) + COMING_AT_ONCE, members)):
                name = f"Viewer {number}"
                _, viewer = await loop.create_connection(
                    partial(Viewer, name, record), HOST, server.port
                )
                viewers.append(viewer)
                group.append(viewer.joined)
            await asyncio.gather(*group)


async def _window(
    server: Server,
    viewers: list[Viewer],
    record: Record,
    rate_hz: float,
    seconds: float,
    merges: bool,
) -> Run:
    published = round(seconds * rate_hz)
    began_s, busy_before_s = time.perf_counter(), busy_s()
    server_before_s, own_before_s = server.cpu_s(), _own_cpu_s()
    await _publish(viewers[0], record, published, rate_hz)
    await _drained(record, len(viewers))
    server_cpu_s = server.cpu_s() - server_before_s
    own_cpu_s = _own_cpu_s() - own_before_s
    others_cpu_s = busy_s() - busy_before_s - server_cpu_s - own_cpu_s
    latencies = sorted(record.latencies_ms) or [0.0]
    return Run(
        tally=tally(published, len(viewers), record.received, merges=merges),
        refused=record.refused,
        closed=record.closed,
        wall_s=time.perf_counter() - began_s,
        server_cpu_s=server_cpu_s,
        generator_cpu_s=own_cpu_s,
        others_cpu_s=max(others_cpu_s, 0.0),
        latency_ms=(
            percentile(latencies, 50),
            percentile(latencies, 95),
            percentile(latencies, 99),
        ),
    )


async def _publish(viewer: Viewer, record: Record, count: int, rate_hz: float) -> None:
    """Point `count` times, at fixed instants however late the last one was."""
    began_s = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(began_s + number / rate_hz - time.perf_counter(), 0))
        if record.closed:
            return
        viewer.publish(number)


async def _drained(record: Record, receivers: int) -> None:
    """Until the last cursor has reached everybody, or the room has fallen silent."""
    given_up_s = time.perf_counter() + DRAIN_S
    quiet_since_s = time.perf_counter()
    last = max(record.published_at_s, default=0)
    while record.received[last] < receivers:
        now_s = time.perf_counter()
        quiet_since_s = max(quiet_since_s, record.last_at_s)
        if now_s >= given_up_s or now_s - quiet_since_s >= SILENCE_S:
            return
        await asyncio.sleep(POLL_S)


def _own_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
