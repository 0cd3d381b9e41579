"""How often one may do a thing, by name, as PROTOCOL.md sets it; settings may override each."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from sync.core.bucket import Limit

ALL_FRAMES: Final = "message"
"""The limit that all frames of a socket draw on together (probes have their own)."""

PROBES: Final = "sync"
"""The limit of `time:sync`; its burst lets a client begin with twelve probes 50 ms apart."""

DEFAULT_LIMITS: Final[dict[str, Limit]] = {
    "cursor": Limit(max=20, window_ms=1000),
    "reaction": Limit(max=5, window_ms=1000),
    PROBES: Limit(max=10, window_ms=1000, burst=16),
    "videoControl": Limit(max=10, window_ms=1000),
    ALL_FRAMES: Limit(max=60, window_ms=1000),
    "roomJoin": Limit(max=5, window_ms=10_000),
    # The dearest answer there is, up to 100 KB: some at once, as gaps come in heaps, then few.
    "roomSync": Limit(max=1, window_ms=2000, burst=4),
    "roomsList": Limit(max=1, window_ms=1000),
    "usersList": Limit(max=1, window_ms=5000),
    "videoSource": Limit(max=1, window_ms=1000),
    "videoReady": Limit(max=5, window_ms=1000),
    "roomSettings": Limit(max=2, window_ms=1000),
    "chat": Limit(max=5, window_ms=1000),
    "chatRemove": Limit(max=5, window_ms=1000),
    "memberAsk": Limit(max=1, window_ms=5000),
    "memberAnswer": Limit(max=2, window_ms=1000),
    "memberRole": Limit(max=2, window_ms=1000),
    "memberRemove": Limit(max=2, window_ms=1000),
    # Tries at a room's password, of one person and of one address.
    "password": Limit(max=5, window_ms=60_000),
    # A status sent each second arrives a little early or late: two may come at once.
    "status": Limit(max=1, window_ms=1000, burst=2),
    "rename": Limit(max=1, window_ms=1000),
}

_FIELDS: Final = frozenset({"max", "windowMs", "burst"})


def parse_limits(overrides: Mapping[str, Any]) -> dict[str, Limit]:
    """DEFAULT_LIMITS with overrides by name laid over them.

    An override is a table `{"max": …, "windowMs": …, "burst": …}`. What it leaves out keeps its
    default; a new `max` without a burst drops the burst.
    Raises ValueError, naming the limit, for an unknown name or field and for a number that is not
    positive.
    """
    limits = dict(DEFAULT_LIMITS)
    for name, fields in overrides.items():
        if name not in limits:
            raise ValueError(f"LIMITS: there is no limit called {name!r}; there are {_known()}")
        limits[name] = _override(name, limits[name], fields)
    return limits


def _override(name: str, default: Limit, fields: Any) -> Limit:
    if not isinstance(fields, Mapping):
        raise ValueError(f"LIMITS.{name}: {fields!r} is not a table of max, windowMs and burst")
    unknown = sorted(set(fields) - _FIELDS)
    if unknown:
        raise ValueError(f"LIMITS.{name}: unknown field {unknown[0]!r}")
    burst = fields.get("burst", None if "max" in fields else default.burst)
    return Limit(
        max=_whole(f"{name}.max", fields.get("max", default.max)),
        window_ms=_positive(f"{name}.windowMs", fields.get("windowMs", default.window_ms)),
        burst=None if burst is None else _whole(f"{name}.burst", burst),
    )


def _positive(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"LIMITS.{where}: {value!r} is not a number")
    if not isfinite(value) or value <= 0:
        raise ValueError(f"LIMITS.{where}: {value!r} is not positive")
    return value


def _whole(where: str, value: Any) -> int:
    number = _positive(where, value)
    if number != int(number):
        raise ValueError(f"LIMITS.{where}: {value!r} is not a whole number")
    return int(number)


def _known() -> str:
    return ", ".join(sorted(DEFAULT_LIMITS))
