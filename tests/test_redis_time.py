"""The scripts that read Redis' TIME and set the anchor, and the task that steers by them."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from sync import clock
from sync.cluster import AGREE_WITHIN_S, ClusterClock
from sync.core.anchor import Anchor, ClockState, Proposal
from sync.core.timebase import NS_PER_MS, OWN_GENERATION
from sync.redis_time import KEYS, RedisAwayError, RedisTime
from tests.redis_server import RedisServer


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.end()


@pytest.fixture
def redis(server: RedisServer) -> RedisServer:
    server.empty()
    return server


@pytest.fixture
async def one(redis: RedisServer) -> AsyncIterator[RedisTime]:
    line = RedisTime(redis.place, "one", clock.raw_ns)
    yield line
    await line.close()


@pytest.fixture
async def two(redis: RedisServer) -> AsyncIterator[RedisTime]:
    line = RedisTime(redis.place, "two", clock.raw_ns)
    yield line
    await line.close()


def proposal(run_id: str, number: int = 1, expected: int = 0, base_us: int = 5) -> Proposal:
    return Proposal(Anchor(1_700_000_000, base_us, run_id, number), expected)


async def test_the_time_that_redis_tells_lies_between_asking_and_answer(one: RedisTime) -> None:
    await one.read(0)  # connects
    utc_us = time.time_ns() // 1000
    reading = await one.read(0)
    assert utc_us <= reading.time_us <= time.time_ns() // 1000
    assert 0 < reading.t4_ns - reading.t1_ns < 500 * NS_PER_MS
    assert reading.anchor is None
    assert len(reading.run_id) == 40


async def test_the_anchor_is_what_the_first_one_proposed(one: RedisTime, two: RedisTime) -> None:
    run_id = (await one.read(0)).run_id
    base_us = -1_234_567_890_123_456  # more digits than Lua's numbers keep in their usual form
    assert await one.propose(proposal(run_id, base_us=base_us))
    assert not await two.propose(proposal(run_id, base_us=7))
    assert (await two.read(0)).anchor == Anchor(1_700_000_000, base_us, run_id, 1)
    assert await two.propose(proposal(run_id, number=2, expected=1))
    assert (await one.read(0)).anchor == Anchor(1_700_000_000, 5, run_id, 2)


async def test_an_anchor_for_another_redis_is_refused(one: RedisTime) -> None:
    assert not await one.propose(proposal("0" * 40))
    assert (await one.read(0)).anchor is None


async def test_each_hears_when_another_last_agreed(one: RedisTime, two: RedisTime) -> None:
    first = await one.read(0)
    assert (await two.read(0)).others_beat == 0
    await one.read(first.beat)
    assert (await one.read(0)).others_beat == 0  # our own word is no evidence for us
    told = await two.read(0)
    assert (told.others_beat, told.beat) == (first.beat, first.beat + 4)
    await two.read(told.beat)
    assert (await one.read(told.beat)).others_beat == told.beat
    await one.read(told.beat + 3)
    assert (await two.read(0)).others_beat == told.beat + 3
    assert (await one.read(0)).others_beat == told.beat  # though we have spoken since


async def test_a_new_anchor_ends_what_was_agreed(one: RedisTime, two: RedisTime) -> None:
    reading = await one.read(0)
    await one.read(reading.beat)
    assert await one.propose(proposal(reading.run_id))
    assert (await two.read(0)).others_beat == 0


async def test_keys_that_hold_something_else_are_redis_being_away(
    one: RedisTime, redis: RedisServer
) -> None:
    redis.client().set(KEYS[0], "not a hash")
    with pytest.raises(RedisAwayError):
        await one.read(0)


async def test_a_redis_that_hangs_is_away_in_half_a_second(
    one: RedisTime, redis: RedisServer
) -> None:
    await one.read(0)
    redis.pause()
    try:
        began = time.monotonic()
        with pytest.raises(RedisAwayError):
            await one.read(0)
        assert time.monotonic() - began < 1
    finally:
        redis.resume()
    assert (await one.read(0)).beat >= 2  # an answer to this question, not the late one


# -- The task that steers ----------------------------------------------------------------------


@pytest.fixture
async def clusters(redis: RedisServer) -> AsyncIterator[list[ClusterClock]]:
    """Two servers' clocks, the second by a base 2 s off."""
    made = []
    for name, ahead_ms in (("one", 0.0), ("two", 2000.0)):
        timebase = clock.system_timebase(clock.system_timebase().base_ms + ahead_ms)
        made.append(ClusterClock(timebase, RedisTime(redis.place, name, timebase.raw_ns)))
    yield made
    for cluster in made:
        await cluster.close()


async def test_two_servers_agree_before_their_first_viewers_come_in(
    clusters: list[ClusterClock],
) -> None:
    one, two = clusters
    for cluster in clusters:
        cluster.start()
    assert [await cluster.agreed() for cluster in clusters] == [True, True]
    assert one.figures.state == two.figures.state == ClockState.LOCKED
    clocks = [cluster._timebase for cluster in clusters]
    assert clocks[0].generation == clocks[1].generation > OWN_GENERATION
    error_ms = clocks[0].error_ms + clocks[1].error_ms
    assert abs(clocks[1].now_ms() - clocks[0].now_ms()) < error_ms + 1
    assert error_ms < 50


async def test_without_redis_nobody_waits_long_and_the_own_clock_is_told(
    clusters: list[ClusterClock], redis: RedisServer
) -> None:
    cluster, timebase = clusters[0], clusters[0]._timebase
    redis.pause()
    try:
        cluster.start()
        began, media_ms = time.monotonic(), timebase.now_ms()
        assert not await cluster.agreed()
        assert time.monotonic() - began < AGREE_WITHIN_S + 0.5
        passed_ms = (time.monotonic() - began) * 1000
        assert timebase.now_ms() - media_ms == pytest.approx(passed_ms, abs=20)
        assert timebase.generation == OWN_GENERATION
        assert cluster.figures.state == ClockState.ACQUIRING
        assert not await asyncio.wait_for(cluster.agreed(), 0.1)  # the next ones do not wait
    finally:
        redis.resume()
    deadline = time.monotonic() + 10
    while not cluster.agrees:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
