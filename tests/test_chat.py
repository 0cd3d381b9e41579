"""What is written to a room: refused, cleaned, kept, answered, slowed, taken back."""

from typing import Any

import pytest
from msgspec import json, structs

from sync.ports import TOO_SLOW_BYTES
from tests.rooms import NOW_MS, room
from watchparty.core.chat import MOST_LINES, clean
from watchparty.core.people import People
from watchparty.core.protocol import (
    CHAT_KEPT,
    CHAT_LENGTH,
    ChatRemove,
    ChatSend,
    ChatSent,
    RoomSettings,
    SourceRequest,
    VideoSource,
)
from watchparty.core.room import apply
from watchparty.core.state import Applied, Author, Command, Limited, Refusal, RoomState

OWNED = People(rightful="p-ada", owner="p-ada", hosts=("p-hal",))


def command(intent: Any, person: str = "p-bo") -> Command:
    author = Author(name="Bo", color="#ffaa00")
    return Command(intent, user_id=f"u-{person}", person=person, author=author)


def write(state: RoomState, text: str = "hello", person: str = "p-bo", **fields: Any) -> RoomState:
    decision = apply(state, command(ChatSend(text=text, **fields), person), NOW_MS)
    assert isinstance(decision, Applied), decision
    return decision.state


def refusal_of(state: RoomState, intent: Any, person: str = "p-bo") -> tuple[str, str | None]:
    decision = apply(state, command(intent, person), NOW_MS)
    assert isinstance(decision, Refusal), decision
    assert decision.message.endswith(".")
    return decision.code, decision.field


@pytest.mark.parametrize("text", [" ", "\n\n", "\u200b", "\u3164", "\u202e\u202c", "\u0301"])
def test_a_message_that_shows_nothing_is_refused(text: str) -> None:
    assert refusal_of(room(), ChatSend(text=text)) == ("invalid_field", "text")


def test_an_answer_to_what_is_not_there_is_stale() -> None:
    assert refusal_of(room(), ChatSend(text="yes", reply_to="m1")) == ("stale", "replyTo")


def test_guests_write_nothing_where_only_hosts_do() -> None:
    state = room(people=OWNED, settings=RoomSettings(chat_by="hosts"))
    assert refusal_of(state, ChatSend(text="hi"))[0] == "forbidden"
    assert write(state, person="p-hal").chat


def test_in_slow_mode_a_guest_waits() -> None:
    slow = room(people=OWNED, settings=RoomSettings(slow_mode_s=10))
    once = write(slow)
    again = command(ChatSend(text="more"))
    assert apply(once, again, NOW_MS + 4000) == Limited("chat", 6000.0)
    assert isinstance(apply(once, again, NOW_MS + 10_000), Applied)
    assert isinstance(apply(once, command(ChatSend(text="x"), "p-cy"), NOW_MS), Applied)


def test_slow_mode_holds_no_host_up_and_forgets_who_is_through() -> None:
    slow = room(people=OWNED, settings=RoomSettings(slow_mode_s=10))
    twice = write(write(slow, person="p-ada"), person="p-ada")
    assert len(twice.chat) == 2
    decision = apply(write(slow), command(ChatSend(text="x"), "p-cy"), NOW_MS + 11_000)
    assert isinstance(decision, Applied)
    assert set(decision.state.wrote_ms) == {"p-cy"}


def test_a_message_says_who_what_when_and_where_in_the_film() -> None:
    decision = apply(room(), command(ChatSend(text=" Look! ", video_time=12.5, ref="r")), NOW_MS)
    assert isinstance(decision, Applied)
    event = decision.event
    assert isinstance(event, ChatSent)
    assert (event.text, event.name, event.color) == ("Look!", "Bo", "#ffaa00")
    assert (event.video_time, event.timestamp, event.reply_to) == (12.5, NOW_MS, None)
    assert (event.id, event.seq, event.by, event.ref) == ("m41", 41, "u-p-bo", "r")
    kept = decision.state.chat[-1]
    assert structs.asdict(kept) == {name: getattr(event, name) for name in kept.__struct_fields__}


def test_writing_leaves_the_film_and_who_moved_it_alone() -> None:
    before = room(by="ada", ref="r0")
    after = write(before)
    same = structs.replace(after, seq=before.seq, chat=(), wrote_ms={})
    assert same == before


def test_the_last_messages_are_kept() -> None:
    state = room()
    for number in range(CHAT_KEPT + 5):
        state = write(state, f"message {number}")
    assert [one.text for one in state.chat] == [f"message {n}" for n in range(5, CHAT_KEPT + 5)]
    assert len({one.id for one in state.chat}) == CHAT_KEPT


def test_a_message_is_answered() -> None:
    state = write(write(room()), "yes", reply_to="m41")
    assert state.chat[-1].reply_to == "m41"


def test_only_the_author_and_hosts_take_a_message_back() -> None:
    state = write(room(people=OWNED))
    assert refusal_of(state, ChatRemove(message_id="m41"), "p-cy")[0] == "forbidden"
    for person in ("p-bo", "p-hal", "p-ada"):
        decision = apply(state, command(ChatRemove(message_id="m41"), person), NOW_MS)
        assert isinstance(decision, Applied)
        assert decision.state.chat == ()


def test_what_is_not_there_is_not_taken_back() -> None:
    assert refusal_of(room(), ChatRemove(message_id="m9")) == ("stale", "messageId")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  a   b \n\n", "a b"),
        ("a\n\nb", "a\n\nb"),
        ("\n".join("x" * 30), "\n".join("x" * (MOST_LINES - 1)) + "\n" + " ".join("x" * 19)),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("e\u0301", "é"),
    ],
)
def test_a_message_is_as_tidy_as_it_is_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_wall_of_the_heaviest_messages_leaves_a_snapshot_that_a_slow_line_can_take() -> None:
    state = room()
    for _ in range(CHAT_KEPT):
        state = write(state, "\U0001f600" * CHAT_LENGTH)
    assert len(json.encode(state.chat)) < TOO_SLOW_BYTES / 2
    assert len(state.chat) > 30


def test_moments_are_those_of_the_film_that_is_on() -> None:
    state = write(room(), video_time=12.5)
    assert state.chat[-1].video_time == 12.5
    another = VideoSource(source=SourceRequest(kind="file", url="https://films.example/new.mp4"))
    decision = apply(state, command(another), NOW_MS)
    assert isinstance(decision, Applied)
    (message,) = decision.state.chat
    assert message == structs.replace(state.chat[-1], video_time=None)
