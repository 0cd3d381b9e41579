"""What the admin asks of history: each answer in a number of queries that no size changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from watchparty.core.presence import percentile
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

MOST_VISITS: Final = 2000
"""Of one room that are drawn and shared out into parties, the newest; the others are counted."""

MOST_CONTROLS: Final = 2000
"""Of one drawing of the film."""

APART: Final = timedelta(minutes=30)
"""So long nobody is there between two parties …"""

AROUND: Final = timedelta(minutes=5)
"""… and what happens so shortly before or after one belongs to it."""


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


@dataclass(frozen=True)
class Party:
    """A time in which somebody was in the room, with no long pause."""

    first: datetime
    last: datetime
    people: int

    @property
    def key(self) -> str:
        """Its name in an address."""
        return str(int(self.first.timestamp()))

    @property
    def around(self) -> tuple[datetime, datetime]:
        """From when to when events belong to it."""
        return self.first - AROUND, self.last + AROUND


def parties(stays: Sequence[Visit]) -> list[Party]:
    """The parties of these visits, which are in order of coming. No query."""
    found: list[Party] = []
    people: set[str] = set()
    for stay in stays:
        ends = stay.left_at or stay.seen_at
        if not found or stay.joined_at - found[-1].last > APART:
            people = set()
            found.append(Party(stay.joined_at, ends, 0))
        people.add(stay.person)
        found[-1] = replace(found[-1], last=max(found[-1].last, ends), people=len(people))
    return found


def story(
    room: Room,
    after: Place | None = None,
    many: int = MOMENTS,
    words: str = "",
    party: Party | None = None,
) -> Story:
    """A page of a room's story, oldest first; with `words` only what has them in text or name.

    With a party only what belongs to it. Three queries.
    """
    found: list[Event] = []
    for rows in (
        PlaybackEvent.objects.filter(_names(words)),
        HouseEvent.objects.filter(
            _names(words) | (Q(target_name__icontains=words) if words else Q())
        ),
        ChatMessage.objects.filter(_names(words) | (Q(text__icontains=words) if words else Q())),
    ):
        found += _after(_within(rows.filter(room=room), party), after)[: many + 1]
    found.sort(key=lambda event: (event.at, event.seq))
    page = found[:many]
    more = len(found) > many
    return Story(page, Place(page[-1].at, page[-1].seq) if more else None)


def controls(room: Room, party: Party | None = None) -> list[PlaybackEvent]:
    """What was done to the film, in order; the first MOST_CONTROLS. One query."""
    rows = _within(PlaybackEvent.objects.filter(room=room), party)
    return list(rows.order_by("at", "seq")[:MOST_CONTROLS])


@dataclass(frozen=True)
class Summary:
    """How much there is of a room's past, and from when to when."""

    controls: int
    house: int
    messages: int
    visits: int
    people: int
    first: datetime | None
    last: datetime | None


def summary(room: Room, party: Party | None = None) -> Summary:
    """Of all of a room's past, or of one party. Four queries, each within its part of an index."""
    playback, house, chat = (
        _within(model._default_manager.filter(room=room), party).aggregate(  # noqa: SLF001 - public
            many=Count("pk"), first=Min("at"), last=Max("at")
        )
        for model in (PlaybackEvent, HouseEvent, ChatMessage)
    )
    stays = Visit.objects.filter(room=room)
    if party is not None:
        stays = stays.filter(joined_at__gte=party.first, joined_at__lte=party.last)
    visits = stays.aggregate(
        many=Count("pk"),
        people=Count("person", distinct=True),
        first=Min("joined_at"),
        last=Max("seen_at"),
    )
    all_of_it: list[dict[str, Any]] = [playback, house, chat, visits]
    return Summary(
        controls=playback["many"],
        house=house["many"],
        messages=chat["many"],
        visits=visits["many"],
        people=visits["people"],
        first=min((one["first"] for one in all_of_it if one["first"]), default=None),
        last=max((one["last"] for one in all_of_it if one["last"]), default=None),
    )


def visits(room: Room) -> list[Visit]:
    """Who was here and when, by when they came; the newest MOST_VISITS. One query."""
    newest = Visit.objects.filter(room=room).order_by("-joined_at", "-pk")[:MOST_VISITS]
    return list(newest)[::-1]


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


def reactions(room: Room, party: Party | None = None) -> list[tuple[str, int, str, int]]:
    """(source, second of the film, emoji, how many) in order. One query."""
    rows = _within(ReactionTotal.objects.filter(room=room), party)
    totals = (
        rows.values("source_id", "bucket_s", "emoji")
        .annotate(many=Sum("count"))
        .order_by("source_id", "bucket_s", "emoji")
    )
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
        told.append((first + step * length, percentile(ordered, 50), percentile(ordered, 95)))
    return told


def _within(rows: QuerySet[Any], party: Party | None) -> QuerySet[Any]:
    return rows if party is None else rows.filter(at__range=party.around)


def _names(words: str) -> Q:
    return Q(name__icontains=words) if words else Q()


def _after(rows: QuerySet[Any], place: Place | None) -> QuerySet[Any]:
    if place is not None:
        # The first condition says nothing new; it lets the database begin in its index.
        rows = rows.filter(at__gte=place.at)
        rows = rows.filter(Q(at__gt=place.at) | Q(seq__gt=place.seq))
    return rows.order_by("at", "seq")
