"""What is kept of each finished run: raw readings, so that figures can be computed anew."""

from dataclasses import dataclass
from typing import Final

import msgspec

from bench.accuracy import Law as Bend
from bench.machine import Use

Position = tuple[float, float, float, float, bool]
"""True ms, how long the reading took in ms, position in s, rate, and whether the film moves."""
Frame = tuple[float, int | None, float]
"""True ms of its display, the index read from the picture, its film time in s."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one viewer's page showed and was told; instants are CLOCK_MONOTONIC in ms."""

    positions: list[Position]
    frames: list[Frame]
    seeks: list[tuple[float, float]]
    """Asked of the player: when, and to which position in s."""
    rates: list[tuple[float, float]]
    """Asked of the player: when, and which."""
    counts: list[tuple[float, int, int]]
    """When, frames dropped so far, frames in all."""
    joined_ms: float
    still: int | None
    """The index in the picture after the pause."""


@dataclass(frozen=True, slots=True)
class Marks:
    """When the parts of a run began; instants are CLOCK_MONOTONIC in ms."""

    steady_ms: float
    disturbed_ms: float
    sought_ms: float
    paused_ms: float
    together_ms: float
    """The start together was asked for."""
    ended_ms: float


class SkewRun(msgspec.Struct, frozen=True):
    """One run of one law in one situation."""

    name: str
    law: str
    repeat: int
    seconds: float
    abreast: int
    """Laws measured at the same time: each is part of the others' load."""
    bends: list[Bend]
    marks: Marks
    seen: list[Seen]
    use: Use


DECODER: Final = msgspec.json.Decoder(SkewRun)
