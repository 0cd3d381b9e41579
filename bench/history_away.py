"""A database that is away under a party that does all it may: `python -m bench.history_away`.

Two servers, one Redis, one PostgreSQL. A while with the database, as long without it, then what it
takes until everything is recorded. Ends by itself after about three minutes, with 1 where rows and
events differ or anything was lost; changes no file.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

from bench.figures import spread
from bench.machine import Watch, describe, load
from tests.cluster.asking import Refused
from tests.cluster.cluster import Cluster
from tests.cluster.ordering import Position, position_of
from tests.cluster.viewer import Viewer

ROOMS: Final = ("hall-0", "hall-1", "hall-2")
SERVERS: Final = ("one", "two")
CONTROL_EVERY_S: Final = 0.105
OTHERS_EVERY_S: Final = 0.21
"""Just below the ten controls, five messages and five reactions a second of the default limits."""
STATUS_EVERY_S: Final = 1.05
STATUS: Final = {
    "driftMs": 1.5,
    "boundMs": 1.0,
    "rttMs": 5.0,
    "rate": 1.0,
    "bufferS": 9.0,
    "startMs": 100.0,
    "droppedFrames": 0,
    "state": "synced",
}
LOOK_EVERY_S: Final = 0.5
QUIET_AFTER_S: Final = 10.0
"""The party goes on so long after everything that waited is recorded."""
SETTLE_S: Final = 1.0
"""The last event reaches every viewer."""
GAUGES: Final = ("late_seconds", "waiting_events")
RECORDED_WITHIN_S: Final = 60.0
KINDS: Final = ("playbackevent", "chatmessage", "houseevent")
ROWS: Final = " UNION ALL ".join(f"SELECT epoch, seq FROM watchparty_{kind}" for kind in KINDS)
MEDIAN_AND_TAIL: Final = (50, 99)
MIB: Final = 1024 * 1024


class Acts:
    """Everybody controls, writes, reacts and tells how playback does, until it is over."""

    def __init__(self, viewers: list[Viewer]) -> None:
        self.answered: list[tuple[float, float]] = []
        """When each was asked (time.monotonic), and after how many ms it was acknowledged."""
        self.refused: list[str] = []
        self._over = False
        self._tasks = [
            asyncio.create_task(self._every(wait_s, act, viewer))
            for viewer in viewers
            for wait_s, act in (
                (CONTROL_EVERY_S, self._control),
                (OTHERS_EVERY_S, self._write),
                (OTHERS_EVERY_S, self._react),
                (STATUS_EVERY_S, self._tell),
            )
        ]

    async def end(self) -> None:
        """Nobody begins anything any more; what was begun is answered."""
        self._over = True
        await asyncio.gather(*self._tasks)

    def took_ms(self, since_s: float, until_s: float) -> list[float]:
        """How long acknowledgements took of what was asked meanwhile, ascending."""
        return sorted(ms for at_s, ms in self.answered if since_s <= at_s < until_s)

    async def _every(
        self, wait_s: float, act: Callable[[Viewer, int], Awaitable[None]], viewer: Viewer
    ) -> None:
        number, due_s = 0, time.monotonic()
        while not self._over:
            number += 1
            await act(viewer, number)
            due_s = max(due_s + wait_s, time.monotonic())  # what was late is not caught up with
            await asyncio.sleep(due_s - time.monotonic())

    async def _control(self, viewer: Viewer, number: int) -> None:
        await self._ask(viewer, "video:seek", time=number % 60)

    async def _write(self, viewer: Viewer, number: int) -> None:
        await self._ask(viewer, "chat:send", text=f"{viewer.name} says {number}, as long as usual")

    async def _react(self, viewer: Viewer, number: int) -> None:
        await viewer.say("reaction:send", emoji="🔥", x=50, y=50, videoTime=number % 60)

    async def _tell(self, viewer: Viewer, _: int) -> None:
        await viewer.say("member:status", **STATUS)

    async def _ask(self, viewer: Viewer, type_: str, **fields: Any) -> None:
        began_s = time.monotonic()
        try:
            await viewer.ask(type_, **fields)
        except Refused as refused:
            self.refused.append(refused.code)
        else:
            self.answered.append((began_s, (time.monotonic() - began_s) * 1000))


class Looks:
    """What servers, Redis and the log say, looked at all the while."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.worst = {"waiting": 0.0, "lateS": 0.0, "dropped": 0.0, "leftOut": 0.0, "passing": 0.0}
        """The most of each that any server has said in /api/health."""
        self.most_bytes = dict.fromkeys(SERVERS, 0)
        self.told_s: dict[str, float] = {}
        """When health and log first told that the database takes nothing."""

    async def go_on(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Once."""
        for name in SERVERS:
            told = self._cluster.health(name)["history"]
            for field, most in self.worst.items():
                self.worst[field] = max(most, told[field])
            self.most_bytes[name] = max(self.most_bytes[name], resident_bytes(self._cluster, name))
            if told["lateS"]:
                self.told_s.setdefault("/api/health", time.monotonic())
        if "the database takes nothing" in self._cluster.logs():
            self.told_s.setdefault("the log", time.monotonic())


def resident_bytes(cluster: Cluster, name: str) -> int:
    """Memory of a server's process, as the kernel counts it."""
    told = Path(f"/proc/{cluster[name].pid}/status").read_text(encoding="ascii")
    [line] = [line for line in told.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def memory(cluster: Cluster) -> str:
    """Of both servers and of Redis."""
    servers = " / ".join(f"{resident_bytes(cluster, name) / MIB:.1f}" for name in SERVERS)
    with closing(cluster.redis.client()) as client:
        info: Any = client.info("memory")
    return f"{servers} / {info['used_memory'] / MIB:.1f} MiB"


def metric(cluster: Cluster, name: str) -> str:
    """As both servers tell it in /metrics."""
    values = []
    for server in SERVERS:
        with urlopen(f"{cluster[server].url}/metrics", timeout=5) as response:
            lines = response.read().decode().splitlines()
        values += [line.split()[1] for line in lines if line.startswith(f"{name} ")]
    return " / ".join(values)


@contextmanager
def looked_at(looks: Looks) -> Iterator[None]:
    """Looks go on meanwhile."""
    task = asyncio.create_task(looks.go_on())
    try:
        yield
    finally:
        task.cancel()


def heard(viewers: list[Viewer]) -> dict[Position, None]:
    """Every ordered event that a room's first viewer has applied."""
    firsts = viewers[:: len(SERVERS)]
    return {position_of(event): None for viewer in firsts for event in viewer.applied}


async def recorded(cluster: Cluster, events: dict[Position, None]) -> float:
    """Seconds until so many of these are in the database; RECORDED_WITHIN_S: they never were."""
    began_s = time.monotonic()
    while (waited_s := time.monotonic() - began_s) < RECORDED_WITHIN_S:
        if len(await asyncio.to_thread(rows, cluster, events)) >= len(events):
            break
        await asyncio.sleep(0.1)
    return waited_s


def rows(cluster: Cluster, events: dict[Position, None]) -> list[Position]:
    """What is recorded of these rooms between the first and the last of these events."""
    spans: dict[str, tuple[int, int]] = {}
    for epoch, seq in events:
        first, last = spans.get(epoch, (seq, seq))
        spans[epoch] = min(first, seq), max(last, seq)
    assert cluster.postgres is not None
    with cluster.postgres.client() as client:
        found: list[Any] = client.execute(ROWS).fetchall()
    return [
        (epoch, seq)
        for epoch, seq in found
        if epoch in spans and spans[epoch][0] <= seq <= spans[epoch][1]
    ]


async def measure(seconds: float) -> int:
    """A party of three rooms on both servers, without its database for a while; the exit code."""
    with (
        tempfile.TemporaryDirectory(prefix="csw-away-") as folder,
        Cluster(Path(folder), SERVERS, rooms=ROOMS, static=Path(folder) / "static") as cluster,
    ):
        viewers = [
            await Viewer.join(cluster[server], f"{room}-{server}", room)
            for room in ROOMS
            for server in SERVERS
        ]
        acts, looks, watch = Acts(viewers), Looks(cluster), Watch()
        lines = await away(cluster, viewers, acts, looks, seconds)
        ours, others = watch.cores()
        lines.append(("cores: used by all this / by other programs", f"{ours:.2f} / {others:.2f}"))
        await acts.end()
        await asyncio.sleep(SETTLE_S)
        events = heard(viewers)
        await recorded(cluster, events)
        written = rows(cluster, events)
        lines.append(("memory when all is recorded and the party over", memory(cluster)))
        counts = f"{len(events)} / {len(written)} / {len(written) - len(set(written))}"
        lines.append(("ordered events / rows / of these twice", counts))
        closed = [entry for viewer in viewers for entry in viewer.timeline.of("closed")]
        lines.append(("refused; sockets closed", f"{len(acts.refused)}; {len(closed)}"))
        for viewer in viewers:
            await viewer.end()
        print("|  |  |\n| --- | ---: |")
        print("\n".join(f"| {what} | {told} |" for what, told in lines), end="\n\n")
        print("\n".join(f"    {line}" for line in cluster.logs().splitlines() if "history" in line))
    lost = looks.worst["dropped"] or looks.worst["leftOut"] or acts.refused or closed
    return int(bool(lost) or sorted(events) != sorted(written))


async def away(
    cluster: Cluster, viewers: list[Viewer], acts: Acts, looks: Looks, seconds: float
) -> list[tuple[str, str]]:
    """The database of a party that acts goes away and comes back: rows of the table."""
    assert cluster.postgres is not None
    start_s, at_start = time.monotonic(), memory(cluster)
    await asyncio.sleep(seconds)
    before = memory(cluster)
    await asyncio.to_thread(cluster.postgres.stop)
    gone_s = time.monotonic()
    with looked_at(looks):
        await asyncio.sleep(seconds / 2)
        came_s = time.monotonic()
        newcomer = await Viewer.join(cluster[SERVERS[1]], "Newcomer", ROOMS[0])
        in_s = time.monotonic()
        await asyncio.sleep(gone_s + seconds - in_s)
        await newcomer.end()
        at_end = memory(cluster)
        late, waiting = (metric(cluster, f"csw_history_{name}") for name in GAUGES)
        back_s = time.monotonic()
        await asyncio.to_thread(cluster.postgres.start)
        answers_s = time.monotonic()
        took_s = await recorded(cluster, heard(viewers))
        await asyncio.sleep(QUIET_AFTER_S)
    with_it, without = acts.took_ms(start_s, gone_s), acts.took_ms(gone_s, back_s)
    told = ", ".join(f"{what} after {at_s - gone_s:.1f} s" for what, at_s in looks.told_s.items())
    most = " / ".join(f"{looks.most_bytes[name] / MIB:.1f}" for name in SERVERS)
    worst = ", ".join(f"`{field}` {most:g}" for field, most in looks.worst.items())
    return [
        (f"acknowledged, {gone_s - start_s:.0f} s with the database", f"{len(with_it)}"),
        (f"acknowledged, {back_s - gone_s:.0f} s without it", f"{len(without)}"),
        ("acknowledged after, with it, p50 / p99 / slowest", spread(with_it, MEDIAN_AND_TAIL)),
        ("acknowledged after, without it", spread(without, MEDIAN_AND_TAIL)),
        ("let in without it", f"a newcomer, after {(in_s - came_s) * 1000:.0f} ms"),
        ("memory of one server / the other / Redis, at the start", at_start),
        (f"memory after {seconds:.0f} s with the database", before),
        (f"memory after {seconds:.0f} s without it", at_end),
        ("most memory of one server / the other since it went", f"{most} MiB"),
        ("who told", told),
        ("`csw_history_late_seconds` at the end of it", late),
        ("`csw_history_waiting_events`", waiting),
        ("most in `/api/health`", worst),
        ("PostgreSQL started in", f"{answers_s - back_s:.1f} s"),
        ("then all that had waited was recorded within", f"{took_s:.1f} s"),
    ]


def main() -> int:
    """Measure, then tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.history_away", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    print(f"`python -m bench.history_away --seconds {seconds:.0f}`\n")
    print("\n".join(f"- {line}" for line in describe()))
    print(f"- load average before: {load():.2f}\n")
    code = asyncio.run(measure(seconds))
    if code:
        print("Something was lost, refused, or is there twice.", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
