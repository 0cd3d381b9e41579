"""What clients of a run ask for: controls of every kind, some of which cannot be."""

from random import Random
from typing import Any

FILM_S = 90.0


def some_control(random: Random) -> dict[str, Any]:
    """Type and fields, without a ref."""
    kind = random.choice(("play", "pause", "seek", "seek", "rate"))
    if kind == "seek":  # a few beyond the end
        return {"type": "video:seek", "time": round(random.uniform(0, FILM_S * 1.05), 2)}
    if kind == "rate":
        return {"type": "video:rate", "rate": random.choice((0.5, 1.0, 1.5, 2.0))}
    return {"type": f"video:{kind}"}
