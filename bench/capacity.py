"""What a viewer, a room and a Redis message cost: `python -m bench.capacity`.

Each part starts its own servers (and Redis, where there are several), lets simulated viewers in,
and measures CPU, memory, traffic and Redis' commands per viewer. Ends by itself after some minutes;
only `--write` changes a file (bench/scale/figures.json, which `python -m bench.scale` reads).
"""

import argparse
import asyncio
import gc
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import uvloop
from redis import Redis

from bench.load.clock import LoadClock
from bench.load.scenario import Behaviour
from bench.load.tally import Tally
from bench.load.visitor import Visitor
from bench.machine import busy_s, describe, load, part_cores
from bench.server import HOST, ROOT, Server, ServerFault, Site
from bench.viewers import upgrade
from tests.redis_server import RedisServer

FIGURES: Final = ROOT / "bench" / "scale" / "figures.json"
COMING_AT_ONCE: Final = 50
COMING_TO_SEVERAL: Final = 16
"""A server asks Redis over 16 connections at most; who waits longer than 0.5 s is `unavailable`."""
COMING_S: Final = 60.0
SETTLE_S: Final = 3.0
FOR_EVER_S: Final = 1e6
FIRST_ADDRESS: Final = 0x7F020000
"""127.2.0.0: every viewer comes from an address of its own."""
WATCH: Final = Behaviour("watch")
POINT: Final = Behaviour("point", moves_per_s=10)
CONTROL: Final = Behaviour("control", controls_per_min=60)
CHAT: Final = Behaviour("chat", chats_per_min=60)


@dataclass(frozen=True, slots=True)
class Part:
    """One measured situation."""

    name: str
    rooms: int
    members: int
    """Of each room."""
    does: Behaviour = WATCH
    doers: int | None = None
    """How many of each room do it; None: all. The others watch."""
    servers: int = 1
    """Above 1 there is a Redis, and each room's members are spread over all of them."""
    seconds: float = 8.0
    loud_every: int = 1
    """Every so many probe and tell how they do; the others only listen: for rooms so large that
    the cores of a bench could not bear them, to see what grows with the room itself."""


PARTS: Final = (
    Part("rooms of 10 that watch", 100, 10),
    Part("rooms of 10, all pointing at 10 Hz", 20, 10, POINT),
    Part("rooms of 10 that watch, 2 servers", 50, 10, servers=2, seconds=10),
    Part("rooms of 10, one points at 10 Hz, 2 servers", 50, 10, POINT, 1, servers=2),
    Part("rooms of 10, one controls each s, 2 servers", 50, 10, CONTROL, 1, servers=2),
    Part("rooms of 10, one chats each s, 2 servers", 50, 10, CHAT, 1, servers=2),
    Part("a room of 1000 that watches", 1, 1000),
    Part("a room of 1000, one points at 10 Hz", 1, 1000, POINT, 1, loud_every=20),
    Part("a room of 1000 listeners, 2 servers", 1, 1000, servers=2, seconds=20, loud_every=20),
    Part("a room of 3000 listeners, 2 servers", 1, 3000, servers=2, seconds=20, loud_every=20),
    Part("a room of 6000 listeners, 2 servers", 1, 6000, servers=2, seconds=20, loud_every=20),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one part came to. CPU of all servers together, without Redis."""

    name: str
    viewers: int
    joins_per_s: float
    join_cpu_us: float
    """Server CPU for one viewer to come in, all that others hear of it included; without what the
    viewers who were in already cost meanwhile."""
    kib_each: float
    viewer_cpu_us: float
    """Server CPU per viewer and second."""
    core: float
    """Of each server, while measured."""
    frame_cpu_us: float
    """Server CPU divided by the frames that viewers received, whatever caused it."""
    frames_per_s: float
    """That a viewer receives."""
    bytes_per_s: float
    """That a viewer receives."""
    acts_per_s: float
    """Controls and chat lines that were acknowledged, of all rooms."""
    probe_p50_ms: float | None
    probe_p99_ms: float | None
    redis_core: float
    redis_calls: dict[str, float]
    """Per second, by command; of scripts what they call, too."""
    redis_join_calls: float
    """Redis commands for each viewer who comes in."""
    generator_core: float
    others_core: float
    errors: int


class Crowd:
    """All viewers of a part, in one event loop."""

    def __init__(self, part: Part, servers: Sequence[Server]) -> None:
        self.tally = Tally()
        self._part = part
        self._servers = servers
        self._clock = LoadClock()
        self._chance = random.Random(part.name)
        self._visitors: list[Visitor] = []

    async def come(self) -> float:
        """Everybody joins, some at once; returns seconds."""
        total = self._part.rooms * self._part.members
        at_once = COMING_AT_ONCE if len(self._servers) == 1 else COMING_TO_SEVERAL
        began_s = time.perf_counter()
        async with asyncio.timeout(COMING_S):
            for first in range(0, total, at_once):
                last = min(first + at_once, total)
                await asyncio.gather(*(self._one(number) for number in range(first, last)))
                while self.tally.counts["joined"] < last:
                    await asyncio.sleep(0.001)
                    if self.tally.counts["failed"]:
                        raise ConnectionError(f"{dict(self.tally.refusals)}")
        return time.perf_counter() - began_s

    def leave(self) -> None:
        """Everybody goes."""
        for visitor in self._visitors:
            visitor.leave()

    async def _one(self, number: int) -> None:
        part = self._part
        server = self._servers[number // part.rooms % len(self._servers)]
        room = f"r{number % part.rooms}"
        does = part.does if part.doers is None or number // part.rooms < part.doers else WATCH
        visitor = Visitor(
            self.tally,
            self._clock,
            does,
            self._chance,
            request=upgrade(f"/ws/party/?room={room}", f"{HOST}:{server.port}"),
            room=room,
            name=f"Viewer {number}",
            visit=(0.0, FOR_EVER_S),
            over=lambda _: None,
            quiet=number % part.loud_every > 0,
        )
        self._visitors.append(visitor)
        address = ".".join(str(byte) for byte in (FIRST_ADDRESS + number).to_bytes(4))
        await asyncio.get_running_loop().create_connection(
            lambda: visitor, HOST, server.port, local_addr=(address, 0)
        )


class RedisMeter:
    """What Redis has done so far."""

    def __init__(self, url: str | None) -> None:
        self._redis = Redis.from_url(url) if url else None

    def read(self) -> tuple[float, dict[str, int]]:
        """CPU seconds, and calls by command."""
        if self._redis is None:
            return 0.0, {}
        cpu: Any = self._redis.info("cpu")
        stats: Any = self._redis.info("commandstats")
        calls = {name.removeprefix("cmdstat_"): int(one["calls"]) for name, one in stats.items()}
        return cpu["used_cpu_user"] + cpu["used_cpu_sys"], calls


async def measure(part: Part, servers: Sequence[Server], meter: RedisMeter) -> Measured:
    """Fill the rooms, let them settle, then count."""
    crowd = Crowd(part, servers)
    viewers = part.rooms * part.members
    memory, cpu_s = _memory(servers), _cpu_s(servers)
    _, calls = meter.read()
    took_s = await crowd.come()
    join_cpu_s = _cpu_s(servers) - cpu_s
    _, calls_joined = meter.read()
    kib_each = (_memory(servers) - memory) / viewers / 1024
    await asyncio.sleep(SETTLE_S)
    gc.collect()
    earlier = Tally() + crowd.tally
    earlier.times = {name: times.copy() for name, times in crowd.tally.times.items()}
    began_s, cpu_s, own_s, all_s = (
        time.perf_counter(),
        _cpu_s(servers),
        time.process_time(),
        busy_s(),
    )
    redis_s, calls_before = meter.read()
    await asyncio.sleep(part.seconds)
    wall_s, used_s = time.perf_counter() - began_s, _cpu_s(servers) - cpu_s
    own_s = time.process_time() - own_s
    redis_after_s, calls_after = meter.read()
    others_s = busy_s() - all_s - used_s - own_s - (redis_after_s - redis_s)
    new = crowd.tally.since(earlier)
    crowd.leave()
    meanwhile_s = used_s / wall_s * took_s / 2
    frames, probes = new.counts["frames"], new.times["probe"]
    return Measured(
        name=part.name,
        viewers=viewers,
        joins_per_s=viewers / took_s,
        join_cpu_us=max(join_cpu_s - meanwhile_s, 0.0) / viewers * 1e6,
        kib_each=kib_each,
        viewer_cpu_us=used_s / viewers / wall_s * 1e6,
        core=used_s / wall_s / len(servers),
        frame_cpu_us=used_s / max(frames, 1) * 1e6,
        frames_per_s=frames / viewers / wall_s,
        bytes_per_s=new.counts["bytes"] / viewers / wall_s,
        acts_per_s=len(new.times["echo"]) / wall_s,
        probe_p50_ms=probes.percentile(50),
        probe_p99_ms=probes.percentile(99),
        redis_core=(redis_after_s - redis_s) / wall_s,
        redis_calls={
            name: round((count - calls_before.get(name, 0)) / wall_s, 2)
            for name, count in sorted(calls_after.items())
            if count - calls_before.get(name, 0) > wall_s / 10
        },
        redis_join_calls=(sum(calls_joined.values()) - sum(calls.values())) / viewers,
        generator_core=own_s / wall_s,
        others_core=max(others_s, 0.0) / wall_s,
        errors=new.refusals.total() + new.closes.total(),
    )


@contextmanager
def _redis(*, wanted: bool) -> Iterator[str | None]:
    if not wanted:
        yield None
        return
    redis = RedisServer()
    redis.start()
    try:
        yield redis.url
    finally:
        redis.end()


def run(part: Part, core: int | None) -> Measured:
    """One part, on servers of its own."""
    with ExitStack() as stack:
        url = stack.enter_context(_redis(wanted=part.servers > 1))
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="csw-bench-"))
        rooms = [f"r{number}" for number in range(part.rooms)]
        most = min(10_000, max(part.members * 2, 100))
        site = Site(Path(directory), most, rooms=rooms, redis_url=url)
        servers = [
            stack.enter_context(site.serve("ours", core, instance=f"s{number}"))
            for number in range(part.servers)
        ]
        return uvloop.run(measure(part, servers, RedisMeter(url)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure part by part, and tell as it goes."""
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[""], help="parts whose name has such words")
    parser.add_argument("--write", action="store_true", help="keep the figures for bench.scale")
    options = parser.parse_args(arguments)
    setting = describe()
    core, own = part_cores()
    setting.append(f"servers on core {core}, viewers (and Redis) on core {own}; load {load():.2f}")
    for line in setting:
        _say(line)
    kept: dict[str, Any] = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for part in PARTS:
        if not any(words in part.name for words in options.only):
            continue
        try:
            measured = run(part, core)
        except (ServerFault, ConnectionError, TimeoutError, OSError) as fault:
            _say(f"{part.name} failed: {fault!r}")
            continue
        _say(_line(measured))
        kept.setdefault("parts", {})[part.name] = asdict(measured) | {
            "command": f'python -m bench.capacity --only "{part.name}"'
        }
        kept["setting"] = setting
        if options.write:
            FIGURES.parent.mkdir(exist_ok=True)
            FIGURES.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


def _line(one: Measured) -> str:
    probe = "–" if one.probe_p99_ms is None else f"{one.probe_p50_ms:.1f}/{one.probe_p99_ms:.1f}"
    lines = [
        f"{one.name}: {one.viewers} viewers",
        f"  joins {one.joins_per_s:.0f}/s, {one.join_cpu_us:.0f} µs each; {one.kib_each:.1f} KiB",
        (
            f"  {one.viewer_cpu_us:.1f} µs per viewer and second (core {one.core:.2f}), "
            f"{one.frame_cpu_us:.1f} µs per frame; probe p50/p99 {probe} ms"
        ),
        (
            f"  {one.frames_per_s:.2f} frames/s and {one.bytes_per_s:.0f} B/s each; "
            f"{one.acts_per_s:.1f} acts/s"
        ),
        f"  generator {one.generator_core:.2f}, others {one.others_core:.2f}, errors {one.errors}",
    ]
    if one.redis_calls:
        calls = ", ".join(f"{name} {per_s:g}" for name, per_s in one.redis_calls.items())
        lines.append(
            f"  Redis core {one.redis_core:.3f}; {one.redis_join_calls:.1f} calls a join; "
            f"/s: {calls}"
        )
    return "\n".join(lines)


def _memory(servers: Sequence[Server]) -> int:
    return sum(server.resident_bytes() for server in servers)


def _cpu_s(servers: Sequence[Server]) -> float:
    return sum(server.cpu_s() for server in servers)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
