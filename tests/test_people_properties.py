"""What no sequence of what people ask may ever do to who is what in a room."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from tests.rooms import NOW_MS, room
from watchparty.core.people import REMOVED_MS, People
from watchparty.core.protocol import (
    ChangeSettings,
    ControlGiven,
    GiveRole,
    MemberAnswer,
    MemberRemoved,
    OrderedEvent,
    RemoveMember,
    RoleGiven,
    UnbanMember,
    VideoPause,
)
from watchparty.core.room import apply
from watchparty.core.state import Applied, Command, OwnerBack, OwnerGone, RoomState

PERSONS = ("ada", "bo", "cy", "dee")
OWNED = People(rightful="ada", owner="ada", hosts=("bo",))

persons = st.sampled_from(PERSONS)
actors = st.sampled_from(("ada", "ada", "ada", "bo", "bo", "cy", "dee"))
"""Who may do something asks more often, or nothing would happen."""
roles = st.sampled_from(["owner", "host", "guest"])
absences = st.sampled_from([0.0, 1000.0, REMOVED_MS])


def asked(person: str, intent: Any, target: str | None = None) -> Command:
    return Command(intent, user_id=person, person=person, target=target)


def _about(kind: Any, **fields: Any) -> st.SearchStrategy[Command]:
    def command(person: str, target: str, values: dict[str, Any]) -> Command:
        return asked(person, kind(user_id=target, **values), target)

    return st.builds(command, actors, persons, st.fixed_dictionaries(fields))


commands = st.one_of(
    _about(GiveRole, role=roles),
    _about(MemberAnswer, grant=st.booleans()),
    _about(RemoveMember, ban=st.booleans()),
    st.builds(lambda person, one: asked(person, UnbanMember(person=one)), actors, persons),
    st.builds(
        lambda absent, heir: Command(OwnerGone(absent, heir, heir)),
        *(st.sampled_from(("ada", "bo")), persons),
    ),
    st.builds(lambda person: Command(OwnerBack(person, person)), actors),
    st.builds(
        lambda person, control: asked(person, ChangeSettings(control=control)),
        *(actors, st.sampled_from(["everyone", "hosts", "ask"])),
    ),
    st.builds(lambda person: asked(person, VideoPause()), persons),
)
evenings = st.lists(st.tuples(commands, absences), min_size=10, max_size=40)
thoroughly = settings(max_examples=200)


class Viewer:
    """What a page knows that hears every event and nothing else."""

    def __init__(self, state: RoomState) -> None:
        self.roles = roles_of(state)
        self.granted = set(state.people.granted)

    def hear(self, event: OrderedEvent) -> None:
        match event:
            case RoleGiven():
                if event.former_role is not UNSET:
                    owners = (one for one, role in self.roles.items() if role == "owner")
                    self.roles |= dict.fromkeys(list(owners), event.former_role)
                self.roles[event.person] = event.role
            case ControlGiven():
                (self.granted.add if event.granted else self.granted.discard)(event.person)
            case MemberRemoved():
                self.roles[event.person] = "guest"
                self.granted.discard(event.person)


def roles_of(state: RoomState) -> dict[str, str]:
    return {person: state.people.role_of(person) for person in PERSONS}


def assert_sane(people: People, now_ms: float) -> None:
    assert people.rightful, "a room that was somebody's is somebody's"
    assert people.owner not in people.hosts
    assert len(set(people.hosts)) == len(people.hosts)
    assert len(set(people.granted)) == len(people.granted)
    if people.owner == people.rightful:
        assert people.stand_in_was == "guest"
    for person in PERSONS:
        if people.is_barred(person, now_ms):
            assert person not in (people.rightful, people.owner)
            assert person not in (*people.hosts, *people.granted)


@thoroughly
@given(evenings)
def test_whatever_people_ask_roles_are_sane_and_every_page_knows_them(
    evening: list[tuple[Command, float]],
) -> None:
    state, now_ms = room(people=OWNED), NOW_MS
    viewer = Viewer(state)
    for command, passed_ms in evening:
        now_ms += passed_ms
        before, decision = state, apply(state, command, now_ms)
        if not isinstance(decision, Applied):
            continue
        state = decision.state
        assert (state.seq, decision.event.seq) == (before.seq + 1, before.seq + 1)
        assert decision.event.by == command.user_id
        viewer.hear(decision.event)
        assert_sane(state.people, now_ms)
        assert (viewer.roles, viewer.granted) == (roles_of(state), set(state.people.granted))


@thoroughly
@given(evenings)
def test_only_whose_room_it_is_decides_whose_it_will_be_and_about_hosts(
    evening: list[tuple[Command, float]],
) -> None:
    state, now_ms = room(people=OWNED), NOW_MS
    for command, passed_ms in evening:
        now_ms += passed_ms
        people, decision = state.people, apply(state, command, now_ms)
        if not isinstance(decision, Applied):
            continue
        state = decision.state
        if state.people.rightful != people.rightful:
            assert command.person == people.rightful
        unmade = set(people.hosts) - {*state.people.hosts, state.people.owner}
        if command.user_id is not None:
            assert unmade <= {command.person} or command.person == people.rightful


@thoroughly
@given(evenings, persons)
def test_who_is_out_does_nothing_and_is_done_nothing(
    evening: list[tuple[Command, float]], person: str
) -> None:
    if person == OWNED.rightful:
        return
    state = room(people=OWNED.barred(person, None, NOW_MS))
    for command, passed_ms in evening:
        decision = apply(state, command, NOW_MS + passed_ms)
        if isinstance(decision, Applied):
            assert command.person != person
            state = decision.state
            if command.intent == UnbanMember(person=person):
                return
        assert state.people.is_banned(person)
        assert state.people.role_of(person) == "guest"
