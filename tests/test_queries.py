"""What the admin asks of history, in few queries whatever the size."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from tests.history_rig import Tale, make_rooms
from watchparty.core.protocol import ChatSend, VideoPlay
from watchparty.history import queries
from watchparty.history.queries import Place
from watchparty.history.seeding import make_rooms as seeded_rooms
from watchparty.history.seeding import seed
from watchparty.history.writing import write_records
from watchparty.models import ReactionTotal, Room, SkewSample, Visit

pytestmark = pytest.mark.django_db


def past(events: int) -> Room:
    """A room with a made-up past of so many events."""
    rooms = seeded_rooms(f"past{events}", 1, timezone.now(), Random(1))
    list(seed(rooms, events, Random(1)))
    return rooms[0]


@pytest.mark.parametrize("text", ["", "x", "2026-01-01~x", "x~1", "2026-01-01T00:00:00+00:00"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert Place.read(text) is None


def test_a_place_comes_through_an_address_as_it_was() -> None:
    place = Place(timezone.now(), 7)
    assert Place.read(str(place)) == place


def test_a_story_is_told_in_order_page_by_page_with_nothing_twice_and_nothing_left_out() -> None:
    room = past(100)
    seqs: list[int] = []
    after = None
    for _ in range(9):
        page = queries.story(room, after, many=15)
        seqs += [event.seq for event in page.events]
        after = page.next
        if after is None:
            break
    assert seqs == list(range(1, 101))


def test_events_of_one_instant_are_told_in_their_order() -> None:
    make_rooms("demo")
    tale = Tale()
    for number in range(6):
        tale.now_ms -= 500.0  # which `ask` adds
        tale.ask(ChatSend(text="x") if number % 2 else VideoPlay())
    write_records(tale.records, 0.0)
    room = Room.objects.get(slug="demo")
    first = queries.story(room, many=4)
    rest = queries.story(room, first.next, many=4)
    assert [event.seq for event in (*first.events, *rest.events)] == [1, 2, 3, 4, 5, 6]


def test_a_story_of_one_kind_of_event_has_as_many_pages_as_it_needs() -> None:
    make_rooms("demo")
    tale = Tale()
    for number in range(4):
        tale.ask(ChatSend(text=str(number)))
    write_records(tale.records, 0.0)
    room = Room.objects.get(slug="demo")
    first = queries.story(room, many=2)
    second = queries.story(room, first.next, many=2)
    assert [event.seq for event in second.events] == [3, 4]
    assert second.next is None


def test_a_story_is_searched_by_words_and_names() -> None:
    make_rooms("demo")
    tale = Tale()
    tale.ask(ChatSend(text="Popcorn?"), "ada")
    tale.ask(VideoPlay(), "bo")
    write_records(tale.records, 0.0)
    room = Room.objects.get(slug="demo")
    assert [event.seq for event in queries.story(room, words="popCORN").events] == [1]
    assert [event.seq for event in queries.story(room, words="Bo").events] == [2]
    assert queries.story(room, words="nothing").events == []


@pytest.mark.parametrize("events", [10, 300])
def test_no_size_changes_the_number_of_queries(events: int, django_assert_num_queries: Any) -> None:
    room = past(events)
    with django_assert_num_queries(3):
        queries.story(room)
    with django_assert_num_queries(4):
        told = queries.summary(room)
    assert told.controls + told.house + told.messages == events
    assert told.first is not None
    assert told.last is not None
    with django_assert_num_queries(3):
        stays = queries.visits(room)
        queries.reactions(room)
        queries.skew_over_time(room, told.first, told.last)
    assert len(stays) == told.visits


def test_an_empty_past_is_told_as_such() -> None:
    make_rooms("demo")
    room = Room.objects.get(slug="demo")
    assert queries.story(room).events == []
    assert queries.summary(room) == queries.Summary(0, 0, 0, 0, 0, None, None)


def test_viewers_are_counted_from_coming_to_going() -> None:
    at = timezone.now()

    def stay(begins: int, ends: int) -> Visit:
        def minutes(count: int) -> Any:
            return at + timedelta(minutes=count)

        return Visit(joined_at=minutes(begins), seen_at=minutes(ends), left_at=minutes(ends))

    steps = queries.viewers_over_time([stay(0, 10), stay(5, 20), stay(10, 20)])
    assert [(int((when - at).total_seconds() // 60), many) for when, many in steps] == [
        (0, 1),
        (5, 2),
        (10, 2),
        (20, 0),
    ]


def test_reactions_of_all_batches_are_one_sum() -> None:
    make_rooms("demo")
    room = Room.objects.get(slug="demo")
    for batch, many in (("a", 2), ("b", 3)):
        ReactionTotal.objects.create(
            room=room, source_id="s1", bucket_s=5, emoji="🔥", batch=batch, count=many,
            at=timezone.now(),
        )  # fmt: skip
    assert queries.reactions(room) == [("s1", 5, "🔥", 5)]


def test_skew_over_time_is_of_all_viewers_in_each_step() -> None:
    make_rooms("demo")
    room = Room.objects.get(slug="demo")
    at = timezone.now()
    for number in range(100):
        SkewSample.objects.create(
            room=room, at=at + timedelta(seconds=number), member=f"u{number}",
            drift_ms=float(-number), worst_ms=0, bound_ms=1, rtt_ms=1, state="synced",
        )  # fmt: skip
    steps = queries.skew_over_time(room, at, at + timedelta(seconds=100), steps=2)
    assert [(median, high) for _, median, high in steps] == [(24.0, 47.0), (74.0, 97.0)]


def stay_of(person: str, begins_min: int, ends_min: int) -> Visit:
    """A visit by minutes of one day."""
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    begins, ends = (day + timedelta(minutes=minutes) for minutes in (begins_min, ends_min))
    return Visit(person=person, joined_at=begins, seen_at=ends, left_at=ends)


def test_a_room_where_nobody_was_had_no_party() -> None:
    assert queries.parties([]) == []


def test_a_short_pause_belongs_to_the_party_and_a_long_one_ends_it() -> None:
    stays = [stay_of("ada", 0, 60), stay_of("bo", 10, 20), stay_of("ada", 85, 100)]
    later = [stay_of("cy", 131, 140)]
    [one] = queries.parties(stays)
    assert (one.first, one.last, one.people) == (stays[0].joined_at, stays[2].left_at, 2)
    first, second = queries.parties([*stays, *later])
    assert first == one
    assert (second.first, second.people) == (later[0].joined_at, 1)


def test_who_has_not_left_was_there_as_long_as_they_were_seen() -> None:
    stay = stay_of("ada", 0, 30)
    stay.left_at = None
    assert queries.parties([stay])[0].last == stay.seen_at


def test_a_party_s_story_is_what_happened_in_it_and_shortly_around(
    django_assert_num_queries: Any,
) -> None:
    room = past(60)
    [party] = queries.parties(queries.visits(room))
    assert len(queries.story(room, party=party).events) == 60
    earlier = queries.Party(party.first - timedelta(days=1), party.first - timedelta(hours=1), 1)
    with django_assert_num_queries(3):
        assert queries.story(room, party=earlier).events == []
    assert queries.controls(room, earlier) == []
    assert queries.summary(room, earlier).first is None
    assert queries.reactions(room, earlier) == []
