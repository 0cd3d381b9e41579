"""Measured costs, as the simulation takes them. Each comes from a part of bench.capacity."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FIGURES: Final = Path(__file__).parent / "figures.json"
WATCHING: Final = "rooms of 10 that watch"
POINTING: Final = "rooms of 10, all pointing at 10 Hz"
SPREAD: Final = "rooms of 10 that watch, 2 servers"
SPREAD_POINTING: Final = "rooms of 10, one points at 10 Hz, 2 servers"
LARGE: Final = "a room of 1000 that watches"


@dataclass(frozen=True, slots=True)
class Costs:
    """What one viewer, one join and one Redis message cost."""

    watch_us: float
    """Server CPU for a viewer who watches, per second: probes, statuses, lists, pings."""
    point_us: float
    """The same for one of a room of ten who all move their cursors ten times a second."""
    join_us: float
    kib: float
    """Server memory for a viewer."""
    watch_bytes: float
    """To a viewer who watches, per second, before TCP and TLS."""
    point_bytes: float
    shared_us: float
    """What a viewer costs more, per second, where a room lies on two servers."""
    hold_calls: float
    """Redis commands a second for one room on one server: lease, anti-entropy, statuses."""
    batch_calls: float
    """… and for one room in which one member points, more than that."""
    hold_redis_us: float
    """Redis' CPU a second for one room on one server …"""
    batch_redis_us: float
    """… and for one room in which one member points, more than that."""


def costs_of(figures: dict[str, Any]) -> Costs:
    """From the figures that `python -m bench.capacity --write` keeps. KeyError: one is missing."""
    parts = figures["parts"]
    watching, pointing, spread = parts[WATCHING], parts[POINTING], parts[SPREAD]
    spread_pointing = parts[SPREAD_POINTING]
    calls, pointing_calls = (
        sum(part["redis_calls"].values()) for part in (spread, spread_pointing)
    )
    holds = spread["viewers"] / 10 * 2
    return Costs(
        watch_us=watching["viewer_cpu_us"],
        point_us=pointing["viewer_cpu_us"],
        join_us=watching["join_cpu_us"],
        kib=watching["kib_each"],
        watch_bytes=watching["bytes_per_s"],
        point_bytes=pointing["bytes_per_s"],
        shared_us=max(spread["viewer_cpu_us"] - watching["viewer_cpu_us"], 0.0),
        hold_calls=calls / holds,
        batch_calls=max(pointing_calls - calls, 0.0) / (spread["viewers"] / 10),
        hold_redis_us=spread["redis_core"] * 1e6 / holds,
        batch_redis_us=max(spread_pointing["redis_core"] - spread["redis_core"], 0.0)
        * 1e6
        / (spread["viewers"] / 10),
    )


def read_costs(path: Path = FIGURES) -> Costs:
    """Of the file in the repository."""
    return costs_of(json.loads(path.read_text(encoding="utf-8")))
