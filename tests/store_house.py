"""Where stores live and die in tests, and how tests ask them."""

import asyncio
from abc import ABC, abstractmethod
from itertools import count
from typing import Any

from sync.core.bucket import Limit
from tests.dict_archive import DictArchive, kept
from tests.rooms import NOW_MS, pause, play
from watchparty.core.protocol import Intent, VideoPause, VideoPlay
from watchparty.core.state import Applied, Command, OwnIntent, Refusal, RoomState
from watchparty.store.base import (
    Outcome,
    RoomStore,
    StoreUnavailable,
)

LIMITS = {"videoControl": Limit(max=3, window_ms=1000)}
MANY = 40
REMEMBERED_MS = 60_000.0


class House(ABC):
    """Keeps one archive, through the lives of several servers."""

    def __init__(self) -> None:
        self.archive = DictArchive(kept("demo"), kept("other"), kept("over", closed=True))
        self.epochs = (f"e{number}" for number in count(1))

    @abstractmethod
    def start(self, boot_id: str = "b1") -> RoomStore:
        """A store in a new process, over the same archive."""

    def crash(self) -> None:  # noqa: B027 - a process' own memory is gone by starting another
        """What live rooms are kept in goes down, with all that it held."""


async def ask(
    store: RoomStore,
    intent: Intent | OwnIntent,
    *,
    user: str | None = "ada",
    person: str | None = None,
    slug: str = "demo",
    now_ms: float = NOW_MS,
    target: str | None = None,
) -> Outcome:
    """Ask until there is an answer; a bucket is drawn on where a person is named."""
    action = "videoControl" if person else None
    command = Command(intent, user_id=user, person=person, action=action, target=target)
    for _ in range(200):
        try:
            return await store.apply(slug, command, now_ms)
        except StoreUnavailable:
            assert user is None or command.ref is not None, "nobody can ask this again"
    raise AssertionError("never answered")


async def applied(store: RoomStore, intent: Intent | OwnIntent, **how: object) -> RoomState:
    """The state after a command that is accepted."""
    outcome = await ask(store, intent, **how)  # type: ignore[arg-type]
    if outcome.repeated:  # its first answer was lost on the way
        assert not isinstance(outcome.answer, Refusal), outcome
        return await state_of(store, str(how.get("slug", "demo")))
    assert isinstance(outcome.answer, Applied), outcome
    return outcome.answer.state


def told_of(outcome: Outcome) -> Any:
    """What the sender hears of an outcome, be it the first time or again."""
    return outcome.answer.event if isinstance(outcome.answer, Applied) else outcome.answer


async def state_of(store: RoomStore, slug: str = "demo") -> RoomState:
    """As it is now; asked again where a machine is too busy to answer in time."""
    for _ in range(200):
        try:
            return (await store.open(slug, NOW_MS))[1]
        except StoreUnavailable:
            await asyncio.sleep(0)
    raise AssertionError("never opened")


def toggle(number: int) -> VideoPlay | VideoPause:
    return play(f"r{number}") if number % 2 else pause(f"r{number}")
