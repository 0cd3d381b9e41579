"""How many servers and Redis a number of viewers needs, and how unevenly they are used. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from bench.scale.costs import Costs
from bench.scale.rooms import Ring, room_sizes

BUSY: Final = 0.6
"""Of a server's core on average: the rest is for waves, and for a neighbour's viewers."""
BUSIEST: Final = 0.9
"""Of the unluckiest server's core; beyond it more servers are taken."""
REDIS_BUSY: Final = 0.5
"""Of a Redis' core."""
PIECE: Final = 0.1
"""Of a core: a room that takes more is let lie on several servers."""
STEP: Final = 1.15


@dataclass(frozen=True, slots=True)
class World:
    """Who watches, and how."""

    viewers: int
    pointing: float
    """Share of the rooms in which ten point at 10 Hz; the others watch."""
    exponent: float = 2.0
    """Of the rooms' sizes."""
    affine: bool = True
    """Whether rooms stay together; else each room lies on every server that its viewers reach."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What such a world needs."""

    world: World
    rooms: int
    largest: int
    servers: int
    """Processes, a core each."""
    mean_core: float
    busiest_core: float
    unluckiest: float
    """The busiest server's use divided by the mean: the skew of the hash."""
    gib: float
    """Of all servers together, beside 80 MiB for each process."""
    mbit_per_s: float
    """To all viewers together, before TCP and TLS."""
    redis_calls_per_s: float
    redis: int
    """Shards."""
    most_viewers: int
    """On one server."""


def plan(world: World, costs: Costs) -> Plan:
    """The fewest servers of which none is too busy."""
    sizes = room_sizes(world.viewers, world.exponent, world.seed)
    uses = room_uses(sizes, world, costs)
    servers = max(ceil(sum(uses) / BUSY), 1)
    loads, viewers = spread(sizes, uses, servers, world)
    while max(loads) > BUSIEST:
        servers = max(ceil(servers * STEP), servers + 1)
        loads, viewers = spread(sizes, uses, servers, world)
    calls, redis_core = redis_use(sizes, servers, world, costs)
    point_share = sum(size for size, use in zip(sizes, pointers(sizes, world), strict=True) if use)
    to_viewers = point_share * costs.point_bytes + (world.viewers - point_share) * costs.watch_bytes
    mean = sum(loads) / servers
    return Plan(
        world=world,
        rooms=len(sizes),
        largest=max(sizes),
        servers=servers,
        mean_core=mean,
        busiest_core=max(loads),
        unluckiest=max(loads) / mean,
        gib=(world.viewers * costs.kib / 1024 + servers * 80) / 1024,
        mbit_per_s=to_viewers * 8 / 1e6,
        redis_calls_per_s=calls,
        redis=ceil(redis_core / REDIS_BUSY) if servers > 1 else 0,
        most_viewers=max(viewers),
    )


def pointers(sizes: Sequence[int], world: World) -> list[bool]:
    """In which rooms ten point: every so many. A viewer of a larger room gets what one of ten gets,
    22 batches a second; were all of N to point, each batch would grow with N.
    """
    every = 1 / world.pointing if world.pointing else 0
    return [bool(every) and int(n / every) != int((n + 1) / every) for n in range(len(sizes))]


def room_uses(sizes: Sequence[int], world: World, costs: Costs) -> list[float]:
    """Cores that each room takes."""
    shared = 0.0 if world.affine else costs.shared_us
    return [
        size * ((costs.point_us if points else costs.watch_us) + shared) / 1e6
        for size, points in zip(sizes, pointers(sizes, world), strict=True)
    ]


def spread(
    sizes: Sequence[int], uses: Sequence[float], servers: int, world: World
) -> tuple[list[float], list[int]]:
    """Cores used, and viewers, of each server."""
    if not world.affine:
        return [sum(uses) / servers] * servers, [ceil(sum(sizes) / servers)] * servers
    ring = Ring(range(servers))
    cores: defaultdict[int, float] = defaultdict(float)
    viewers: Counter[int] = Counter()
    for room, (size, use) in enumerate(zip(sizes, uses, strict=True)):
        pieces = ceil(use / PIECE)
        for piece in range(pieces):
            server = ring.server_of(room + piece * len(sizes))
            cores[server] += use / pieces
            viewers[server] += ceil(size / pieces)
    return [cores[server] for server in range(servers)], [viewers[n] for n in range(servers)]


def redis_use(
    sizes: Sequence[int], servers: int, world: World, costs: Costs
) -> tuple[float, float]:
    """Commands a second and cores of Redis. A room that is apart lies on as many servers as its
    viewers reach at random."""
    holds = batches = 0.0
    for size, points in zip(sizes, pointers(sizes, world), strict=True):
        held = 1.0 if world.affine else servers * (1 - (1 - 1 / servers) ** size)
        holds += held
        batches += held if points else 0.0
    calls = holds * costs.hold_calls + batches * costs.batch_calls
    return calls, (holds * costs.hold_redis_us + batches * costs.batch_redis_us) / 1e6
