"""Several servers under many viewers: delivery between them, a rolling restart, a kill, Redis gone.

`make bench-cluster` prints the section of docs/performance.md. Viewers are raw sockets that behave
as browsers do (tests/cluster/viewer.py); what each would show is read from what it knows.
"""

import argparse
import asyncio
import signal
import tempfile
import time
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.figures import spread
from bench.machine import describe, load
from tests.cluster.cluster import Cluster
from tests.cluster.viewer import Viewer

ROOMS: Final = [f"hall-{number}" for number in range(10)]
TALKING: Final = 5
"""Rooms whose controls are timed."""
CONTROLS: Final = 200
"""In each of them."""
CONTROL_EVERY_S: Final = 0.12
"""Below the ten a second that one person may ask for."""
JOINING: Final = 25
"""So many viewers come at once."""
BACK_WITHIN_S: Final = 30.0
REDIS_GONE_S: Final = 12.0
SETTLE_S: Final = 3.0


async def delivery(cluster: Cluster) -> list[str]:
    """Controls of one server's viewers as they reach another's."""
    before = published(cluster)
    told = await asyncio.gather(
        *(
            exchange(cluster, room, CONTROL_EVERY_S * n / TALKING)
            for n, room in enumerate(ROOMS[:TALKING])
        )
    )
    messages = published(cluster) - before
    many = TALKING * CONTROLS
    own, other = ([ms for pair in told for ms in pair[side]] for side in (0, 1))
    later = [there - here for pair in told for here, there in zip(*pair, strict=True)]
    return [
        f"| click to the own server's viewer, {many} controls in {TALKING} rooms | {spread(own)} |",
        f"| click to another server's viewer | {spread(other)} |",
        f"| how much later that is, control by control | {spread(later)} |",
        f"| messages over Redis for each control | {messages / many:.2f} |",
    ]


async def exchange(cluster: Cluster, room: str, after_s: float) -> tuple[list[float], list[float]]:
    """One room's controls: how long each took to its own server's viewer, and to another's."""
    ada = await Viewer.join(cluster["one"], "Ada", room)
    ben = await Viewer.join(cluster["two"], "Ben", room)
    sent_s: dict[str, float] = {}
    await asyncio.sleep(after_s)
    for number in range(CONTROLS):
        ref = f"d{number}"
        sent_s[ref] = time.monotonic()
        await ada.say("video:seek", time=number % 60, ref=ref)
        await asyncio.sleep(CONTROL_EVERY_S)
    last = f"d{CONTROLS - 1}"
    await ben.until("video:state", lambda event: event.get("ref") == last)
    await ada.until("video:state", lambda event: event.get("ref") == last)
    await asyncio.gather(ada.end(), ben.end())
    return arrivals_ms(ada, sent_s), arrivals_ms(ben, sent_s)


def arrivals_ms(viewer: Viewer, sent_s: dict[str, float]) -> list[float]:
    """From the sending of each control to its application there."""
    return [
        (entry.at_ns / 1e9 - sent_s[entry.ref]) * 1000
        for entry in viewer.timeline.of("applied")
        if entry.ref in sent_s
    ]


def published(cluster: Cluster) -> int:
    """Messages that Redis has passed on so far."""
    with closing(cluster.redis.client()) as client:
        told: Any = client.info("commandstats")
    return int(told.get("cmdstat_publish", {}).get("calls", 0))


class Crowd:
    """Many viewers of films that play, and where each was before something happened."""

    def __init__(self, viewers: list[Viewer]) -> None:
        self.viewers = viewers
        self._before: dict[str, tuple[dict[str, Any], float]] = {}
        self._marked_ns = 0

    @classmethod
    async def gather(cls, cluster: Cluster, places: Any, many: int) -> "Crowd":
        """Come in, some at a time, and start every room's film."""
        viewers = [Viewer(places, f"V{n}", ROOMS[n % len(ROOMS)]) for n in range(many)]
        for first in range(0, many, JOINING):
            await asyncio.gather(*(one.come_in() for one in viewers[first : first + JOINING]))
        await asyncio.gather(*(viewer.ask("video:play") for viewer in viewers[: len(ROOMS)]))
        await asyncio.sleep(SETTLE_S)
        return cls(viewers)

    def mark(self) -> None:
        """Remember what each shows now."""
        self._marked_ns = time.monotonic_ns()
        self._before = {one.name: (one.seen.video, one.clock.ahead_ms) for one in self.viewers}

    async def is_back(self) -> None:
        """Wait until everybody is in a room."""
        for viewer in self.viewers:
            await viewer.see(partial(getattr, viewer, "is_joined"), "its room", BACK_WITHIN_S)
        await asyncio.sleep(SETTLE_S)

    def jumps_ms(self) -> list[float]:
        """By how much each picture differs from where it would be without what happened."""
        now_ms = time.monotonic() * 1000
        jumps_ms = []
        for one in self.viewers:
            video, ahead_ms = self._before[one.name]
            without_s = shown_s(video, now_ms + ahead_ms)
            with_s = shown_s(one.seen.video, now_ms + one.clock.ahead_ms)
            jumps_ms.append(abs(with_s - without_s) * 1000)
        return jumps_ms

    def away_s(self) -> list[float]:
        """How long each was without a room, each time."""
        spans: list[float] = []
        for viewer in self.viewers:
            lost_ns: int | None = None
            for entry in viewer.timeline.entries:
                if entry.at_ns < self._marked_ns:
                    continue
                if entry.what == "closed":
                    lost_ns = entry.at_ns
                elif entry.what == "joined" and lost_ns is not None:
                    spans.append((entry.at_ns - lost_ns) / 1e9)
                    lost_ns = None
        return spans

    def codes(self) -> dict[int, int]:
        """With which sockets were closed since the mark."""
        return dict(
            Counter(
                int(entry.seen["code"])
                for viewer in self.viewers
                for entry in viewer.timeline.of("closed")
                if entry.at_ns >= self._marked_ns
            )
        )

    async def end(self) -> None:
        await asyncio.gather(*(viewer.end() for viewer in self.viewers))

    def told(self, what: str) -> list[str]:
        """Rows of the table."""
        away = self.away_s()
        return [
            f"| {what}: closed with | {self.codes()} |",
            f"| {what}: without a room | {spread(away, unit='s') if away else 'nobody'} |",
            f"| {what}: pictures moved by | {spread(self.jumps_ms())} |",
        ]


def shown_s(video: dict[str, Any], media_ms: float) -> float:
    """Where the film is by a vector."""
    if not video["isPlaying"]:
        return float(video["currentTime"])
    passed_ms = max(media_ms - video["serverTimestamp"], 0.0)
    return float(video["currentTime"] + video["rate"] * passed_ms / 1000)


async def rolling_restart(cluster: Cluster, places: Any, many: int) -> list[str]:
    """Every server is stopped and started again, one after the other."""
    crowd = await Crowd.gather(cluster, places, many)
    crowd.mark()
    for server in cluster.servers:
        assert await asyncio.to_thread(server.interrupt, signal.SIGTERM) == 0
        await asyncio.to_thread(server.start)
    await crowd.is_back()
    rows = crowd.told(f"rolling restart, {many} viewers")
    await crowd.end()
    return rows


async def kill(cluster: Cluster, places: Any, many: int) -> list[str]:
    """One server is killed; its viewers go elsewhere."""
    crowd = await Crowd.gather(cluster, places, many)
    crowd.mark()
    cluster["two"].kill()
    await asyncio.sleep(1.0)
    await crowd.is_back()
    rows = crowd.told(f"a server killed, {many} viewers")
    await asyncio.to_thread(cluster["two"].start)
    await crowd.end()
    return rows


async def redis_gone(cluster: Cluster, places: Any, many: int) -> list[str]:
    """Redis hangs for 12 s; then each room is controlled again."""
    crowd = await Crowd.gather(cluster, places, many)
    crowd.mark()
    cluster.redis.pause()
    await asyncio.sleep(REDIS_GONE_S)
    jumps = spread(crowd.jumps_ms())
    first = crowd.viewers[: len(ROOMS)]
    waiting = [asyncio.create_task(one.ask("video:rate", 60.0, rate=1.0)) for one in first]
    cluster.redis.resume()
    began_s = time.monotonic()
    await asyncio.gather(*waiting)
    back_s = time.monotonic() - began_s
    rows = [
        f"| Redis gone 12 s, {many} viewers: pictures moved by, meanwhile | {jumps} |",
        f"| Redis gone 12 s: closed with | {crowd.codes() or 'nobody'} |",
        f"| Redis gone 12 s: every room controlled again after | {back_s:.2f} s |",
    ]
    await crowd.end()
    return rows


async def measure(many: int) -> list[str]:
    """All of it on one deployment: three servers, nginx in turns, so rooms are on all of them."""
    with tempfile.TemporaryDirectory(prefix="csw-cluster-") as folder:
        static = Path(folder) / "static"
        settings: dict[str, Any] = {"ADDRESS_SOCKETS_OPEN": "1000"}
        with Cluster(
            Path(folder), rooms=ROOMS, postgres=False, static=static, **settings
        ) as cluster:
            front = cluster.front("turns")
            await asyncio.sleep(SETTLE_S)
            rows = await delivery(cluster)
            rows += await rolling_restart(cluster, front, many)
            rows += await kill(cluster, front, many)
            return rows + await redis_gone(cluster, front, many)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=500)
    many = parser.parse_args().viewers
    before = load()
    rows = asyncio.run(measure(many))
    print(f"`python -m bench.cluster --viewers {many}`\n")
    print("\n".join(f"- {line}" for line in describe()))
    print(f"- load average before: {before:.2f}\n")
    print("|  | p50 / p95 / p99 / most |\n| --- | ---: |")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
