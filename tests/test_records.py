"""What a store hands to history of each event, and the rows that it becomes."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from msgspec import json

from tests.rooms import FILM, NOW_MS, play, room, seek
from tests.wire_examples import example
from watchparty.core.people import People
from watchparty.core.protocol import (
    ChangeSettings,
    ChatRemove,
    ChatSend,
    GiveRole,
    Intent,
    OrderedEvent,
    RemoveMember,
    RoomSettings,
    SourceRequest,
    UnbanMember,
    VideoReady,
    VideoSource,
)
from watchparty.core.room import apply
from watchparty.core.state import (
    Applied,
    Author,
    CloseRoom,
    Command,
    Freeze,
    OwnIntent,
    RoomState,
)
from watchparty.history.rows import Row, row_of
from watchparty.models import ChatMessage, HouseEvent, PlaybackEvent
from watchparty.store.records import KINDS, About, Record, about, read_about
from watchparty.store.redis_forms import read_event

ADA = Author(name="Ada", color="#112233")
OWNED = People(owner="p-ada", rightful="p-ada")


def record_of(
    intent: Intent | OwnIntent, state: RoomState | None = None, *, own: bool = False, **how: Any
) -> Record:
    """The record of something that Ada, whose room it is, or the room itself does."""
    state = room(people=OWNED) if state is None else state
    ada: dict[str, Any] = {} if own else {"user_id": "ada", "person": "p-ada", "author": ADA}
    command = Command(intent, **ada, **how)
    decision = apply(state, command, NOW_MS)
    assert isinstance(decision, Applied), decision
    return Record(about("demo", command, NOW_MS), decision.event)


def row(record: Record) -> Row:
    return row_of(record, room_id=1, civil_offset_ms=250.0)


# -- Refusals


def test_what_no_database_takes_is_left_out_of_names_and_words() -> None:
    record = record_of(ChatSend(text="x"))
    changed = Record(record.about, type(record.event)(**fields(record) | {"text": "a\0b\ud800c"}))
    kept = row(changed)
    assert isinstance(kept, ChatMessage)
    assert kept.text == "abc"


def fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record.event, name) for name in record.event.__struct_fields__}


# -- Where it comes from


def test_every_intent_has_a_kind() -> None:
    assert KINDS.keys() == {*get_args(Intent), *get_args(OwnIntent)}


def test_a_record_comes_through_redis_as_it_was() -> None:
    record = record_of(play())
    again = Record(read_about(json.encode(record.about)), read_event(json.encode(record.event)))
    assert again == record


def test_it_says_who_did_what_and_when() -> None:
    assert record_of(play()).about == About("demo", NOW_MS, "play", "p-ada", "Ada")


# -- Rows


def test_a_control_is_a_vector_with_its_author() -> None:
    kept = row(record_of(seek(12.5)))
    assert isinstance(kept, PlaybackEvent)
    assert (kept.epoch, kept.seq, kept.kind) == ("e1", 41, "seek")
    assert (kept.member, kept.person, kept.name) == ("ada", "p-ada", "Ada")
    assert (kept.position_s, kept.at_ms, kept.rate, kept.playing) == (12.5, NOW_MS, 1, True)
    assert kept.at == datetime.fromtimestamp((NOW_MS + 250) / 1000, UTC)
    assert (kept.source_id, kept.source, kept.duration_s) == (FILM.id, None, 90)


def test_only_what_changes_the_film_tells_it() -> None:
    new = VideoSource(source=SourceRequest(kind="file", url="/media/g.webm", title="G"))
    kept = row(record_of(new))
    assert isinstance(kept, PlaybackEvent)
    assert kept.source is not None
    assert (kept.source_id, kept.source["url"], kept.source["title"]) == (
        "s41",
        "/media/g.webm",
        "G",
    )


def test_what_the_room_does_by_itself_is_nobody_s() -> None:
    known = room(source=FILM, duration_s=None, people=OWNED)
    kept = row(record_of(VideoReady(seq=40, duration=80.0), known))
    assert (kept.kind, kept.member, kept.person, kept.name) == ("length", "", "", "")


def test_a_film_that_stands_says_for_whom() -> None:
    waits = room(people=OWNED, settings=RoomSettings(wait_for_all=True))
    stalled = Freeze(armed_seq=40, stalled={"bo": "p-bo"}, server="s1")
    kept = row(record_of(stalled, waits, own=True))
    assert isinstance(kept, PlaybackEvent)
    assert (kept.kind, kept.playing, kept.waiting_for) == ("wait", False, ["bo"])


def test_a_message_is_kept_with_its_moment_and_its_author() -> None:
    kept = row(record_of(ChatSend(text="Oh!", video_time=31.0)))
    assert isinstance(kept, ChatMessage)
    assert (kept.message_id, kept.text, kept.video_time_s) == ("m41", "Oh!", 31)
    assert (kept.member, kept.person, kept.name) == ("ada", "p-ada", "Ada")


def test_only_the_settings_that_were_asked_for_are_told_and_never_a_password() -> None:
    asked = ChangeSettings(slow_mode_s=30, password="secret")
    kept = row(record_of(asked, password_hash="hash of it"))
    assert isinstance(kept, HouseEvent)
    assert kept.details == {"slow_mode_s": 30, "has_password": True}


@pytest.mark.parametrize(
    ("intent", "how", "details"),
    [
        (GiveRole(user_id="bo", role="host"), {"target": "p-bo"}, {"role": "host"}),
        (
            RemoveMember(user_id="bo", ban=True, reason="Spoilers."),
            {"target": "p-bo"},
            {"ban": True, "reason": "Spoilers."},
        ),
    ],
)
def test_what_was_done_to_somebody_says_to_whom(
    intent: Any, how: dict[str, Any], details: dict[str, Any]
) -> None:
    kept = row(record_of(intent, **how, target_name="Bo"))
    assert isinstance(kept, HouseEvent)
    assert (kept.target_member, kept.target_person, kept.target_name) == ("bo", "p-bo", "Bo")
    assert kept.details.items() >= details.items()
    assert "epoch" not in kept.details


def test_who_is_let_in_again_is_named_to_history_alone() -> None:
    removal = RemoveMember(user_id="bo", ban=True)
    command = Command(removal, user_id="ada", person="p-ada", target="p-bo", target_name="Bo")
    banned = apply(room(people=OWNED), command, NOW_MS)
    assert isinstance(banned, Applied)
    kept = row(record_of(UnbanMember(person="p-bo"), banned.state))
    assert isinstance(kept, HouseEvent)
    assert (kept.kind, kept.target_person) == ("unbanned", "p-bo")


def test_a_message_that_is_taken_back_is_named() -> None:
    wrote = apply(room(people=OWNED), Command(ChatSend(text="x"), "ada", "p-ada"), NOW_MS)
    assert isinstance(wrote, Applied)
    kept = row(record_of(ChatRemove(message_id="m41"), wrote.state))
    assert isinstance(kept, HouseEvent)
    assert (kept.kind, kept.details) == ("unsaid", {"message_id": "m41"})


def test_the_end_says_why() -> None:
    kept = row(record_of(CloseRoom("Closed by an administrator."), own=True))
    assert isinstance(kept, HouseEvent)
    assert (kept.kind, kept.details) == ("closed", {"reason": "Closed by an administrator."})


def test_every_ordered_event_has_a_row() -> None:
    for event_type in get_args(OrderedEvent):
        for full in (False, True):
            event = example(event_type, full=full)
            assert row(Record(About("demo", NOW_MS, "play"), event)).seq == event.seq
