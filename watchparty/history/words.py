"""One recorded event as a sentence, for who reads a room's story."""

from collections.abc import Callable
from typing import Any, Final

from watchparty.models import ChatMessage, HouseEvent, PlaybackEvent

THE_ROOM: Final = "The room"

SETTINGS: Final = {
    "title": "title",
    "control": "who controls",
    "wait_for_all": "waiting for everyone",
    "locked": "lock",
    "has_password": "password",
    "public": "public",
    "max_users": "most viewers",
    "chat_by": "who writes",
    "slow_mode_s": "slow mode",
    "on_end": "at the end",
}
"""Setting → what its page calls it."""


def clock(seconds: float) -> str:
    """A moment of a film: 0:07, 1:02:03."""
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def who(event: PlaybackEvent | ChatMessage | HouseEvent) -> str:
    """Whose doing it was."""
    if event.kind == "closed":
        return "An administrator"
    return event.name or (event.member and "Somebody") or THE_ROOM


def what(event: PlaybackEvent | ChatMessage | HouseEvent) -> str:
    """What was done, to follow the name."""
    if isinstance(event, ChatMessage):
        return "writes"
    if isinstance(event, HouseEvent):
        said = _HOUSE.get(event.kind)
        return said(event) if said else event.kind
    return _playback(event)


def _playback(event: PlaybackEvent) -> str:
    at = clock(event.position_s)
    if event.waiting_for is not None:
        return f"waits at {at} for {_viewers(len(event.waiting_for))}"
    said = _PLAYBACK.get(event.kind)
    return said(event, at) if said else f"{'plays' if event.playing else 'pauses'} at {at}"


_PLAYBACK: Final[dict[str, Callable[[PlaybackEvent, str], str]]] = {
    "seek": lambda _, at: f"goes to {at}",
    "rate": lambda event, at: f"sets the speed to {event.rate:g}× at {at}",
    "source": lambda event, _: f"changes the film to {_film(event)}",
    "length": lambda event, _: f"learns that the film is {clock(event.duration_s or 0)} long",
    "end": lambda event, _: "begins the film again" if event.playing else "ends the film",
    "emptied": lambda _, at: f"pauses at {at}, as nobody is here",
    "together": lambda _, at: f"starts everybody together at {at}",
}


def _film(event: PlaybackEvent) -> str:
    source = event.source or {}
    return f"“{source.get('title') or source.get('url') or event.source_id}”"


def _viewers(many: int) -> str:
    return "one viewer" if many == 1 else f"{many} viewers"


def _target(event: HouseEvent) -> str:
    return event.target_name or "somebody"


def _settings(event: HouseEvent) -> str:
    said = [f"{SETTINGS.get(name, name)}: {_said(value)}" for name, value in event.details.items()]
    return f"sets {', '.join(said) or 'nothing'}"


def _said(value: Any) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _removed(event: HouseEvent) -> str:
    how = "bans" if event.details.get("ban") else "removes"
    reason = event.details.get("reason")
    return f"{how} {_target(event)}" + (f": {reason}" if reason else "")


_HOUSE: Final[dict[str, Callable[[HouseEvent], str]]] = {
    "settings": _settings,
    "unsaid": lambda event: f"takes back message {event.details.get('message_id', '')}",
    "role": lambda event: f"makes {_target(event)} {event.details.get('role', '')}",
    "succession": lambda event: f"makes {_target(event)} owner, as the owner is gone",
    "return": lambda event: f"gives the room back to {_target(event)}",
    "control": lambda event: (
        f"{'gives' if event.details.get('granted') else 'takes'} control "
        f"{'to' if event.details.get('granted') else 'from'} {_target(event)}"
    ),
    "removed": _removed,
    "unbanned": lambda event: f"lets {_target(event)} in again",
    "ended": lambda _: "ends the party",
    "closed": lambda _: "closes the room",
}

PLAYBACK_KINDS: Final = frozenset({"play", "pause", "wait", "laggards"} | _PLAYBACK.keys())
HOUSE_KINDS: Final = frozenset(_HOUSE)
"""Everything that is recorded of the film, and of the room and its people."""
