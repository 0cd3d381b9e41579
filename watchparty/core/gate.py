"""What a room should do next about viewers who are not ready, judged from what a hub knows of them.

Pure: `look` returns an intent of the room itself, valid only for the state that it was judged from,
and when to look again. The steps themselves are in watchparty/core/waiting.py.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from watchparty.core.protocol import Status
from watchparty.core.state import (
    MIN_LEAD_MS,
    Audience,
    Freeze,
    Gate,
    NameLaggards,
    OwnIntent,
    RoomState,
    StartTogether,
)

# The figures of research/sync.md section 3, "Scheduled start" and "Gate".
SOFT_MS: Final = 3000.0
"""Who is not ready by then is named, so that a controller may go on without."""

STALL_MS: Final = 1500.0
"""Loading for so long in a row stops a room that waits for everyone; less is over by itself."""

AHEAD_S: Final = 2.0
"""Film loaded ahead with which a viewer who had to load can go on without stopping at once."""

ROUND_TRIPS: Final = 1.5
LEAD_MARGIN_MS: Final = 150.0
MAX_LEARNED_LEAD_MS: Final = 2000.0
"""A start lies ahead by the slowest viewer's 1.5 round trips and start latency, and a margin; but
one slow viewer does not make all others wait longer than this."""

TAKE_OVER_MS: Final = 1000.0
"""So long after the deadline any other server sees to a gate whose own server has died."""

AWAY: Final = frozenset({"hidden", "blocked", "local"})
"""States in which nobody watches the room's picture: not waited for."""


class Viewer(Struct, frozen=True):
    """A connected viewer as one hub knows it."""

    user_id: str
    person: str
    came_ms: float
    is_here: bool
    """Whether this server holds the socket."""
    status: Status | None = None
    ready_seq: int | None = None
    """The seq of which it has said last that it is ready."""
    loading_since_ms: float | None = None

    @property
    def counts(self) -> bool:
        """Whether a room may wait for it."""
        return self.status is None or self.status.state not in AWAY

    def is_ready(self, state: RoomState, gate: Gate) -> bool:
        """Whether it could go on."""
        if self.ready_seq is not None and gate.since_seq <= self.ready_seq <= state.seq:
            return True
        if gate.reason == "start" or self.status is None:
            return False
        return self.status.state != "buffering" and self.status.buffer_s >= AHEAD_S


class Look(Struct, frozen=True):
    """What to do now, if anything, and when to look again, if nothing happens before."""

    intent: OwnIntent | None = None
    again_at_ms: float | None = None


def look(state: RoomState, viewers: list[Viewer], now_ms: float, *, server: str) -> Look:
    """What the hub of `server` should have its room do."""
    if state.closed:
        return Look()
    if state.waiting is not None:
        return _look_at_gate(state, state.waiting, viewers, now_ms, server)
    if state.settings.wait_for_all and state.playhead.playing:
        return _look_for_stalls(state, viewers, now_ms, server)
    return Look()


def audience(state: RoomState, viewers: list[Viewer], *, server: str) -> Audience:
    """What a control that may open or end a gate has to know of the viewers."""
    gate = state.waiting
    return Audience(
        server=server,
        lead_ms=lead_ms(viewers),
        waited_for=tuple(viewer.user_id for viewer in viewers if viewer.counts),
        laggards=tuple(one.person for one in laggards(state, gate, viewers)) if gate else (),
    )


def lead_ms(viewers: Iterable[Viewer]) -> float:
    """How far ahead a start lies that everybody who counts hears of in time."""
    slowest_ms = max(
        (
            ROUND_TRIPS * viewer.status.rtt_ms + viewer.status.start_ms
            for viewer in viewers
            if viewer.counts and viewer.status is not None
        ),
        default=0.0,
    )
    return min(max(slowest_ms + LEAD_MARGIN_MS, MIN_LEAD_MS), MAX_LEARNED_LEAD_MS)


def laggards(state: RoomState, gate: Gate, viewers: Iterable[Viewer]) -> list[Viewer]:
    """Who is waited for and not ready. Nobody who came after the gate was opened."""
    return [
        viewer
        for viewer in viewers
        if viewer.counts and _is_meant(viewer, gate) and not viewer.is_ready(state, gate)
    ]


def _is_meant(viewer: Viewer, gate: Gate) -> bool:
    if gate.reason == "start":
        return viewer.came_ms <= gate.opened_ms
    return viewer.user_id in gate.user_ids


def _look_at_gate(
    state: RoomState, gate: Gate, viewers: list[Viewer], now_ms: float, server: str
) -> Look:
    if not viewers:
        return Look()  # nobody is left: the film stands until the room is emptied
    takes_over_ms = gate.deadline_ms + TAKE_OVER_MS
    if gate.server != server and now_ms < takes_over_ms:
        return Look(again_at_ms=takes_over_ms)
    lagging = laggards(state, gate, viewers)
    called_off = gate.reason == "buffering" and not state.settings.wait_for_all
    if not lagging or called_off or now_ms >= gate.deadline_ms:
        in_vain = tuple(viewer.person for viewer in lagging)
        return Look(StartTogether(state.seq, lead_ms(viewers), in_vain))
    named_ms = gate.opened_ms + SOFT_MS
    if gate.laggards_named:
        return Look(again_at_ms=gate.deadline_ms)
    if now_ms < named_ms:
        return Look(again_at_ms=named_ms)
    return Look(NameLaggards(state.seq, tuple(viewer.user_id for viewer in lagging)))


def _look_for_stalls(state: RoomState, viewers: list[Viewer], now_ms: float, server: str) -> Look:
    """Each server stops the room for its own viewers, and names all that it knows to be loading."""
    due = {
        viewer: _due_ms(state, viewer, viewer.loading_since_ms)
        for viewer in viewers
        if viewer.counts and viewer.loading_since_ms is not None
    }
    earliest_ms = min((at_ms for viewer, at_ms in due.items() if viewer.is_here), default=None)
    if earliest_ms is None or now_ms < earliest_ms:
        return Look(again_at_ms=earliest_ms)
    stalled = {viewer.user_id: viewer.person for viewer, at_ms in due.items() if at_ms <= now_ms}
    return Look(Freeze(state.seq, stalled, server))


def _due_ms(state: RoomState, viewer: Viewer, loading_since_ms: float) -> float:
    """When the room should stop for one who loads: a start, a seek gives everybody time anew."""
    due_ms = max(loading_since_ms, state.playhead.at_ms) + STALL_MS
    return max(due_ms, state.spared_until_ms.get(viewer.person, 0.0))
