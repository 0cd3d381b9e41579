"""Records as rows of the database: a pure translation."""

from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct, UnsetType, structs, to_builtins

from watchparty.core.protocol import (
    ChatRemoved,
    ChatSent,
    ControlGiven,
    MemberRemoved,
    MemberUnbanned,
    RoleGiven,
    RoomClosed,
    SettingsChanged,
    VideoStateChanged,
    VideoWaiting,
)
from watchparty.models import NAME_LENGTH, ChatMessage, HouseEvent, PlaybackEvent
from watchparty.store.records import Record

Row = PlaybackEvent | ChatMessage | HouseEvent

SOURCE_CHANGES: Final = frozenset({"source", "length"})
"""Kinds after which something else is known of the film; the other events only name it."""

_NOT_STORED: Final = dict.fromkeys((0, *range(0xD800, 0xE000)))


def row_of(record: Record, room_id: int, civil_offset_ms: float) -> Row:
    """The row that keeps a record; `civil_offset_ms` is UTC less the media clock."""
    event, about = record.event, record.about
    common = {
        "room_id": room_id,
        "epoch": event.epoch,
        "seq": event.seq,
        "at": utc(about.at_ms + civil_offset_ms),
        "kind": about.kind,
        "member": event.by or "",
        # What the room does by itself may have been learned from somebody, who did not do it.
        "person": about.person if event.by else "",
        "name": text(about.name)[:NAME_LENGTH] if event.by else "",
    }
    match event:
        case VideoStateChanged() | VideoWaiting():
            return PlaybackEvent(**common, **_playback(event, about.kind))
        case ChatSent():
            return ChatMessage(
                **common | {"person": event.person, "name": text(event.name)[:NAME_LENGTH]},
                message_id=event.id,
                text=text(event.text),
                reply_to=event.reply_to or "",
                video_time_s=event.video_time,
            )
        case _:
            return HouseEvent(**common, **_house(record))


def utc(utc_ms: float) -> datetime:
    """An instant of UTC as the database keeps it."""
    return datetime.fromtimestamp(utc_ms / 1000, UTC)


def text(of_people: str) -> str:
    """Text without what no database takes: NUL and halves of letters."""
    return of_people.translate(_NOT_STORED)


def _playback(event: VideoStateChanged | VideoWaiting, kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "position_s": event.current_time,
        "at_ms": event.server_timestamp,
        "rate": event.rate,
        "duration_s": event.duration,
    }
    if isinstance(event, VideoWaiting):
        return fields | {"playing": False, "waiting_for": event.user_ids}
    changes = kind in SOURCE_CHANGES and event.source is not None
    return fields | {
        "playing": event.is_playing,
        "source_id": event.source.id if event.source else "",
        "source": _stored(to_builtins(event.source)) if changes else None,
    }


def _house(record: Record) -> dict[str, Any]:
    event, about = record.event, record.about
    target = {"target_person": about.target_person, "target_name": text(about.target_name)}
    match event:
        case RoleGiven() | ControlGiven() | MemberRemoved():
            target |= {"target_person": event.person, "target_member": event.user_id}
            skip = {"user_id", "person"}
        case SettingsChanged():
            shown = {"has_password" if name == "password" else name for name in about.changed}
            skip = set(event.__struct_fields__) - shown
        case MemberUnbanned() | ChatRemoved() | RoomClosed():
            skip = set()
        case _:
            raise AssertionError(f"no row for {type(event).__name__}")
    return target | {"details": _details(event, skip)}


def _details(event: Struct, skip: set[str]) -> dict[str, Any]:
    """What the event says beside its place and its author."""
    skip = skip | {"epoch", "seq", "by", "ref"}
    said = {name: value for name, value in structs.asdict(event).items() if name not in skip}
    return {
        name: _stored(value) for name, value in said.items() if not isinstance(value, UnsetType)
    }


def _stored(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _stored(one) for name, one in value.items()}
    return text(value) if isinstance(value, str) else value
