"""Who may ask what: every intent of the wire for every role under every setting."""

from itertools import product
from typing import Any, get_args

import pytest
from msgspec import structs

from tests.rooms import NOW_MS, room
from watchparty.core.people import People
from watchparty.core.permissions import RULES, may_control, refusal
from watchparty.core.protocol import (
    ChangeSettings,
    ChatMessage,
    ChatRemove,
    ChatSend,
    ClientMessage,
    EndRoom,
    GiveRole,
    Intent,
    MemberAnswer,
    RemoveMember,
    RoomSettings,
    UnbanMember,
    VideoPause,
    VideoPlay,
    VideoRate,
    VideoReady,
    VideoSeek,
    VideoSource,
)
from watchparty.core.room import apply
from watchparty.core.state import Applied, Command, Refusal, RoomState

ROLES = ("owner", "stand-in", "host", "granted", "guest")
CONTROL = ("everyone", "hosts", "ask")
WRITING = ("everyone", "hosts")

HELPERS = {"owner", "stand-in", "host"}
ALL = set(ROLES)
OTHERS_MESSAGE = ChatMessage(
    id="m9", user_id="u", person="p-zoe", name="", color="", text="x", reply_to=None,
    video_time=None, timestamp=0.0,
)  # fmt: skip

SAMPLES: dict[type, list[tuple[Any, str | None]]] = {
    VideoPlay: [(VideoPlay(), None)],
    VideoPause: [(VideoPause(), None)],
    VideoSeek: [(VideoSeek(time=1), None)],
    VideoRate: [(VideoRate(rate=2), None)],
    VideoSource: [(VideoSource(source=None), None)],  # type: ignore[arg-type]
    VideoReady: [(VideoReady(seq=1), None)],
    ChangeSettings: [
        (ChangeSettings(locked=True), None),
        (ChangeSettings(wait_for_all=True), None),
    ],
    EndRoom: [(EndRoom(), None)],
    ChatSend: [(ChatSend(text="x"), None)],
    ChatRemove: [(ChatRemove(message_id="m9"), None)],
    MemberAnswer: [(MemberAnswer(user_id="z", grant=True), "p-zoe")],
    GiveRole: [(GiveRole(user_id="z", role="host"), "p-zoe")],
    RemoveMember: [(RemoveMember(user_id="z"), "p-zoe")],
    UnbanMember: [(UnbanMember(person="p-zoe"), None)],
}
"""One of each intent, with the person that it is about."""


def allowed(kind: type, control: str, writing: str) -> set[str]:
    """Who may, written down a second time: from PROTOCOL.md's table."""
    if kind in (VideoPlay, VideoPause, VideoSeek, VideoRate, VideoSource):
        return {
            "everyone": ALL,
            "hosts": HELPERS,
            "ask": HELPERS | {"granted"},
        }[control]
    if kind is ChatSend:
        return ALL if writing == "everyone" else HELPERS
    if kind is VideoReady:
        return ALL
    return {"owner"} if kind is EndRoom else HELPERS


def person_of(role: str) -> str:
    return f"p-{role}"


def a_room(role: str, control: str = "everyone", writing: str = "everyone") -> RoomState:
    """With everybody in it; led by the stand-in where that is who asks."""
    people = People(
        rightful=person_of("owner"),
        owner=person_of("owner"),
        hosts=(person_of("host"), "p-hal"),
        granted=(person_of("granted"),),
    )
    if role == "stand-in":
        people = people.led_by(person_of("stand-in"))
    settings = RoomSettings(control=control, chat_by=writing)  # type: ignore[arg-type]
    return room(people=people, settings=settings, chat=(OTHERS_MESSAGE,))


def asked(role: str, intent: Any, target: str | None = None) -> Command:
    return Command(intent, user_id="u", person=person_of(role), target=target)


def test_every_message_of_the_wire_has_a_rule_and_every_intent_a_sample() -> None:
    assert set(RULES) == set(get_args(ClientMessage))
    assert set(SAMPLES) == set(get_args(Intent))


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_the_matrix(kind: type) -> None:
    for role, control, writing in product(ROLES, CONTROL, WRITING):
        state = a_room(role, control, writing)
        may = role in allowed(kind, control, writing)
        for intent, target in SAMPLES[kind]:
            no = refusal(state, asked(role, intent, target))
            assert (no is None) == may, (role, control, writing, intent)
            assert no is None or (no.code == "forbidden" and no.message.endswith("."))


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_the_room_s_machine_asks_the_rules_first(kind: type) -> None:
    state = a_room("guest", "hosts", "hosts")
    for intent, target in SAMPLES[kind]:
        command = asked("guest", intent, target)
        decision = apply(state, command, NOW_MS)
        assert (decision == refusal(state, command)) == (kind is not VideoReady)


def test_what_cannot_be_undone_is_left_to_whose_room_it_is() -> None:
    state = a_room("stand-in")
    for intent in (EndRoom(), GiveRole(user_id="z", role="owner")):
        assert refusal(state, asked("stand-in", intent, "p-zoe")) is not None
        assert refusal(state, asked("owner", intent, "p-zoe")) is None


@pytest.mark.parametrize("role", HELPERS)
def test_nobody_demotes_or_removes_the_owner(role: str) -> None:
    state = a_room(role)
    for intent in (GiveRole(user_id="o", role="guest"), RemoveMember(user_id="o")):
        assert isinstance(refusal(state, asked(role, intent, person_of("owner"))), Refusal)


def test_a_host_removes_no_host_and_the_owner_does() -> None:
    state = a_room("host")
    intent = RemoveMember(user_id="h")
    assert refusal(state, asked("host", intent, "p-hal")) is not None
    assert refusal(state, asked("owner", intent, "p-hal")) is None


def test_one_takes_back_one_s_own_words_only() -> None:
    state = a_room("guest")
    intent = ChatRemove(message_id="m9")
    assert refusal(state, asked("guest", intent)) is not None
    assert refusal(state, Command(intent, user_id="z", person="p-zoe")) is None


def test_in_a_room_of_nobody_who_controls_may_have_it_wait_and_nothing_else() -> None:
    ownerless = room()
    assert refusal(ownerless, asked("guest", ChangeSettings(wait_for_all=True))) is None
    assert refusal(ownerless, asked("guest", ChangeSettings(locked=True))) is not None
    both = ChangeSettings(wait_for_all=True, locked=True)
    assert refusal(ownerless, asked("guest", both)) is not None
    assert refusal(ownerless, asked("guest", EndRoom())) is not None


def test_the_room_itself_may_everything() -> None:
    assert refusal(a_room("guest", "hosts"), Command(VideoPlay())) is None


def test_control_that_was_given_counts_only_where_guests_have_to_ask() -> None:
    assert may_control(a_room("guest", "ask"), person_of("granted"))
    assert not may_control(a_room("guest", "hosts"), person_of("granted"))


@pytest.mark.parametrize("control", CONTROL)
@pytest.mark.parametrize("role", ROLES)
def test_only_who_controls_the_film_tells_how_long_it_is(role: str, control: str) -> None:
    state = structs.replace(a_room(role, control), duration_s=None)
    decision = apply(state, asked(role, VideoReady(seq=state.seq, duration=1.0)), NOW_MS)
    assert isinstance(decision, Applied) == (role in allowed(VideoPlay, control, "everyone"))


def test_a_host_neither_removes_nor_demotes_a_host_and_the_owner_does_both() -> None:
    state = a_room("host")
    for intent in (RemoveMember(user_id="h"), GiveRole(user_id="h", role="guest")):
        assert refusal(state, asked("host", intent, "p-hal")) is not None
        assert refusal(state, asked("owner", intent, "p-hal")) is None


def test_who_stands_in_neither_removes_nor_demotes_a_host() -> None:
    state = a_room("stand-in")
    for intent in (RemoveMember(user_id="h", ban=True), GiveRole(user_id="h", role="guest")):
        assert refusal(state, asked("stand-in", intent, "p-hal")) is not None
        assert refusal(state, asked("stand-in", intent, "p-zoe")) is None


def test_a_host_steps_down() -> None:
    state = a_room("host")
    stepping_down = asked("host", GiveRole(user_id="me", role="guest"), person_of("host"))
    assert refusal(state, stepping_down) is None
