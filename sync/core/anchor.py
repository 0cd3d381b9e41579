"""What the servers of a cluster agree on in Redis, and what one look at it brings."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Anchor:
    """Ties the media clock to the TIME of one Redis process: media time = TIME − base.

    It is replaced (`number` + 1) when that TIME has stepped or another Redis took over, so that
    the media clock itself does not step; `generation` changes only where nobody knew how to go on.
    """

    generation: int
    base_us: int
    run_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One exchange with Redis: T1 and T4 of our oscillator, and what Redis said in between."""

    t1_ns: int
    t4_ns: int
    time_us: int
    """Redis' TIME."""
    run_id: str
    """Of the Redis process that answered."""
    beat: int
    """Number of this exchange among those of all servers."""
    others_beat: int
    """Number of the last exchange that another server found true; 0: none is known."""
    anchor: Anchor | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An anchor to be set if Redis still holds the one with the number expected (0: none)."""

    anchor: Anchor
    expected: int


class ClockState(StrEnum):
    """How the media clock of a process is kept."""

    OWN = "own"
    """Alone: its oscillator is the media clock."""
    ACQUIRING = "acquiring"
    """It has not yet agreed with Redis, and runs on its own."""
    LOCKED = "locked"
    HOLD_OVER = "hold-over"
    """Redis does not answer, or says what cannot be: it runs on by the last known skew."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How the discipline does, for /api/health."""

    state: ClockState
    redis_offset_ms: float | None
    """Redis' TIME minus media time."""
    skew_ppm: float
    sample_age_ms: float | None
    """Since the last sample that was believed."""
    anchor_number: int
