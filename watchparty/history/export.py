"""A room's whole story as a file: JSON for programs, CSV for tables."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from watchparty.history import queries, words
from watchparty.models import ReactionTotal, Room, Visit

PAGE: Final = 2000
"""Events that are read at a time."""

MOST_EVENTS: Final = 200_000
"""In one file; more are for `pg_dump`."""

COLUMNS: Final = ("at", "seq", "who", "what", "text", "film_s", "person", "epoch")


def as_json(room: Room) -> bytes:
    """Everything that history holds of a room, in order."""
    return json.dumps(
        {
            "room": {"slug": room.slug, "title": room.title, "created_at": room.created_at},
            "events": [_event(event) for event in _events(room)],
            "visits": [_row(visit) for visit in Visit.objects.filter(room=room).order_by("pk")],
            "reactions": [
                _row(total) for total in ReactionTotal.objects.filter(room=room).order_by("pk")
            ],
        },
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        indent=1,
    ).encode()


def as_csv(room: Room) -> bytes:
    """The story as a table: a line for each event, with the sentence that the admin shows."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    for event in _events(room):
        film_s = getattr(event, "position_s", getattr(event, "video_time_s", None))
        who, said = words.who(event), getattr(event, "text", "")
        at = event.at.isoformat(timespec="milliseconds")
        line = (at, event.seq, who, words.what(event), said, film_s, event.person, event.epoch)
        lines.writerow([_harmless(cell) for cell in line])
    return text.getvalue().encode("utf-8-sig")  # with a mark, or tables take it for Latin-1


def _events(room: Room) -> Iterator[queries.Event]:
    after: queries.Place | None = None
    for _ in range(MOST_EVENTS // PAGE):
        page = queries.story(room, after, PAGE)
        yield from page.events
        if page.next is None:
            return
        after = page.next


def _event(event: queries.Event) -> dict[str, Any]:
    return {"type": type(event).__name__, **_row(event)}


def _row(row: Any) -> dict[str, Any]:
    """All columns but those that name the row itself and its room."""
    fields = {field.name: field.value_from_object(row) for field in row._meta.concrete_fields}  # noqa: SLF001 - public
    return {name: value for name, value in fields.items() if name not in ("id", "room")}


def _harmless(cell: object) -> object:
    """A table program runs what begins like a formula: a name or a message must not be one."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
