"""Opens one room at the store; tells who comes or asks what it is: whole, or what was missed."""

from msgspec import UNSET, UnsetType

from sync.core.wire import wire_ms
from sync.tally import TALLY
from watchparty.core.protocol import OrderedEvent, Room, RoomJoin, RoomJoined, User, UserSelf
from watchparty.core.state import RoomState, video_state, waiting_of
from watchparty.hub.answers import fields
from watchparty.hub.attendance import Attendance
from watchparty.hub.company import Company
from watchparty.hub.connection import Connection
from watchparty.hub.relay import Relay
from watchparty.hub.standing import Standing
from watchparty.hub.stream import OrderedStream
from watchparty.hub.work import HubContext
from watchparty.identity import make_ticket
from watchparty.store.base import RoomRecord

Opened = tuple[RoomRecord, RoomState, list[OrderedEvent] | None]
"""A room's newest state, and what a returning client missed; None: it needs all of it."""


class Reception:
    """Of one live room. What awaits belongs to the room's worker."""

    def __init__(
        self,
        slug: str,
        context: HubContext,
        *,
        company: Company,
        relay: Relay,
        stream: OrderedStream,
        attendance: Attendance,
        standing: Standing,
    ) -> None:
        self._slug = slug
        self._context = context
        self._company = company
        self._relay = relay
        self._stream = stream
        self._attendance = attendance
        self._standing = standing

    async def open(self) -> tuple[RoomRecord, RoomState]:
        """The room's newest state; the first time, delivery begins there.

        Raises NoSuchRoom, RoomIsClosed, StoreUnavailable.
        """
        record, state = await self._context.store.open(self._slug, self._context.now_ms())
        if not self._stream.is_open:
            await self._relay.join()
            # Again: what other servers did before we listened was told to nobody here.
            record, state = await self._context.store.open(self._slug, self._context.now_ms())
            self._stream.begin(state)
            await self._attendance.renew(state.epoch)
        self._stream.arm(state)
        return record, state

    async def open_for(self, join: RoomJoin) -> Opened:
        """The room as somebody needs it who comes, or comes back."""
        record, state = await self.open()
        if isinstance(join.resume, UnsetType):
            return record, state, None
        missed = await self._stream.missed_since(join.resume, state)
        if missed is None:
            record, state = await self.open()  # others may have heard more while we asked
        return record, state, missed

    def welcome(self, connection: Connection, user: User, opened: Opened) -> None:
        """Seat somebody who was let in, tell them the room, and tell the room of them."""
        user, news = self._company.seat(user, connection)
        connection.room = self._slug
        ticket = make_ticket(user.id, user.person, self._slug)
        connection.tell(UserSelf(**fields(user), ticket=ticket))
        connection.tell(self._joined(*opened))
        _, state, missed = opened
        TALLY.welcomed(resumed=missed is not None)
        if missed is None:
            connection.snapshot = state.epoch, state.seq, self._context.now_ms()
        self._standing.greet(connection, user, state.people)
        if news is not None:
            self._company.introduce(news, connection)

    async def snapshot(self) -> RoomJoined:
        """The whole room, as all may hear it."""
        return self._joined(*await self.open())

    async def tell_snapshot(self, connection: Connection) -> None:
        """The whole room for one member, who may have it already."""
        record, state = await self.open()
        now_ms = self._context.now_ms()
        if not connection.has_fresh(state.epoch, state.seq, now_ms):
            connection.snapshot = state.epoch, state.seq, now_ms
            connection.tell(self._joined(record, state))

    def _joined(
        self, record: RoomRecord, state: RoomState, missed: list[OrderedEvent] | None = None
    ) -> RoomJoined:
        """A snapshot, or what was `missed` in its place."""
        return RoomJoined(
            room_id=self._slug,
            room=Room(
                id=record.slug,
                name=record.slug,
                title=state.settings.title,
                created_by=record.created_by,
                created_at=wire_ms(record.created_at_ms),
                max_users=state.settings.max_users,
                is_public=state.settings.public,
                settings=state.settings,
            ),
            users=self._standing.as_of(state, self._company.users()),
            epoch=state.epoch,
            seq=missed[-1].seq if missed else state.seq,
            video_state=video_state(state) if missed is None else UNSET,
            waiting=waiting_of(state) if missed is None else UNSET,
            chat=list(state.chat) if missed is None else UNSET,
            granted=list(state.people.granted) if missed is None else UNSET,
            rightful=state.people.rightful if missed is None else UNSET,
            events=UNSET if missed is None else missed,
        )
