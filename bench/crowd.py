"""What fifty members who point and react cost one viewer: `python -m bench.crowd`.

Two real browsers watch in one room; fifty simulated members come, move their cursors 20 times a
second and react, stay still, and so on in turn. Ends by itself; changes no file.
"""

import argparse
import asyncio
import math
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any, Final

from playwright.sync_api import CDPSession, sync_playwright

from bench.accuracy import Law
from bench.figures import percentile
from bench.host_clock import monotonic_ms
from bench.machine import Watch, crowded, describe, use_of
from bench.place import serving
from bench.server import HOST, ROOM
from bench.skew.records import Seen
from bench.skew.tracks import position_skews
from bench.skew.viewer import OURS, SkewViewer
from bench.viewers import TEXT, Record, Viewer, client_frame
from watchparty.core.protocol import EMOJI

MEMBERS: Final = 50
MOVES_PER_S: Final = 20
REACTS_EVERY: Final = 40
"""Moves between two reactions of one member: each reacts every 2 s, 25 a second in all."""
ARRIVALS_PER_S: Final = 15
"""An address may open 20 sockets a second."""
SETTLING_S: Final = 12.0
PART_S: Final = 20.0
PARTS: Final = ("alone", "crowd", "alone", "crowd")
JOIN_S: Final = 30.0
COUNTS_APART_MS: Final = 1100.0
"""Frames are counted twice a second, hardly ever late by more."""


class Crowd:
    """Members with sockets of their own, in a thread of their own; still until told to move."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._moving = threading.Event()
        self._over = threading.Event()
        self._here = threading.Event()
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="crowd")

    def come(self) -> None:
        """Everybody joins; raises what kept somebody out."""
        self._thread.start()
        self._here.wait(JOIN_S)
        if self._problem is not None or not self._here.is_set():
            raise RuntimeError("not all members could join") from self._problem

    def move(self, *, moving: bool) -> None:
        """Point and react from now on, or be still."""
        if moving:
            self._moving.set()
        else:
            self._moving.clear()

    def leave(self) -> None:
        """Everybody goes."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as problem:  # noqa: BLE001 - told where it can be raised
            self._problem = problem
            self._here.set()

    async def _live(self) -> None:
        loop = asyncio.get_running_loop()
        record = Record()
        members = []
        for number in range(MEMBERS):
            come = partial(Viewer, f"Member {number}", record)
            _, member = await loop.create_connection(come, HOST, self._port)
            members.append(member)
            await asyncio.sleep(1 / ARRIVALS_PER_S)
        await asyncio.gather(*(member.joined for member in members))
        self._here.set()
        tick = 0
        due_s = loop.time()
        while not self._over.is_set():
            if self._moving.is_set():
                for number, member in enumerate(members):
                    member.say(_cursor(number, tick))
                    if (tick + number) % REACTS_EVERY == 0:
                        member.say(_reaction(number, tick))
            tick += 1
            due_s += 1 / MOVES_PER_S
            await asyncio.sleep(max(due_s - loop.time(), 0))
        for member in members:
            member.leave()


@dataclass(frozen=True, slots=True)
class Part:
    """One viewer while the crowd was still or moving."""

    name: str
    viewer_core: float
    """All processes of one browser."""
    page_core: float
    """Of these the page: script, style, paint, film; the rest puts the picture together."""
    dropped: int
    worst_second: int
    """The most frames dropped within a second."""
    shown: int
    longest_gap_ms: float
    """Between two pictures."""
    skew_p50_ms: float
    skew_p99_ms: float
    pointers: str
    """On the screen at the end: how many, if they are elements."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description=__doc__)
    parser.add_argument("--seconds", type=float, default=PART_S, help="of each part")
    seconds: float = parser.parse_args(arguments).seconds
    watch = Watch()
    # The page lends its party by its own name: a bundled one has another.
    with serving(bundled=False) as place, sync_playwright() as playwright:
        place.make_room(ROOM)
        url = f"http://{HOST}:{place.port}/rooms/{ROOM}/"
        viewers = [SkewViewer(playwright, Law(0.0, 0.0), OURS) for _ in range(2)]
        crowd = Crowd(place.port)
        try:
            viewers[0].enter(url, "Ada")
            viewers[0].await_ready()
            viewers[0].say("play")
            viewers[1].enter(url, "Ben")
            crowd.come()
            viewers[0].page.wait_for_timeout(SETTLING_S * 1000)
            parts = [_part(viewers, crowd, name, seconds) for name in PARTS]
            use = use_of(watch)  # what has ended is counted no more
        finally:
            crowd.leave()
            for viewer in viewers:
                viewer.close()
    print(_told(parts, [*describe(), *crowded([use])]))
    return 0


def _part(viewers: Sequence[SkewViewer], crowd: Crowd, name: str, seconds: float) -> Part:
    ben = viewers[1]
    crowd.move(moving=name == "crowd")
    ben.page.wait_for_timeout(1000)
    session = ben.page.context.browser.new_browser_cdp_session()  # type: ignore[union-attr]
    began_s, (cpu_s, page_s), from_ms = time.monotonic(), _cpu_s(session), monotonic_ms()
    ben.page.wait_for_timeout(seconds * 1000)
    (cpu_to_s, page_to_s), took_s = _cpu_s(session), time.monotonic() - began_s
    to_ms = monotonic_ms()
    painted = ben.page.get_by_test_id("sheet").is_visible()
    pointers = "painted" if painted else str(ben.page.locator(".cursor").count())
    session.detach()
    seen = [viewer.take(None) for viewer in viewers]
    sizes = sorted(abs(skew_ms) for _, skew_ms in position_skews(seen, from_ms, to_ms))
    dropped, worst, shown = _frames(seen[1], from_ms, to_ms)
    displayed = [at_ms for at_ms, *_ in seen[1].frames if from_ms <= at_ms < to_ms]
    return Part(
        name=name,
        viewer_core=(cpu_to_s - cpu_s) / took_s,
        page_core=(page_to_s - page_s) / took_s,
        dropped=dropped,
        worst_second=worst,
        shown=shown,
        longest_gap_ms=max(after - before for before, after in pairwise(displayed)),
        skew_p50_ms=median(sizes),
        skew_p99_ms=percentile(sizes, 99),
        pointers=pointers,
    )


def _frames(seen: Seen, from_ms: float, to_ms: float) -> tuple[int, int, int]:
    """Frames dropped, the most of them within a second, and frames in all in a part."""
    within = [count for count in seen.counts if from_ms <= count[0] < to_ms]
    (_, dropped_from, all_from), (_, dropped_to, all_to) = within[0], within[-1]
    worst = max(
        dropped - earlier
        for at_ms, dropped, _ in within
        for earlier_ms, earlier, _ in within
        if 0 <= at_ms - earlier_ms <= COUNTS_APART_MS
    )
    return dropped_to - dropped_from, worst, all_to - all_from


def _cpu_s(session: CDPSession) -> tuple[float, float]:
    """CPU time of all processes of a browser so far, and of those that hold pages."""
    told: dict[str, Any] = session.send("SystemInfo.getProcessInfo")
    processes = [(process["type"], float(process["cpuTime"])) for process in told["processInfo"]]
    page_s = sum(cpu_s for kind, cpu_s in processes if kind == "renderer")
    return sum(cpu_s for _, cpu_s in processes), page_s


def _cursor(number: int, tick: int) -> bytes:
    """Everybody goes round in a circle of their own."""
    angle = (tick + number * 7) / 9
    x, y = 50 + (8 + number * 0.7) * math.cos(angle), 50 + (8 + number * 0.7) * math.sin(angle)
    return client_frame(TEXT, b'{"type":"cursor:move","x":%.2f,"y":%.2f}' % (x, y))


def _reaction(number: int, tick: int) -> bytes:
    emoji = EMOJI[(number + tick) % len(EMOJI)]
    text = f'{{"type":"reaction:send","emoji":"{emoji}","x":{number},"y":60,"videoTime":1}}'
    return client_frame(TEXT, text.encode())


def _told(parts: Sequence[Part], machine: Sequence[str]) -> str:
    reactions = MEMBERS * MOVES_PER_S // REACTS_EVERY
    what = f"{MEMBERS} members, {MOVES_PER_S} moves a second each, {reactions} reactions a second"
    lines = [
        *machine,
        f"{what} in all; one of two viewers:",
        "part    core (page)   dropped (in 1 s)/shown  longest gap  skew p50  skew p99  pointers",
    ]
    lines += [
        f"{part.name:6} {part.viewer_core:5.2f} ({part.page_core:.2f})  "
        f"{part.dropped:7} ({part.worst_second:6})/{part.shown:<5}  "
        f"{part.longest_gap_ms:8.1f} ms  {part.skew_p50_ms:5.2f} ms  {part.skew_p99_ms:5.2f} ms  "
        f"{part.pointers:>8}"
        for part in parts
    ]
    cost = [
        median(part.viewer_core for part in parts if part.name == name)
        for name in ("crowd", "alone")
    ]
    lines.append(f"the crowd costs {cost[0] - cost[1]:+.2f} core")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
