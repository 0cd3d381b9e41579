"""Who has more than a fair share of the connections, and lets others take the next ones."""

from collections.abc import Mapping
from typing import Final

TOLERATED: Final = 1.1
"""Times the mean: sockets live for hours, so what is uneven stays so."""

SLACK: Final = 4
"""Connections on top of it: the few of a page that loads are no reason to rest."""


def over_share(counts: Mapping[int, int]) -> set[int]:
    """Those who should rest from accepting. Never all: somebody is always at the mean or below."""
    if not counts:
        return set()
    limit = TOLERATED * sum(counts.values()) / len(counts) + SLACK
    return {serial for serial, count in counts.items() if count > limit}
