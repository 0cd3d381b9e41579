"""The situations in which the skew of viewers is measured: networks for two, and handicaps."""

from dataclasses import dataclass
from typing import Final

from bench.paths import NAMED, Network, Traits

_JITTERY: Final = Traits(20, spike_share=1.0, spike_ms=40)
"""Uniform: each way takes 20 to 60 ms, a round trip 40 to 120."""
_STALLING: Final = NAMED["stalls"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """One measured situation. The second viewer is the one who comes late, or is handicapped."""

    about: str
    networks: tuple[Network | None, Network | None]
    asymmetry_ms: float = 0.0
    """Of the one path, more than of the other: half of it no clock can see."""
    refuses_rates: bool = False
    slowdown: float = 1.0
    """Of the second viewer's CPU."""
    steady_counts: bool = True
    """Whether the steady goals are for it; handicapped viewers have a goal of their own."""


CONFIGURATIONS: Final[dict[str, Configuration]] = {
    "direct": Configuration("no relay", (None, None)),
    "40 ms": Configuration(
        "20 ms each way, 1.5 ms of jitter, for both", (NAMED["wan"], NAMED["wan"])
    ),
    "jittery": Configuration(
        "20–60 ms each way, every chunk another, for both",
        (Network(_JITTERY, _JITTERY), Network(_JITTERY, _JITTERY)),
    ),
    "asymmetric": Configuration(
        "60 ms each way for the one, 30 up and 90 down for the other, 1.5 ms of jitter",
        (
            Network(Traits(60, 1.5), Traits(60, 1.5)),
            Network(Traits(30, 1.5), Traits(90, 1.5)),
        ),
        asymmetry_ms=60.0,
    ),
    "stalls": Configuration(
        "as 40 ms; each way stands still for 200–400 ms every 1–3 s, for both",
        (_STALLING, _STALLING),
    ),
    "refused": Configuration(
        "as 40 ms; the second viewer's player ignores every rate it is given",
        (NAMED["wan"], NAMED["wan"]),
        refuses_rates=True,
        steady_counts=False,
    ),
    "slow": Configuration(
        "as 40 ms; the second viewer's page has a sixth of a CPU",
        (NAMED["wan"], NAMED["wan"]),
        slowdown=6.0,
        steady_counts=False,
    ),
    "long": Configuration(
        "as 40 ms, ten minutes of it steady; the film begins anew every 90 s",
        (NAMED["wan"], NAMED["wan"]),
    ),
}
