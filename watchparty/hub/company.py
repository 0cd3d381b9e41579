"""The members of one room in one process, and the passing events between them."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from msgspec import UNSET, structs

from sync.core.wire import CloseCode, Frame, encode, wire_ms
from sync.tally import TALLY
from watchparty.core.presence import Roster, summarise
from watchparty.core.protocol import (
    STATUSES_IN_FULL,
    USERS_IN_FULL,
    Cursor,
    CursorMove,
    MemberRename,
    MembersStatus,
    MemberStatus,
    Reaction,
    ReactionSend,
    Status,
    User,
    UserJoined,
    UserLeft,
    UsersDigest,
    UsersListed,
    UserUpdated,
)
from watchparty.history.book import RoomBook
from watchparty.hub.answers import fields, turned_away
from watchparty.hub.batch import Batch
from watchparty.hub.connection import Connection
from watchparty.hub.door import TurnedAway, clean_name

TICK_S: Final = 0.045
"""One tick for cursors and reactions: 22 Hz, within DESIGN's 20–25."""


class Watcher(Protocol):
    """Whom it matters to who is here and how they do."""

    def changed(self) -> None:
        """Somebody has come or gone."""
        ...

    def reported(self, user_id: str, before: Status | None, status: Status, *, here: bool) -> None:
        """A member has told how it does, here or at another server."""
        ...


class Company:
    """Who is here, and what they show each other. Everything returns at once."""

    def __init__(
        self,
        instance: str,
        now_ms: Callable[[], float],
        publish: Callable[[Frame], None],
        news: Callable[[Frame], None],
        statuses: Callable[[Frame], None],
        book: RoomBook,
    ) -> None:
        self.roster: Roster[Connection] = Roster()
        self.deserted_since_ms = now_ms()
        self._instance = instance
        self._now_ms = now_ms
        self._publish = publish
        self._news = news
        """Tells the other servers who came, changed or left here …"""
        self._publish_statuses = statuses
        """… and how those here do."""
        self.watcher: Watcher | None = None
        self.book = book
        """What history is told of those here."""
        self._batch = Batch()
        self._tick: asyncio.TimerHandle | None = None
        self._statuses_changed = False
        self._own_statuses_changed = False
        self._reactions = 0
        self._shown: set[str] = set()
        """Whom viewers here have been told of, by lists or news. In a large room (USERS_IN_FULL)
        lists are cut, and the comings and goings of all others would be a frame to everybody for
        each: the square of the members. The digest's count tells of them."""

    def broadcast(self, frame: Frame, *, but: Connection | None = None) -> None:
        """Write one frame to every member of this process. Never waits for any of them."""
        TALLY.sent(len(frame), len(self.roster.sockets) - (but is not None))
        for connection in self.roster.sockets:
            if connection is not but:
                connection.port.write(frame)

    def seat(self, user: User, connection: Connection) -> tuple[User, Frame | None]:
        """Give a socket its place; an older socket of the tab closes.

        Returns the user as seated, and what the others should hear of it once the newcomer has
        been greeted.
        """
        before = self.roster.user(user.id)
        seated, replaced, is_new = self.roster.seat(user, connection)
        if replaced is not None:
            replaced.user_id = None
            replaced.end(CloseCode.OPEN_ELSEWHERE)
        connection.user_id = seated.id
        connection.session.joined = True
        self._shows(seated.id)
        self.book.came(seated)
        self._changed()
        if is_new:
            return seated, encode(UserJoined(**fields(seated)))
        return seated, None if before == seated else encode(UserUpdated(**fields(seated)))

    def introduce(self, news: Frame, newcomer: Connection) -> None:
        """Let all others hear of one who has been greeted."""
        if newcomer.user_id is not None and self._shows(newcomer.user_id):
            self.broadcast(news, but=newcomer)
        self._news(news)

    def leave(self, connection: Connection, user_id: str) -> None:
        """A member says goodbye."""
        if self.roster.socket(user_id) is connection and self.roster.remove(user_id):
            self.unpoint(user_id)
            self._say_left(user_id)
            self.book.left(user_id)
            self._note_desertion()
            self._changed()

    def lost(self, connection: Connection, user_id: str) -> None:
        """A member's socket has ended; it may come back within the grace."""
        if self.roster.unseat(user_id, connection, self._now_ms()):
            self.book.lost(user_id)
            self.unpoint(user_id)
            self._note_desertion()
            self._changed()

    def point(self, user_id: str, message: CursorMove) -> None:
        """A member points at the picture."""
        now_ms = wire_ms(self._now_ms())
        self._batch.move(Cursor(user_id=user_id, x=message.x, y=message.y, timestamp=now_ms))
        self._tick_soon()

    def unpoint(self, user_id: str) -> None:
        """A member points no more."""
        if self._batch.remove(user_id):
            self._tick_soon()

    def react(self, user_id: str, message: ReactionSend) -> None:
        """A member reacts."""
        self._reactions += 1
        self.book.reacted(message.emoji, message.video_time)
        self._batch.react(
            Reaction(
                id=f"{self._instance}-{self._reactions}",
                user_id=user_id,
                emoji=message.emoji,
                x=message.x,
                y=message.y,
                video_time=message.video_time,
                timestamp=wire_ms(self._now_ms()),
            )
        )
        self._tick_soon()

    def tell_hosts(self, frame: Frame) -> None:
        """Write one frame to owner and hosts in this process, and to no guest."""
        for user in self.roster.here():
            connection = self.roster.socket(user.id)
            if connection is not None and user.role != "guest":
                connection.write(frame)

    def report(self, user_id: str, message: MemberStatus) -> None:
        """A member tells how playback does there."""
        status = Status(**{name: getattr(message, name) for name in Status.__struct_fields__})
        self._keep(user_id, status, here=True)
        self.book.reported(user_id, status)
        TALLY.drifts.add(abs(status.drift_ms) / 1000)
        self._own_statuses_changed = True

    def rename(self, connection: Connection, user_id: str, message: MemberRename) -> None:
        """A member takes another name and colour."""
        user = self.roster.user(user_id)
        try:
            name = clean_name(message.name)
        except TurnedAway as turned:
            connection.tell(turned_away(turned))
            return
        if user is None:
            return
        renamed = structs.replace(user, name=name, color=message.color.lower())
        self.roster.update(renamed)
        news = encode(UserUpdated(**fields(renamed)))
        if self._shows(user_id):
            self.broadcast(news)
        else:
            connection.write(news)
        self._news(news)

    def users(self) -> list[User]:
        """Who is here, to be shown to a viewer; the first of them in a large room."""
        users = self.roster.users()
        self._shown.update(user.id for user in users)
        return users

    def listed(self) -> UsersListed:
        """Who is here, and how many."""
        return UsersListed(users=self.users(), count=len(self.roster))

    def each_second(self, now_ms: float, *, digest: bool) -> None:
        """Say who has gone, how everybody does and, when due, the digest of the members."""
        for user_id in self.roster.expire(now_ms):
            self._say_left(user_id)
            self.book.left(user_id)
        if self._own_statuses_changed:
            self._own_statuses_changed = False
            self._tell_own_statuses()
        if self._statuses_changed:
            self._statuses_changed = False
            self.broadcast(encode(self._statuses(), passing=True))
        if digest:
            self.book.saw(self.roster.here())
        if digest and len(self.roster):
            count, hash_ = self.roster.digest()
            self.broadcast(encode(UsersDigest(count=count, hash=UNSET if hash_ is None else hash_)))

    # -- Members at other servers

    def moved(self, user: User) -> bool:
        """A member is at another server now. True: its older socket was here, and closes."""
        before = self.roster.user(user.id)
        replaced, is_new = self.roster.move(user)
        self.book.left(user.id)
        if replaced is not None:
            self.unpoint(user.id)
            replaced.user_id = None
            replaced.end(CloseCode.OPEN_ELSEWHERE)
            self._note_desertion()
        self._changed()
        if before != user and self._shows(user.id):
            kind = UserJoined if is_new else UserUpdated
            self.broadcast(encode(kind(**fields(user))))
        return before is not None and before.instance == self._instance

    def left_elsewhere(self, user_id: str, server: str) -> None:
        """A member has left that server, unless it has moved to another one meanwhile."""
        user = self.roster.user(user_id)
        if user is None or user.instance != server or not self.roster.is_elsewhere(user_id):
            return
        self.roster.remove(user_id)
        self._tell_left(encode(UserLeft(user_id=user_id)), user_id)
        if not len(self.roster):
            self._note_desertion()
        self._changed()

    def meet(self, users: list[User], before: set[str]) -> None:
        """Take over what the leases say; `before`: who was elsewhere when they were read."""
        for user in users:
            if self.roster.socket(user.id) is None and self.roster.user(user.id) != user:
                self.moved(user)
        for user_id in before - {user.id for user in users}:
            missing = self.roster.user(user_id)
            if missing is not None:
                self.left_elsewhere(user_id, missing.instance)

    def heard_statuses(self, statuses: dict[str, Status]) -> None:
        """How members at another server do."""
        for user_id, status in statuses.items():
            if self.roster.is_elsewhere(user_id):
                self._keep(user_id, status, here=False)

    def dismiss(self, code: int) -> None:
        """Close every member's socket."""
        for connection in list(self.roster.sockets):
            connection.end(code)

    def stop(self) -> None:
        """No tick after this; whoever is here has left this server."""
        self.book.close()
        if self._tick is not None:
            self._tick.cancel()

    def _tick_soon(self) -> None:
        if self._tick is None:
            self._tick = asyncio.get_running_loop().call_later(TICK_S, self._on_tick)

    def _on_tick(self) -> None:
        self._tick = None
        for frame in self._batch.take():
            self._tell_everywhere(frame)

    def _tell_everywhere(self, frame: Frame) -> None:
        self.broadcast(frame)
        self._publish(frame)

    def _statuses(self) -> MembersStatus:
        """Small rooms show everybody's; of a large one each server sums up its own members."""
        statuses = self.roster.statuses()
        if len(statuses) > STATUSES_IN_FULL:
            return MembersStatus(summary=summarise(self._own_statuses()))
        return MembersStatus(statuses=statuses)

    def _own_statuses(self) -> dict[str, Status]:
        here = {user.id for user in self.roster.here()}
        return {one: status for one, status in self.roster.statuses().items() if one in here}

    def _tell_own_statuses(self) -> None:
        if len(self.roster) <= STATUSES_IN_FULL:
            own = MembersStatus(statuses=self._own_statuses())
            self._publish_statuses(encode(own, passing=True))

    def _keep(self, user_id: str, status: Status, *, here: bool) -> None:
        before = self.roster.report(user_id, status)
        self._statuses_changed = True
        if self.watcher is not None:
            self.watcher.reported(user_id, before, status, here=here)

    def _changed(self) -> None:
        if self.watcher is not None:
            self.watcher.changed()

    def _say_left(self, user_id: str) -> None:
        news = encode(UserLeft(user_id=user_id))
        self._tell_left(news, user_id)
        self._news(news)

    def _tell_left(self, news: Frame, user_id: str) -> None:
        if user_id in self._shown:
            self._shown.discard(user_id)
            self.broadcast(news)

    def _shows(self, user_id: str) -> bool:
        """Whether viewers are told of this member: all in a small room, else the listed."""
        user = self.roster.user(user_id)
        if len(self.roster) <= USERS_IN_FULL or (user is not None and user.role != "guest"):
            self._shown.add(user_id)
        return user_id in self._shown

    def _note_desertion(self) -> None:
        if self.roster.deserted:
            self.deserted_since_ms = self._now_ms()
