"""The media clock: the one time base of a deployment, continuous whatever the host's clock does."""

from collections.abc import Callable
from typing import Final

from sync.core.wire import ServerTime, TimeSync, TimeSyncResponse, wire_ms

NS_PER_MS: Final = 1_000_000

FLOOR_ERROR_MS: Final = 0.001
"""What a stamp may be wrong by when this process is the whole deployment.

The media clock is then by definition this process's own, so only rounding is left: half of the
wire's third decimal and a float64's 0.0002 ms. The event loop's lag is not added: a T2 taken late
or a T3 taken early only widens the bound that the client works out itself.
"""


class Timebase:
    """Media clock = a raw oscillator that nobody slews or sets, plus a fixed base.

    `raw_ns` must never step and never run backwards; `base_ms` is the media time at its zero.
    Reading the media clock is cheap and safe from any thread.
    """

    __slots__ = ("_base_ms", "_error_ms", "_generation", "_raw_ns")

    def __init__(
        self,
        raw_ns: Callable[[], int],
        base_ms: float,
        generation: int = 1,
        error_ms: float = FLOOR_ERROR_MS,
    ) -> None:
        self._raw_ns = raw_ns
        self._base_ms = base_ms
        self._generation = generation
        self._error_ms = error_ms

    def now_ms(self) -> float:
        """The media clock now: epoch milliseconds, resolution 0.0002 ms."""
        return self._raw_ns() / NS_PER_MS + self._base_ms

    @property
    def base_ms(self) -> float:
        """Media time at the oscillator's zero; the same all through one boot of the host."""
        return self._base_ms

    @property
    def generation(self) -> int:
        """Identity of the base: samples of another generation are worth nothing."""
        return self._generation

    @property
    def error_ms(self) -> float:
        """Bound of what `now_ms` may differ from the deployment's media clock."""
        return self._error_ms

    def civil_offset_ms(self, utc_ms: float) -> float:
        """UTC minus media clock, given the host's UTC now: it may step, now_ms never does."""
        return utc_ms - self.now_ms()

    def server_time(self, utc_ms: float) -> ServerTime:
        """The `server:time` of this moment."""
        now_ms = self.now_ms()
        return ServerTime(
            timestamp=wire_ms(now_ms),
            civil_offset_ms=wire_ms(utc_ms - now_ms),
            generation=self._generation,
            error_ms=self._error_ms,
        )

    def answer(self, probe: TimeSync, received_at_ms: float) -> TimeSyncResponse:
        """The answer to a probe, with T3 stamped now: send it at once."""
        return TimeSyncResponse(
            client_timestamp=probe.client_timestamp,
            server_receive_time=wire_ms(received_at_ms),
            server_send_time=wire_ms(self.now_ms()),
            generation=self._generation,
            error_ms=self._error_ms,
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
