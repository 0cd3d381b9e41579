"""A simulated cluster: oscillators, a network and a Redis whose clock may do anything.

Instants without a name are true time in ms, which nobody in the world can read.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sync.core.anchor import Anchor, Proposal, Reading
from sync.core.discipline import Discipline
from sync.core.timebase import NS_PER_MS, Course

PATIENCE_MS = 500.0
UTC_MS = 1_700_000_000_000.0
GRID_MS = 20.0


@dataclass
class Path:
    """Ways to Redis and back: a floor, exponential jitter, and spikes on one way only."""

    floor_ms: float = 0.1
    jitter_ms: float = 0.05
    spike_share: float = 0.0
    spike_ms: float = 0.0
    up_ms: float = 0.0
    """What the way there takes longer than the way back: an asymmetry that no exchange shows."""

    def delays(self, chance: random.Random) -> tuple[float, float]:
        ways = [self.floor_ms + chance.expovariate(1) * self.jitter_ms for _ in range(2)]
        if chance.random() < self.spike_share:
            ways[chance.randrange(2)] += chance.uniform(0.2, 1) * self.spike_ms
        return ways[0] + self.up_ms, ways[1]


@dataclass
class SimulatedRedis:
    """Redis' part of sync/redis_time.py, as its scripts play it."""

    offset_ms: float = UTC_MS
    run_id: str = "run-1"
    away: bool = False
    anchor: Anchor | None = None
    beat: int = 0
    agreed: dict[str, int] = field(default_factory=dict)
    history: list[Anchor] = field(default_factory=list)

    def time_ms(self, at: float) -> float:
        return at + self.offset_ms

    def true_media_ms(self, at: float) -> float:
        assert self.anchor is not None
        return self.time_ms(at) - self.anchor.base_us / 1000

    def restart(self, run_id: str, *, empty: bool, offset_ms: float | None = None) -> None:
        """Another process, with or without what the old one knew, by another clock perhaps."""
        self.run_id, self.beat = run_id, 0
        self.agreed.clear()
        self.offset_ms = self.offset_ms if offset_ms is None else offset_ms
        if empty:
            self.anchor = None

    def propose(self, proposal: Proposal) -> bool:
        number = self.anchor.number if self.anchor else 0
        if number != proposal.expected or proposal.anchor.run_id != self.run_id:
            return False
        self.anchor = proposal.anchor
        self.history.append(proposal.anchor)
        self.agreed.clear()
        return True


class SimulatedServer:
    """One server: an oscillator that is wrong, and the discipline that makes it right."""

    def __init__(
        self, name: str, *, epoch_ms: float = 0.0, ppm: float = 0.0, wall_ms: float = 0.0
    ) -> None:
        self.name = name
        self.ppm = ppm
        self.leap_ms = 0.0
        self.start: float | None = None
        self._epoch_ms = epoch_ms
        # Alone it would show UTC as its host has it, which is wall_ms off.
        own_ms = UTC_MS + wall_ms - epoch_ms
        self.discipline = Discipline(Course(0, own_ms))
        self.course = Course(0, own_ms)
        self.readings: list[tuple[float, float, float]] = []
        """True time, media time and stated error, over the whole life."""

    def raw_ns(self, at: float) -> int:
        return round((self._epoch_ms + self.leap_ms + at * (1 + self.ppm * 1e-6)) * NS_PER_MS)

    def media_ms(self, at: float) -> float:
        return self.course.at(self.raw_ns(at))

    def error_ms(self, at: float) -> float:
        return self.course.error_at(self.raw_ns(at))

    def state(self, at: float) -> str:
        return str(self.discipline.figures(self.raw_ns(at)).state)


class World:
    """Lets time pass: servers probe when they want to, and what they show is written down."""

    def __init__(self, *servers: SimulatedServer, seed: int = 1, path: Path | None = None) -> None:
        self.now = 0.0
        self.redis = SimulatedRedis()
        self.servers = servers
        self.path = path or Path()
        self._chance = random.Random(seed)
        self._due: list[tuple[float, int]] = []
        self._planned: list[tuple[float, Callable[[], None]]] = []
        for index in range(len(servers)):
            self.join(index, self._chance.uniform(0, 30))

    def join(self, index: int, at: float) -> None:
        """A server begins to probe then."""
        self._due = [entry for entry in self._due if entry[1] != index]
        self.servers[index].start = at
        heapq.heappush(self._due, (at, index))

    def at(self, at: float, what: Callable[[], None]) -> None:
        """Something happens at that instant."""
        self._planned.append((at, what))
        self._planned.sort(key=lambda planned: planned[0])

    def run(self, until: float) -> None:
        """Pass the time, and write down what every server shows each 20 ms."""
        grid = self.now
        while grid < until:
            grid = min(grid + GRID_MS, until)
            while self._due and self._due[0][0] <= grid:
                at, index = heapq.heappop(self._due)
                self._happen(at)
                back = self._probe(self.servers[index], at)
                heapq.heappush(self._due, (back, index))
            self._happen(grid)
            self.now = grid
            for server in self.servers:
                reading = (grid, server.media_ms(grid), server.error_ms(grid))
                server.readings.append(reading)

    def readings_at(self, at: float) -> float:
        """Media time that the first server showed then."""
        return next(media_ms for when, media_ms, _ in self.servers[0].readings if when >= at)

    def _happen(self, at: float) -> None:
        while self._planned and self._planned[0][0] <= at:
            self._planned.pop(0)[1]()

    def _probe(self, server: SimulatedServer, at: float) -> float:
        """One exchange; returns when the next one is due."""
        discipline, redis = server.discipline, self.redis
        if redis.away:
            discipline.missed()
            return at + PATIENCE_MS + discipline.wait_ms()
        up, down = self.path.delays(self._chance)
        t1, read, t4 = at, at + up, at + up + down
        redis.beat += 1
        others = max((b for name, b in redis.agreed.items() if name != server.name), default=0)
        if beat := discipline.agreed_beat(server.raw_ns(t1)):
            redis.agreed[server.name] = beat
        discipline.take(
            Reading(
                t1_ns=server.raw_ns(t1),
                t4_ns=server.raw_ns(t4),
                time_us=int(redis.time_ms(read) * 1000),
                run_id=redis.run_id,
                beat=redis.beat,
                others_beat=others,
                anchor=redis.anchor,
            )
        )
        # What it shows between now and t4 is not looked at: the grid is coarser than a way back.
        server.course = discipline.steer(server.raw_ns(t4))
        proposal = discipline.proposal(server.raw_ns(t4))
        if proposal is not None:
            redis.propose(proposal)
            return t4 + up
        return t4 + discipline.wait_ms()
