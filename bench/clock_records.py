"""What the clock's measurement keeps of each finished part, one JSON line each, to go on from."""

from dataclasses import dataclass
from typing import Final

import msgspec

from bench.accuracy import Law, Watched
from bench.figures import percentile
from bench.machine import Use
from bench.paths import FRAME_BYTES_MAX, Direction
from bench.probe_client import Probe


@dataclass(frozen=True, slots=True)
class Kept:
    """What a relay did to the small chunks of one direction."""

    floor_ms: float
    """The shortest time that one was kept."""
    late_ms: tuple[float, float, float]
    """Beyond what was meant: p50, p95 and the most."""
    chunks: int


class BrowserRun(msgspec.Struct, frozen=True, tag="run"):
    """One run of one configuration in a browser."""

    name: str
    repeat: int
    seconds: float
    law: Law
    watched: Watched
    base_ms: float
    use: Use
    up: Kept | None = None
    down: Kept | None = None
    reference: list[Probe] = []


class RelayAlone(msgspec.Struct, frozen=True, tag="relay"):
    """Probes of a program, not of a browser, through a relay (or past it)."""

    name: str
    probes: list[Probe]
    base_ms: float
    use: Use
    up: Kept | None = None
    down: Kept | None = None


class BusyServer(msgspec.Struct, frozen=True, tag="busy"):
    """Probes each right behind a message that costs the server 4 ms."""

    path: str
    work: str
    probes: list[Probe]
    base_ms: float
    use: Use


Record = BrowserRun | RelayAlone | BusyServer
DECODER: Final = msgspec.json.Decoder[Record](Record)


def kept_by(direction: Direction | None) -> Kept | None:
    """The record of a direction at work; None: there was none, or nothing passed."""
    small = [p for p in direction.passages if p.size_bytes <= FRAME_BYTES_MAX] if direction else []
    if not small:
        return None
    late = sorted(p.late_ms for p in small)
    return Kept(
        min(p.kept_ms for p in small),
        (percentile(late, 50), percentile(late, 95), late[-1]),
        len(small),
    )
