"""A recorded party without sockets: records of rooms, and what the database made of them."""

from collections.abc import Iterable
from random import Random
from typing import Any

from msgspec import structs

from tests.rooms import FILM, NOW_MS, pause, play, seek
from watchparty.core.people import People
from watchparty.core.protocol import (
    ChangeSettings,
    ChatRemove,
    ChatSend,
    GiveRole,
    Intent,
    SourceRequest,
    VideoRate,
    VideoSource,
)
from watchparty.core.room import apply
from watchparty.core.state import Applied, Author, Command, OwnIntent, RoomState
from watchparty.models import (
    ChatMessage,
    HouseEvent,
    PlaybackEvent,
    ReactionTotal,
    Room,
    SkewSample,
    Visit,
)
from watchparty.store.records import Record, about

EVENTS = (PlaybackEvent, ChatMessage, HouseEvent)
PEOPLE = ("ada", "bo", "cy")


def make_rooms(*slugs: str) -> None:
    """Rooms in the database."""
    for slug in slugs:
        Room.objects.get_or_create(slug=slug, defaults={"title": slug.title()})


class Tale:
    """What happens in one room: every intent that is asked becomes a record."""

    def __init__(self, slug: str = "demo", *, epoch: str = "e1", at_ms: float = NOW_MS) -> None:
        self.now_ms = at_ms
        self.records: list[Record] = []
        people = People(owner="p-ada", rightful="p-ada")
        self.state = RoomState(slug=slug, epoch=epoch, source=FILM, duration_s=90.0, people=people)

    def ask(self, intent: Intent | OwnIntent, who: str = "ada", **how: Any) -> Record:
        """Somebody asks, and it happens."""
        self.now_ms += 500.0
        command = Command(
            intent, user_id=who, person=f"p-{who}", author=Author(name=who.title()), **how
        )
        decision = apply(self.state, command, self.now_ms)
        assert isinstance(decision, Applied), decision
        self.state = decision.state
        record = Record(about(self.state.slug, command, self.now_ms), decision.event)
        self.records.append(record)
        return record

    def again(self, epoch: str) -> None:
        """The room's history was lost: it goes on under another epoch."""
        self.state = structs.replace(self.state, epoch=epoch, seq=self.state.seq + 1000)

    def go_on(self, events: int, seed: int = 0) -> list[Record]:
        """So many more events, as people at a party cause them."""
        random = Random(seed)
        for _ in range(events):
            self.ask(*self._next(random))
        return self.records

    def _next(self, random: Random) -> tuple[Intent, str]:
        who = random.choice(PEOPLE)
        if self.state.chat and random.random() < 0.15:
            message = random.choice(self.state.chat)
            return ChatRemove(message_id=message.id), "ada"
        film = SourceRequest(kind="file", url=f"/media/{random.randrange(9)}.webm")
        asked: list[tuple[Intent, str]] = [
            (play(), who),
            (pause(), who),
            (seek(random.uniform(0, 5)), who),
            (VideoRate(rate=random.choice([0.5, 1.0, 1.5])), who),
            (ChatSend(text=f"Ha {random.random():.3f}"), who),
            (ChatSend(text="🎬"), who),
            (ChangeSettings(slow_mode_s=0), "ada"),
            (VideoSource(source=film), who),
        ]
        return random.choice(asked)


def promoted() -> tuple[Intent, dict[str, Any]]:
    """Bo becomes a host, by Ada."""
    return GiveRole(user_id="bo", role="host"), {"target": "p-bo", "target_name": "Bo"}


def told(models: Iterable[type[Any]] = EVENTS) -> list[tuple[Any, ...]]:
    """Everything that is recorded, without the rows' own numbers."""
    rows = []
    for model in models:
        names = [field.attname for field in model._meta.fields if field.name != "id"]
        rows += [
            (model.__name__, *(str(value) for value in one))
            for one in model.objects.order_by("room_id", "epoch", "seq").values_list(*names)
        ]
    return rows


def told_passing() -> list[tuple[Any, ...]]:
    """Every visit, reaction and sample, without the rows' own numbers."""
    rows = []
    for model in (Visit, ReactionTotal, SkewSample):
        names = [field.attname for field in model._meta.fields if field.name != "id"]
        rows += [
            (model.__name__, *(str(value) for value in one))
            for one in model.objects.values_list(*names)
        ]
    return sorted(rows)
