"""What the admin asks of history: each answer in a number of queries that no size changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from watchparty.models import (
    ChatMessage,
    HouseEvent,
    PlaybackEvent,
    ReactionTotal,
    Room,
    SkewSample,
    Visit,
)

Event = PlaybackEvent | ChatMessage | HouseEvent

MOMENTS: Final = 200
"""Of a story on one page."""

MOST_VISITS: Final = 500
"""Of one room that are drawn; the others are counted."""


@dataclass(frozen=True)
class Place:
    """Where a page of a story begins: after the event with this instant and number."""

    at: datetime
    seq: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.seq}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """None for what is no place."""
        at, _, seq = text.partition("~")
        try:
            return cls(datetime.fromisoformat(at), int(seq))
        except ValueError:
            return None


@dataclass(frozen=True)
class Story:
    """Events of all kinds in order, and where the next page begins, if there is more."""

    events: list[Event]
    next: Place | None


def story(room: Room, after: Place | None = None, many: int = MOMENTS, words: str = "") -> Story:
    """A page of a room's story, oldest first; with `words` only what has them in text or name.

    Three queries.
    """
    found: list[Event] = []
    for rows in (
        PlaybackEvent.objects.filter(_names(words)),
        HouseEvent.objects.filter(
            _names(words) | (Q(target_name__icontains=words) if words else Q())
        ),
        ChatMessage.objects.filter(_names(words) | (Q(text__icontains=words) if words else Q())),
    ):
        found += _after(rows.filter(room=room), after)[: many + 1]
    found.sort(key=lambda event: (event.at, event.seq))
    page = found[:many]
    more = len(found) > many
    return Story(page, Place(page[-1].at, page[-1].seq) if more else None)


@dataclass(frozen=True)
class Summary:
    """How much there is of a room's past, and from when to when."""

    events: int
    messages: int
    visits: int
    people: int
    first: datetime | None
    last: datetime | None


def summary(room: Room) -> Summary:
    """Four queries, each within one room's part of an index."""
    playback, house, chat = (
        model._default_manager.filter(room=room).aggregate(  # noqa: SLF001 - public
            many=Count("pk"), first=Min("at"), last=Max("at")
        )
        for model in (PlaybackEvent, HouseEvent, ChatMessage)
    )
    visits = Visit.objects.filter(room=room).aggregate(
        many=Count("pk"),
        people=Count("person", distinct=True),
        first=Min("joined_at"),
        last=Max("seen_at"),
    )
    all_of_it: list[dict[str, Any]] = [playback, house, chat, visits]
    return Summary(
        events=playback["many"] + house["many"] + chat["many"],
        messages=chat["many"],
        visits=visits["many"],
        people=visits["people"],
        first=min((one["first"] for one in all_of_it if one["first"]), default=None),
        last=max((one["last"] for one in all_of_it if one["last"]), default=None),
    )


def visits(room: Room) -> list[Visit]:
    """Who was here and when, by when they came; at most MOST_VISITS. One query."""
    return list(Visit.objects.filter(room=room).order_by("joined_at", "pk")[:MOST_VISITS])


def viewers_over_time(stays: Sequence[Visit]) -> list[tuple[datetime, int]]:
    """(instant, how many are here from then on); a member at two servers counts twice. No query."""
    steps: dict[datetime, int] = {}
    for stay in stays:
        for at, step in ((stay.joined_at, 1), (stay.left_at or stay.seen_at, -1)):
            steps[at] = steps.get(at, 0) + step
    here, told = 0, []
    for at in sorted(steps):
        here += steps[at]
        told.append((at, here))
    return told


def reactions(room: Room) -> list[tuple[str, int, str, int]]:
    """(source, second of the film, emoji, how many) in order. One query."""
    rows = ReactionTotal.objects.filter(room=room).values("source_id", "bucket_s", "emoji")
    totals = rows.annotate(many=Sum("count")).order_by("source_id", "bucket_s", "emoji")
    return [(one["source_id"], one["bucket_s"], one["emoji"], one["many"]) for one in totals]


def skew_over_time(
    room: Room, first: datetime, last: datetime, steps: int = 60
) -> list[tuple[datetime, float, float]]:
    """(instant, median |drift|, 95 % of |drift|) in ms, of all viewers in a step. One query."""
    length = max((last - first) / steps, timedelta(seconds=10))
    rows = SkewSample.objects.filter(room=room, at__gte=first, at__lte=last)
    sizes: dict[int, list[float]] = {}
    for at, drift_ms in rows.values_list("at", "drift_ms").iterator(chunk_size=5000):
        sizes.setdefault((at - first) // length, []).append(abs(drift_ms))
    told = []
    for step in sorted(sizes):
        ordered = sorted(sizes[step])
        told.append((first + step * length, _rank(ordered, 50), _rank(ordered, 95)))
    return told


def _rank(ordered: Sequence[float], percent: int) -> float:
    """Nearest rank."""
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1]


def _names(words: str) -> Q:
    return Q(name__icontains=words) if words else Q()


def _after(rows: QuerySet[Any], place: Place | None) -> QuerySet[Any]:
    if place is not None:
        # The first condition says nothing new; it lets the database begin in its index.
        rows = rows.filter(at__gte=place.at)
        rows = rows.filter(Q(at__gt=place.at) | Q(seq__gt=place.seq))
    return rows.order_by("at", "seq")
