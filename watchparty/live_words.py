"""How live rooms do, in the words and figures of the site; pure."""

import math
from typing import Final

from watchparty.core.live import LiveMember, LiveRoom
from watchparty.core.protocol import Status
from watchparty.history.words import clock

STATES: Final = {
    "synced": "Synced",
    "adjusting": "Adjusting",
    "seeking": "Catching up",
    "buffering": "Buffering",
    "hidden": "In the background",
    "blocked": "Needs a click",
    "local": "On their own",
}
"""As a viewer's own page has them (ui/status-words.js)."""

AWAY: Final = "Reconnecting"
UNKNOWN: Final = "Setting the clock"
MEASURED: Final = frozenset({"synced", "adjusting", "seeking"})
"""States in which the drift says how far off a viewer is."""

SYNCED_MS: Final = 20.0
ADJUSTING_MS: Final = 50.0
"""A room whose 95 % lie below the first is in step; beyond the second it is not."""

IN_STEP_MS: Final = 0.5
"""Below it the figure would be 0."""

FULL_SECOND_MS: Final = 999.5
LONG_MS: Final = 99_950.0
SMALL_MS: Final = 10.0
"""Where the unit or the decimals of a figure change."""

NAMED: Final = 3
"""Of those for whom a film stands; the others are counted."""


def difference(ms: float) -> str:
    """A length of time in the unit that reads best, without a sign: 3 ms, 1.2 s, 2 min."""
    size = abs(ms)
    if size < FULL_SECOND_MS:
        return f"{size:.0f} ms"
    return f"{size / 1000:.1f} s" if size < LONG_MS else f"{size / 60_000:.0f} min"


def bound(ms: float) -> str:
    """A bound, small ones with a decimal; rounded up, as it promises."""
    if ms < SMALL_MS:
        return f"{math.ceil(ms * 10 - 1e-9) / 10:.1f} ms"
    return difference(math.ceil(ms))


def state(member: LiveMember) -> str:
    """What a member's player does."""
    if member.is_away:
        return AWAY
    return STATES[member.status.state] if member.status else UNKNOWN


def off(status: Status | None) -> str:
    """How far off a viewer is; empty where that says nothing."""
    if status is None or status.state not in MEASURED:
        return ""
    if abs(status.drift_ms) < IN_STEP_MS:
        return "in step"
    return f"{difference(status.drift_ms)} {'behind' if status.drift_ms > 0 else 'ahead'}"


def light(room: LiveRoom) -> str:
    """Which of good, busy, lost and quiet a room's skew is."""
    if not room.following:
        return "quiet"
    if room.p95_ms < SYNCED_MS:
        return "good"
    return "busy" if room.p95_ms <= ADJUSTING_MS else "lost"


def doing(room: LiveRoom, now_ms: float) -> tuple[str, str]:
    """What the film does: a word for machines, and for people."""
    record = room.newest
    playhead = record.playhead
    if record.waiting:
        return "waiting", f"Waiting for {_names(room) or 'viewers'}"
    position_s = playhead.position_at(now_ms, record.duration_s)
    if record.ended or (record.duration_s is not None and position_s >= record.duration_s):
        return "over", "Over"
    if playhead.starts_after(now_ms):
        return "starting", "Starts together"
    if not playhead.playing:
        return "paused", "Paused"
    return "playing", "Playing" if playhead.rate == 1 else f"Playing at {playhead.rate:g}×"


def length(room: LiveRoom) -> str:
    """How long the film is; empty: not known."""
    duration_s = room.newest.duration_s
    return "" if duration_s is None else clock(duration_s)


def _names(room: LiveRoom) -> str:
    waited_for = room.newest.waiting_for
    known = {member.user.id: member.user.name for member in room.members}
    names = [known[one] for one in waited_for if one in known][:NAMED]
    others = len(waited_for) - len(names)
    if names and others:
        return f"{', '.join(names)} and {others} more"
    return " and ".join([part for part in (", ".join(names[:-1]), *names[-1:]) if part])
