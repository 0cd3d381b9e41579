"""A store as unreliable as the contract allows: late, contested, and losing requests and answers.

Seeded, so that a failure can be repeated; delays are turns of the event loop, never time.
"""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

from msgspec import Struct

from watchparty.core.state import Command, RoomState
from watchparty.store.base import Answer, Conflict, Outcome, RoomRecord, StoreUnavailable, Told
from watchparty.store.memory import MemoryStore


class Faults(Struct, frozen=True):
    """How probable each fault is, at each step."""

    lost_request: float = 0.0
    lost_answer: float = 0.0
    conflict: float = 0.0
    most_turns: int = 0
    """Longest delay of a step, in turns of the event loop."""


class FaultyStore(MemoryStore):
    """A memory store behind a bad line. `down`: nothing gets through at all."""

    def __init__(self, *args: Any, faults: Faults, seed: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults = faults
        self.down = False
        self.lost = 0
        """Requests and answers that were lost."""
        self.sneak: Command | None = None
        """Applied by somebody else, once, just before the next commit."""
        self._random = Random(seed)
        self._watching: list[tuple[Callable[[], None], Callable[[], float]]] = []
        self._away_since_ms: float | None = None

    def watch(self, changed: Callable[[], None], now_ms: Callable[[], float]) -> None:
        self._watching.append((changed, now_ms))

    def away_since(self, slug: str) -> float | None:
        return self._away_since_ms

    def lose(self) -> None:
        """Nothing gets through from now on, as everybody is told."""
        self.down = True
        self._away_since_ms = self._watching[0][1]()
        for changed, _ in self._watching:
            changed()

    def find(self) -> None:
        """It is back, as everybody is told."""
        self.down = False
        self._away_since_ms = None
        for changed, _ in self._watching:
            changed()

    async def open(self, slug: str, now_ms: float) -> tuple[RoomRecord, RoomState]:
        await self._travel(lossy=False)
        return await super().open(slug, now_ms)

    async def take(self, person: str, action: str, now_ms: float) -> float:
        await self._travel(lossy=False)
        return await super().take(person, action, now_ms)

    async def _read(
        self, slug: str, command: Command, now_ms: float
    ) -> tuple[RoomState, Told | None]:
        await self._travel()
        return await super()._read(slug, command, now_ms)

    async def _commit(
        self, slug: str, before: RoomState, command: Command, answer: Answer, now_ms: float
    ) -> Outcome | Conflict:
        await self._travel()
        if self.sneak is not None:
            sneaking, self.sneak = self.sneak, None
            await super().apply(slug, sneaking, now_ms)
        if self._happens(self.faults.conflict):
            return Conflict()
        outcome = await super()._commit(slug, before, command, answer, now_ms)
        if self._happens(self.faults.lost_answer):
            self._lose("the answer")
        return outcome

    async def _travel(self, *, lossy: bool = True) -> None:
        for _ in range(self._random.randint(0, self.faults.most_turns)):
            await asyncio.sleep(0)
        if self.down:
            self._lose("everything")
        if lossy and self._happens(self.faults.lost_request):
            self._lose("the request")

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def _lose(self, what: str) -> None:
        self.lost += 1
        raise StoreUnavailable(f"{what} was lost")
