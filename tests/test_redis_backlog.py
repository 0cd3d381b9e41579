"""The stream in Redis and the servers that work it off: each event once, whoever dies."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from tests.dict_archive import DictArchive, kept
from tests.history_rig import EVENTS, make_rooms, told
from tests.redis_server import RedisServer
from tests.rooms import NOW_MS
from tests.store_house import LIMITS, applied, toggle
from watchparty.database_thread import DatabaseThread
from watchparty.history import redis_backlog
from watchparty.history.backlog import MOST_AT_ONCE
from watchparty.history.recorder import Recorder
from watchparty.history.redis_backlog import GROUP, RedisBacklog
from watchparty.history.writing import write_records
from watchparty.models import PlaybackEvent
from watchparty.store.base import StoreUnavailable
from watchparty.store.records import Record
from watchparty.store.redis import RedisStore
from watchparty.store.redis_calls import RedisCalls
from watchparty.store.redis_forms import HISTORY_KEY
from watchparty.store.redis_shards import Shards

pytestmark = pytest.mark.django_db(transaction=True)

ENOUGH_S = 20.0


class Cluster:
    """Rooms in one Redis, and servers that record."""

    def __init__(self, redis: RedisServer) -> None:
        self.redis = redis
        self.calls: list[RedisCalls] = []
        self.recorders: list[Recorder] = []
        self.thread = DatabaseThread("history")
        self.epochs = iter(f"e{number}" for number in range(1, 99))

    def store(self, most: int = 50_000) -> RedisStore:
        archive = DictArchive(kept("demo"), kept("other"))
        shards = Shards(
            [self.redis.place],
            archive,
            server="s0",
            clock_id=lambda: "b1",
            new_epoch=lambda: next(self.epochs),
        )
        return RedisStore(
            shards, archive, LIMITS, server="s0", clock_id=lambda: "b1", history_most=most
        )

    def backlog(self, server: str) -> RedisBacklog:
        calls = RedisCalls(self.redis.place)
        self.calls.append(calls)
        return RedisBacklog(calls, server)

    def recorder(
        self, server: str, write: Callable[[Sequence[Record], float], int] = write_records
    ) -> Recorder:
        recorder = Recorder(self.backlog(server), self.thread, lambda: 0.0, write)
        recorder.start()
        self.recorders.append(recorder)
        return recorder

    def stream(self, command: str, *arguments: Any) -> Any:
        """Look behind the backlog."""
        with closing(self.redis.client()) as client:
            return client.execute_command(command, HISTORY_KEY, *arguments)

    async def empty(self) -> None:
        """Wait until the database has everything."""
        async with asyncio.timeout(ENOUGH_S):
            while self.stream("XLEN"):  # noqa: ASYNC110 - it is Redis that knows
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        for recorder in self.recorders:
            await recorder.close(1.0)
        for calls in self.calls:
            await calls.close()
        self.thread.shutdown()


@pytest.fixture
async def cluster(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cluster]:
    redis.empty()
    monkeypatch.setattr(redis_backlog, "POLL_S", 0.01)
    monkeypatch.setattr(redis_backlog, "CLAIM_EVERY", 2)
    await sync_to_async(make_rooms)("demo", "other")
    cluster = Cluster(redis)
    yield cluster
    await cluster.close()


async def party(store: RedisStore, events: int, slug: str = "demo", first: int = 0) -> None:
    """So many events in one room; other ones where `first` is another."""
    await store.open(slug, NOW_MS)
    for number in range(first, first + events):
        await applied(store, toggle(number), slug=slug, user=f"u{number}", now_ms=NOW_MS + number)


async def seqs(slug: str = "demo") -> list[int]:
    rows = PlaybackEvent.objects.filter(room__slug=slug).order_by("seq")
    return [seq async for seq in rows.values_list("seq", flat=True)]


# -- Refusals


async def test_a_redis_that_does_not_answer_is_said_so(
    cluster: Cluster, redis: RedisServer
) -> None:
    backlog = cluster.backlog("s1")
    redis.kill()
    try:
        with pytest.raises(StoreUnavailable):
            await backlog.take()
        with pytest.raises(StoreUnavailable):
            await backlog.figures()
    finally:
        redis.start()


async def test_what_another_version_wrote_is_left_out_and_holds_up_nothing(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.stream("XADD", "*", "about", "{}", "event", "{}")
    await party(cluster.store(), 2)
    recorder = cluster.recorder("s1")
    await cluster.empty()
    assert await seqs() == [1, 2]
    assert recorder.left_out == 1
    assert "another version" in caplog.text


async def test_a_conflict_or_a_refusal_is_no_event(cluster: Cluster) -> None:
    store = cluster.store()
    await party(store, 2)
    await applied(store, toggle(1), user="u1")  # a repeat
    assert cluster.stream("XLEN") == 2


# -- Each once


async def test_every_event_of_every_room_is_recorded_and_nothing_is_left_in_redis(
    cluster: Cluster,
) -> None:
    store = cluster.store()
    await party(store, 30)
    await party(store, 20, "other")
    recorder = cluster.recorder("s1")
    await cluster.empty()
    assert await seqs() == list(range(1, 31))
    assert await seqs("other") == list(range(1, 21))
    assert cluster.stream("XPENDING", GROUP)["pending"] == 0
    await recorder.look()
    assert (recorder.figures.waiting, recorder.figures.dropped) == (0, 0)


async def test_two_servers_share_the_work_and_write_nothing_twice(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_backlog, "MOST_AT_ONCE", 10)
    pieces: list[list[int]] = []

    def write(records: Sequence[Record], offset_ms: float) -> int:
        pieces.append([record.event.seq for record in records])
        return write_records(records, offset_ms)

    await party(cluster.store(), 120)
    one, other = cluster.recorder("s1", write), cluster.recorder("s2", write)
    await cluster.empty()
    assert sorted(seq for piece in pieces for seq in piece) == list(range(1, 121))
    assert min(one.written, other.written) > 0
    assert one.written + other.written == 120
    assert await seqs() == list(range(1, 121))


async def test_what_a_killed_server_had_taken_is_written_by_another_one(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_backlog, "CLAIM_AFTER_MS", 50)
    monkeypatch.setattr(redis_backlog, "MOST_AT_ONCE", 10)
    store = cluster.store()
    await party(store, 35)
    killed = cluster.backlog("killed")
    taken = await killed.take()
    assert len(taken.records) == 10, "and it is never heard of again"
    cluster.recorder("s1")
    await cluster.empty()
    assert await seqs() == list(range(1, 36))


async def test_a_server_killed_between_writing_and_saying_so_leaves_nothing_twice(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_backlog, "CLAIM_AFTER_MS", 50)
    await party(cluster.store(), 25)
    taken = await cluster.backlog("killed").take()
    await sync_to_async(write_records)(taken.records, 0.0)
    before = await sync_to_async(told)(EVENTS)
    cluster.recorder("s1")
    await cluster.empty()
    assert await sync_to_async(told)(EVENTS) == before


async def test_a_server_goes_on_with_what_it_had_taken_itself(cluster: Cluster) -> None:
    await party(cluster.store(), 5)
    first = await cluster.backlog("s1").take()
    again = await cluster.backlog("s1").take()  # the same server, started anew
    assert again == first
    assert await cluster.backlog("s2").take() == type(first)([])


async def test_the_party_goes_on_while_one_of_two_recorders_is_killed(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_backlog, "CLAIM_AFTER_MS", 100)
    monkeypatch.setattr(redis_backlog, "MOST_AT_ONCE", 7)
    store = cluster.store()
    victim, _ = cluster.recorder("s1"), cluster.recorder("s2")
    await party(store, 60)
    for task in victim._tasks:
        task.cancel()
    await party(store, 60, "other")
    await cluster.empty()
    assert await seqs() == list(range(1, 61))
    assert await seqs("other") == list(range(1, 61))


# -- The database, or Redis, is away


async def test_a_bounded_stream_drops_the_oldest_and_the_figures_say_how_many(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    def away(_: object, __: float) -> int:
        raise OperationalError("away")

    recorder = cluster.recorder("s1", away)
    await party(cluster.store(most=100), 450)
    assert 100 <= cluster.stream("XLEN") <= 200
    await recorder.look()
    assert recorder.figures.waiting + recorder.figures.dropped == 450
    assert "are lost" in caplog.text
    await recorder.close(1.0)
    other = cluster.recorder("s1")
    await cluster.empty()
    recorded = await seqs()
    assert recorded[-1] == 450
    await other.look()
    assert len(recorded) + other.figures.dropped == 450


async def test_after_a_lost_redis_the_recorders_go_on_with_the_new_one(
    cluster: Cluster, redis: RedisServer
) -> None:
    store = cluster.store()
    cluster.recorder("s1")
    await party(store, 5)
    await cluster.empty()
    redis.kill()
    redis.start()
    with pytest.raises(StoreUnavailable):
        await store.open("demo", NOW_MS)  # its line is cut, which it notices by asking
    await party(store, 5, first=5)
    await cluster.empty()
    epochs = {one.epoch async for one in PlaybackEvent.objects.all()}
    assert len(epochs) == 2
    assert await PlaybackEvent.objects.acount() == 10


async def test_servers_that_are_long_gone_are_forgotten(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    await party(cluster.store(), 1)
    gone = cluster.backlog("gone")
    await gone.done(await gone.take())
    owing = cluster.backlog("owing")
    await party(cluster.store(), 1, "other")
    await owing.take()
    monkeypatch.setattr(redis_backlog, "FORGET_AFTER_MS", -1)
    await cluster.backlog("s1").take()

    with closing(cluster.redis.client()) as client:
        names = {one["name"].decode() for one in client.xinfo_consumers(HISTORY_KEY, GROUP)}
    assert "gone" not in names
    assert "owing" in names, "what it owes would be lost with it"


async def test_only_so_much_is_taken_at_once(cluster: Cluster) -> None:
    with closing(cluster.redis.client()) as client, client.pipeline() as pipeline:
        for _ in range(MOST_AT_ONCE + 1):
            pipeline.xadd(HISTORY_KEY, {"about": "{}", "event": "{}"})
        pipeline.execute()
    assert len((await cluster.backlog("s1").take()).lost) == MOST_AT_ONCE
