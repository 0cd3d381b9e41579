"""What passes in a room and no event tells: who stays how long, how playback does, reactions.

Collected in memory, counted and thinned; a recorder takes it every few seconds. Everything here
returns at once, and what no recorder takes is bounded.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from watchparty.core.protocol import Status, User
from watchparty.history.drifts import Drifts
from watchparty.models import BUCKET_S

SAMPLE_MS: Final = 10_000.0
"""One sample of a viewer's skew in this time."""

SEEN_MS: Final = 60_000.0
"""A visit that goes on is written at least this often: what a SIGKILL may cost its end."""

MOST_VISITS: Final = 50_000
MOST_REACTIONS: Final = 20_000
MOST_SAMPLES: Final = 20_000
"""What waits at most while the database is away; more is not kept, and counted."""

FOLLOWING: Final = frozenset({"synced", "adjusting"})
"""States in which the drift tells how well a viewer is in step."""

ReactionKey = tuple[str, str, int, str]
"""Room, source, five seconds of the film, emoji."""


class VisitNow(Struct, frozen=True):
    """A visit as it stands. Instants are UTC milliseconds."""

    room: str
    user: User
    instance: str
    joined_ms: float
    seen_ms: float
    left_ms: float | None
    reconnects: int
    p50_ms: float | None
    p95_ms: float | None
    statuses: int


class Sample(Struct, frozen=True):
    """How one viewer's playback did over SAMPLE_MS."""

    room: str
    member: str
    at_ms: float
    last: Status
    worst_ms: float


class Passing(Struct, frozen=True):
    """What is written together."""

    visits: list[VisitNow]
    reactions: dict[ReactionKey, int]
    samples: list[Sample]

    def __bool__(self) -> bool:
        return bool(self.visits or self.reactions or self.samples)


class _Visit:
    """A stay at this server, from the first socket to the end of the last one's grace."""

    def __init__(self, room: str, user: User, now_ms: float) -> None:
        self.room = room
        self.user = user
        self.joined_ms = now_ms
        self.lost_ms: float | None = None
        self.left_ms: float | None = None
        self.reconnects = 0
        self.drifts = Drifts()
        self.written_ms = now_ms
        self.sample_since_ms: float | None = None
        self.sample_worst_ms = 0.0

    def as_of(self, now_ms: float, instance: str) -> VisitNow:
        ended_ms = self.lost_ms if self.left_ms is None else self.left_ms
        return VisitNow(
            room=self.room,
            user=self.user,
            instance=instance,
            joined_ms=self.joined_ms,
            seen_ms=now_ms if ended_ms is None else ended_ms,
            left_ms=self.left_ms,
            reconnects=self.reconnects,
            p50_ms=self.drifts.percentile(50),
            p95_ms=self.drifts.percentile(95),
            statuses=self.drifts.count,
        )


class Book:
    """The passing data of all rooms of one process. `utc_ms` is the civil time."""

    def __init__(
        self, instance: str = "", utc_ms: Callable[[], float] = lambda: 0.0, *, unlisted: str = ""
    ) -> None:
        self._instance = instance
        self._utc_ms = utc_ms
        self._unlisted = unlisted
        """A room that is no party: nobody's visits there are kept."""
        self._changed: dict[_Visit, None] = {}
        self._reactions: Counter[ReactionKey] = Counter()
        self._samples: list[Sample] = []
        self.dropped = 0
        """Things that found no place."""

    def room(self, slug: str) -> "RoomBook":
        """The pages of one room."""
        return RoomBook(self, slug, self._utc_ms, listed=slug != self._unlisted)

    def take(self) -> Passing:
        """All that has been noted, and a fresh start."""
        now_ms = self._utc_ms()
        visits = [visit.as_of(now_ms, self._instance) for visit in self._changed]
        for visit in self._changed:
            visit.written_ms = now_ms
        taken = Passing(visits, dict(self._reactions), self._samples)
        self._changed, self._reactions, self._samples = {}, Counter(), []
        return taken

    @property
    def now_ms(self) -> float:
        """Civil time."""
        return self._utc_ms()

    @property
    def waiting(self) -> int:
        """How much has been noted since."""
        return len(self._changed) + len(self._reactions) + len(self._samples)

    def note_visit(self, visit: _Visit) -> None:
        """A visit has changed: it is written with the next batch."""
        if visit in self._changed or len(self._changed) < MOST_VISITS:
            self._changed[visit] = None
        else:
            self.dropped += 1

    def note_reaction(self, key: ReactionKey) -> None:
        """One more."""
        if key in self._reactions or len(self._reactions) < MOST_REACTIONS:
            self._reactions[key] += 1
        else:
            self.dropped += 1

    def note_sample(self, sample: Sample) -> None:
        """One sample of one viewer."""
        if len(self._samples) < MOST_SAMPLES:
            self._samples.append(sample)
        else:
            self.dropped += 1


class RoomBook:
    """What one room's hub tells of its own members."""

    def __init__(self, book: Book, slug: str, utc_ms: Callable[[], float], *, listed: bool) -> None:
        self._book = book
        self._slug = slug
        self._utc_ms = utc_ms
        self._listed = listed
        self._visits: dict[str, _Visit] = {}
        self.source_id = ""
        """What plays now: reactions belong to it."""

    def came(self, user: User) -> None:
        """A member has a socket: the first one, or one again."""
        if not self._listed:
            return
        visit = self._visits.get(user.id)
        if visit is None:
            visit = self._visits[user.id] = _Visit(self._slug, user, self._utc_ms())
        else:
            visit.user = user
            visit.lost_ms = None
            visit.reconnects += 1
        self._book.note_visit(visit)

    def lost(self, user_id: str) -> None:
        """A member's socket has ended; it may be back within the grace."""
        visit = self._visits.get(user_id)
        if visit is not None:
            visit.lost_ms = self._utc_ms()

    def left(self, user_id: str) -> None:
        """A member is gone from this server, since the last socket ended."""
        visit = self._visits.pop(user_id, None)
        if visit is None:
            return
        visit.left_ms = self._utc_ms() if visit.lost_ms is None else visit.lost_ms
        self._book.note_visit(visit)

    def saw(self, users: Iterable[User]) -> None:
        """Who is here, now and then: their names and roles may have changed."""
        now_ms = self._utc_ms()
        for user in users:
            visit = self._visits.get(user.id)
            if visit is None:
                continue
            is_due = visit.lost_ms is None and now_ms - visit.written_ms >= SEEN_MS
            if visit.user != user or is_due:
                visit.user = user
                self._book.note_visit(visit)

    def reported(self, user_id: str, status: Status) -> None:
        """A member here tells how playback does."""
        visit = self._visits.get(user_id)
        if visit is None:
            return
        now_ms = self._utc_ms()
        if status.state in FOLLOWING:
            visit.drifts.add(status.drift_ms)
        if visit.sample_since_ms is None:
            visit.sample_since_ms = now_ms
            visit.sample_worst_ms = status.drift_ms
        elif abs(status.drift_ms) > abs(visit.sample_worst_ms):
            visit.sample_worst_ms = status.drift_ms
        if now_ms - visit.sample_since_ms >= SAMPLE_MS:
            visit.sample_since_ms = None
            self._book.note_sample(
                Sample(self._slug, user_id, now_ms, status, visit.sample_worst_ms)
            )

    def reacted(self, emoji: str, video_time_s: float) -> None:
        """A member here reacts at a moment of the film."""
        bucket_s = int(video_time_s // BUCKET_S) * BUCKET_S
        self._book.note_reaction((self._slug, self.source_id, bucket_s, emoji))

    def close(self) -> None:
        """Our server leaves the room, and everybody here with it."""
        for user_id in list(self._visits):
            self.left(user_id)
