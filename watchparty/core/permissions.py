"""Who may ask what of a room: one rule for each intent of the wire (PROTOCOL.md, "allowed")."""

from collections.abc import Callable
from typing import Final

from msgspec import UNSET

from sync.core.wire import Heartbeat, TimeSync
from watchparty.core.protocol import (
    ChangeSettings,
    ChatRemove,
    ChatSend,
    CursorLeave,
    CursorMove,
    EndRoom,
    GiveRole,
    Intent,
    MemberAnswer,
    MemberAsk,
    MemberRename,
    MemberStatus,
    ReactionSend,
    RemoveMember,
    RoomJoin,
    RoomLeave,
    RoomsList,
    RoomSync,
    UnbanMember,
    UsersList,
    VideoPause,
    VideoPlay,
    VideoRate,
    VideoReady,
    VideoSeek,
    VideoSource,
)
from watchparty.core.state import Command, Refusal, RoomState

Rule = Callable[[RoomState, Command], str | None]
"""The sentence with which a person is refused, or None."""


def may_control(state: RoomState, person: str) -> bool:
    """Whether a person may play, pause, seek and choose in this room."""
    if state.people.role_of(person) != "guest" or state.settings.control == "everyone":
        return True
    return state.settings.control == "ask" and person in state.people.granted


def refusal(state: RoomState, command: Command) -> Refusal | None:
    """Why this member may not ask this; None: they may. The room itself may do everything."""
    if command.user_id is None or not isinstance(command.intent, Intent):
        return None
    why = RULES[type(command.intent)](state, command)
    return None if why is None else Refusal("forbidden", why)


def _anyone(state: RoomState, command: Command) -> str | None:
    return None


def _controller(state: RoomState, command: Command) -> str | None:
    if may_control(state, command.person or ""):
        return None
    if state.settings.control == "ask":
        return "Ask a host for control first."
    return "Only hosts control the film here."


def _host(state: RoomState, command: Command) -> str | None:
    if _role(state, command) != "guest":
        return None
    return "Only hosts may do this."


def _owner(state: RoomState, command: Command) -> str | None:
    """Not who only stands in: what cannot be undone is left to whose room it is."""
    if command.person and command.person == state.people.rightful:
        return None
    return "Only the owner may do this."


def _writer(state: RoomState, command: Command) -> str | None:
    if state.settings.chat_by == "everyone" or _role(state, command) != "guest":
        return None
    return "Only hosts write here."


def _remover_of_chat(state: RoomState, command: Command) -> str | None:
    intent = command.intent
    assert isinstance(intent, ChatRemove)  # noqa: S101 - RULES says so
    written_by = next((one.person for one in state.chat if one.id == intent.message_id), None)
    if written_by in (None, command.person) or _role(state, command) != "guest":
        return None
    return "You may take back your own messages only."


def _setter(state: RoomState, command: Command) -> str | None:
    """In a room of nobody there is nobody to ask, so who controls may have it wait for all."""
    if not state.people.rightful and _changes_only_waiting(command):
        return _controller(state, command)
    return _host(state, command)


def _changes_only_waiting(command: Command) -> bool:
    intent = command.intent
    changed = {
        name
        for name in ChangeSettings.__struct_fields__
        if name != "ref" and getattr(intent, name, UNSET) is not UNSET
    }
    return changed <= {"wait_for_all"}


def _role_giver(state: RoomState, command: Command) -> str | None:
    """A host makes hosts; only the owner unmakes one, or hands the room over. None demotes them."""
    intent = command.intent
    assert isinstance(intent, GiveRole)  # noqa: S101 - RULES says so
    if intent.role == "owner":
        return _owner(state, command)
    if command.target and command.target in (state.people.owner, state.people.rightful):
        return "The owner stays the owner, or hands the room over."
    if _is_anothers_host(state, command):
        return "Only the owner makes a guest of a host."
    return _host(state, command)


def _remover(state: RoomState, command: Command) -> str | None:
    """A host removes guests; the owner hosts, too. Nobody removes who owns it, or whose it is."""
    if command.target and command.target in (state.people.owner, state.people.rightful):
        return "Nobody removes the owner."
    if _is_anothers_host(state, command):
        return "Only the owner removes a host."
    return _host(state, command)


def _is_anothers_host(state: RoomState, command: Command) -> bool:
    """Whether it is about a host, who is neither the one who asks nor answers to them.

    Nor to a stand-in: hosts are there by the word of whose room it is.
    """
    if command.person in (command.target, state.people.rightful):
        return False
    return command.target is not None and state.people.role_of(command.target) == "host"


def _role(state: RoomState, command: Command) -> str:
    return state.people.role_of(command.person or "")


RULES: Final[dict[type, Rule]] = {
    RoomJoin: _anyone,  # the door decides: watchparty/hub/admission.py
    RoomLeave: _anyone,
    RoomSync: _anyone,
    RoomsList: _anyone,
    UsersList: _anyone,
    VideoPlay: _controller,
    VideoPause: _controller,
    VideoSeek: _controller,
    VideoRate: _controller,
    VideoSource: _controller,
    VideoReady: _anyone,
    ChangeSettings: _setter,
    EndRoom: _owner,
    ChatSend: _writer,
    ChatRemove: _remover_of_chat,
    MemberAsk: _anyone,
    MemberAnswer: _host,
    GiveRole: _role_giver,
    RemoveMember: _remover,
    UnbanMember: _host,
    CursorMove: _anyone,
    CursorLeave: _anyone,
    ReactionSend: _anyone,
    MemberStatus: _anyone,
    MemberRename: _anyone,
    TimeSync: _anyone,
    Heartbeat: _anyone,
}
