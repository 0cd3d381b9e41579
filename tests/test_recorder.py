"""The recorder over the queue of a single process: when it writes, and what trouble costs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from tests.history_rig import EVENTS, Tale, make_rooms
from tests.party_rig import later
from watchparty.database_thread import DatabaseThread
from watchparty.history.backlog import GATHER_S, MOST_AT_ONCE, MemoryBacklog
from watchparty.history.recorder import LOOK_EVERY_S, RETRY_AFTER_S, WARN_EVERY_S, Recorder
from watchparty.history.writing import write_records
from watchparty.store.records import Record

pytestmark = [pytest.mark.virtual_time, pytest.mark.django_db(transaction=True)]

MOST = 1200


class Database:
    """The real one, behind a line that can be cut; it also says in what pieces it was written."""

    def __init__(self) -> None:
        self.away = False
        self.lost_answers = 0
        self.pieces: list[int] = []

    def __call__(self, records: Sequence[Record], civil_offset_ms: float) -> int:
        if self.away:
            raise OperationalError("could not connect\nmore of it")
        self.pieces.append(len(records))
        left_out = write_records(records, civil_offset_ms)
        if self.lost_answers:
            self.lost_answers -= 1
            raise OperationalError("the connection was lost in COMMIT")
        return left_out


class Rig:
    """A queue, a recorder and a room in which things happen."""

    def __init__(self) -> None:
        self.database = Database()
        self.backlog = MemoryBacklog(MOST)
        self.thread = DatabaseThread("history")
        self.recorder = Recorder(self.backlog, self.thread, lambda: 0.0, self.database)
        self.tale = Tale()
        self.recorder.start()

    def happen(self, events: int) -> None:
        """So many events, now."""
        told = len(self.tale.records)
        for record in self.tale.go_on(events, seed=told)[told:]:
            self.backlog.note(record)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    await sync_to_async(make_rooms)("demo")
    rig = Rig()
    yield rig
    rig.database.away = False
    await rig.recorder.close(1.0)
    rig.thread.shutdown()


async def seqs() -> list[int]:
    """The numbers of all recorded events."""

    def read() -> list[int]:
        return sorted(
            seq for model in EVENTS for seq in model.objects.values_list("seq", flat=True)
        )

    return await sync_to_async(read)()


async def written(rig: Rig) -> None:
    """Let time pass until nothing waits."""
    for _ in range(40):
        await later(GATHER_S)
        if not (await rig.backlog.figures()).waiting:
            return
    raise AssertionError("it is not written")


# -- A database in trouble


async def test_while_the_database_is_away_events_wait_and_then_all_are_there(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.database.away = True
    for _ in range(60):
        rig.happen(5)
        await later(1.0)
    assert await seqs() == []
    assert rig.recorder.late_s > 55
    assert rig.recorder.figures.waiting >= 270
    rig.database.away = False
    await later(2 * RETRY_AFTER_S)
    await written(rig)
    assert await seqs() == list(range(1, 301))
    assert (rig.recorder.written, rig.recorder.figures.dropped) == (300, 0)
    assert rig.recorder.late_s == 0
    assert "could not connect)" in caplog.text, "in one line"
    assert "takes events again" in caplog.text


async def test_the_operator_is_warned_once_in_a_while_and_not_at_a_hiccup(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.database.away = True
    rig.happen(1)
    await later(RETRY_AFTER_S * 2)
    rig.database.away = False
    await written(rig)
    assert caplog.records == []
    rig.database.away = True
    rig.happen(1)
    await later(2 * WARN_EVERY_S + 2 * LOOK_EVERY_S)
    assert caplog.text.count("takes nothing") == 3


async def test_a_full_backlog_costs_the_oldest_and_says_so(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.database.away = True
    rig.happen(MOST_AT_ONCE)
    await later(GATHER_S * 2)
    rig.happen(MOST)
    await later(LOOK_EVERY_S)
    assert rig.recorder.figures.waiting == MOST
    assert rig.recorder.figures.dropped == MOST_AT_ONCE
    assert f"{MOST_AT_ONCE} events are lost" in caplog.text
    rig.database.away = False
    await later(2 * RETRY_AFTER_S)
    await written(rig)
    in_hand, newest = (
        range(1, MOST_AT_ONCE + 1),
        range(2 * MOST_AT_ONCE + 1, MOST + MOST_AT_ONCE + 1),
    )
    assert await seqs() == [*in_hand, *newest]


async def test_an_answer_that_is_lost_costs_nothing_and_writes_nothing_twice(rig: Rig) -> None:
    rig.database.lost_answers = 2
    rig.happen(30)
    await later(5 * RETRY_AFTER_S)
    assert rig.database.pieces == [30, 30, 30]
    assert await seqs() == list(range(1, 31))


# -- When it writes


async def test_an_event_is_in_the_database_within_a_quarter_of_a_second(rig: Rig) -> None:
    rig.happen(1)
    await later(0.15)
    await asyncio.wrap_future(rig.thread.submit(int))  # the writing that has begun is at its end
    assert await seqs() == [1]


async def test_what_comes_together_is_written_together(rig: Rig) -> None:
    for _ in range(10):
        rig.happen(4)
        await later(GATHER_S / 11)
    await written(rig)
    assert rig.database.pieces == [40]


async def test_a_flood_is_written_in_pieces_without_waiting(rig: Rig) -> None:
    rig.happen(MOST_AT_ONCE * 2 + 1)
    await written(rig)
    assert rig.database.pieces == [MOST_AT_ONCE, MOST_AT_ONCE, 1]
    assert await seqs() == list(range(1, MOST_AT_ONCE * 2 + 2))


# -- The end


async def test_closing_writes_what_waits(rig: Rig) -> None:
    rig.happen(MOST_AT_ONCE + 20)
    await rig.recorder.close(1.0)
    assert await seqs() == list(range(1, MOST_AT_ONCE + 21))


async def test_closing_in_the_middle_of_a_batch_loses_nothing(rig: Rig) -> None:
    rig.happen(50)
    await later(GATHER_S)  # it is being written
    rig.happen(50)
    await rig.recorder.close(1.0)
    assert await seqs() == list(range(1, 101))


async def test_closing_without_a_database_ends_and_says_what_is_lost(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.database.away = True
    rig.happen(7)
    await rig.recorder.close(1.0)
    assert "7 events are not in the database" in caplog.text
    assert await seqs() == []


async def test_nothing_to_write_asks_nothing_of_the_database(rig: Rig) -> None:
    await later(60.0)
    assert rig.database.pieces == []
    assert rig.recorder.figures.waiting == 0


def test_figures_of_a_queue_count_what_is_being_written() -> None:
    backlog: Any = MemoryBacklog(10)
    for record in Tale().go_on(4):
        backlog.note(record)
    asyncio.run(_take_and_look(backlog))


async def _take_and_look(backlog: MemoryBacklog) -> None:
    batch = await backlog.take()
    assert (await backlog.figures()).waiting == len(batch.records) == 4
    assert await backlog.take() == batch, "what is not done is taken again"
    await backlog.done(batch)
    assert (await backlog.figures()).waiting == 0
