"""The Redis store over a real redis-server: the contract, and what only many servers can do."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from sync.redis_place import PATIENCE_S
from tests.redis_server import RedisServer
from tests.rooms import NOW_MS, pause, play
from tests.store_contract import StoreContract
from tests.store_house import LIMITS, House, applied, ask, state_of, toggle, told_of
from tests.test_presence import user
from watchparty.core.protocol import VideoPlay
from watchparty.core.state import Applied, Command
from watchparty.store.base import (
    HELD_EVENTS,
    LEASE_MS,
    NoSuchRoom,
    Outcome,
    StoreUnavailable,
)
from watchparty.store.redis import RedisStore
from watchparty.store.redis_calls import Replicas
from watchparty.store.redis_scripts import RUN
from watchparty.store.redis_shards import Shards


def know_run(redis: RedisServer) -> None:
    """Its servers have offered what they held to it: nobody waits for any more."""
    client = redis.client()
    client.set(RUN, client.info("server")["run_id"])


class RedisHouse(House):
    """Every store is another server; the archive is the one database."""

    def __init__(self, redis: RedisServer) -> None:
        super().__init__()
        self.redis = redis
        self.places = [redis.place]
        self.replicas: Replicas | None = None
        self.stores: list[RedisStore] = []

    def start(self, boot_id: str = "b1") -> RedisStore:
        server = f"s{len(self.stores) + 1}"
        shards = Shards(
            self.places,
            self.archive,
            self.replicas,
            server=server,
            clock_id=lambda: boot_id,
            new_epoch=lambda: next(self.epochs),
        )
        store = RedisStore(shards, self.archive, LIMITS, server=server, clock_id=lambda: boot_id)
        self.stores.append(store)
        return store

    def crash(self) -> None:
        self.redis.kill()
        self.redis.start()


@pytest.fixture
async def house(redis: RedisServer) -> AsyncIterator[RedisHouse]:
    redis.empty()
    know_run(redis)
    house = RedisHouse(redis)
    yield house
    for store in house.stores:
        await store._shards.close()


class TestRedisStore(StoreContract):
    @pytest.fixture
    def house(self, house: RedisHouse) -> House:
        return house


@pytest.fixture
async def two(house: RedisHouse) -> tuple[RedisStore, RedisStore]:
    """Two servers that hold the room `demo`."""
    one, other = house.start(), house.start()
    for store in (one, other):
        await state_of(store)
    return one, other


# -- Two servers, one truth


async def test_commands_of_two_servers_end_in_one_order(
    two: tuple[RedisStore, RedisStore],
) -> None:
    await asyncio.gather(*(applied(two[n % 2], toggle(n), user=f"u{n}") for n in range(30)))
    epoch = (await state_of(two[0])).epoch
    events = [await store.since("demo", epoch, 0) for store in two]
    assert events[0] == events[1]
    assert [event.seq for event in events[0] or ()] == list(range(1, 31))


async def test_a_repeat_at_another_server_is_answered_and_not_applied(
    two: tuple[RedisStore, RedisStore],
) -> None:
    first = await ask(two[0], play("r1"))
    assert await ask(two[1], play("r1")) == Outcome(told_of(first), repeated=True)
    assert (await state_of(two[0])).seq == 1


async def test_a_person_s_bucket_holds_over_all_servers(
    two: tuple[RedisStore, RedisStore],
) -> None:
    drawn = [await two[n % 2].take("ada", "videoControl", NOW_MS) for n in range(4)]
    assert drawn[:3] == [0, 0, 0]
    assert 0 < drawn[3] <= 334


async def test_commands_without_a_reference_are_each_applied(
    two: tuple[RedisStore, RedisStore],
) -> None:
    for seq in (1, 2):
        outcome = await ask(two[0], VideoPlay())
        assert isinstance(outcome.answer, Applied)
        assert outcome.answer.state.seq == seq


async def test_only_so_many_events_are_held(two: tuple[RedisStore, RedisStore]) -> None:
    epoch = (await state_of(two[0])).epoch
    for number in range(HELD_EVENTS + 1):
        await applied(two[0], toggle(number))
    assert await two[1].since("demo", epoch, 0) is None
    assert len(await two[1].since("demo", epoch, 1) or ()) == HELD_EVENTS


# -- Who holds a room


async def test_a_room_stays_live_until_the_last_server_releases_it(
    house: RedisHouse, two: tuple[RedisStore, RedisStore]
) -> None:
    before = await applied(two[0], play())
    await two[0].release("demo", NOW_MS)
    assert not house.archive.pending["demo"].clean
    assert await two[1].since("demo", before.epoch, 0) != []
    await two[1].release("demo", NOW_MS)
    saved = house.archive.rooms["demo"].saved
    assert saved is not None
    assert (saved.state, saved.clean) == (before, True)
    assert house.redis.client().keys("csw:room:{demo}:e*") == []


async def test_a_server_that_died_holds_nothing_once_its_lease_is_over(
    house: RedisHouse, two: tuple[RedisStore, RedisStore]
) -> None:
    await two[1].release("demo", NOW_MS + LEASE_MS)
    saved = house.archive.rooms["demo"].saved
    assert saved is not None
    assert saved.clean


async def test_a_server_that_opens_while_the_last_one_leaves_finds_the_same_room(
    house: RedisHouse,
) -> None:
    for turns in range(12):
        one, other = house.start(), house.start()
        before = await state_of(one)
        house.archive.turns = turns
        found, _ = await asyncio.gather(state_of(other), one.release("demo", NOW_MS))
        assert (found.epoch, found.seq) == (before.epoch, before.seq)
        assert (await applied(other, toggle(turns), user=f"u{turns}")).seq == before.seq + 1
        await other.release("demo", NOW_MS)


async def test_members_are_seen_by_the_other_servers_alone(
    two: tuple[RedisStore, RedisStore],
) -> None:
    ada, bo = user("ada"), user("bo")
    assert await two[0].attend("demo", [ada], (), NOW_MS) == 0
    assert await two[1].attend("demo", [bo], (), NOW_MS) == 1
    assert await two[0].others("demo", NOW_MS) == [bo]
    assert await two[1].others("demo", NOW_MS) == [ada]
    assert await two[0].others("other", NOW_MS) == []


async def test_who_has_gone_is_in_no_lease(two: tuple[RedisStore, RedisStore]) -> None:
    everybody = [user(name) for name in ("ada", "bo", "cy")]
    await two[0].attend("demo", everybody, (), NOW_MS)
    await two[0].attend("demo", (), ["ada"], NOW_MS)
    assert {one.id for one in await two[1].others("demo", NOW_MS)} == {"bo", "cy"}
    await two[0].attend("demo", [user("cy")], (), NOW_MS, whole=True)
    assert [one.id for one in await two[1].others("demo", NOW_MS)] == ["cy"]


async def test_members_are_gone_with_the_lease_of_their_server(
    two: tuple[RedisStore, RedisStore],
) -> None:
    await two[0].attend("demo", [user("ada")], (), NOW_MS)
    assert len(await two[1].others("demo", NOW_MS + LEASE_MS - 1)) == 1
    assert await two[1].others("demo", NOW_MS + LEASE_MS) == []
    assert await two[1].attend("demo", (), (), NOW_MS + LEASE_MS) == 0


# -- A Redis that is slow, lost or rewound


async def test_a_redis_that_hangs_is_unavailable_in_time_and_used_again(
    house: RedisHouse, two: tuple[RedisStore, RedisStore]
) -> None:
    house.redis.pause()
    try:
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await two[0].apply("demo", Command(play("r1"), user_id="ada"), NOW_MS)
        assert time.monotonic() - began < PATIENCE_S + 0.3
    finally:
        house.redis.resume()
    assert (await applied(two[0], play("r1"))).seq == 1


async def test_a_redis_that_is_gone_is_unavailable_and_said_so_once(
    house: RedisHouse, two: tuple[RedisStore, RedisStore], caplog: pytest.LogCaptureFixture
) -> None:
    house.redis.kill()
    try:
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await two[0].open("demo", NOW_MS)
    finally:
        house.redis.start()
    assert caplog.text.count("Redis does not answer") == 1
    await two[0].open("demo", NOW_MS)
    assert caplog.text.count("Redis answers again") == 1


async def test_a_lost_redis_is_told_what_its_servers_saw_last_under_a_new_epoch(
    house: RedisHouse, two: tuple[RedisStore, RedisStore]
) -> None:
    before = await applied(two[0], play(at=NOW_MS))
    house.archive.pending.clear()  # the database has not heard of it
    house.crash()
    after = await applied(two[0], pause("r2", at=NOW_MS + 2000), now_ms=NOW_MS + 2000)
    assert after.epoch != before.epoch
    assert after.seq > before.seq
    assert after.playhead.position_s == 2
    with pytest.raises(StoreUnavailable):
        await two[1].open("demo", NOW_MS)  # its line is cut, which it notices by asking
    assert await state_of(two[1]) == after
    assert await two[1].since("demo", before.epoch, 0) is None


async def test_nobody_else_s_room_is_brought_back(house: RedisHouse) -> None:
    store = house.start()
    with pytest.raises(NoSuchRoom):
        await store.apply("demo", Command(play("r1"), user_id="ada"), NOW_MS)


async def test_the_lock_of_a_server_that_died_while_fetching_ends_by_itself(
    house: RedisHouse,
) -> None:
    house.redis.client().set("csw:room:{demo}:lock", "1", px=100)
    assert (await state_of(house.start())).seq == 0


async def test_closing_without_redis_still_writes_what_is_noted(
    house: RedisHouse, two: tuple[RedisStore, RedisStore], caplog: pytest.LogCaptureFixture
) -> None:
    state = await applied(two[0], play())
    house.redis.kill()
    try:
        await two[0].close(NOW_MS)
    finally:
        house.redis.start()
    saved = house.archive.rooms["demo"].saved
    assert saved is not None
    assert (saved.state, saved.clean) == (state, False)
    assert "run out by themselves" in caplog.text
