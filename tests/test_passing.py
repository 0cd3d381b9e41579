"""Passing data in the database: visits, reactions and samples, the same however often written."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.db.models import Sum

from tests.history_rig import make_rooms, told_passing
from tests.party_rig import later
from tests.test_book import in_step
from tests.test_presence import user
from watchparty.database_thread import DatabaseThread
from watchparty.history import passing as passing_module
from watchparty.history.book import SAMPLE_MS, Book
from watchparty.history.passing import WRITE_EVERY_S, PassingRecorder, write_passing
from watchparty.models import ReactionTotal, SkewSample, Visit

pytestmark = [pytest.mark.virtual_time, pytest.mark.django_db(transaction=True)]


class Rig:
    def __init__(self) -> None:
        self.now_ms = 1_700_000_000_000.0
        self.book = Book("s1", lambda: self.now_ms)
        self.room = self.book.room("demo")
        self.thread = DatabaseThread("history")
        self.recorder = PassingRecorder(self.book, self.thread, "run1")

    def some(self) -> None:
        """Ada comes, reacts, and is in step."""
        self.room.came(user("ada", name="Ada"))
        self.room.reacted("🔥", 12.0)
        self.room.reported("ada", in_step(2.0))
        self.now_ms += SAMPLE_MS
        self.room.reported("ada", in_step(3.0))


@pytest.fixture
def rig() -> Iterator[Rig]:
    make_rooms("demo")
    rig = Rig()
    yield rig
    rig.thread.shutdown()


class Line:
    """To the real database; cut before or after what was asked has been done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.away = False
        self.lost_answers = 0
        monkeypatch.setattr(passing_module, "write_passing", self)

    def __call__(self, batch: Any) -> int:
        if self.away:
            raise OperationalError("away")
        left_out = write_passing(batch)
        if self.lost_answers:
            self.lost_answers -= 1
            raise OperationalError("the connection was lost in COMMIT")
        return left_out


async def test_a_room_that_was_deleted_keeps_nothing(rig: Rig) -> None:
    rig.book.room("deleted").came(user("ada"))
    rig.book.room("deleted").reacted("🔥", 1.0)
    assert await rig.recorder.write()
    assert await Visit.objects.acount() == await ReactionTotal.objects.acount() == 0


async def test_it_is_written_every_few_seconds_and_not_before(rig: Rig) -> None:
    rig.recorder.start()
    rig.some()
    await later(WRITE_EVERY_S - 0.1)
    assert await Visit.objects.acount() == 0
    await later(0.2)
    await rig.recorder.close(1.0)
    visit = await Visit.objects.aget()
    assert (visit.member, visit.person, visit.name, visit.instance) == ("ada", "p-ada", "Ada", "s1")
    assert visit.left_at is None
    total = await ReactionTotal.objects.aget()
    assert (total.bucket_s, total.emoji, total.count) == (10, "🔥", 1)
    sample = await SkewSample.objects.aget()
    assert (sample.drift_ms, sample.worst_ms, sample.state) == (3, 3, "synced")


async def test_a_visit_is_one_row_from_its_beginning_to_its_end(rig: Rig) -> None:
    rig.some()
    await rig.recorder.write()
    first = await Visit.objects.aget()
    rig.now_ms += 60_000
    rig.room.left("ada")
    await rig.recorder.write()
    last = await Visit.objects.aget()
    assert last.pk == first.pk
    assert last.left_at is not None
    assert (last.left_at - last.joined_at).total_seconds() == 70
    assert last.statuses == 2


async def test_reactions_of_many_batches_and_servers_add_up(rig: Rig) -> None:
    other = PassingRecorder(rig.book, rig.thread, "run2")
    for number in range(4):
        rig.room.reacted("🔥", 12.0)
        await (other if number % 2 else rig.recorder).write()
    rows = await sync_to_async(lambda: ReactionTotal.objects.aggregate(Sum("count")))()
    assert rows == {"count__sum": 4}


async def test_an_answer_that_is_lost_writes_nothing_twice(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(monkeypatch)
    line.lost_answers = 1
    rig.some()
    with pytest.raises(OperationalError):
        await rig.recorder.write()
    rig.room.reacted("🔥", 12.0)  # meanwhile the party goes on
    before = await sync_to_async(told_passing)()
    await rig.recorder.write()
    assert await sync_to_async(told_passing)() == before, "the same batch, once more"
    await rig.recorder.write()
    rows = await sync_to_async(lambda: ReactionTotal.objects.aggregate(Sum("count")))()
    assert rows == {"count__sum": 2}


async def test_while_the_database_is_away_it_is_said_once_and_nothing_is_lost(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    line = Line(monkeypatch)
    line.away = True
    rig.recorder.start()
    for _ in range(6):
        rig.some()
        await later(WRITE_EVERY_S * 2)
    assert caplog.text.count("wait (OperationalError: away)") == 1
    line.away = False
    await later(WRITE_EVERY_S * 3)
    await rig.recorder.close(1.0)
    rows = await sync_to_async(lambda: ReactionTotal.objects.aggregate(Sum("count")))()
    assert rows == {"count__sum": 6}
    assert (await Visit.objects.aget()).reconnects == 5


async def test_closing_writes_what_is_noted_or_says_that_it_is_lost(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig.some()
    await rig.recorder.close(1.0)
    assert await Visit.objects.acount() == 1
    line = Line(monkeypatch)
    line.away = True
    rig.some()
    await rig.recorder.close(1.0)
    assert "the last visits and reactions are not in the database" in caplog.text


async def test_many_visits_take_a_handful_of_queries(
    rig: Rig, django_assert_max_num_queries: Any
) -> None:
    for number in range(300):
        rig.room.came(user(f"u{number}"))

    def write() -> None:
        batch = passing_module.PassingBatch("b", rig.now_ms, rig.book.take())
        with django_assert_max_num_queries(12):
            write_passing(batch)

    await sync_to_async(write)()
    assert await Visit.objects.acount() == 300
