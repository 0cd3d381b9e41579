"""The networks that the clock is measured on in a browser, and how well it should do there."""

from dataclasses import dataclass
from typing import Final

from bench.paths import NAMED, Network


@dataclass(frozen=True, slots=True)
class Configuration:
    """A network that is measured, and how well the clock should do on it."""

    about: str
    network: Network | None
    goal_ms: float | None
    """p95 of the error; None: no two-way exchange can see the asymmetry, or none was set."""
    step_is_seen: bool = True
    """Whether probes tell of a jump at once; behind a standing queue they cannot."""


CONFIGURATIONS: Final[dict[str, Configuration]] = {
    "direct": Configuration("no relay", None, None),
    "null": Configuration("the relay, adding nothing", NAMED["null"], None),
    "wan": Configuration("20 ms each way, 1.5 ms of jitter", NAMED["wan"], 0.5),
    "wifi": Configuration(
        "5 ms each way, 2 ms of jitter, every seventh chunk up to 60 ms late", NAMED["wifi"], 1.0
    ),
    "asymmetric": Configuration(
        "30 ms up, 10 ms down, 1.5 ms of jitter", NAMED["asymmetric"], None
    ),
    "bloat": Configuration(
        "as wan; 10 of every 20 s a queue of 60–200 ms upwards",
        NAMED["bloat"],
        None,
        step_is_seen=False,
    ),
    "stalls": Configuration(
        "as wan; each way stands still for 200–400 ms every 1–3 s", NAMED["stalls"], None
    ),
    "long": Configuration("as wan, one run of ten minutes", NAMED["wan"], 0.5),
}
