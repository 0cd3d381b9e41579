"""One live room in one process: a queue of what its members ask, worked off in order."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Final

from sync.core.wire import CloseCode, Frame, encode
from sync.ending import end
from sync.log_ids import SPEAKER, context_of
from watchparty.core.live import LiveRecord, ServerLoad
from watchparty.core.protocol import (
    ACTIONS,
    OrderedEvent,
    ReactionSend,
    RoomClosed,
    RoomJoin,
    RoomSummary,
    RoomSync,
)
from watchparty.core.state import (
    Applied,
    Command,
    FilmEnded,
    Limited,
    Moot,
    OwnIntent,
    Refusal,
    RoomEmptied,
    RoomState,
)
from watchparty.hub.admission import Admission
from watchparty.hub.answers import error, tell_failure, too_often
from watchparty.hub.asking import Asking
from watchparty.hub.attendance import RENEW_EVERY_S, Attendance
from watchparty.hub.company import Company
from watchparty.hub.connection import Connection
from watchparty.hub.gatekeeper import Gatekeeper
from watchparty.hub.live_rooms import record_of
from watchparty.hub.outage import Outage
from watchparty.hub.reception import Reception
from watchparty.hub.relay import Relay
from watchparty.hub.standing import Standing
from watchparty.hub.stream import CATCH_UP_S, OrderedStream
from watchparty.hub.work import (
    Arrive,
    Ask,
    CatchUp,
    HubContext,
    Look,
    Own,
    Renew,
    Settle,
    Snapshot,
    Spend,
    Vacate,
    Work,
)
from watchparty.store.base import (
    NoSuchRoom,
    Outcome,
    RoomIsClosed,
    StoreUnavailable,
)

MAX_WAITING: Final = 2048
"""Intents of one room that wait for the store; beyond it they are refused `unavailable`."""

EMPTY_MS: Final = 60_000.0
"""A room empty for this long is paused where its last viewer left, and leaves memory."""

logger = logging.getLogger(__name__)


class RoomHub:
    """What one room asks of the store, one thing after the other.

    Everything public returns at once and runs on the event loop's thread. Only the worker task
    awaits: the store and the layer, never a member.
    """

    def __init__(
        self, slug: str, context: HubContext, released: Callable[["RoomHub"], None]
    ) -> None:
        self.slug = slug
        self._context = context
        self._released = released
        self._over = False
        self._vacating = False
        self._queue: asyncio.Queue[Work] = asyncio.Queue(MAX_WAITING)
        self._relay = Relay(
            context.layer,
            slug,
            context.instance,
            alone=context.alone,
            on_ordered=self._heard_ordered,
            on_passing=self._heard_passing,
            on_presence=self._heard_presence,
        )
        self.company = Company(
            context.instance,
            context.now_ms,
            publish=self._relay.publish_passing,
            news=self._note_news,
            statuses=self._relay.publish_presence,
            book=context.book.room(slug),
        )
        self._gatekeeper = self.company.watcher = Gatekeeper(
            context.instance,
            self.company.roster,
            context.now_ms,
            submit=self._put_own,
            publish=self._relay.publish_presence,
        )
        self._attendance = Attendance(
            slug,
            context,
            self.company,
            self._relay,
            self._gatekeeper,
            settle_due=lambda: self._put(Settle()),
        )
        self._standing = Standing(
            self.company,
            context.now_ms,
            submit=self._put_own,
            changed=self._attendance.lease_soon,
        )
        self.outage = Outage(
            slug,
            context,
            self.company,
            recover=self._recover,
            again=lambda arrival: self._put(arrival, arrival.connection),
        )
        self._seconds = 0
        self._stream = OrderedStream(
            slug,
            context.store,
            context.now_ms,
            broadcast=self.company.broadcast,
            armed=self._armed,
            film_ends=self._film_ended,
            catch_up_due=self._catch_up_due,
        )
        self._reception = Reception(
            slug,
            context,
            company=self.company,
            relay=self._relay,
            stream=self._stream,
            attendance=self._attendance,
            standing=self._standing,
        )
        self._admission = Admission(
            slug,
            context,
            self._attendance,
            self._reception,
            again=lambda arrival: self._put(arrival, arrival.connection),
        )
        self.asking = Asking(
            slug,
            self.company,
            self._gatekeeper,
            state=lambda: self._stream.state,
            submit=lambda work: self._put(work, work.connection, work.command.ref),
            look=lambda connection, then: self._put(Look(connection, then), connection),
            spend=self._spend,
            publish=self._note_news,
            passwords=context.passwords,
        )
        self._worker = asyncio.create_task(
            self._work(), name=f"room {slug}", context=context_of(slug)
        )

    # -- From the sockets' handlers: nothing here awaits -------------------------------------

    def arrive(self, connection: Connection, join: RoomJoin) -> None:
        """Somebody asks to come in."""
        self._put(Arrive(connection, join), connection)

    def resync(self, connection: Connection) -> None:
        """A member asks for a snapshot."""
        again = Snapshot(connection)
        self._spend(connection, ACTIONS[RoomSync], lambda: self._put(again, connection))

    def list_users(self, connection: Connection) -> None:
        """A member asks who is here. The roles are at least as new as the events that went out."""

        def tell(_: RoomState | None = None) -> None:
            connection.tell(self.company.listed())

        if self._stream.is_ahead:
            self._put(Look(connection, tell), connection)
        else:
            tell()

    def react(self, connection: Connection, user_id: str, message: ReactionSend) -> None:
        """A member reacts; the person's bucket decides on the way."""
        self._spend(connection, ACTIONS[ReactionSend], lambda: self.company.react(user_id, message))

    def submit(self, command: Command, done: Future[Outcome] | None = None) -> None:
        """The room's own or an administrator's intent. From other threads: Hub.command."""
        if not self._put(Own(command, done)) and done is not None:
            done.set_exception(StoreUnavailable(f"{self.slug} is too busy"))

    def each_second(self, now_ms: float, *, digest: bool) -> None:
        """Housekeeping, called by the hub."""
        self.company.each_second(now_ms, digest=digest)
        self._standing.each_second()
        self._seconds += 1
        if self._seconds % RENEW_EVERY_S == 0 and not self._context.alone:
            self._put(Renew())
        if digest and not self._context.alone:
            self._stream.catch_up_in(0.0)  # heals even what no later event shows to be missing
        empty_for_ms = now_ms - self.company.deserted_since_ms
        if self.company.roster.deserted and empty_for_ms >= EMPTY_MS and not self._vacating:
            self._vacating = self._put(Vacate())

    def summary(self) -> RoomSummary | None:
        """The room for the public list; None while it is not open or not public."""
        state = self._stream.state
        if state is None or not state.settings.public or state.closed:
            return None
        return RoomSummary(
            id=self.slug,
            title=state.settings.title,
            user_count=len(self.company.roster),
            is_playing=state.playhead.playing,
            current_time=round(state.position_at(self._context.now_ms()), 3),
            source_title=state.source.title if state.source else "",
        )

    def live(self, server: ServerLoad, most: int) -> LiveRecord | None:
        """The room as staff see it, with so many of the members here at most.

        None while it is not open, over or without anybody here.
        """
        state, roster = self._stream.state, self.company.roster
        if state is None:
            return None
        now_ms = self._context.now_ms()
        degraded = self.outage.is_on
        return record_of(state, roster, server, now_ms, degraded=degraded, most=most)

    async def close(self) -> None:
        """Stop serving this room, without a word to its members."""
        self._stop()
        await end(self._worker)
        while not self._queue.empty():
            self._fail(self._queue.get_nowait(), StoreUnavailable(f"{self.slug} stops here"))
        await self._relay.leave()

    # -- The worker: the only place that awaits ----------------------------------------------

    async def _work(self) -> None:
        while not self._over:
            work = await self._queue.get()
            SPEAKER.set(getattr(work, "connection", None))
            await self._attempt(work)
            self._forget_if_unused()
        await self._relay.leave()

    async def _attempt(self, work: Work) -> None:
        """Handle one thing; whatever happens, who asked is answered and the room goes on."""
        if self.outage.takes(work):
            return
        if self.outage.is_on:
            self._fail(work, StoreUnavailable(f"{self.slug} is out of reach"))
            return
        try:
            await self._handle(work)
            self._standing.keep(self._stream.state)
        except StoreUnavailable as problem:
            self._fail(work, problem)
            self._stream.catch_up_in(CATCH_UP_S)
        except (NoSuchRoom, RoomIsClosed) as problem:
            self._fail(work, problem)
            if isinstance(problem, RoomIsClosed) and self._stream.is_open:
                await self._say_farewell()
        except asyncio.CancelledError:
            self._fail(work, StoreUnavailable(f"{self.slug} stops here"))
            raise
        except Exception as problem:
            logger.exception("room %s: %s failed", self.slug, type(work).__name__)
            self._fail(work, problem)

    def _fail(self, work: Work, problem: Exception) -> None:
        if isinstance(work, Vacate):
            self._vacating = False
        tell_failure(work, problem)

    async def _handle(self, work: Work) -> None:  # noqa: C901 - a table: one line for each
        match work:
            case Arrive():
                await self._admission.admit(work)
            case Ask(connection, command):
                await self._decide(connection, command)
            case Spend(connection, action, then):
                await self._grant(connection, action, then)
            case Look(_, then):
                _, state = await self._reception.open()
                self._standing.keep(state)
                then(state)
            case Snapshot(connection):
                await self._reception.tell_snapshot(connection)
            case Own(command, done):
                await self._decide_own(command, done)
            case CatchUp():
                await self._catch_up()
            case Settle():
                await self._attendance.settle()
            case Renew():
                await self._renew()
            case Vacate():
                await self._vacate()

    async def _decide(self, connection: Connection, command: Command) -> None:
        command = self._gatekeeper.brief(command)
        outcome = await self._context.store.apply(self.slug, command, self._context.now_ms())
        match outcome.answer:
            case Applied():
                self._announce(outcome.answer)
            case Refusal(code, message, field):
                connection.tell(error(code, message, command.ref, field))
            case Limited(action, retry_in_ms):
                connection.tell(too_often(action, retry_in_ms, command.ref))
            case Moot():
                pass
            case event:  # remembered
                await self._tell_again(connection, event)

    async def _tell_again(self, connection: Connection, event: OrderedEvent) -> None:
        """Answer a repeat; where nobody has heard the event yet, all hear it in its turn."""
        delivered = self._stream.has_delivered(event.epoch, event.seq)
        if delivered or not await self._catch_up():
            connection.tell(event)

    async def _decide_own(self, command: Command, done: Future[Outcome] | None) -> None:
        _, state = await self._reception.open()
        outcome = await self._context.store.apply(self.slug, command, self._context.now_ms())
        if isinstance(outcome.answer, Applied):
            self._announce(outcome.answer)
        elif isinstance(outcome.answer, Moot):
            self._stream.arm(state)  # its timer may have fired a little early
        if done is not None:
            done.set_result(outcome)

    async def _grant(self, connection: Connection, action: str, then: Callable[[], object]) -> None:
        now_ms = self._context.now_ms()
        retry_in_ms = await self._context.store.take(connection.person, action, now_ms)
        if retry_in_ms:
            connection.tell(too_often(action, retry_in_ms))
        else:
            then()

    async def _catch_up(self) -> bool:
        """Deliver what was missed. False: as a snapshot, its events are not held any more."""
        _, state = await self._reception.open()
        if await self._stream.catch_up(state):
            return True
        self.company.broadcast(encode(await self._reception.snapshot()))
        return False

    async def _renew(self) -> None:
        if not self._context.alone:
            _, state = await self._reception.open()
            await self._attendance.renew(state.epoch)

    async def _vacate(self) -> None:
        """Leave memory; where no other server has viewers, pause where the last one left."""
        with suppress(RoomIsClosed):  # by another server: there is nothing to pause
            await self._pause_if_empty()
        if not self.company.roster.deserted or self._is_wanted:
            self._vacating = False
            return
        self._finish()
        if self._stream.is_open:
            await self._context.store.release(self.slug, self._context.now_ms())

    @property
    def _is_wanted(self) -> bool:
        """Whether somebody waits for an answer of this room."""
        return self._admission.is_proving or not self._queue.empty()

    async def _pause_if_empty(self) -> None:
        if self._stream.is_open:
            await self._renew()
        state = self._stream.state
        if state is None or state.closed or len(self.company.roster):
            return
        emptied_ms = self.company.deserted_since_ms
        command = Command(RoomEmptied(armed_seq=state.seq, at_ms=emptied_ms))
        outcome = await self._context.store.apply(self.slug, command, self._context.now_ms())
        if isinstance(outcome.answer, Applied):
            self._announce(outcome.answer)

    # -- Ordered events --------------------------------------------------------------------------

    def _announce(self, applied: Applied) -> None:
        event = applied.event
        frame = encode(event)
        self._stream.arm(applied.state)
        self._stream.deliver(event.epoch, event.seq, frame)
        self._relay.publish_ordered(event.epoch, event.seq, frame)
        if isinstance(event, RoomClosed):
            self.company.dismiss(CloseCode.ROOM_CLOSED)

    def _armed(self, state: RoomState) -> None:
        self.company.book.source_id = state.source.id if state.source else ""
        self._gatekeeper.arm(state)

    def _film_ended(self, seq: int) -> None:
        """Without viewers it stays where the last one left it, and ends when one comes back."""
        if self.company.roster.deserted:
            return
        if not self._put_own(FilmEnded(armed_seq=seq)):
            self._stream.catch_up_in(CATCH_UP_S)  # which sets the timer again

    def _recover(self) -> None:
        """The store is there (again): offer our copy, learn the others', hold our lease."""
        self._stream.catch_up_in(0.0)
        self._put(Renew())

    def _catch_up_due(self) -> None:
        if not self._put(CatchUp()):
            self._stream.catch_up_in(CATCH_UP_S)

    def _heard_ordered(self, epoch: str, seq: int, frame: Frame) -> None:
        """Another server has committed an event: pass it on, then learn the state that it left."""
        self._stream.deliver(epoch, seq, frame)
        self._stream.catch_up_in(0.0)

    async def _say_farewell(self) -> None:
        """Another server has closed the room, or our own closing was not answered."""
        try:
            await self._stream.fill()
        except (StoreUnavailable, NoSuchRoom):
            logger.warning("room %s: closed, and its last events are not held", self.slug)
        self.company.dismiss(CloseCode.ROOM_CLOSED)

    def _heard_passing(self, frame: Frame) -> None:
        self.company.broadcast(frame)

    def _heard_presence(self, origin: str, frame: Frame) -> None:
        self._attendance.heard(origin, frame)

    def _note_news(self, frame: Frame) -> None:
        self._attendance.note(frame)

    # -- The queue -------------------------------------------------------------------------------

    def _put(
        self, work: Work, connection: Connection | None = None, ref: str | None = None
    ) -> bool:
        if self.outage.takes(work):
            return False
        try:
            self._queue.put_nowait(work)
        except asyncio.QueueFull:
            if connection is not None:
                connection.tell(error("unavailable", "The room is too busy. Try again.", ref))
            return False
        return True

    def _spend(self, connection: Connection, action: str, then: Callable[[], object]) -> None:
        """Do it in its turn, if the person's bucket grants it."""
        self._put(Spend(connection, action, then), connection)

    def _put_own(self, intent: OwnIntent) -> bool:
        """The room's own intent waits its turn. False: there is no room for it."""
        return self._put(Own(Command(intent)))

    def _forget_if_unused(self) -> None:
        """Nothing is open behind this name: be forgotten, unless somebody already waits."""
        if not self._stream.is_open and self._queue.empty():
            self._finish()

    def _finish(self) -> None:
        """Take no more work: the hub makes a new room when somebody comes."""
        self._over = True
        self._stop()
        self._released(self)

    def _stop(self) -> None:
        self.company.stop()
        self._admission.stop()
        self.asking.stop()
        self._gatekeeper.stop()
        self._stream.stop()
