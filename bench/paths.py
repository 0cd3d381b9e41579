"""A bad network as values: when each chunk of bytes leaves one direction of a path.

The words and the noise are those of the simulation (static/js/clock/simulated.js), so that figures
of real browsers stand beside its own.
"""

from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Final

BLOAT_TOOTH_MS: Final = 3170.0
"""Whoever fills the queue backs off so often; no schedule of probes beats in time with it."""
BLOAT_LEAST: Final = 0.3
"""A standing queue never drains entirely: a tooth begins at this share of its height."""
FRAME_BYTES_MAX: Final = 400
"""Larger chunks are parts of pages and scripts, not probes."""


@dataclass(frozen=True, slots=True)
class Traits:
    """One direction of a path; bytes stay in order, as on TCP."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    """Mean of the exponential noise of every chunk."""
    spike_share: float = 0.0
    spike_ms: float = 0.0
    """A retransmission over radio: for a share of the chunks, uniform up to this."""
    bloat_ms: float = 0.0
    """How high the queue of a slow link stands at most, while others fill it."""
    bloat_every_ms: float = inf
    bloat_for_ms: float = 0.0
    """At the end of each period the queue stands so long."""
    bytes_per_ms: float = inf
    """The rate of the link: own bytes queue as well."""
    stall_ms: tuple[float, float] = (0.0, 0.0)
    between_stalls_ms: tuple[float, float] = (inf, inf)
    """Nothing moves for so long, so long apart, as after a lost segment."""


@dataclass(frozen=True, slots=True)
class Network:
    """Both directions between a browser and its server."""

    up: Traits = Traits()
    down: Traits = Traits()


@dataclass(slots=True)
class Passage:
    """How long one chunk was kept, and how much longer than it was meant to be."""

    kept_ms: float
    late_ms: float
    size_bytes: int


@dataclass(slots=True)
class Direction:
    """One direction at work. Calls come in the order of time."""

    traits: Traits
    random: Random
    passages: list[Passage] = field(default_factory=list)
    _last_ms: float = -inf
    _began_ms: float | None = None
    _stall_from_ms: float = inf
    _stall_until_ms: float = inf

    def leaves_ms(self, at_ms: float, size_bytes: int) -> float:
        """When a chunk that came at `at_ms` goes on."""
        traits = self.traits
        if self._began_ms is None:
            self._began_ms = at_ms
            self._next_stall(at_ms)
        due_ms = at_ms + traits.delay_ms + self._queue_ms(at_ms)
        if traits.jitter_ms:
            due_ms += self.random.expovariate(1 / traits.jitter_ms)
        if traits.spike_share and self.random.random() < traits.spike_share:
            due_ms += self.random.uniform(0, traits.spike_ms)
        due_ms = max(due_ms, self._last_ms) + size_bytes / traits.bytes_per_ms
        self._last_ms = self._after_stall(due_ms)
        return self._last_ms

    def passed(self, at_ms: float, due_ms: float, left_ms: float, size_bytes: int) -> None:
        """Take down what really became of a chunk."""
        self.passages.append(Passage(left_ms - at_ms, left_ms - due_ms, size_bytes))

    def _queue_ms(self, at_ms: float) -> float:
        traits = self.traits
        if not traits.bloat_ms or self._began_ms is None:
            return 0.0
        age_ms = at_ms - self._began_ms
        if age_ms % traits.bloat_every_ms < traits.bloat_every_ms - traits.bloat_for_ms:
            return 0.0
        tooth = age_ms % BLOAT_TOOTH_MS / BLOAT_TOOTH_MS
        return traits.bloat_ms * (BLOAT_LEAST + (1 - BLOAT_LEAST) * tooth)

    def _after_stall(self, due_ms: float) -> float:
        while due_ms >= self._stall_until_ms:
            self._next_stall(self._stall_until_ms)
        return self._stall_until_ms if due_ms > self._stall_from_ms else due_ms

    def _next_stall(self, after_ms: float) -> None:
        if self.traits.between_stalls_ms[0] < inf:
            self._stall_from_ms = after_ms + self.random.uniform(*self.traits.between_stalls_ms)
            self._stall_until_ms = self._stall_from_ms + self.random.uniform(*self.traits.stall_ms)


NAMED: Final[dict[str, Network]] = {
    "null": Network(),
    "wan": Network(Traits(20, 1.5), Traits(20, 1.5)),
    "wifi": Network(
        Traits(5, 2, spike_share=0.15, spike_ms=60), Traits(5, 2, spike_share=0.15, spike_ms=60)
    ),
    "asymmetric": Network(Traits(30, 1.5), Traits(10, 1.5)),
    "bloat": Network(
        Traits(
            20, 1.5, bloat_ms=200, bloat_every_ms=20_000, bloat_for_ms=10_000, bytes_per_ms=1250
        ),
        Traits(20, 1.5),
    ),
    "stalls": Network(
        Traits(20, 1.5, stall_ms=(200, 400), between_stalls_ms=(1000, 3000)),
        Traits(20, 1.5, stall_ms=(200, 400), between_stalls_ms=(1000, 3000)),
    ),
}
"""By the names of the benchmark's configurations."""
