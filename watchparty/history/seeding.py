"""A past that never was: parties of made-up people, to see how pages do with very many of them.

Drawn from a seed: the same arguments give the same rows, but for their numbers.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from django.db import transaction
from django.db.models import Model

from watchparty.core.protocol import EMOJI
from watchparty.models import (
    BUCKET_S,
    ChatMessage,
    HouseEvent,
    PlaybackEvent,
    ReactionTotal,
    Room,
    SkewSample,
    Visit,
)

ROWS_AT_ONCE: Final = 5000
PARTY_S: Final = 7200
FILM_S: Final = 5400.0
SAMPLES_OF_A_VISIT: Final = 60

NAMES: Final = ("Ada", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal", "Ida", "Jo", "Kim", "Lou")
WORDS: Final = ("oh", "no", "wait", "great", "look", "behind", "again", "please", "louder", "who")
LEAP_S: Final = 90.0
"""Most seeks go about so far."""
SHARES: Final = ((0.5, PlaybackEvent), (0.95, ChatMessage), (1.0, HouseEvent))
"""Of events: half are controls, most others are chat."""


def make_rooms(prefix: str, rooms: int, before: datetime, random: Random) -> list[Room]:
    """Rooms that are over, one an hour back from `before`."""
    made = [
        Room(
            slug=f"{prefix}-{number:05d}",
            title=f"{random.choice(NAMES)}'s film night {number}",
            owner_person=f"seeded{random.randrange(rooms):010x}",
            epoch=f"seeded{number}",
            closed_at=before - timedelta(hours=number),
        )
        for number in range(rooms)
    ]
    Room.objects.bulk_create(made, batch_size=ROWS_AT_ONCE)
    return made


def seed(rooms: Sequence[Room], events: int, random: Random) -> Iterator[int]:
    """Give these rooms so many events, and visits and reactions to go with them.

    Tells after each batch how many rows there are so far.
    """
    waiting: dict[type[Model], list[Any]] = {}
    written = 0
    for number, room in enumerate(rooms):
        own = events * (number + 1) // len(rooms) - events * number // len(rooms)
        for row in _party(room, own, random):
            rows = waiting.setdefault(type(row), [])
            rows.append(row)
            if len(rows) >= ROWS_AT_ONCE:
                written += _write(type(row), rows)
                yield written
    for model, rows in waiting.items():
        written += _write(model, rows)
    yield written


def _write(model: type[Model], rows: list[Any]) -> int:
    with transaction.atomic():
        model._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)  # noqa: SLF001 - public
    many = len(rows)
    rows.clear()
    return many


def _party(room: Room, events: int, random: Random) -> Iterator[Model]:
    assert room.closed_at is not None  # noqa: S101 - make_rooms has closed it
    begins = room.closed_at - timedelta(seconds=PARTY_S)
    guests = [
        (f"{random.getrandbits(64):016x}", f"seeded{random.getrandbits(40):010x}", name)
        for name in random.sample(NAMES, 3 + random.randrange(8))
    ]
    for number, guest in enumerate(guests):
        # One stays to the end: somebody must do what is done there.
        shortest_s = 1800 if number else PARTY_S
        yield from _stay(room, guest, begins, shortest_s, random)
    step_s = PARTY_S / max(events, 1)
    film = _Film(random)
    for seq in range(1, events + 1):
        at = begins + timedelta(seconds=seq * step_s)
        film.goes_on(step_s)
        yield _event(room, seq, at, random.choice(guests), film, random)
    for bucket_s in range(0, int(FILM_S), BUCKET_S * 12):
        for emoji in random.sample(EMOJI, 2):
            yield ReactionTotal(
                room=room,
                source_id="s0",
                bucket_s=bucket_s,
                emoji=emoji,
                batch="seeded",
                at=begins + timedelta(seconds=bucket_s),
                count=1 + random.randrange(9),
            )


def _stay(
    room: Room, guest: tuple[str, str, str], begins: datetime, shortest_s: int, random: Random
) -> Iterator[Model]:
    member, person, name = guest
    joined = begins + timedelta(seconds=random.uniform(0, 900))
    left = begins + timedelta(seconds=random.uniform(shortest_s, PARTY_S))
    skew_ms = random.lognormvariate(1.0, 0.6)
    yield Visit(
        room=room,
        member=member,
        person=person,
        name=name,
        role="guest",
        instance=f"seeded{random.randrange(3)}",
        joined_at=joined,
        seen_at=left,
        left_at=left,
        reconnects=random.choice((0, 0, 0, 1, 2)),
        skew_p50_ms=skew_ms,
        skew_p95_ms=skew_ms * 3,
        statuses=int((left - joined).total_seconds()),
    )
    for number in range(SAMPLES_OF_A_VISIT):
        drift_ms = random.gauss(0, skew_ms)
        yield SkewSample(
            room=room,
            at=joined + (left - joined) * number / SAMPLES_OF_A_VISIT,
            member=member,
            drift_ms=drift_ms,
            worst_ms=drift_ms * 2,
            bound_ms=1.0,
            rtt_ms=random.uniform(5, 80),
            state="synced",
        )


class _Film:
    """A playhead as people leave it: played most of the time, moved a little now and then."""

    def __init__(self, random: Random) -> None:
        self.position_s = 0.0
        self.rate = 1.0
        self.playing = False
        self._random = random

    def goes_on(self, seconds: float) -> None:
        if self.playing:
            self.position_s = min(self.position_s + self.rate * seconds, FILM_S)

    def control(self) -> str:
        """Somebody does something; returns what."""
        if not self.playing:
            self.playing = True
            return "play"
        kind = self._random.choices(("pause", "seek", "rate"), (4, 3, 1))[0]
        if kind == "pause":
            self.playing = False
        elif kind == "rate":
            self.rate = 1.25 if self.rate == 1.0 else 1.0
        else:
            sought_s = self.position_s + self._random.gauss(0.0, LEAP_S)
            self.position_s = min(max(sought_s, 0.0), FILM_S)
        return kind


def _event(
    room: Room,
    seq: int,
    at: datetime,
    guest: tuple[str, str, str],
    film: _Film,
    random: Random,
) -> Model:
    member, person, name = guest
    common: dict[str, Any] = {
        "room": room,
        "epoch": room.epoch,
        "seq": seq,
        "at": at,
        "member": member,
        "person": person,
        "name": name,
    }
    share = random.random()
    model = next(model for below, model in SHARES if share < below)
    if model is PlaybackEvent:
        return PlaybackEvent(
            **common,
            kind=film.control(),
            position_s=film.position_s,
            at_ms=at.timestamp() * 1000,
            rate=film.rate,
            playing=film.playing,
            duration_s=FILM_S,
            source_id="s0",
        )
    if model is ChatMessage:
        text = " ".join(random.choices(WORDS, k=2 + random.randrange(10)))
        return ChatMessage(
            **common,
            kind="message",
            message_id=f"m{seq}",
            text=text,
            video_time_s=film.position_s,
        )
    return HouseEvent(**common, kind="settings", details={"slow_mode_s": random.randrange(30)})
