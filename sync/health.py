"""/api/health (or /healthz): whether this process lives, and how its clock, memory and sockets do.

/api/ready (or /readyz): whether new visitors should be sent to it: once its clock is the
deployment's, and until it begins to drain. Neither asks the database or Redis (ADR 33, 37).
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
from sync.core.anchor import ClockState, Figures
from sync.core.timebase import Timebase
from sync.core.wire import wire_ms
from sync.views import refuse, reply

NS_PER_S: Final = 1_000_000_000

ALONE: Final = Figures(ClockState.OWN, None, 0.0, None, 0)
"""A process without others: its oscillator is the media clock."""

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
    """GET: 200 while new visitors are welcome; 503 before the clock agrees and once we drain."""
    if request.method not in ("GET", "HEAD"):
        return refuse(405, "method_not_allowed", "Use GET or HEAD.", Allow=("GET", "HEAD"))
    config = sync_config()
    response = reply({"ready": config.welcomes, "draining": config.draining})
    response.status_code = 200 if config.welcomes else 503
    response.headers["Cache-Control"] = "no-store"
    return response


def report() -> dict[str, Any]:
    """The seed's fields, then the clock's, then what other apps have added."""
    config = sync_config()
    raw_ns = config.timebase.raw_ns()
    return {
        "status": "ok",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "uptime": round((raw_ns - config.started_ns) / NS_PER_S, 3),
        "memory": {"rssBytes": resident_bytes()},
        "version": settings.VERSION,
        "instance": settings.INSTANCE_ID,
        "timebase": own_clock_report(),
        **config.health_report(),
    }


def own_clock_report() -> dict[str, Any]:
    """How this process keeps the media clock."""
    config = sync_config()
    return clock_report(config.timebase, config.cluster.figures if config.cluster else ALONE)


def clock_report(timebase: Timebase, figures: Figures) -> dict[str, Any]:
    """Where the media clock stands over its oscillator, UTC and Redis, and how wrong it may be."""
    return {
        "state": figures.state,
        "mediaTime": wire_ms(timebase.now_ms()),
        "offsetMs": wire_ms(timebase.base_ms),
        "redisOffsetMs": figures.redis_offset_ms,
        "skewPpm": round(figures.skew_ppm, 3),
        "errorMs": timebase.told_error_ms,
        "sampleAgeMs": None if figures.sample_age_ms is None else wire_ms(figures.sample_age_ms),
        "generation": timebase.generation,
        "anchor": figures.anchor_number,
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
