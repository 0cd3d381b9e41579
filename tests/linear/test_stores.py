"""Three stores on one real Redis, five clients: linearizable, and planted bugs are caught."""

import asyncio
import time
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import msgspec
import pytest

from tests.linear.acting import some_control
from tests.linear.checker import Violation, check
from tests.linear.history import History, Operation, Sight
from tests.redis_server import RedisServer
from tests.rooms import NOW_MS
from tests.test_redis_store import RedisHouse, know_run
from watchparty.core.protocol import Intent
from watchparty.core.state import Applied, Command, Refusal, RoomState, video_state
from watchparty.store import redis_scripts
from watchparty.store.base import Outcome, RoomStore, StoreUnavailable
from watchparty.store.redis import RedisStore
from watchparty.store.redis_revival import Found

pytestmark = [pytest.mark.slow, pytest.mark.beside]

CLIENTS = ("Ada", "Ben", "Cy", "Dee", "Eve")
EACH = 40
REPEATED = 0.2
LOOKS = 0.2

NO_COMPARING = (
    "if at[1] ~= epoch or at[2] ~= seq then return {'conflict'} end",
    "redis.call('XADD', events",
)


@pytest.fixture
async def stores(redis: RedisServer) -> AsyncIterator[list[RedisStore]]:
    redis.empty()
    know_run(redis)
    house = RedisHouse(redis)
    made = [house.start() for _ in range(3)]
    for store in made:
        await store.open("demo", NOW_MS)
        store._limits = {}  # nobody is kept from anything
    yield made
    for store in made:
        await store._shards.close()


class Client:
    """Asks now this server, now that one, as behind a round-robin."""

    def __init__(self, name: str, stores: list[RedisStore], seed: int, history: History) -> None:
        self._name, self._stores, self._history = name, stores, history
        self._random = Random(f"{name} {seed}")

    async def act(self) -> None:
        for number in range(EACH):
            await asyncio.sleep(self._random.random() * 0.002)
            if self._random.random() < LOOKS:
                await self._look()
            await self._ask(number)

    async def _ask(self, number: int) -> None:
        ref = f"{self._name}-{number}"
        intent = some_control(self._random) | {"ref": ref}
        wire: Any = msgspec.convert(intent, Intent)
        command = Command(wire, user_id=self._name, person=self._name)
        operation = Operation(self._name, ref, intent, time.monotonic_ns())
        self._history.operations.append(operation)
        outcome = await self._apply(command)
        operation.answered_ns, operation.answer = time.monotonic_ns(), told(outcome)
        if self._random.random() < REPEATED:  # its answer was lost on the way
            again = await self._apply(command)
            later = Operation(self._name, ref, intent, operation.invoked_ns)
            later.answered_ns, later.answer = time.monotonic_ns(), told(again)
            self._history.operations.append(later)

    async def _look(self) -> None:
        asked_ns = time.monotonic_ns()
        try:
            _, state = await self._store().open("demo", now_ms())
        except StoreUnavailable:
            return  # on a machine that is busy with other things
        self._history.sights.append(
            Sight(f"{self._name} looks", time.monotonic_ns(), whole(state), True, asked_ns)
        )

    async def _apply(self, command: Command) -> Outcome:
        """Asked again while the outcome is unknown, as a browser does."""
        for _ in range(20):
            try:
                return await self._store().apply("demo", command, now_ms())
            except StoreUnavailable:
                await asyncio.sleep(0.05)
        raise AssertionError("never answered")

    def _store(self) -> RoomStore:
        return self._random.choice(self._stores)


def now_ms() -> float:
    return NOW_MS + time.monotonic() * 1000


def whole(state: RoomState) -> dict[str, Any]:
    video = msgspec.to_builtins(video_state(state))
    return {"videoState": video, "epoch": state.epoch, "seq": state.seq}


def told(outcome: Outcome) -> dict[str, Any]:
    answer = outcome.answer
    if isinstance(answer, Refusal):
        return {"type": "error", "code": answer.code}
    event = answer.event if isinstance(answer, Applied) else answer
    found: dict[str, Any] = msgspec.to_builtins(event)
    return found


async def run(stores: list[RedisStore], seed: int) -> list[Violation]:
    history = History([], [])
    clients = [Client(name, stores, seed, history) for name in CLIENTS]
    await asyncio.gather(*(client.act() for client in clients))
    assert len(history.operations) >= EACH * len(CLIENTS)
    assert sum(one.place is None for one in history.operations) > 0, "some were refused"
    return check(history)


@pytest.mark.parametrize("seed", range(2))
async def test_what_three_stores_answer_can_have_happened_one_after_the_other(
    stores: list[RedisStore], seed: int
) -> None:
    assert await run(stores, seed) == []


async def test_a_lost_update_is_caught(
    stores: list[RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits that do not look whether another server was faster."""
    comparing, adding = NO_COMPARING
    script = redis_scripts.COMMIT
    assert comparing in script
    assert adding in script
    spoilt = script.replace(comparing, "").replace(adding, "redis.pcall('XADD', events")
    monkeypatch.setattr(redis_scripts, "COMMIT", spoilt)
    assert "one event at each place" in {found.rule for found in await run(stores, 1)}


async def test_a_stale_read_is_caught(
    stores: list[RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that shows the copy it has instead of asking."""
    stale = stores[0]._shards.all[0].revival
    record, copy = await stores[0].open("demo", NOW_MS)

    async def from_memory(*_: object) -> Found:
        return record, copy, []

    monkeypatch.setattr(stale, "find", from_memory)
    assert "seen whole" in {found.rule for found in await run(stores, 1)}


async def test_a_repeat_that_is_applied_again_is_caught(
    stores: list[RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = "local function recall(room, key, now, for_ms)\n"
    for name in ("READ", "COMMIT"):
        script = getattr(redis_scripts, name)
        assert forgetful in script
        monkeypatch.setattr(
            redis_scripts, name, script.replace(forgetful, f"{forgetful}  do return false end\n")
        )
    assert "once" in {found.rule for found in await run(stores, 1)}
