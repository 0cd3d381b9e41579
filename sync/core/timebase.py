"""The media clock: the one time base of a deployment, continuous whatever the host's clock does."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final

from sync.core.wire import ServerTime, TimeSync, TimeSyncResponse, wire_ms

NS_PER_MS: Final = 1_000_000

FLOOR_ERROR_MS: Final = 0.001
"""What a stamp may be wrong by when this process is the whole deployment.

The media clock is then by definition this process's own, so only rounding is left: half of the
wire's third decimal and a float64's 0.0002 ms. The event loop's lag is not added: a T2 taken late
or a T3 taken early only widens the bound that the client works out itself.
"""

OWN_GENERATION: Final = 1
"""Of a process whose media clock is its own; those of clusters are instants in seconds."""

ROUNDING: Final = 1e-6
"""What a float64 may be above the decimal it stands for."""


@dataclass(frozen=True, slots=True)
class Course:
    """How the media clock runs over the oscillator from now on, until another course is set.

    It bends once at most: after a correction it goes on at `rate_after` by itself, however late the
    next course comes.
    """

    from_ns: int
    media_ms: float
    """Media time at `from_ns` of the oscillator."""
    rate: float = 1.0
    until_ns: int = 0
    rate_after: float = 1.0
    error_ms: float = FLOOR_ERROR_MS
    """Bound of the error at `from_ns`."""
    error_growth: float = 0.0
    """By how much the bound grows, ms per ms of the oscillator."""
    generation: int = 1

    def at(self, raw_ns: int) -> float:
        """Media time at an instant of the oscillator, ms."""
        if raw_ns <= self.until_ns:
            return self.media_ms + (raw_ns - self.from_ns) / NS_PER_MS * self.rate
        bend_ns = max(self.until_ns, self.from_ns)
        bend_ms = (bend_ns - self.from_ns) / NS_PER_MS * self.rate
        return self.media_ms + bend_ms + (raw_ns - bend_ns) / NS_PER_MS * self.rate_after

    def error_at(self, raw_ns: int) -> float:
        """Bound of the error at an instant of the oscillator, ms."""
        return self.error_ms + self.error_growth * (raw_ns - self.from_ns) / NS_PER_MS


class Timebase:
    """Media clock = a raw oscillator that nobody slews or sets, plus a base.

    `raw_ns` must never step and never run backwards; `base_ms` is the media time at its zero. Alone
    the base is fixed; in a cluster it follows the others' (sync/core/discipline.py). Reading the
    media clock is cheap and safe from any thread.
    """

    __slots__ = ("_course", "_raw_ns")

    def __init__(
        self,
        raw_ns: Callable[[], int],
        base_ms: float,
        generation: int = OWN_GENERATION,
        error_ms: float = FLOOR_ERROR_MS,
    ) -> None:
        self._raw_ns = raw_ns
        self._course = Course(0, base_ms, error_ms=error_ms, generation=generation)

    def now_ms(self) -> float:
        """The media clock now: epoch milliseconds, resolution 0.0002 ms."""
        return self._course.at(self._raw_ns())

    def raw_ns(self) -> int:
        """The oscillator now."""
        return self._raw_ns()

    @property
    def course(self) -> Course:
        """How it runs at present."""
        return self._course

    def steer(self, course: Course) -> None:
        """Run on another course from now on. Whoever sets it sees to it that nothing jumps."""
        self._course = course

    @property
    def base_ms(self) -> float:
        """Media time at the oscillator's zero; alone the same all through one boot of the host."""
        course, raw_ns = self._course, 0
        if course.from_ns:
            raw_ns = self._raw_ns()
        return course.at(raw_ns) - raw_ns / NS_PER_MS

    @property
    def generation(self) -> int:
        """Identity of the media clock's line: samples of another generation are worth nothing."""
        return self._course.generation

    @property
    def error_ms(self) -> float:
        """Bound of what `now_ms` may differ from the deployment's media clock."""
        course = self._course
        return course.error_at(self._raw_ns()) if course.error_growth else course.error_ms

    @property
    def told_error_ms(self) -> float:
        """`error_ms` as the wire has it: rounded to three decimals, and never down."""
        return ceil(self.error_ms * 1000 - ROUNDING) / 1000

    def civil_offset_ms(self, utc_ms: float) -> float:
        """UTC minus media clock, given the host's UTC now: it may step, now_ms never does."""
        return utc_ms - self.now_ms()

    def server_time(self, utc_ms: float) -> ServerTime:
        """The `server:time` of this moment."""
        now_ms = self.now_ms()
        return ServerTime(
            timestamp=wire_ms(now_ms),
            civil_offset_ms=wire_ms(utc_ms - now_ms),
            generation=self.generation,
            error_ms=self.told_error_ms,
        )

    def answer(self, probe: TimeSync, received_at_ms: float) -> TimeSyncResponse:
        """The answer to a probe, with T3 stamped now: send it at once."""
        return TimeSyncResponse(
            client_timestamp=probe.client_timestamp,
            server_receive_time=wire_ms(received_at_ms),
            server_send_time=wire_ms(self.now_ms()),
            generation=self.generation,
            error_ms=self.told_error_ms,
        )


def anchor_base_ms(
    raw_ns: Callable[[], int], utc_ns: Callable[[], int], attempts: int = 5
) -> float:
    """The base that makes the media clock agree with UTC now.

    UTC is read between two raw readings; the attempt that was interrupted least counts.
    """
    readings = []
    for _ in range(attempts):
        before_ns, middle_ns, after_ns = raw_ns(), utc_ns(), raw_ns()
        readings.append((after_ns - before_ns, middle_ns - (before_ns + after_ns) / 2))
    return min(readings)[1] / NS_PER_MS
