"""What this process has done so far, in plain numbers: counted where it happens, read at a scrape.

One object for the process (`TALLY`), since what counts lies in many hands; it knows of no metrics
system, and nothing here waits or locks. Event loop's thread only.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final

from sync.core.wire import ErrorMessage, RateLimited

CALL_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5)
LAG_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
DRIFT_S: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)
BATCH: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class Histogram:
    """How often values fell at or below each of its bounds."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        """For each bound what lies between it and the one before; the last: beyond all."""
        self.total = 0.0
        """Of all values."""

    def add(self, value: float) -> None:
        """One more value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Tally:
    """Counts that only grow. Times are seconds."""

    def __init__(self) -> None:
        self.frames = 0
        """Given to party sockets, one for each reader, skipped ones too; not to probes."""
        self.bytes = 0
        """Of these frames, without what the protocol of sockets adds."""
        self.skipped = 0
        """Passing frames that a lagging reader was spared."""
        self.batches = Histogram(BATCH)
        """Cursors and reactions that one tick of a room carries."""
        self.joins = 0
        """Greeted with a snapshot …"""
        self.resumes = 0
        """… or with no more than what they had missed."""
        self.drifts = Histogram(DRIFT_S)
        """|drift| of viewers, as each of them tells."""
        self.closes: Counter[int] = Counter()
        """Sockets that we closed, by code."""
        self.refusals: Counter[str] = Counter()
        """By code."""
        self.limited: Counter[str] = Counter()
        """Refused as too many, by the name of the limit."""
        self.redis_calls = Histogram(CALL_S)
        """Answered calls of rooms, history and lists."""
        self.redis_failures = 0
        """Calls without an answer in time: `StoreUnavailable`."""
        self.conflicts = 0
        """Commits that another server was faster with; they are decided again."""
        self.relay_dropped = 0
        """Messages to other servers that found no place in a room's outbox."""
        self.lags = Histogram(LAG_S)
        """How late the event loop was, looked at once a second."""

    def sent(self, size: int, readers: int = 1) -> None:
        """A frame of so many bytes was given to so many sockets."""
        self.frames += readers
        self.bytes += size * readers

    def refused(self, answer: object) -> None:
        """An answer goes out; if it is a no (`error`, `error:ratelimit`), it is counted."""
        if isinstance(answer, ErrorMessage):
            self.refusals[answer.code] += 1
        elif isinstance(answer, RateLimited):
            self.limited[answer.action] += 1

    def welcomed(self, *, resumed: bool) -> None:
        """A member has come in, or back."""
        if resumed:
            self.resumes += 1
        else:
            self.joins += 1


TALLY: Final = Tally()
"""Of this process, from its start on."""
