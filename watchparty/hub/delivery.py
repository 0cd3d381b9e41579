"""Strict order: a room's ordered events leave here by seq, each once, however they came."""

from typing import Final, Generic, TypeVar

WAIT_FOR_MISSING_S: Final = 0.1
"""How long a missing event is waited for before the gap is filled from the store."""

MAX_HELD: Final = 256
"""Events held back behind a gap; more than that and the store is asked at once."""

E = TypeVar("E")


class OrderedDelivery(Generic[E]):
    """What may be delivered next, given what has been."""

    def __init__(self, epoch: str, seq: int) -> None:
        self.epoch = epoch
        self.seq = seq
        self._held: dict[int, E] = {}

    def offer(self, epoch: str, seq: int, event: E) -> list[E]:
        """Take one event; returns those that are now due, in order.

        Of another epoch: nothing is due, and `reset` is the caller's duty.
        """
        if epoch != self.epoch or seq <= self.seq:
            return []
        self._held[seq] = event
        due: list[E] = []
        while (following := self._held.pop(self.seq + 1, None)) is not None:
            self.seq += 1
            due.append(following)
        return due

    @property
    def gap(self) -> bool:
        """Whether an event is held back because an earlier one is missing."""
        return bool(self._held)

    @property
    def overfull(self) -> bool:
        """Whether waiting any longer would hold back too much."""
        return len(self._held) > MAX_HELD

    def reset(self, epoch: str, seq: int) -> None:
        """Begin again from a snapshot; what lies at or before it is dropped."""
        held = self._held if epoch == self.epoch else {}
        self.epoch = epoch
        self.seq = seq
        self._held = {number: event for number, event in held.items() if number > seq}
