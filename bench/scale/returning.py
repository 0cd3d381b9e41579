"""Who comes back when, after a server has died or while all are replaced: step by step, seeded."""

import random
from collections import deque
from dataclasses import dataclass
from typing import Final

STEP_S: Final = 0.05
FIRST_DELAY_S: Final = (0.2, 0.4)
"""A client's first try after a loss, jittered (static/js/room/retry.js)."""
DRAINED_S: Final = (0.2, 4.2)
"""RETRY_MS of sync/drain.py: who is told to come back does so within this."""
LONGEST_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Return:
    """How the viewers of one server came back through the others."""

    viewers: int
    arrivals_per_s: float
    """The most that tried within a second, over all servers."""
    p50_s: float
    p99_s: float
    last_s: float


def returning(
    viewers: int, survivors: int, joins_per_s: float, window_s: tuple[float, float], seed: int = 1
) -> Return:
    """Let the viewers of one server come back through the survivors.

    Each survivor takes so many joins a second beside its own work, one after the other, and keeps
    who waits; nobody is turned away within the 15 s that a socket may take to join.
    """
    chance = random.Random(seed)
    tries = sorted(chance.uniform(*window_s) for _ in range(viewers))
    queues = [deque[float]() for _ in range(survivors)]
    owed = [0.0] * survivors
    took: list[float] = []
    now_s, come = 0.0, 0
    while len(took) < viewers and now_s < LONGEST_S:
        now_s += STEP_S
        while come < viewers and tries[come] <= now_s:
            queues[chance.randrange(survivors)].append(tries[come])
            come += 1
        for number, queue in enumerate(queues):
            owed[number] = owed[number] + joins_per_s * STEP_S if queue else 0.0
            while queue and owed[number] >= 1:
                queue.popleft()
                owed[number] -= 1
                took.append(now_s)
    took += [LONGEST_S] * (viewers - len(took))
    return Return(
        viewers=viewers,
        arrivals_per_s=_most_within_a_second(tries),
        p50_s=took[(len(took) - 1) // 2],
        p99_s=took[max(-(-len(took) * 99 // 100) - 1, 0)],
        last_s=took[-1],
    )


def _most_within_a_second(instants: list[float]) -> float:
    most, first = 0, 0
    for last, at_s in enumerate(instants):
        while at_s - instants[first] > 1:
            first += 1
        most = max(most, last - first + 1)
    return float(most)
