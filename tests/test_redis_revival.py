"""A Redis that has lost its rooms: what its servers saw last is what everybody finds in it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from tests.redis_server import RedisServer
from tests.rooms import NOW_MS, pause, play, seek
from tests.store_house import applied, ask, state_of, toggle, told_of
from tests.test_redis_store import RedisHouse
from watchparty.core.protocol import Intent, VideoPlay, VideoStateChanged
from watchparty.core.state import Applied, Command, Refusal
from watchparty.store.base import Outcome, StoreUnavailable
from watchparty.store.redis import RedisStore

pytestmark = [pytest.mark.slow, pytest.mark.beside]  # each loss is a second of waiting for copies

Two = tuple[RedisStore, RedisStore]


@pytest.fixture
async def house(redis: RedisServer) -> AsyncIterator[RedisHouse]:
    house = RedisHouse(redis)
    yield house
    for store in house.stores:
        await store._shards.close()
    redis.empty()


@pytest.fixture
async def two(house: RedisHouse) -> Two:
    """Two servers that hold the room `demo`; both have seen its first event."""
    one, other = house.start(), house.start()
    await state_of(one)
    await applied(one, play("r1", at=NOW_MS))
    await state_of(other)
    return one, other


async def lost(house: RedisHouse, *stores: RedisStore) -> None:
    """Redis comes back empty, the database has heard of nothing, and each line knows that."""
    house.archive.pending.clear()
    house.crash()
    for store in stores:
        await store._shards.close()


async def test_a_server_that_is_slow_is_waited_for_and_what_it_saw_is_not_lost(
    house: RedisHouse, two: Two
) -> None:
    newer, stale = two
    last = await applied(newer, seek(31.0, "r2", at=NOW_MS + 100), now_ms=NOW_MS + 100)
    await lost(house, *two)
    found = await asyncio.gather(state_of(stale), slowly(state_of(newer)))
    assert found[0] == found[1]
    assert found[0].epoch != last.epoch
    assert found[0].seq > last.seq
    assert found[0].playhead == last.playhead


async def test_all_servers_meet_under_one_new_epoch(house: RedisHouse, two: Two) -> None:
    await lost(house, *two)
    newcomer = house.start()
    epochs = {state.epoch for state in await asyncio.gather(*map(state_of, (*two, newcomer)))}
    assert len(epochs) == 1


async def test_what_was_acknowledged_is_not_applied_again_after_the_loss(
    house: RedisHouse, two: Two
) -> None:
    first = await ask(two[0], pause("r2", at=NOW_MS + 50), now_ms=NOW_MS + 50)
    refused = await ask(two[0], seek(9999.0, "r3"), now_ms=NOW_MS + 60)
    assert isinstance(refused.answer, Refusal)
    await lost(house, *two)
    before = (await asyncio.gather(*map(state_of, two)))[0]
    for store in two:
        again = await ask(store, pause("r2", at=NOW_MS + 50), now_ms=NOW_MS + 3000)
        assert again == Outcome(told_of(first), repeated=True)
        again = await ask(store, seek(9999.0, "r3"), now_ms=NOW_MS + 3000)
        assert again == Outcome(refused.answer, repeated=True)
    assert await state_of(two[1]) == before


async def test_what_nobody_acknowledged_before_the_loss_is_not_applied_again_where_it_was_seen(
    house: RedisHouse, two: Two
) -> None:
    """Its server hung, or its line broke, between Redis' answer and the client's."""
    deaf, other = two
    await unheard(deaf, pause("r2", at=NOW_MS + 50))
    seen = await applied(other, seek(31.0, "r3", at=NOW_MS + 100), now_ms=NOW_MS + 100)
    await lost(house, *two)
    before = (await asyncio.gather(*map(state_of, two)))[0]
    assert before.playhead == seen.playhead
    for store in two:
        again = await ask(store, pause("r2", at=NOW_MS + 50), now_ms=NOW_MS + 3000)
        assert again.repeated
        assert isinstance(again.answer, VideoStateChanged)
        assert (again.answer.ref, again.answer.seq) == ("r2", seen.seq - 1)
    assert await state_of(other) == before


async def test_who_only_looked_has_seen_it_too(house: RedisHouse, two: Two) -> None:
    deaf, other = two
    await unheard(deaf, pause("r2", at=NOW_MS + 50))
    await state_of(other)
    await lost(house, *two)
    await state_of(other)
    again = await ask(deaf, pause("r2", at=NOW_MS + 50), now_ms=NOW_MS + 3000)
    assert again.repeated


async def test_what_no_server_has_seen_is_applied_when_it_is_repeated(
    house: RedisHouse, two: Two
) -> None:
    deaf, other = two
    await unheard(deaf, pause("r2", at=NOW_MS + 50))
    await lost(house, *two)
    assert all(state.playhead.playing for state in await asyncio.gather(*map(state_of, two)))
    again = await ask(deaf, pause("r2", at=NOW_MS + 50), now_ms=NOW_MS + 3000)
    assert isinstance(again.answer, Applied)
    assert not (await state_of(other)).playhead.playing


async def test_an_answer_older_than_a_minute_is_offered_to_nobody(
    house: RedisHouse, two: Two
) -> None:
    await lost(house, *two)
    await two[0].open("demo", NOW_MS + 61_000)
    again = await ask(two[0], play("r1", at=NOW_MS + 61_000), now_ms=NOW_MS + 61_000)
    assert not again.repeated


async def test_who_comes_too_late_takes_what_is_there(house: RedisHouse, two: Two) -> None:
    newer, stale = two
    await applied(newer, seek(31.0, "r2", at=NOW_MS + 100), now_ms=NOW_MS + 100)
    await lost(house, *two)
    seeded = await state_of(stale)
    assert await state_of(newer) == seeded


async def test_an_older_redis_is_one_voice_among_others(house: RedisHouse, two: Two) -> None:
    """As after a fail-over: the replica has what the master had, under another run."""
    before = await applied(two[0], seek(31.0, "r2", at=NOW_MS + 100), now_ms=NOW_MS + 100)
    house.archive.pending.clear()
    with closing(house.redis.client()) as client:
        client.hset("csw:room:{demo}", "run", "the-run-before")
        client.delete("csw:run")
    newcomer = house.start()  # every server that held the room died with the master
    found = await state_of(newcomer)
    assert found.epoch != before.epoch
    assert found.playhead == before.playhead
    again = await ask(two[0], play("r1"))
    assert not again.repeated, "what was remembered belongs to the lost epoch"


async def test_a_living_server_knows_more_than_a_replica_that_lagged(
    house: RedisHouse, two: Two
) -> None:
    with closing(house.redis.client()) as client:
        lagging = client.hgetall("csw:room:{demo}")
        last = await applied(two[0], seek(31.0, "r2", at=NOW_MS + 100), now_ms=NOW_MS + 100)
        house.archive.pending.clear()
        for field, value in lagging.items():
            client.hset("csw:room:{demo}", field, value)
        client.hset("csw:room:{demo}", "run", "the-run-before")
        client.delete("csw:run")
    assert (await state_of(two[0])).playhead == last.playhead


async def test_the_archive_wins_where_it_has_seen_more(house: RedisHouse, two: Two) -> None:
    newer, stale = two
    last = await applied(newer, seek(31.0, "r2", at=NOW_MS + 100), now_ms=NOW_MS + 100)
    house.crash()
    await stale._shards.close()
    found = await state_of(stale)
    assert found.playhead == last.playhead
    assert found.seq > last.seq


async def test_copies_outlive_two_losses_in_a_row(house: RedisHouse, two: Two) -> None:
    await lost(house, *two)
    between = await applied(two[0], toggle(2), now_ms=NOW_MS + 1000)
    await lost(house, *two)
    found = await state_of(two[0])
    assert found.epoch != between.epoch
    assert found.playhead == between.playhead


async def test_nobody_waits_for_copies_once_the_second_is_over(
    house: RedisHouse, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits_s: list[float] = []
    sleep = asyncio.sleep

    async def counted(seconds: float) -> None:
        waits_s.append(seconds)
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", counted)
    await lost(house, *two)
    await state_of(two[0])
    await state_of(house.start(), "other")
    assert 0.5 < waits_s[0] <= 1.0
    assert not any(waits_s[1:])


async def test_a_lost_redis_that_stays_away_is_unavailable(house: RedisHouse, two: Two) -> None:
    house.redis.kill()
    try:
        with pytest.raises(StoreUnavailable):
            await two[0].open("demo", NOW_MS)
    finally:
        house.redis.start()
    outcome = await ask(two[0], VideoPlay(ref="r9"), now_ms=NOW_MS + 10)
    assert not outcome.repeated


async def unheard(store: RedisStore, intent: Intent) -> None:
    """What is asked here is done, and the server never hears so."""
    calls = store._shards.all[0].calls
    run = calls.run_safely

    async def never_answered(script: str, keys: Sequence[str], *arguments: Any) -> Any:
        await run(script, keys, *arguments)
        raise StoreUnavailable("it hung for longer than its patience")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls, "run_safely", never_answered)
        with pytest.raises(StoreUnavailable):
            await store.apply("demo", Command(intent, user_id="ada"), NOW_MS + 50)


async def slowly(call: object) -> object:
    """Half a second late, as a server that has just noticed."""
    await asyncio.sleep(0.5)
    return await call  # type: ignore[misc]
