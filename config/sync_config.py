"""The seed's SYNC_CONFIG: the outer frame of the follower, each figure changeable by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Times in ms, drifts in s, rates as factors.
DEFAULT_SYNC_CONFIG: Mapping[str, float] = {
    "SYNC_INTERVAL": 100,
    "DRIFT_THRESHOLD_SEEK": 1.5,
    "DRIFT_THRESHOLD_ADJUST": 0.05,
    "MAX_SPEEDUP": 1.08,
    "MAX_SLOWDOWN": 0.92,
    "USER_ACTION_COOLDOWN": 500,
}

# Beyond these a follower would not settle, or would be heard all the time.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "SYNC_INTERVAL": (20, 1000),
    "DRIFT_THRESHOLD_SEEK": (0.1, 60),
    "DRIFT_THRESHOLD_ADJUST": (0.001, 5),
    "MAX_SPEEDUP": (1, 2),
    "MAX_SLOWDOWN": (0.5, 1),
    "USER_ACTION_COOLDOWN": (0, 10_000),
}


def parse_sync_config(overrides: Mapping[str, Any]) -> dict[str, float]:
    """The defaults with `{name: number}` laid over them; types only, `problems` judges values."""
    config = dict(DEFAULT_SYNC_CONFIG)
    for name, value in overrides.items():
        if name not in config:
            raise ValueError(f"there is no {name!r}; there are {', '.join(config)}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{name} is {value!r}, not a number")
        config[name] = value
    return config


def problems(config: Mapping[str, float]) -> list[str]:
    """A sentence for each value out of bounds (NaN lies in none) or threshold out of order."""
    found = [
        f"{name} must lie from {lowest:g} to {highest:g}."
        for name, (lowest, highest) in BOUNDS.items()
        if not lowest <= config[name] <= highest
    ]
    if config["DRIFT_THRESHOLD_ADJUST"] >= config["DRIFT_THRESHOLD_SEEK"]:
        found.append("DRIFT_THRESHOLD_ADJUST must be below DRIFT_THRESHOLD_SEEK.")
    return found
