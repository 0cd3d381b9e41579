"""Behind Sentinels: the master dies, its replica takes over, and no room forgets what it said."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache

from config.redis_cache import redis_cache
from tests.redis_sentinel import Sentinels
from tests.rooms import NOW_MS, pause, play, seek
from tests.store_house import applied, ask, state_of
from tests.test_redis_store import RedisHouse, know_run
from watchparty.core.state import Command
from watchparty.hub.layer import RoomLayer
from watchparty.store.base import StoreUnavailable
from watchparty.store.redis_calls import Replicas

pytestmark = [pytest.mark.slow, pytest.mark.beside]

HEARD_WITHIN_S = 10.0


@pytest.fixture
def sentinels() -> Iterator[Sentinels]:
    sentinels = Sentinels()
    try:
        sentinels.start()
        know_run(sentinels.nodes[0])
        yield sentinels
    finally:
        sentinels.end()


@pytest.fixture
async def house(sentinels: Sentinels) -> AsyncIterator[RedisHouse]:
    house = RedisHouse(sentinels.nodes[0])
    house.places = [sentinels.place]
    house.replicas = Replicas(count=1, within_ms=300)
    yield house
    for store in house.stores:
        await store._shards.close()


async def until_it_answers(call: Any) -> Any:
    """As a client that asks again, until the store can be reached."""
    async with asyncio.timeout(HEARD_WITHIN_S):
        while True:
            try:
                return await call()
            except StoreUnavailable:
                await asyncio.sleep(0.1)


async def test_nothing_acknowledged_is_lost_in_a_fail_over(
    sentinels: Sentinels, house: RedisHouse
) -> None:
    one = house.start()
    await state_of(one)
    before = await applied(one, seek(31.0, "r1", at=NOW_MS))
    house.archive.pending.clear()
    took_s = await asyncio.to_thread(sentinels.fail_over)
    print(f"another master after {took_s:.1f} s")
    house.replicas = None  # the new master has no replica yet
    stranger = house.start()  # every server that held the room has died with the master
    _, found = await until_it_answers(lambda: stranger.open("demo", NOW_MS))
    assert found.epoch != before.epoch
    assert found.playhead == before.playhead
    assert (await applied(stranger, pause("r2", at=NOW_MS + 100), now_ms=NOW_MS + 100)).seq == (
        found.seq + 1
    )


async def test_a_server_that_lives_on_tells_the_new_master_what_it_knows(
    sentinels: Sentinels, house: RedisHouse
) -> None:
    house.replicas = None
    one = house.start()
    await state_of(one)
    with closing(sentinels.replica.client()) as replica:
        replica.replicaof("NO", "ONE")  # it hears nothing of what comes now
        replica.execute_command("REPLICAOF", "127.0.0.1", str(sentinels.nodes[0].port))
    last = await applied(one, seek(44.0, "r1", at=NOW_MS))
    await asyncio.to_thread(sentinels.fail_over)
    _, found = await until_it_answers(lambda: one.open("demo", NOW_MS))
    assert found.playhead == last.playhead
    again = await ask(one, seek(44.0, "r1", at=NOW_MS))
    assert again.repeated


async def test_without_a_replica_nothing_is_acknowledged_and_a_repeat_waits_for_it_too(
    sentinels: Sentinels, house: RedisHouse
) -> None:
    one = house.start()
    await state_of(one)
    sentinels.replica.pause()
    command = Command(play("r1", at=NOW_MS), user_id="ada")
    try:
        for _ in range(2):  # done, but not told; then a repeat, whose answer is remembered
            with pytest.raises(StoreUnavailable, match="0 of 1 replicas"):
                await one.apply("demo", command, NOW_MS)
    finally:
        sentinels.replica.resume()
    again = await until_it_answers(lambda: one.apply("demo", command, NOW_MS))
    assert again.repeated
    assert (await state_of(one)).seq == 1, "applied once"


async def test_rooms_hear_each_other_again_after_a_fail_over(sentinels: Sentinels) -> None:
    layer = RoomLayer(places=[sentinels.place], prefix="csw")
    channel = await layer.new_channel()
    await layer.group_add("room.demo", channel)

    async def heard(word: str) -> None:
        """Sent again and again until it is heard: what is lost meanwhile heals by seq."""
        async with asyncio.timeout(HEARD_WITHIN_S):
            while True:
                try:
                    async with asyncio.timeout(0.5):
                        await layer.group_send("room.demo", {"type": word})
                        while (await layer.receive(channel))["type"] != word:
                            pass
                        return
                except Exception:  # noqa: BLE001 - whatever it is, until it is heard
                    pass

    await heard("before")
    await asyncio.to_thread(sentinels.fail_over)
    await layer.listen_again()
    await heard("after")
    await layer.flush()


async def test_the_cache_follows_the_master(sentinels: Sentinels, settings: Any) -> None:
    settings.CACHES = {"default": redis_cache(sentinels.place)}
    cache = caches.create_connection("default")
    assert isinstance(cache, RedisCache)
    await asyncio.to_thread(cache.set, "a", 1)
    assert await asyncio.to_thread(cache.get, "a") == 1
    with closing(sentinels.nodes[0].client()) as master:
        assert master.keys("csw*a"), "it lies at the master"
