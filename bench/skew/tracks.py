"""How far apart two viewers are at an instant, by their positions and by their pictures."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from bench.skew.records import Frame, Position, Seen

GAP_MAX_MS: Final = 100.0
"""Between readings further apart than this nothing is said about a position."""
STEP_MS: Final = 100.0
"""Positions are compared this often, as often as a follower acts."""
INDEX_RATE: Final = 60
SAME_FRAME_MS: Final = 5000.0
"""A frame that the other shows later than this is of another time round."""

Skew = tuple[float, float]
"""When, in ms, and by how many ms the second viewer is ahead of the first."""


class Track:
    """One viewer's position as a function of time."""

    def __init__(self, positions: Sequence[Position]) -> None:
        self._positions = positions
        self._times_ms = [each[0] for each in positions]

    def at(self, at_ms: float) -> float | None:
        """Position in s at an instant between two readings; None: it stood, or nobody looked."""
        after = bisect_left(self._times_ms, at_ms)
        if not 0 < after < len(self._positions):
            return None
        (from_ms, _, from_s, _, from_moves), (to_ms, _, to_s, _, to_moves) = self._positions[
            after - 1 : after + 1
        ]
        if not (from_moves and to_moves) or to_ms - from_ms > GAP_MAX_MS or to_s < from_s:
            return None
        return from_s + (to_s - from_s) * (at_ms - from_ms) / (to_ms - from_ms)


def position_skews(pair: Sequence[Seen], from_ms: float, to_ms: float) -> list[Skew]:
    """At every step at which both films moved."""
    first, second = (Track(seen.positions) for seen in pair)
    skews: list[Skew] = []
    for step in range(max(int((to_ms - from_ms) // STEP_MS), 0)):
        at_ms = from_ms + step * STEP_MS
        one_s, other_s = first.at(at_ms), second.at(at_ms)
        if one_s is not None and other_s is not None:
            skews.append((at_ms, (other_s - one_s) * 1000))
    return skews


def picture_skews(pair: Sequence[Seen], from_ms: float, to_ms: float) -> list[Skew]:
    """For every frame that both showed: how much earlier the second viewer saw it."""
    first, second = (_shown(seen.frames, from_ms, to_ms) for seen in pair)
    later: dict[int, list[float]] = {}
    for at_ms, index in second:
        later.setdefault(index, []).append(at_ms)
    skews: list[Skew] = []
    for at_ms, index in first:
        nearest = min((at_ms - other for other in later.get(index, [])), key=abs, default=None)
        if nearest is not None and abs(nearest) <= SAME_FRAME_MS:
            skews.append((at_ms, nearest))
    return skews


def _shown(frames: Sequence[Frame], from_ms: float, to_ms: float) -> Iterator[tuple[float, int]]:
    """When each index was first on the screen."""
    last: int | None = None
    for frame in frames:
        at_ms, index, _ = frame
        if index is not None and is_read(frame):
            if index != last and from_ms <= at_ms < to_ms:
                yield at_ms, index
            last = index


def is_read(frame: Frame) -> bool:
    """Whether it was the index that the frame's own time says; it may be the next one already."""
    _, index, film_s = frame
    return index is not None and abs(index - film_s * INDEX_RATE) <= 1


def settled_after_ms(
    skews: Sequence[Skew], from_ms: float, within_ms: float, stays_ms: float
) -> float | None:
    """How long after an instant the skew came within a bound to stay so for a time; None: never."""
    since_ms: float | None = None
    for at_ms, skew_ms in skews:
        if at_ms < from_ms:
            continue
        if abs(skew_ms) > within_ms:
            since_ms = None
        elif since_ms is None:
            since_ms = at_ms
        elif at_ms - since_ms >= stays_ms:
            return since_ms - from_ms
    return None


def moves_from_ms(pair: Sequence[Seen], after_ms: float) -> float | None:
    """When the first of them began to move after an instant at which both stood."""
    begins = [
        next((p[0] for last, p in pairwise(seen.positions) if _moved(last, p, after_ms)), None)
        for seen in pair
    ]
    return min((each for each in begins if each is not None), default=None)


def _moved(last: Position, now: Position, after_ms: float) -> bool:
    return now[0] > after_ms and last[4] and now[4] and 0 < now[2] - last[2] < GAP_MAX_MS / 1000


def wraps_ms(seen: Seen, from_ms: float, to_ms: float) -> list[float]:
    """When the film began anew by itself."""
    return [
        now[0]
        for last, now in pairwise(seen.positions)
        if from_ms <= now[0] < to_ms and now[2] < last[2] - 10
    ]
