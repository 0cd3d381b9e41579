"""Writes records to the database, each once however often it is asked to.

Everything here waits for the database: never call it on the event loop.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction
from django.db.models import Model

from watchparty.history.rows import Row, row_of
from watchparty.models import ChatMessage, HouseEvent, PlaybackEvent, Room
from watchparty.store.records import Record

NOT_WRITABLE: Final = (DataError, IntegrityError, ValueError, TypeError, OverflowError)
"""What is wrong with a row. Anything else is wrong with the database, and passes."""

logger = logging.getLogger(__name__)


def write_records(records: Sequence[Record], civil_offset_ms: float) -> int:
    """Write them in one transaction; returns how many were set aside as unwritable.

    Raises what the database raises when it does not answer: then nothing has been written, or
    all of it; write the same again. A record that no database takes holds up no other.
    """
    return apart(lambda some: _write_together(some, civil_offset_ms), records)


def apart(write: Callable[[Sequence[Any]], None], things: Sequence[Any]) -> int:
    """Write things together or, where one of them cannot be written, in ever smaller parts."""
    try:
        write(things)
    except NOT_WRITABLE:
        if len(things) > 1:
            middle = len(things) // 2
            return apart(write, things[:middle]) + apart(write, things[middle:])
        logger.exception("history: this cannot be written and is left out: %.500r", things[0])
        return 1
    return 0


def room_ids(slugs: Iterable[str]) -> dict[str, int]:
    """The rooms that still are, held still until the transaction ends.

    So of two servers that write one room, the later one sees what the earlier one has written:
    else a message and its removal could miss each other.
    """
    rooms = Room.objects.select_for_update(no_key=True).filter(slug__in=set(slugs))
    return dict(rooms.order_by("pk").values_list("slug", "pk"))


def _write_together(records: Sequence[Record], civil_offset_ms: float) -> None:
    with transaction.atomic():
        ids = room_ids(record.about.room for record in records)
        known = [record for record in records if record.about.room in ids]  # or it was deleted
        rows = [row_of(one, ids[one.about.room], civil_offset_ms) for one in known]
        for model in (PlaybackEvent, ChatMessage, HouseEvent):
            _insert(model, [row for row in rows if isinstance(row, model)])
        _mark_removed(rows)


def _insert(model: type[Model], rows: Sequence[Model]) -> None:
    if rows:
        model._default_manager.bulk_create(rows, ignore_conflicts=True)  # noqa: SLF001 - public


def _mark_removed(rows: Iterable[Row]) -> None:
    """Messages that were taken back say so, whichever of the two was written first."""
    removals = [row for row in rows if isinstance(row, HouseEvent) and row.kind == "unsaid"]
    messages = [row for row in rows if isinstance(row, ChatMessage)]
    if messages:
        removals += HouseEvent.objects.filter(
            kind="unsaid",
            room_id__in={message.room_id for message in messages},
            at__gte=min(message.at for message in messages),
        )
    for removal in removals:
        named = ChatMessage.objects.filter(
            room_id=removal.room_id,
            message_id=removal.details["message_id"],
            at__lte=removal.at,
            removed_at=None,
        )
        named.update(
            removed_at=removal.at,
            removed_by_person=removal.person,
            removed_by_name=removal.name,
        )
