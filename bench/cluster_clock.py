"""How near servers of a cluster keep their media clocks, in the simulated world of the tests.

Prints the rows of docs/accuracy.md, "Several servers". Nothing but the seeds decides them.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from bench.figures import percentile
from tests.cluster_world import UTC_MS, Path, SimulatedServer, World

SEEDS: Final = range(1, 13)
LIFE_MS: Final = 180_000.0
EVENT_MS: Final = 60_000.0
BEGUN_MS: Final = 3_000.0
KNOWN_MS: Final = 30_000.0

LAN: Final = Path()
NETWORKS: Final = {
    "LAN, 0.3 ms": LAN,
    "LAN, every fifth answer 8–40 ms late": Path(spike_share=0.2, spike_ms=40),
    "zones, 1.6 ms": Path(floor_ms=0.5, jitter_ms=0.3, spike_share=0.05, spike_ms=20),
}


def _away(world: World) -> None:
    world.at(EVENT_MS, lambda: setattr(world.redis, "away", True))
    world.at(2 * EVENT_MS, lambda: setattr(world.redis, "away", False))


def _steps(world: World) -> None:
    world.at(EVENT_MS, lambda: setattr(world.redis, "offset_ms", UTC_MS + 3000))


def _fails_over(world: World) -> None:
    world.at(EVENT_MS, lambda: world.redis.restart("run-2", empty=True, offset_ms=UTC_MS - 3000))


EVENTS: Final[dict[str, Callable[[World], None]]] = {
    "Redis away for a minute": _away,
    "Redis' TIME steps by 3 s": _steps,
    "an empty Redis takes over, 3 s off": _fails_over,
}


def lives(path: Path, event: Callable[[World], None]) -> Iterator[World]:
    """Three servers at +50, −50 and +12 ppm, walls up to 4 s apart; one life for each seed."""
    for seed in SEEDS:
        world = World(
            SimulatedServer("a", epoch_ms=5e8, ppm=50, wall_ms=2000),
            SimulatedServer("b", epoch_ms=5, ppm=-50, wall_ms=-2000),
            SimulatedServer("c", epoch_ms=7e7, ppm=12),
            seed=seed,
            path=path,
        )
        event(world)
        world.run(LIFE_MS)
        yield world


def row(name: str, path: Path, event: Callable[[World], None]) -> str:
    """All lives together: how far apart, what was stated, how often that was not enough."""
    first: list[float] = []
    later: list[float] = []
    stated: list[float] = []
    over, steepest = 0, 0.0
    for world in lives(path, event):
        for at_once in zip(*(server.readings for server in world.servers), strict=True):
            at, media = at_once[0][0], [media_ms for _, media_ms, _ in at_once]
            if at < BEGUN_MS:
                continue
            apart_ms = max(media) - min(media)
            (first if at < KNOWN_MS else later).append(apart_ms)
            errors = sorted(error_ms for *_, error_ms in at_once)
            stated.append(errors[-1])
            over += apart_ms > errors[-1] + errors[-2]
        for server in world.servers:
            seen = [reading for reading in server.readings[::50] if reading[0] >= BEGUN_MS]
            for (at, media_ms, _), (then, next_ms, _) in pairwise(seen):
                steepest = max(steepest, abs((next_ms - media_ms) / (then - at) - 1) * 1e6)
    figures = (max(first), percentile(sorted(later), 50), percentile(sorted(later), 99), max(later))
    told = f"{percentile(sorted(stated), 50):.2f} / {max(stated):.2f} | {over} of {len(stated)}"
    return f"| {name} | {' | '.join(f'{ms:.3f}' for ms in figures)} | {told} | {steepest:.0f} |"


def main() -> None:
    """Print the table."""
    print("|  | first 30 s, most | p50 | p99 | most | stated: p50 / most | exceeded | ppm, most |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, path in NETWORKS.items():
        print(row(name, path, lambda _: None))
    for name, event in EVENTS.items():
        print(row(name, LAN, event))


if __name__ == "__main__":
    main()
