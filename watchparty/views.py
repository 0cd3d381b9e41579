"""The pages: home, starting a room, and the room itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from django.apps import apps
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from sync.core.wire import CLOCK_ROOM
from sync.pages import clock_page
from watchparty import identity
from watchparty.core.protocol import EMOJI, RoomSummary
from watchparty.csp import as_room_page
from watchparty.demo import DEMO_FILM
from watchparty.forms import RoomForm, new_slug
from watchparty.models import Room
from watchparty.sign_in import name_of

if TYPE_CHECKING:
    from watchparty.apps import WatchpartyConfig
    from watchparty.hub.hub import Hub

ROOMS_SHOWN: Final = 12
ROOMS_PER_ADDRESS: Final = "10/m"
SLUG_ATTEMPTS: Final = 3

SIDES: Final = (
    {"key": "a", "label": "Left", "wrong": "7.4 s fast", "offset_ms": 7400, "skew_ppm": 40},
    {"key": "b", "label": "Right", "wrong": "3.1 s slow", "offset_ms": -3100, "skew_ppm": -60},
)
EMOJI_NAMES: Final = (
    *("heart", "fire", "laughing", "surprised", "applause", "party"),
    *("hundred", "sparkles", "in love", "mind blown", "eyes", "skull"),
)
EMOJI_KEYS: Final = (*"1234567890", "-", "=")
FACES: Final = (
    *(("🙂", "smiling"), ("😉", "winking"), ("😎", "cool"), ("🤔", "thinking")),
    *(("😢", "crying"), ("😱", "screaming"), ("😴", "asleep"), ("🙄", "rolling eyes")),
    *(("😇", "innocent"), ("🥳", "celebrating"), ("👍", "thumbs up"), ("🍿", "popcorn")),
)
"""Beside the twelve, what the chat offers to write with."""


@require_safe
@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    """The first page: two players in step, a room of one's own, the rooms of others."""
    return _home(request, RoomForm())


@require_safe
@ensure_csrf_cookie
def party(request: HttpRequest) -> HttpResponse:
    """The clock pages' way in: a room of one's own, the rooms of others."""
    context = {"form": RoomForm(), "rooms": _public_rooms()}
    return clock_page(request, "party", "watchparty/party.html", context)


@require_POST
def create_room(request: HttpRequest) -> HttpResponseBase:
    """Start a room and go there; what is wrong is said beside its field."""
    if _must_sign_in(request):
        return _sign_in(request, then=reverse("watchparty:home"))
    form = RoomForm(request.POST)
    if not form.is_valid():
        return _home(request, form, status=422)
    if is_ratelimited(
        request, group="create-room", key="ip", rate=ROOMS_PER_ADDRESS, increment=True
    ):
        response = render(request, "429.html", status=429)
        response.headers["Retry-After"] = "60"
        return response
    room = _open_room(
        title=form.cleaned_data["title"],
        is_public=form.cleaned_data["public"],
        owner_person=identity.person_of(request),
    )
    return HttpResponseRedirect(room.get_absolute_url())


@require_safe
@ensure_csrf_cookie
def room(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The room, or a page that says that it is not there."""
    if slug == CLOCK_ROOM:
        return redirect("clock-dashboard")
    if _must_sign_in(request):
        return as_room_page(request, _sign_in(request, then=request.get_full_path()))
    found = Room.objects.filter(slug=slug).first()
    if found is None:
        return render(request, "watchparty/no_room.html", {"slug": slug}, status=404)
    context = {
        "room": found,
        "config": _room_config(found),
        "invite_url": request.build_absolute_uri(found.get_absolute_url()),
        "account_name": name_of(identity.account_of(request.user)),
        "people_words": _people_words(_people_in(found.slug)),
        "emoji": [
            {"sign": sign, "name": name, "key": key}
            for sign, name, key in zip(EMOJI, EMOJI_NAMES, EMOJI_KEYS, strict=True)
        ],
        "faces": [{"sign": sign, "name": name} for sign, name in FACES],
    }
    response = render(request, "watchparty/room.html", context)
    return as_room_page(request, response)


def _must_sign_in(request: HttpRequest) -> bool:
    return settings.WS_AUTH == "required" and not request.user.is_authenticated


def _sign_in(request: HttpRequest, *, then: str) -> HttpResponse:
    """A page that says so, with the way to the login and from there on to `then`."""
    login = redirect_to_login(then).url
    return render(request, "watchparty/sign_in.html", {"login_url": login}, status=403)


def _home(request: HttpRequest, form: RoomForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "rooms": _public_rooms(),
        "sides": SIDES,
        "poster": DEMO_FILM["poster"],
        "config": {
            "film": DEMO_FILM,
            "wsPath": "/ws/sync/",
            "sides": [
                {"key": side["key"], "offsetMs": side["offset_ms"], "skewPpm": side["skew_ppm"]}
                for side in SIDES
            ],
            "sync": settings.SYNC_CONFIG,
        },
    }
    return render(request, "watchparty/home.html", context, status=status)


def _open_room(*, title: str, is_public: bool, owner_person: str) -> Room:
    for attempt in range(SLUG_ATTEMPTS):
        try:
            with transaction.atomic():
                return Room.objects.create(
                    slug=new_slug(),
                    title=title,
                    is_public=is_public,
                    owner_person=owner_person,
                    source=DEMO_FILM,
                )
        except IntegrityError:
            # The same address twice is less likely than a broken source of randomness.
            if attempt == SLUG_ATTEMPTS - 1:
                raise
    raise AssertionError


def _room_config(found: Room) -> dict[str, Any]:
    """What the page's script starts from; the rest comes over the socket."""
    return {
        "slug": found.slug,
        "title": found.title,
        "wsPath": "/ws/party/",
        "workerUrl": static("js/pages/socket-worker.js"),
        "closed": found.closed_at is not None,
        "instance": settings.INSTANCE_ID,
        "sync": settings.SYNC_CONFIG,
        "source": found.source,
        "demo": DEMO_FILM,
        "debug": settings.DEBUG,
    }


def _summaries() -> list[RoomSummary]:
    """Public rooms with people in them, fullest first; none in a process without a hub."""
    hub: Hub | None = cast("WatchpartyConfig", apps.get_app_config("watchparty")).hub
    return [] if hub is None else hub.room_summaries()


def _public_rooms() -> list[dict[str, str]]:
    return [
        {
            "slug": one.id,
            "title": one.title,
            "people": _count(one.user_count),
            "verb": "Playing, at" if one.is_playing else "Paused at",
            "moment": clock_time(one.current_time) if one.source_title else "",
        }
        for one in _summaries()[:ROOMS_SHOWN]
    ]


def _people_in(slug: str) -> int:
    return next((one.user_count for one in _summaries() if one.id == slug), 0)


def _people_words(count: int) -> str:
    if count == 0:
        return ""
    return f"{_count(count)} {'is' if count == 1 else 'are'} watching now."


def _count(people: int) -> str:
    return f"{people} {'person' if people == 1 else 'people'}"


def clock_time(position_s: float) -> str:
    """A position as a clock shows it: 0:07, 12:04, 1:02:33."""
    minutes, seconds = divmod(int(position_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
