"""What is decided about people: roles, control, removal, and who follows an owner who is gone."""

from typing import Final, Literal

from msgspec import UNSET, UnsetType, structs

from sync.core.wire import wire_ms
from watchparty.core.people import MAX_GRANTED, MAX_HOSTS, REMOVED_MS, People
from watchparty.core.protocol import (
    Ban,
    BansListed,
    ControlGiven,
    GiveRole,
    MemberAnswer,
    MemberRemoved,
    MemberUnbanned,
    RemoveMember,
    Role,
    RoleGiven,
    UnbanMember,
)
from watchparty.core.state import (
    Applied,
    Command,
    Decision,
    Moot,
    OwnerBack,
    OwnerGone,
    Refusal,
    RoomState,
    stamp,
)
from watchparty.core.text import has_visible, without_tricks

NOBODY: Final = Refusal("invalid_field", "This viewer is not here any more.", "userId")
TOO_MANY_HOSTS: Final = f"{MAX_HOSTS} hosts are the most. Make one of them a guest first."
TOO_MANY_GRANTED: Final = (
    f"{MAX_GRANTED} guests have control, which is the most. Let everyone control the film instead."
)


def give_role(state: RoomState, command: Command, intent: GiveRole, now_ms: float) -> Decision:
    """A person becomes a host or a guest, or the room is handed over to them."""
    person, people = command.target, state.people
    if person is None or people.is_barred(person, now_ms):
        return NOBODY
    if intent.role == "owner" and people.owner != people.rightful:
        return Refusal("stale", "You are just taking the room over again. Try in a moment.")
    if _makes_a_host_too_many(people, person, intent.role):
        return Refusal("invalid_field", TOO_MANY_HOSTS, "role")
    if intent.role == "owner" and person != people.owner:
        after = _with(state, people.handed_to(person))
        return _role_event(after, command, intent.user_id, person, "given", former="host")
    if intent.role != "owner":
        people = people.with_role(person, intent.role)
    return _role_event(_with(state, people), command, intent.user_id, person, "given")


def _makes_a_host_too_many(people: People, person: str, role: Role) -> bool:
    """Whoever hands the room over becomes a host, too, in the place of one who was a host."""
    gains_one = person not in people.hosts and person != people.owner and role != "guest"
    return gains_one and people.has_all_hosts


def answer(state: RoomState, command: Command, intent: MemberAnswer, now_ms: float) -> Decision:
    """Control is given to a guest, or taken back."""
    if command.target is None or state.people.is_barred(command.target, now_ms):
        return NOBODY
    if intent.grant and state.people.role_of(command.target) != "guest":
        return Refusal("invalid_field", "This viewer controls the film already.", "userId")
    news = intent.grant and command.target not in state.people.granted
    if news and state.people.has_all_granted:
        return Refusal("invalid_field", TOO_MANY_GRANTED, "grant")
    after = _with(state, state.people.with_grant(command.target, granted=intent.grant))
    event = ControlGiven(
        user_id=intent.user_id,
        person=command.target,
        granted=intent.grant,
        **stamp(command, after),
    )
    return Applied(after, event)


def remove(state: RoomState, command: Command, intent: RemoveMember, now_ms: float) -> Decision:
    """A person is sent out: for a while, or for the room's life."""
    person = command.target
    if person is None:
        return NOBODY
    if person == command.person:
        return Refusal("invalid_field", "You cannot remove yourself. Leave instead.", "userId")
    until_ms = None if intent.ban else now_ms + REMOVED_MS
    names = {"name": command.target_name, "by": command.author.name}
    after = _with(state, state.people.barred(person, until_ms, now_ms, **names))
    event = MemberRemoved(
        user_id=intent.user_id,
        person=person,
        ban=intent.ban,
        reason=_shown(intent.reason),
        **stamp(command, after),
    )
    return Applied(after, event)


def unban(state: RoomState, command: Command, intent: UnbanMember, now_ms: float) -> Decision:
    """A person may come in again. The event does not say who: guests hear it, too."""
    if not state.people.is_barred(intent.person, now_ms):
        return Refusal("stale", "Nobody keeps this person out any more.", "person")
    after = _with(state, state.people.let_in(intent.person))
    return Applied(after, MemberUnbanned(**stamp(command, after)))


def bans_of(people: People) -> BansListed:
    """Who is banned, the latest first, for those who may let them in again."""
    bans = [
        Ban(person=person, name=ban.name, at=wire_ms(ban.at_ms), by=ban.by)
        for person, ban in people.bans.items()
    ]
    return BansListed(bans=bans[::-1])


def _shown(reason: str | UnsetType) -> str | UnsetType:
    """A reason as it is shown: one line, without tricks; none where nothing of it shows."""
    shown = "" if isinstance(reason, UnsetType) else " ".join(without_tricks(reason).split())
    return shown if has_visible(shown) else UNSET


def succeed(state: RoomState, intent: OwnerGone, now_ms: float) -> Decision:
    """Somebody stands in for an owner who is gone."""
    people = state.people
    if not people.rightful or people.owner != intent.absent or people.owner == intent.person:
        return Moot()
    if intent.person == people.rightful:  # back: OwnerBack is on its way
        return Moot()
    if people.is_barred(intent.person, now_ms):  # sent out since they were chosen
        return Moot()
    after = _with(state, people.led_by(intent.person))
    own = Command(intent)
    former = people.former_role
    return _role_event(after, own, intent.user_id, intent.person, "succession", former=former)


def take_back(state: RoomState, intent: OwnerBack) -> Decision:
    """Whose room it is owns it again."""
    people = state.people
    if people.rightful != intent.person or people.owner == intent.person:
        return Moot()
    after = _with(state, people.relieved())
    own, former = Command(intent), people.former_role
    return _role_event(after, own, intent.user_id, intent.person, "return", former=former)


def _with(state: RoomState, people: People) -> RoomState:
    return structs.replace(state, seq=state.seq + 1, people=people)


def _role_event(
    after: RoomState,
    command: Command,
    user_id: str,
    person: str,
    reason: Literal["given", "succession", "return"],
    *,
    former: Role | None = None,
) -> Applied:
    event = RoleGiven(
        user_id=user_id,
        person=person,
        role=after.people.role_of(person),
        reason=reason,
        former_role=UNSET if former is None else former,
        **stamp(command, after),
    )
    return Applied(after, event)
