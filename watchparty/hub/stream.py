"""The ordered half of a room in one process: what the store decided reaches all in order."""

import asyncio
from collections.abc import Callable
from typing import Final

from sync.core.wire import Frame, encode
from watchparty.core.protocol import MAX_RESUMED, OrderedEvent, Resume
from watchparty.core.state import RoomState
from watchparty.hub.delivery import WAIT_FOR_MISSING_S, OrderedDelivery
from watchparty.store.base import RoomStore, StoreUnavailable

CATCH_UP_S: Final = 1.0
"""After a store that did not answer, its state is compared with what was delivered this often."""


class OrderedStream:
    """Delivers events by seq, fills gaps from the store, and is there when the film ends."""

    def __init__(
        self,
        slug: str,
        store: RoomStore,
        now_ms: Callable[[], float],
        *,
        broadcast: Callable[[Frame], None],
        armed: Callable[[RoomState], None],
        film_ends: Callable[[int], None],
        catch_up_due: Callable[[], object],
    ) -> None:
        self.state: RoomState | None = None
        """The newest state seen; None until the room is open."""
        self._slug = slug
        self._store = store
        self._now_ms = now_ms
        self._broadcast = broadcast
        self._armed = armed
        self._film_ends = film_ends
        self._catch_up_due = catch_up_due
        self._delivery: OrderedDelivery[Frame] | None = None
        self._end: asyncio.TimerHandle | None = None
        self._repair: asyncio.TimerHandle | None = None
        self._repair_due_s = 0.0

    @property
    def is_open(self) -> bool:
        """Whether delivery has begun."""
        return self._delivery is not None

    @property
    def is_ahead(self) -> bool:
        """Whether events have gone out whose state is not known here yet."""
        delivery, state = self._delivery, self.state
        if delivery is None or state is None:
            return False
        return delivery.epoch != state.epoch or delivery.seq > state.seq

    def begin(self, state: RoomState) -> None:
        """Deliver from here on."""
        self._delivery = OrderedDelivery(state.epoch, state.seq)

    def arm(self, state: RoomState) -> None:
        """Remember the state, tell of it, and be there when its film ends."""
        self.state = state
        if self._end is not None:
            self._end.cancel()
            self._end = None
        ends_at_ms = state.ends_at()
        if ends_at_ms is not None:
            delay_s = max(ends_at_ms - self._now_ms(), 1.0) / 1000
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(delay_s, self._film_ends, state.seq)
        self._armed(state)

    def deliver(self, epoch: str, seq: int, frame: Frame) -> None:
        """Pass one event on when its turn has come, and those that waited for it."""
        delivery = self._delivery
        if delivery is None:
            return
        if epoch != delivery.epoch:
            self.catch_up_in(0.0)  # the store knows which of the two is the newer one
            return
        for due in delivery.offer(epoch, seq, frame):
            self._broadcast(due)
        if delivery.gap:
            self.catch_up_in(0.0 if delivery.overfull else WAIT_FOR_MISSING_S)

    def has_delivered(self, epoch: str, seq: int) -> bool:
        """Whether this event, or a snapshot in its place, went out before."""
        delivery = self._delivery
        return delivery is not None and (epoch != delivery.epoch or seq <= delivery.seq)

    async def missed_since(self, resume: Resume, state: RoomState) -> list[OrderedEvent] | None:
        """What came after a client's last event, up to `state` or later; None: not held, too much.

        Nothing that was delivered here meanwhile is left out, so that what is delivered from now
        on follows it without a gap.
        """
        behind = state.seq - resume.seq
        if resume.epoch != state.epoch or not 0 <= behind <= MAX_RESUMED:
            return None
        if behind == 0:
            return []
        try:
            missed = await self._store.since(self._slug, resume.epoch, resume.seq)
        except StoreUnavailable:
            return None  # the snapshot is at hand
        if not missed or self.has_delivered(resume.epoch, missed[-1].seq + 1):
            return None
        return missed

    def catch_up_in(self, delay_s: float) -> None:
        """Compare with the store before long; of several times asked for the earliest holds."""
        loop = asyncio.get_running_loop()
        due_s = loop.time() + delay_s
        if self._repair is not None:
            if self._repair_due_s <= due_s:  # uvloop's handles do not always know when
                return
            self._repair.cancel()
        self._repair_due_s = due_s
        self._repair = loop.call_at(due_s, self._on_catch_up_due)

    async def catch_up(self, state: RoomState) -> bool:
        """Deliver what the store holds and nobody here has heard of.

        False: the missing events are not held any more, so the members need a snapshot.
        """
        delivery = self._delivery
        if delivery is None or (state.epoch == delivery.epoch and state.seq <= delivery.seq):
            return True
        if state.epoch == delivery.epoch and await self.fill():
            return True
        delivery.reset(state.epoch, state.seq)
        return False

    async def fill(self) -> bool:
        """Deliver the events that the store holds after the last one delivered, if it does."""
        delivery = self._delivery
        if delivery is None:
            return True
        missed: list[OrderedEvent] | None = await self._store.since(
            self._slug, delivery.epoch, delivery.seq
        )
        for event in missed or ():
            self.deliver(event.epoch, event.seq, encode(event))
        return missed is not None

    def stop(self) -> None:
        """No timer fires after this."""
        for timer in (self._end, self._repair):
            if timer is not None:
                timer.cancel()

    def _on_catch_up_due(self) -> None:
        self._repair = None
        self._catch_up_due()
