"""The hub of one process: finds or opens rooms, hands them what sockets ask, keeps house."""

import asyncio
import heapq
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from sync.core.wire import CLOCK_ROOM, CloseCode, Heartbeat, ServerTime, TimeSync, encode
from sync.tally import TALLY
from watchparty.core.live import ROOMS_TOLD, LiveRecord, ServerLoad, members_told
from watchparty.core.protocol import (
    ClientMessage,
    CursorLeave,
    CursorMove,
    Intent,
    MemberAsk,
    MemberRename,
    MemberStatus,
    ReactionSend,
    RoomJoin,
    RoomLeave,
    RoomsList,
    RoomsListed,
    RoomSummary,
    RoomSync,
    UsersList,
)
from watchparty.core.state import Command
from watchparty.hub.connection import Connection
from watchparty.hub.live_rooms import LiveRooms, Sight
from watchparty.hub.public_rooms import PublicRooms
from watchparty.hub.room_hub import RoomHub
from watchparty.hub.sharing import SHARE_EVERY_S
from watchparty.hub.work import HubContext
from watchparty.store.base import Outcome

HOUSEKEEPING_S: Final = 1.0
DIGEST_EVERY: Final = 10
"""Seconds between digests of the members."""
SERVER_TIME_EVERY: Final = 15
"""Seconds between `server:time` in a party (each second on the clock socket)."""
CIVIL_STEP_MS: Final = 5.0
"""A change of UTC against the media clock that is told at once."""

NOT_RUNNING: Final = "no room has been opened in this process"

logger = logging.getLogger(__name__)


class Hub:
    """Every room of this process. Lives on one event loop; what is for any thread says so."""

    def __init__(self, context: HubContext, server_time: Callable[[], ServerTime]) -> None:
        self._context = context
        self._server_time = server_time
        self._rooms: dict[str, RoomHub] = {}
        self._public = PublicRooms(context.public_board)
        self._live = LiveRooms(context.live_board, context.instance)
        self._connections: set[Connection] = set()
        self._told_time: ServerTime | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._housekeeper: asyncio.Task[None] | None = None
        self._listening: asyncio.Future[None] | None = None

    @property
    def now_ms(self) -> float:
        """The media clock."""
        return self._context.now_ms()

    @property
    def counts(self) -> dict[str, int]:
        """Rooms, connections and members that are live here, for /api/health and metrics."""
        degraded = sum(room.outage.is_on for room in self._rooms.values())
        here = {"rooms": len(self._rooms), "connections": len(self._connections)}
        members = sum(len(room.company.roster.sockets) for room in self._rooms.values())
        return here | {"degradedRooms": degraded, "members": members}

    @property
    def is_running(self) -> bool:
        """Whether it belongs to a loop that still runs, so that commands can reach it."""
        return self._loop is not None and not self._loop.is_closed()

    def start(self) -> None:
        """Belong to the running loop and keep house from now on; again changes nothing."""
        if self._housekeeper is None:
            self._loop = asyncio.get_running_loop()
            self._told_time = self._server_time()
            self._housekeeper = self._loop.create_task(self._keep_house(), name="hub")
            self._context.store.watch(self._store_changed, self._context.now_ms)

    def opened(self, connection: Connection) -> None:
        """A party socket was accepted."""
        self.start()
        self._connections.add(connection)

    def closed(self, connection: Connection) -> None:
        """A party socket has ended, whoever ended it."""
        self._connections.discard(connection)
        room = self._room_of(connection)
        if room is not None and connection.user_id is not None:
            room.company.lost(connection, connection.user_id)
            connection.user_id = None

    def take(self, connection: Connection, message: ClientMessage) -> None:
        """Act on one message of a socket. Never waits; answers come through the socket's port."""
        match message:
            case RoomJoin():
                self._room(message.room_id).arrive(connection, message)
            case RoomsList():
                connection.tell(RoomsListed(rooms=self.room_summaries()))
            case Heartbeat() | TimeSync():  # probes are answered before they come here
                pass
            case _:
                self._take_from_member(connection, message)

    def room_summaries(self) -> list[RoomSummary]:
        """Public rooms of all servers with somebody in them, the fullest first. For any thread."""
        return self._public.listed(self._summaries(), self.now_ms)

    def _summaries(self) -> dict[str, RoomSummary | None]:
        return {room.slug: room.summary() for room in list(self._rooms.values())}

    def look(self) -> "Future[Sight]":
        """Live rooms of all servers as staff see them, asked for now. For any thread."""
        if self._loop is None or not self.is_running:
            nothing: Future[Sight] = Future()
            nothing.set_exception(RuntimeError(NOT_RUNNING))
            return nothing
        return asyncio.run_coroutine_threadsafe(self._look(), self._loop)

    async def _look(self) -> Sight:
        return await self._live.look(self._records(), self.now_ms)

    def _records(self) -> list[LiveRecord]:
        """Of the fullest rooms with anybody here; visitors of the clock pages are no party."""
        rooms = [room for slug, room in self._rooms.items() if slug != CLOCK_ROOM]
        here = {room: room.company.roster.count_here() for room in rooms}
        wanted = [room for room in rooms if here[room]]
        server = ServerLoad(self._context.instance, len(wanted), sum(here.values()))
        fullest = heapq.nlargest(ROOMS_TOLD, wanted, key=lambda room: len(room.company.roster))
        most = members_told(len(fullest))
        records = (room.live(server, most) for room in fullest)
        return [record for record in records if record is not None]

    def command(self, slug: str, command: Command) -> "Future[Outcome]":
        """Have a command applied to a room, from any thread; the room is opened if need be.

        The future raises NoSuchRoom, RoomIsClosed or StoreUnavailable as the store does.
        """
        done: Future[Outcome] = Future()
        if self._loop is None or not self.is_running:
            done.set_exception(RuntimeError(NOT_RUNNING))
        else:
            self._loop.call_soon_threadsafe(self._command, slug, command, done)
        return done

    async def close(self) -> None:
        """Stop every room and keep its state in good order."""
        if self._housekeeper is not None:
            self._housekeeper.cancel()
        for room in list(self._rooms.values()):
            await room.close()
        self._rooms.clear()
        await self._public.close()
        await self._live.close()
        await self._context.store.close(self.now_ms)

    def _take_from_member(  # noqa: C901 - a table: one line for each message
        self, connection: Connection, message: ClientMessage
    ) -> None:
        room, user_id = self._room_of(connection), connection.user_id
        if room is None or user_id is None:
            return  # the room has just closed under it; the close is on its way
        match message:
            case CursorMove():
                room.company.point(user_id, message)
            case CursorLeave():
                room.company.unpoint(user_id)
            case ReactionSend():
                room.react(connection, user_id, message)
            case MemberStatus():
                room.company.report(user_id, message)
            case MemberAsk():
                room.asking.ask_for_control(connection, user_id)
            case MemberRename():
                room.company.rename(connection, user_id, message)
            case RoomSync():
                room.resync(connection)
            case UsersList():
                room.list_users(connection)
            case RoomLeave():
                room.company.leave(connection, user_id)
                connection.user_id = None
                connection.end(CloseCode.LEFT)
            case _ if isinstance(message, Intent):
                room.asking.ask(connection, user_id, message)
            case _:
                raise AssertionError(f"no rule for {type(message).__name__}")

    def _room_of(self, connection: Connection) -> RoomHub | None:
        return self._rooms.get(connection.room) if connection.room is not None else None

    def _store_changed(self) -> None:
        if self._context.listen_again is not None and self._listening is None:
            self._listening = asyncio.ensure_future(self._context.listen_again())
            self._listening.add_done_callback(self._listens)
        for room in list(self._rooms.values()):
            room.outage.check()

    def _listens(self, task: "asyncio.Future[None]") -> None:
        self._listening = None
        if not task.cancelled() and task.exception() is not None:
            logger.error("the channel layer does not listen again", exc_info=task.exception())

    def _room(self, slug: str) -> RoomHub:
        room = self._rooms.get(slug)
        if room is None:
            room = self._rooms[slug] = RoomHub(slug, self._context, self._released)
        return room

    def _released(self, room: RoomHub) -> None:
        if self._rooms.get(room.slug) is room:
            del self._rooms[room.slug]

    def _command(self, slug: str, command: Command, done: "Future[Outcome]") -> None:
        if done.set_running_or_notify_cancel():  # from now on nobody can cancel it
            self._room(slug).submit(command, done)

    async def _keep_house(self) -> None:
        second = 0
        while True:
            due_s = asyncio.get_running_loop().time() + HOUSEKEEPING_S
            await asyncio.sleep(HOUSEKEEPING_S)
            TALLY.lags.add(asyncio.get_running_loop().time() - due_s)
            second += 1
            try:
                self.each_second(second)
            except Exception:
                logger.exception("housekeeping failed")

    def each_second(self, second: int) -> None:
        """What is due now: digests, statuses, farewells, the time."""
        now_ms = self.now_ms
        for room in list(self._rooms.values()):
            try:
                room.each_second(now_ms, digest=second % DIGEST_EVERY == 0)
            except Exception:
                logger.exception("room %s: housekeeping failed", room.slug)
        if second % SHARE_EVERY_S == 0:
            self._public.share_soon(self._summaries(), now_ms)
            self._live.share_soon(self._records, now_ms)
        self._tell_time(to_all=second % SERVER_TIME_EVERY == 0)

    def _tell_time(self, *, to_all: bool) -> None:
        """`server:time` to newcomers; to everyone when it is due, or a clock has stepped."""
        message = self._server_time()
        told = self._told_time or message
        stepped = abs(message.civil_offset_ms - told.civil_offset_ms) > CIVIL_STEP_MS
        stepped = stepped or message.generation != told.generation
        if stepped:
            self._told_time = message
        frame = encode(message)
        for connection in self._connections:
            if connection.user_id is None:
                continue
            if to_all or stepped or not connection.knows_time:
                connection.knows_time = True
                connection.write(frame)
