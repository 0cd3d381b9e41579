"""Who is ready, who has to load, and what one room's hub has its room do about it."""

import asyncio
from collections.abc import Callable
from typing import Final

from msgspec import structs

from sync.core.wire import Frame, Message, encode
from watchparty.core.gate import AWAY, Viewer, audience, look
from watchparty.core.presence import Roster
from watchparty.core.protocol import MembersStatus, Status, VideoPlay, VideoSeek
from watchparty.core.state import Command, OwnIntent, RoomState
from watchparty.hub.connection import Connection

LOOK_AFTER_S: Final = 0.01
"""News within this time is looked at, and told to the other servers, together: a thousand viewers
who are ready at once are no thousand looks."""

ASK_AGAIN_S: Final = 1.0
"""An intent that came to nothing (the store did not answer) is tried again after this."""


class MembersReady(Message, tag="members:ready", frozen=True):
    """Between servers: which state members of the sender are ready to play on from."""

    epoch: str
    seqs: dict[str, int]


class Gatekeeper:
    """Keeps what viewers say of their readiness, and looks whenever something changes it."""

    def __init__(
        self,
        instance: str,
        roster: Roster[Connection],
        now_ms: Callable[[], float],
        *,
        submit: Callable[[OwnIntent], object],
        publish: Callable[[Frame], None],
    ) -> None:
        self._instance = instance
        self._roster = roster
        self._now_ms = now_ms
        self._submit = submit
        self._publish = publish
        self._state: RoomState | None = None
        self._ready: dict[str, int] = {}
        self._loading_since_ms: dict[str, float] = {}
        self._untold: set[str] = set()
        self._asked: tuple[type, str, int] | None = None
        self._asked_ms = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0

    def arm(self, state: RoomState) -> None:
        """The room's newest state."""
        before, self._state = self._state, state
        if before is not None and before.epoch != state.epoch:
            self._ready.clear()
        self._forget_who_has_gone()
        is_news = before is None or (before.epoch, before.seq) != (state.epoch, state.seq)
        if is_news:
            self._asked = None
        if is_news and state.waiting is not None:
            # Should our news have been lost: who is named though ready is told of once more.
            named = set(state.waiting.user_ids) & self._ready.keys()
            self._untold |= named - self._roster.elsewhere()
        self.changed()

    def brief(self, command: Command) -> Command:
        """The command with what it has to know of the viewers."""
        if self._state is None or not isinstance(command.intent, VideoPlay | VideoSeek):
            return command
        knows = audience(self._state, self._viewers(), server=self._instance)
        return structs.replace(command, audience=knows)

    def ready(self, user_id: str, seq: int) -> None:
        """A member here could play on from the state with that seq."""
        self._ready[user_id] = seq
        self._untold.add(user_id)
        self._look_in(LOOK_AFTER_S)

    def reported(self, user_id: str, before: Status | None, status: Status, *, here: bool) -> None:
        """A member has told how it does, here or at another server."""
        if before is None or status.state != "buffering":
            self._loading_since_ms.pop(user_id, None)
        if status.state == "buffering":
            self._loading_since_ms.setdefault(user_id, self._now_ms())
        if _kind(before) != _kind(status):
            if here:  # the others cannot wait for the statuses of each second
                self._publish(encode(MembersStatus(statuses={user_id: status})))
            self.changed()
        elif self._is_waiting:
            self.changed()

    def heard_ready(self, news: MembersReady) -> None:
        """Members at another server are ready."""
        if self._state is None or news.epoch != self._state.epoch:
            return
        for user_id in news.seqs.keys() & self._roster.elsewhere():
            self._ready[user_id] = news.seqs[user_id]
        self.changed()

    def changed(self) -> None:
        """Somebody came, went or changed, or the room did: look before long, if it matters."""
        if self._is_watching:
            self._look_in(LOOK_AFTER_S)

    def stop(self) -> None:
        """No timer fires after this."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def _is_waiting(self) -> bool:
        return self._state is not None and self._state.waiting is not None

    @property
    def _is_watching(self) -> bool:
        state = self._state
        return state is not None and (self._is_waiting or state.settings.wait_for_all)

    def _look_in(self, delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + delay_s
        if self._timer is not None:
            if self._due_s <= due_s:  # uvloop's handles do not always know when
                return
            self._timer.cancel()
        self._due_s = due_s
        self._timer = loop.call_at(due_s, self._look)

    def _look(self) -> None:
        self._timer = None
        state = self._state
        if state is None:
            return
        self._tell_ready(state.epoch)
        if not self._is_watching:
            return
        now_ms = self._now_ms()
        seen = look(state, self._viewers(), now_ms, server=self._instance)
        if seen.intent is not None:
            asked = (type(seen.intent), state.epoch, state.seq)
            if asked != self._asked or now_ms - self._asked_ms >= ASK_AGAIN_S * 1000:
                self._asked, self._asked_ms = asked, now_ms
                self._submit(seen.intent)
            self._look_in(ASK_AGAIN_S)
        elif seen.again_at_ms is not None:
            self._look_in(max(seen.again_at_ms - now_ms, 1.0) / 1000)

    def _forget_who_has_gone(self) -> None:
        for kept in (self._ready, self._loading_since_ms):
            for user_id in [one for one in kept if one not in self._roster]:
                del kept[user_id]

    def _tell_ready(self, epoch: str) -> None:
        told = self._untold & self._ready.keys()
        self._untold = set()
        if told:
            seqs = {user_id: self._ready[user_id] for user_id in told}
            self._publish(encode(MembersReady(epoch=epoch, seqs=seqs)))

    def _viewers(self) -> list[Viewer]:
        return [
            Viewer(
                user_id=seat.user.id,
                person=seat.user.person,
                came_ms=seat.user.connected_at,
                is_here=seat.socket is not None,
                status=seat.status,
                ready_seq=self._ready.get(seat.user.id),
                loading_since_ms=self._loading_since_ms.get(seat.user.id) if seat.status else None,
            )
            for seat in self._roster.connected()
        ]


def _kind(status: Status | None) -> str:
    """What of a status matters here: watching (as is assumed of the unknown), loading or away."""
    if status is None:
        return "watching"
    if status.state in AWAY:
        return "away"
    return "loading" if status.state == "buffering" else "watching"
