"""What a real client does after each close code: PROTOCOL's table, in seconds."""

import random

GROWTH = 1.12
SHORTEST_S, LONGEST_S = 0.2, 10.0
PENALTY_S = 30.0
STABLE_S = 5.0
"""A connection that lived so long was good: the next loss starts the back-off anew."""
CONNECT_S = 3.5
"""What a browser gives one attempt."""
AGAIN_MOST = 10
"""Attempts that nobody answers are numbered up to here, so that they end at other servers."""
PROBE_EVERY_S, PROBE_PATIENCE_S = 2.0, 2.5
"""A visible page probes so often; so long without any frame after a probe is a dead connection."""
JOIN_S = 5.0
"""So long it waits to be let in."""

STAYS_AWAY = range(4400, 4500)
LEFT, BINARY, TOO_LARGE, ABUSE, DRAINING, NOT_JOINED = 1000, 1003, 1009, 1008, (1012, 4012), 4000


def pause_s(
    code: int | None, attempt: int, retry_in_ms: float | None, chance: random.Random
) -> float | None:
    """How long to stay away after a close (None: there was none); None: for good.

    Binary and too large frames are a test's own doing: here they end it, where a browser comes back
    once. `attempt` counts failures in a row, `retry_in_ms` is what `server:draining` said.
    """
    if code in STAYS_AWAY or code in (LEFT, BINARY, TOO_LARGE, NOT_JOINED):
        return None
    if code == ABUSE:
        return PENALTY_S
    if code in DRAINING and retry_in_ms is not None:
        return retry_in_ms / 1000
    ceiling_s = min(LONGEST_S, 2 * SHORTEST_S * GROWTH**attempt)
    return SHORTEST_S + chance.random() * (ceiling_s - SHORTEST_S)
