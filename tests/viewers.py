"""Viewers and their statuses, for tests of who is waited for."""

from typing import Any

from tests.rooms import NOW_MS
from watchparty.core.gate import Viewer
from watchparty.core.protocol import PlaybackStatus, Status


def doing(state: PlaybackStatus = "synced", **fields: Any) -> Status:
    """How a viewer does; 40 ms away, and quick to start."""
    defaults: dict[str, Any] = {
        "drift_ms": 0.0,
        "bound_ms": 1.0,
        "rtt_ms": 40.0,
        "rate": 1.0,
        "buffer_s": 10.0,
        "start_ms": 60.0,
        "dropped_frames": 0,
    }
    return Status(**defaults | fields, state=state)


def viewer(user_id: str, **fields: Any) -> Viewer:
    """Somebody who has been here for a minute and plays well."""
    defaults: dict[str, Any] = {
        "person": f"p-{user_id}",
        "came_ms": NOW_MS - 60_000,
        "is_here": True,
        "status": doing(),
    }
    return Viewer(user_id, **defaults | fields)
