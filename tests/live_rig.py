"""Live rooms without servers: what one says of a room, and who is there."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from tests.rooms import FILM_S, NOW_MS
from tests.test_presence import user
from watchparty.core.live import LiveMember, LiveRecord, ServerLoad
from watchparty.core.playhead import Playhead
from watchparty.core.protocol import Status


def there(
    user_id: str, server: str = "one", status: Status | None = None, **fields: Any
) -> LiveMember:
    """A member at a server."""
    away = fields.pop("is_away", False)
    who = structs.replace(user(user_id), instance=server, **fields)
    return LiveMember(who, status, away)


def told(
    slug: str = "demo",
    server: str | ServerLoad = "one",
    members: Sequence[LiveMember | str] = ("ada",),
    **fields: Any,
) -> LiveRecord:
    """A film of 90 s that plays since NOW_MS at 30 s, as a server says."""
    load = server if isinstance(server, ServerLoad) else ServerLoad(server, 1, len(members))
    here = [there(one, load.name) if isinstance(one, str) else one for one in members]
    statuses = [one.status for one in here if one.status is not None]
    defaults: dict[str, Any] = {
        "title": slug.title(),
        "film": "Clockwork",
        "at_ms": NOW_MS,
        "server": load,
        "count": len(here),
        "people": len(here),
        "drifts_ms": sorted(abs(one.drift_ms) for one in statuses),
        "buffering": sum(one.state == "buffering" for one in statuses),
        "playhead": Playhead(30.0, NOW_MS, 1.0, playing=True),
        "epoch": "e1",
        "seq": 7,
        "duration_s": FILM_S,
    }
    return LiveRecord(slug=slug, members=here, **defaults | fields)
