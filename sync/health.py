"""/api/health: whether this process lives, and how its clock, memory and sockets do.

/api/ready: whether new visitors should be sent to it, which ends when it begins to drain.
"""

import os
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sync.apps import sync_config
from sync.clock import utc_ms
from sync.core.timebase import Timebase
from sync.core.wire import wire_ms
from sync.views import refuse, reply

STATM_FILE: Final = Path("/proc/self/statm")


@csrf_exempt
async def health(request: HttpRequest) -> HttpResponse:
    """GET: 200 and a JSON object while the process answers at all."""
    if request.method not in ("GET", "HEAD"):
        return refuse(405, "method_not_allowed", "Use GET or HEAD.", Allow=("GET", "HEAD"))
    response = reply(report())
    response.headers["Cache-Control"] = "no-store"
    return response


@csrf_exempt
async def ready(request: HttpRequest) -> HttpResponse:
    """GET: 200 while new visitors are welcome; 503 as soon as this process drains."""
    if request.method not in ("GET", "HEAD"):
        return refuse(405, "method_not_allowed", "Use GET or HEAD.", Allow=("GET", "HEAD"))
    draining = sync_config().draining
    response = reply({"ready": not draining, "draining": draining})
    response.status_code = 503 if draining else 200
    response.headers["Cache-Control"] = "no-store"
    return response


def report() -> dict[str, Any]:
    """The seed's fields, then the clock's, then what other apps have added."""
    config = sync_config()
    timebase = config.timebase
    return {
        "status": "ok",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "uptime": round((timebase.now_ms() - config.started_at_ms) / 1000, 3),
        "memory": {"rssBytes": resident_bytes()},
        "version": settings.VERSION,
        "instance": settings.INSTANCE_ID,
        "timebase": clock_report(timebase),
        **config.health_report(),
    }


def clock_report(timebase: Timebase) -> dict[str, Any]:
    """Where the media clock stands: over its oscillator, beside UTC, and how wrong it may be."""
    return {
        "mediaTime": wire_ms(timebase.now_ms()),
        "offsetMs": wire_ms(timebase.base_ms),
        "skewPpm": 0.0,  # Alone, this process's oscillator is the media clock.
        "errorMs": timebase.error_ms,
        "generation": timebase.generation,
        "civilOffsetMs": wire_ms(timebase.civil_offset_ms(utc_ms())),
    }


def resident_bytes() -> int:
    """Memory in use; where the system does not tell, the highest there was."""
    try:
        pages = int(STATM_FILE.read_text(encoding="ascii").split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")
