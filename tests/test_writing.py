"""Records in the database: each once, whatever is repeated, in whatever order it comes."""

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.history_rig import EVENTS, Tale, make_rooms, promoted, told
from tests.rooms import play
from watchparty.core.protocol import ChatRemove, ChatSend
from watchparty.history import writing
from watchparty.history.writing import apart, write_records
from watchparty.models import ChatMessage, HouseEvent, PlaybackEvent, Room
from watchparty.store.records import Record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rooms(db: None) -> None:
    make_rooms("demo", "other")


def write(records: list[Record]) -> int:
    return write_records(records, 0.0)


# -- Refusals


def test_what_cannot_be_written_is_left_out_and_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tale = Tale()
    records = tale.go_on(9)
    too_great = structs.replace(records[4].event, seq=2**70)
    bad = [*records[:4], structs.replace(records[4], event=too_great), *records[5:]]
    assert write(bad) == 1
    assert sum(model.objects.count() for model in EVENTS) == 8
    assert "left out" in caplog.text


def test_a_room_that_was_deleted_has_no_history_and_nobody_fails() -> None:
    tale = Tale("deleted")
    assert write(tale.go_on(3)) == 0
    assert told() == []


def test_a_database_that_does_not_answer_is_not_taken_for_a_bad_record() -> None:
    def away(_: object) -> None:
        raise OperationalError("the database is away")

    with pytest.raises(OperationalError):
        apart(away, [1, 2, 3])


def test_of_many_things_only_the_bad_ones_are_left_out() -> None:
    written: list[int] = []

    def some(things: Any) -> None:
        if any(thing % 10 == 7 for thing in things):
            raise IntegrityError("a seven")
        written.extend(things)

    assert apart(some, range(40)) == 4
    assert written == [number for number in range(40) if number % 10 != 7]


# -- Once


def test_what_is_written_again_changes_nothing() -> None:
    records = Tale().go_on(40)
    write(records)
    before = told()
    assert len(before) == 40
    assert write(records) == write(records[10:30]) == 0, "a repeat is no mistake"
    assert told() == before


def test_another_epoch_of_the_same_room_is_another_history() -> None:
    tale, other = Tale(), Tale(epoch="e2")
    write([tale.ask(play()), other.ask(play())])
    assert PlaybackEvent.objects.filter(seq=1).count() == 2


def test_deleting_a_room_deletes_its_history() -> None:
    write(Tale().go_on(20))
    Room.objects.get(slug="demo").delete()
    assert told() == []


def test_a_batch_takes_a_handful_of_queries_however_long_it_is(
    django_assert_max_num_queries: Any,
) -> None:
    records = [one for one in Tale().go_on(300) if one.about.kind != "unsaid"]
    with django_assert_max_num_queries(12):
        write(records)


# -- Taken back


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_a_message_taken_back_says_so_whichever_comes_first(
    order: tuple[int, int], together: bool
) -> None:
    tale = Tale()
    tale.ask(ChatSend(text="Spoiler!"), "bo")
    tale.ask(ChatRemove(message_id="m1"), "ada")
    both = [tale.records[one] for one in order]
    for part in [both] if together else [both[:1], both[1:]]:
        write(part)
    message = ChatMessage.objects.get()
    assert (message.text, message.removed_by_name) == ("Spoiler!", "Ada")
    assert message.removed_at == HouseEvent.objects.get().at


def test_a_message_of_the_same_number_that_came_later_is_another_one() -> None:
    tale = Tale()
    tale.ask(ChatSend(text="Spoiler!"))
    tale.ask(ChatRemove(message_id="m1"))
    anew = Tale(epoch="e2", at_ms=tale.now_ms)  # what was kept could not be read
    anew.ask(ChatSend(text="Hello"))
    write([*anew.records, *tale.records])
    assert ChatMessage.objects.get(text="Hello").removed_at is None
    assert ChatMessage.objects.get(text="Spoiler!").removed_at is not None


def test_a_role_is_told_with_both_names() -> None:
    tale = Tale()
    intent, how = promoted()
    write([tale.ask(intent, **how)])
    event = HouseEvent.objects.get()
    assert (event.name, event.target_name, event.details["role"]) == ("Ada", "Bo", "host")


# -- Any interleaving


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_any_interleaving_of_batches_repeats_and_crashes_gives_the_same_rows(
    data: st.DataObject,
) -> None:
    """Batches as several servers take them: cut anywhere, in any order, some more than once, some
    of them broken off in the middle and written again."""
    for model in EVENTS:
        model.objects.all().delete()
    tales = [Tale("demo"), Tale("other")]
    for number, tale in enumerate(tales):
        tale.go_on(10, seed=data.draw(st.integers(0, 99), label="party") + number)
        tale.again("e2")
        tale.go_on(4, seed=number)
    records = tales[0].records + tales[1].records
    write(records)
    straight = told()
    for model in EVENTS:
        model.objects.all().delete()

    chosen = data.draw(st.permutations(range(len(records))), label="order")
    again = data.draw(st.lists(st.sampled_from(range(len(records))), max_size=12), label="again")
    order = [*chosen, *again]
    while order:
        size = data.draw(st.integers(1, 36), label="batch")
        batch, order = [records[one] for one in order[:size]], order[size:]
        if data.draw(st.booleans(), label="crash"):
            _crash_in(batch)
        write(batch)
    assert told() == straight


def _crash_in(batch: list[Record]) -> None:
    """The server dies before the transaction has ended: nothing of it is there."""
    before = told()
    with pytest.MonkeyPatch.context() as patch:

        def dies(_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(writing, "_mark_removed", dies)
        with pytest.raises(KeyboardInterrupt):
            write(batch)
    assert told() == before
