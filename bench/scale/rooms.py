"""Rooms of unlike sizes, and the servers that a consistent hash gives them. Pure and seeded."""

import bisect
import hashlib
import random
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Final

LARGEST: Final = 10_000
"""HIGHEST_MAX_USERS of the wire."""
POINTS_OF_A_SERVER: Final = 160
"""As nginx' `hash … consistent` (ketama) sets for a server of weight 1."""

_HASH_BITS: Final = 40
_SERVER_BITS: Final = 20


def room_sizes(viewers: int, exponent: float, seed: int) -> list[int]:
    """Sizes by a Zipf law, P(size) ~ size^-exponent up to LARGEST, until all viewers have a place.

    A room has two viewers at least: who is alone needs nobody's step.
    """
    chance = random.Random(seed)
    sizes = range(2, LARGEST + 1)
    weights = list(accumulate(size**-exponent for size in sizes))
    rooms, placed = [], 0
    while placed < viewers:
        size = sizes[bisect.bisect(weights, chance.random() * weights[-1])]
        rooms.append(min(size, viewers - placed))
        placed += rooms[-1]
    return rooms


class Ring:
    """A consistent hash of names onto servers."""

    def __init__(self, servers: Sequence[int]) -> None:
        self._points = sorted(
            point << _SERVER_BITS | server for server in servers for point in _points(server)
        )

    def server_of(self, room: int) -> int:
        """Where a room lies."""
        index = bisect.bisect(self._points, _hash(room) << _SERVER_BITS)
        return self._points[index % len(self._points)] & ((1 << _SERVER_BITS) - 1)


@cache
def _points(server: int) -> tuple[int, ...]:
    chance = random.Random(f"server {server}")
    return tuple(chance.getrandbits(_HASH_BITS) for _ in range(POINTS_OF_A_SERVER))


def _hash(room: int) -> int:
    digest = hashlib.blake2b(room.to_bytes(8), digest_size=_HASH_BITS // 8).digest()
    return int.from_bytes(digest)
