"""/api/time: the media clock over plain HTTP, for whoever cannot open a socket."""

import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Annotated, Any, Final

import msgspec
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django_ratelimit.core import get_usage
from msgspec import UNSET, Meta, UnsetType
from redis.exceptions import RedisError

from sync.apps import sync_config
from sync.clock import utc_ms
from sync.core.timebase import Timebase
from sync.core.wire import BadFrame, Decoder, DurationMs, Milliseconds, Value, wire_ms
from sync.walls import site

MAX_BODY_BYTES: Final = 1024
"""Ten times what a request needs."""

RATE: Final = "60/s"
"""Requests per address; the seed's page made five every ten seconds."""

PREFLIGHT_AGE_S: Final = 24 * 3600

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")

_logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponse]]


class ClockState(Value, frozen=True):
    """What every answer tells of the media clock."""

    generation: Annotated[int, Meta(description="identity of the media clock's base")]
    error_ms: DurationMs
    civil_offset_ms: Annotated[float, Meta(description="UTC minus media clock, ms; may step")]


class TimeReading(ClockState, frozen=True):
    """Answer to GET."""

    server_time: Milliseconds
    server_processing_time: Annotated[DurationMs, Meta(description="from arrival to answer, ms")]


class TimeQuestion(Value, frozen=True):
    """Body of POST."""

    client_send_time: Annotated[float, Meta(description="T1 by the client's own clock; any number")]


class TimeExchange(ClockState, frozen=True):
    """Answer to POST: one probe."""

    client_send_time: Annotated[float, Meta(description="T1 as it was sent")]
    server_receive_time: Annotated[Milliseconds, Meta(description="T2")]
    server_send_time: Annotated[Milliseconds, Meta(description="T3")]


class ApiError(Value, frozen=True):
    """A coded no over HTTP, in the shape of the sockets' `error`."""

    code: str
    message: str
    field: str | UnsetType = UNSET
    retry_in: DurationMs | UnsetType = UNSET


_decoder: Decoder[TimeQuestion] = Decoder(TimeQuestion)


def readable_from_listed_origins(view: View) -> View:
    """CORS for settings.CORS_ORIGINS, and the answer to a browser's preflight."""

    @wraps(view)
    async def answer(request: HttpRequest) -> HttpResponse:
        preflight = request.method == "OPTIONS"
        response = HttpResponse(status=204) if preflight else await view(request)
        patch_vary_headers(response, ["Origin"])
        response.headers["Cache-Control"] = "no-store"
        origin = request.headers.get("Origin", "")
        if origin.lower() not in settings.CORS_ORIGINS:
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
        if preflight:
            response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_AGE_S)
        return response

    return answer


@csrf_exempt
@readable_from_listed_origins
async def time(request: HttpRequest) -> HttpResponse:
    """GET reads the media clock; POST answers one probe."""
    timebase = sync_config().timebase
    received_at_ms = timebase.now_ms()
    if request.method not in METHODS:
        return refuse(405, "method_not_allowed", f"Use {', '.join(METHODS)}.", Allow=METHODS)
    retry_in_s = await _retry_in_s(request)
    if retry_in_s:
        return _too_often(retry_in_s)
    if request.method == "POST":
        return _exchange(request, timebase, received_at_ms)
    now_ms = timebase.now_ms()
    return reply(
        TimeReading(
            server_time=wire_ms(now_ms),
            server_processing_time=wire_ms(now_ms - received_at_ms),
            **_state(timebase),
        )
    )


def _exchange(request: HttpRequest, timebase: Timebase, received_at_ms: float) -> HttpResponse:
    if request.content_type != "application/json":
        return refuse(415, "unsupported_media_type", "Send application/json.")
    try:
        body = request.body
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > MAX_BODY_BYTES:
        return refuse(413, "too_large", f"A body may have {MAX_BODY_BYTES} bytes at most.")
    try:
        question = _decoder.decode(body)
    except BadFrame as problem:
        return reply(_explain(problem), status=400)
    return reply(
        TimeExchange(
            client_send_time=question.client_send_time,
            server_receive_time=wire_ms(received_at_ms),
            **_state(timebase),
            server_send_time=wire_ms(timebase.now_ms()),
        )
    )


def _state(timebase: Timebase) -> dict[str, Any]:
    return {
        "generation": timebase.generation,
        "error_ms": timebase.told_error_ms,
        "civil_offset_ms": wire_ms(timebase.civil_offset_ms(utc_ms())),
    }


def _explain(problem: BadFrame) -> ApiError:
    field = UNSET if problem.field is None else problem.field
    return ApiError(code=problem.code, message=problem.message, field=field)


async def _retry_in_s(request: HttpRequest) -> int:
    """Seconds to wait; 0: go on. Counted off the event loop, since the cache may be far away."""
    try:
        usage = await sync_to_async(get_usage, thread_sensitive=False)(
            request, group="api_time", key=_visitor, rate=RATE, increment=True
        )
    except (RedisError, OSError):
        _logger.warning("requests are not counted: the cache does not answer", exc_info=True)
        return 0
    return max(usage["time_left"], 1) if usage and usage["should_limit"] else 0


def _visitor(_group: str, request: HttpRequest) -> str:
    return site(request.META.get("REMOTE_ADDR") or "")


def _too_often(retry_in_s: int) -> HttpResponse:
    problem = ApiError(code="too_often", message=f"At most {RATE}.", retry_in=retry_in_s * 1000)
    return reply(problem, status=429, **{"Retry-After": str(retry_in_s)})


def refuse(status: int, code: str, message: str, **headers: Any) -> HttpResponse:
    """A coded no."""
    return reply(ApiError(code=code, message=message), status, **headers)


def reply(value: Any, status: int = 200, **headers: Any) -> HttpResponse:
    """Any value of ours as JSON."""
    text = {
        name: ", ".join(value) if isinstance(value, tuple) else value
        for name, value in headers.items()
    }
    return HttpResponse(
        msgspec.json.encode(value), status=status, content_type="application/json", headers=text
    )
