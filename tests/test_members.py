"""Roles, control, removal and succession, as the room decides them."""

from typing import Any

import pytest
from msgspec import UNSET

from tests.rooms import NOW_MS, room
from watchparty.core.members import bans_of
from watchparty.core.people import MAX_GRANTED, MAX_HOSTS, REMOVED_MS, People
from watchparty.core.protocol import (
    ControlGiven,
    EndRoom,
    GiveRole,
    MemberAnswer,
    MemberRemoved,
    MemberUnbanned,
    OrderedEvent,
    RemoveMember,
    RoleGiven,
    UnbanMember,
    VideoPause,
)
from watchparty.core.room import apply
from watchparty.core.state import (
    Applied,
    Author,
    Command,
    Moot,
    OwnerBack,
    OwnerGone,
    Refusal,
    RoomState,
)

OWNED = People(rightful="p-ada", owner="p-ada", hosts=("p-hal",))


def asked(intent: Any, target: str | None = "p-bo", person: str = "p-ada") -> Command:
    return Command(intent, user_id="ada", person=person, target=target)


def decided(state: RoomState, command: Command) -> tuple[RoomState, OrderedEvent]:
    decision = apply(state, command, NOW_MS)
    assert isinstance(decision, Applied), decision
    assert (decision.event.epoch, decision.event.seq) == (state.epoch, state.seq + 1)
    assert decision.state.playhead == state.playhead
    return decision.state, decision.event


@pytest.mark.parametrize(
    "intent",
    [
        GiveRole(user_id="x", role="host"),
        MemberAnswer(user_id="x", grant=True),
        RemoveMember(user_id="x"),
    ],
)
def test_nothing_is_done_to_who_is_not_there(intent: Any) -> None:
    decision = apply(room(people=OWNED), asked(intent, None), NOW_MS)
    assert isinstance(decision, Refusal)
    assert (decision.code, decision.field) == ("invalid_field", "userId")


def test_nobody_removes_themselves() -> None:
    decision = apply(room(people=OWNED), asked(RemoveMember(user_id="h"), "p-hal", "p-hal"), NOW_MS)
    assert isinstance(decision, Refusal)


def test_a_guest_becomes_a_host_and_a_guest_again() -> None:
    state, event = decided(room(people=OWNED), asked(GiveRole(user_id="bo", role="host", ref="r")))
    assert isinstance(event, RoleGiven)
    assert (event.person, event.role, event.reason, event.ref) == ("p-bo", "host", "given", "r")
    assert state.people.role_of("p-bo") == "host"
    state, _ = decided(state, asked(GiveRole(user_id="bo", role="guest")))
    assert state.people.role_of("p-bo") == "guest"


def test_a_room_is_handed_over() -> None:
    state, event = decided(room(people=OWNED), asked(GiveRole(user_id="bo", role="owner")))
    assert isinstance(event, RoleGiven)
    assert (event.role, event.former_role) == ("owner", "host")
    assert (state.people.rightful, state.people.role_of("p-ada")) == ("p-bo", "host")


def test_an_owner_who_is_made_owner_stays_it() -> None:
    state, event = decided(room(people=OWNED), asked(GiveRole(user_id="a", role="owner"), "p-ada"))
    assert state.people == OWNED
    assert isinstance(event, RoleGiven)
    assert event.role == "owner"


def test_control_is_given_and_taken_back() -> None:
    state, event = decided(room(people=OWNED), asked(MemberAnswer(user_id="bo", grant=True)))
    assert isinstance(event, ControlGiven)
    assert (event.person, event.granted, state.people.granted) == ("p-bo", True, ("p-bo",))
    state, _ = decided(state, asked(MemberAnswer(user_id="bo", grant=False)))
    assert state.people.granted == ()


@pytest.mark.parametrize("ban", [False, True])
def test_a_person_is_sent_out(ban: bool) -> None:
    intent = RemoveMember(user_id="bo", ban=ban, reason="Spoilers.")
    state, event = decided(room(people=OWNED), asked(intent))
    assert isinstance(event, MemberRemoved)
    assert (event.person, event.ban, event.reason) == ("p-bo", ban, "Spoilers.")
    assert state.people.is_barred("p-bo", NOW_MS + REMOVED_MS - 1)
    assert state.people.is_barred("p-bo", NOW_MS + REMOVED_MS) is ban


def test_a_room_of_nobody_is_led_by_nobody() -> None:
    assert apply(room(), Command(OwnerGone("", "bo", "p-bo")), NOW_MS) == Moot()


def test_somebody_stands_in_until_the_owner_is_back() -> None:
    led, event = decided(room(people=OWNED), Command(OwnerGone("p-ada", "bo", "p-bo")))
    assert isinstance(event, RoleGiven)
    assert (event.role, event.reason, event.former_role, event.by) == (
        *("owner", "succession", "guest", None),
    )
    assert apply(led, Command(OwnerGone("p-ada", "cy", "p-cy")), NOW_MS) == Moot()
    back, event = decided(led, Command(OwnerBack("ada", "p-ada")))
    assert isinstance(event, RoleGiven)
    assert (event.person, event.role, event.reason, event.former_role) == (
        *("p-ada", "owner", "return", "guest"),
    )
    assert back.people == OWNED
    assert apply(back, Command(OwnerBack("ada", "p-ada")), NOW_MS) == Moot()
    assert apply(led, Command(OwnerBack("bo", "p-bo")), NOW_MS) == Moot()


def test_a_host_who_stood_in_is_a_host_again() -> None:
    led, _ = decided(room(people=OWNED), Command(OwnerGone("p-ada", "hal", "p-hal")))
    assert led.people.role_of("p-hal") == "owner"
    back, event = decided(led, Command(OwnerBack("ada", "p-ada")))
    assert isinstance(event, RoleGiven)
    assert event.former_role == "host"
    assert back.people.role_of("p-hal") == "host"


def test_the_owner_ends_the_party() -> None:
    state, event = decided(room(people=OWNED), asked(EndRoom(ref="r"), None))
    assert state.closed
    assert (event.by, event.ref) == ("ada", "r")


BO_IS_OUT = OWNED.barred("p-bo", None, NOW_MS)


@pytest.mark.parametrize(
    "intent",
    [
        GiveRole(user_id="bo", role="host"),
        GiveRole(user_id="bo", role="owner"),
        MemberAnswer(user_id="bo", grant=True),
    ],
)
def test_who_was_sent_out_a_moment_ago_is_given_nothing(intent: Any) -> None:
    decision = apply(room(people=BO_IS_OUT), asked(intent), NOW_MS)
    assert isinstance(decision, Refusal)
    assert (decision.code, decision.field) == ("invalid_field", "userId")


def test_who_was_sent_out_a_moment_ago_follows_nobody() -> None:
    gone = Command(OwnerGone("p-ada", "bo", "p-bo"))
    assert apply(room(people=BO_IS_OUT), gone, NOW_MS) == Moot()


def test_what_somebody_asked_who_was_sent_out_meanwhile_is_not_done() -> None:
    pause = asked(VideoPause(ref="r"), None, "p-bo")
    decision = apply(room(people=BO_IS_OUT), pause, NOW_MS)
    assert isinstance(decision, Refusal)
    assert decision.code == "banned"


def test_who_is_not_kept_out_is_not_let_in() -> None:
    decision = apply(room(people=OWNED), asked(UnbanMember(person="p-bo"), None), NOW_MS)
    assert isinstance(decision, Refusal)
    assert (decision.code, decision.field) == ("stale", "person")


def test_nobody_lets_themselves_in() -> None:
    banned = room(people=OWNED.barred("p-hal", None, NOW_MS))
    decision = apply(banned, asked(UnbanMember(person="p-hal"), None, "p-hal"), NOW_MS)
    assert isinstance(decision, Refusal)
    assert decision.code == "banned"


@pytest.mark.parametrize("until_ms", [None, NOW_MS + REMOVED_MS])
def test_who_was_sent_out_is_let_in_and_the_event_does_not_say_who(until_ms: float | None) -> None:
    state = room(people=OWNED.barred("p-bo", until_ms, NOW_MS))
    state, event = decided(state, asked(UnbanMember(person="p-bo", ref="r"), None, "p-hal"))
    assert not state.people.is_barred("p-bo", NOW_MS)
    assert isinstance(event, MemberUnbanned)
    assert event.ref == "r"
    assert "p-bo" not in str(event)


def test_who_is_banned_is_listed_by_the_names_of_then_the_latest_first() -> None:
    state = room(people=OWNED)
    for person, name in (("p-bo", "Bo"), ("p-cy", "Cy"), ("p-dee", "Dee")):
        intent = RemoveMember(user_id=name, ban=person != "p-dee")
        command = Command(
            intent,
            user_id="ada",
            person="p-ada",
            target=person,
            target_name=name,
            author=Author(name="Ada"),
        )
        state, _ = decided(state, command)
    listed = bans_of(state.people).bans
    assert [(ban.person, ban.name, ban.at, ban.by) for ban in listed] == [
        ("p-cy", "Cy", NOW_MS, "Ada"),
        ("p-bo", "Bo", NOW_MS, "Ada"),
    ]


MANY_HOSTS = People(
    rightful="p-ada", owner="p-ada", hosts=tuple(f"p-{number}" for number in range(MAX_HOSTS))
)


@pytest.mark.parametrize("role", ["host", "owner"])
def test_there_is_no_host_more_than_the_most(role: Any) -> None:
    decision = apply(room(people=MANY_HOSTS), asked(GiveRole(user_id="bo", role=role)), NOW_MS)
    assert isinstance(decision, Refusal)
    assert (decision.code, decision.field) == ("invalid_field", "role")


def test_a_host_who_stands_in_keeps_their_place() -> None:
    led, _ = decided(room(people=MANY_HOSTS), Command(OwnerGone("p-ada", "h", "p-7")))
    host = asked(GiveRole(user_id="bo", role="host"), person="p-7")
    assert isinstance(apply(led, host, NOW_MS), Refusal)
    back, _ = decided(led, Command(OwnerBack("ada", "p-ada")))
    assert set(back.people.hosts) == set(MANY_HOSTS.hosts)


def test_with_all_hosts_there_a_room_is_handed_to_one_of_them_and_a_guest_takes_one_s_place() -> (
    None
):
    state = room(people=MANY_HOSTS)
    handed, _ = decided(state, asked(GiveRole(user_id="h", role="owner"), "p-7"))
    assert len(handed.people.hosts) == MAX_HOSTS
    again, _ = decided(state, asked(GiveRole(user_id="h", role="host"), "p-7"))
    assert set(again.people.hosts) == set(MANY_HOSTS.hosts)
    state, _ = decided(state, asked(GiveRole(user_id="h", role="guest"), "p-7"))
    state, _ = decided(state, asked(GiveRole(user_id="bo", role="host")))
    assert len(state.people.hosts) == MAX_HOSTS


def test_control_is_given_to_no_more_guests_than_the_most_and_taken_back_from_any() -> None:
    granted = tuple(f"p-{number}" for number in range(MAX_GRANTED))
    state = room(people=People(rightful="p-ada", owner="p-ada", granted=granted))
    decision = apply(state, asked(MemberAnswer(user_id="bo", grant=True)), NOW_MS)
    assert isinstance(decision, Refusal)
    assert (decision.code, decision.field) == ("invalid_field", "grant")
    decided(state, asked(MemberAnswer(user_id="x", grant=True), "p-7"))
    state, _ = decided(state, asked(MemberAnswer(user_id="x", grant=False), "p-7"))
    state, _ = decided(state, asked(MemberAnswer(user_id="bo", grant=True)))
    assert len(state.people.granted) == MAX_GRANTED


@pytest.mark.parametrize(
    ("reason", "shown"),
    [("\u202eNo\n spoilers" + "\u0336" * 99, "No spoilers" + "\u0336" * 4), ("\u200b", UNSET)],
)
def test_a_reason_plays_no_tricks(reason: str, shown: str) -> None:
    _, event = decided(room(people=OWNED), asked(RemoveMember(user_id="bo", reason=reason)))
    assert isinstance(event, MemberRemoved)
    assert event.reason == shown


def test_who_controls_by_role_is_given_nothing_to_keep_for_later() -> None:
    grant = asked(MemberAnswer(user_id="h", grant=True), "p-hal", "p-hal")
    decision = apply(room(people=OWNED), grant, NOW_MS)
    assert isinstance(decision, Refusal)
    assert (decision.code, decision.field) == ("invalid_field", "userId")


def test_a_room_is_not_handed_over_before_it_is_taken_back() -> None:
    led, _ = decided(room(people=OWNED), Command(OwnerGone("p-ada", "bo", "p-bo")))
    for person in ("p-bo", "p-cy"):
        decision = apply(led, asked(GiveRole(user_id="x", role="owner"), person), NOW_MS)
        assert isinstance(decision, Refusal)
        assert decision.code == "stale"
