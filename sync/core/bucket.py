"""Token buckets and the watch for abuse: how often one may do a thing."""

from typing import Final

from msgspec import Struct

ABUSE_FACTOR: Final = 3
"""Asking for more than this many times a limit …"""

ABUSE_SECONDS: Final = 10
"""… through this many seconds on end is abuse and closes the connection."""


class Limit(Struct, frozen=True):
    """`max` actions per `window_ms`; `burst` at once (`max` where it is not given)."""

    max: int
    window_ms: float
    burst: int | None = None

    @property
    def capacity(self) -> int:
        """How many may come at once after a rest."""
        return self.burst or self.max

    @property
    def per_ms(self) -> float:
        """Refill in tokens per millisecond."""
        return self.max / self.window_ms


class TokenBucket:
    """Full at first, refilled steadily, never above its capacity."""

    __slots__ = ("_at_ms", "_limit", "_tokens")

    def __init__(self, limit: Limit, now_ms: float) -> None:
        self._limit = limit
        self._tokens = float(limit.capacity)
        self._at_ms = now_ms

    def take(self, now_ms: float) -> float:
        """Take one token. Returns 0 when granted, else the milliseconds until one is there."""
        limit = self._limit
        elapsed_ms = max(now_ms - self._at_ms, 0.0)
        self._at_ms = now_ms
        self._tokens = min(limit.capacity, self._tokens + elapsed_ms * limit.per_ms)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / limit.per_ms

    def give_back(self) -> None:
        """Return a token: what it was taken for was not what is to be rare."""
        self._tokens = min(self._limit.capacity, self._tokens + 1)

    def is_full(self, now_ms: float) -> bool:
        """Whether nothing was taken lately, so that the bucket may be forgotten."""
        refilled = self._tokens + (now_ms - self._at_ms) * self._limit.per_ms
        return refilled >= self._limit.capacity


class AbuseWatch:
    """Notices who keeps asking for more than ABUSE_FACTOR times a limit for ABUSE_SECONDS.

    Only refusals are counted, so that accepted frames pay nothing: whoever asks for more than
    three times the limit is refused more than twice the limit.
    """

    __slots__ = ("_count", "_second", "_streak", "_threshold")

    def __init__(self, limit: Limit) -> None:
        self._threshold = (ABUSE_FACTOR - 1) * limit.per_ms * 1000
        self._second = 0
        self._count = 0
        self._streak = 0

    def refused(self, now_ms: float) -> bool:
        """Count one refusal; true when it is the one too many."""
        second = int(now_ms // 1000)
        if second != self._second:
            over = self._count > self._threshold
            followed_at_once = second == self._second + 1
            self._streak = self._streak + 1 if over and followed_at_once else 0
            self._second = second
            self._count = 0
        self._count += 1
        return self._streak >= ABUSE_SECONDS
