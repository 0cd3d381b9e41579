"""The ledger of answers: a control repeated under the same `ref` is answered, not applied again."""

from collections import OrderedDict
from typing import Final, Generic, TypeVar

REMEMBERED_MS: Final = 60_000.0
"""A repeat within this time gets the remembered answer (PROTOCOL.md, Acknowledgement)."""

MAX_REMEMBERED: Final = 10_000
"""Bound of one room's ledger; the oldest answers are forgotten first."""

A = TypeVar("A")


class Ledger(Generic[A]):
    """Answers by (user, ref), each kept REMEMBERED_MS."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, str], tuple[float, A]] = OrderedDict()

    def recall(self, user_id: str, ref: str, now_ms: float) -> A | None:
        """The answer already given to this user's ref, if it is still remembered."""
        kept = self._answers.get((user_id, ref))
        if kept is None or now_ms - kept[0] > REMEMBERED_MS:
            return None
        return kept[1]

    def remember(self, user_id: str, ref: str, answer: A, now_ms: float) -> None:
        """Keep an answer, and forget those that are too old or too many."""
        self._answers[user_id, ref] = (now_ms, answer)
        self._answers.move_to_end((user_id, ref))
        while self._answers:
            oldest_ms, _ = next(iter(self._answers.values()))
            if now_ms - oldest_ms <= REMEMBERED_MS and len(self._answers) <= MAX_REMEMBERED:
                return
            self._answers.popitem(last=False)

    def __len__(self) -> int:
        return len(self._answers)
