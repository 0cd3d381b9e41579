"""Live now: a page of the admin with the rooms of all servers, as they are at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join

from watchparty import live_words as words
from watchparty.core.live import LiveMember, LiveRoom, merge, servers_of
from watchparty.core.protocol import Status
from watchparty.history.words import clock
from watchparty.live import live_rooms
from watchparty.models import Room
from watchparty.story_admin import STORY_PERMISSIONS

if TYPE_CHECKING:
    from django.contrib import admin

    from watchparty.hub.live_rooms import Sight

SHOWN: Final = 50
"""The fullest rooms; the others are counted, and found by their names."""

PART: Final = "part"
OPEN: Final = "open"
"""Asked for by the page's script, which has the frame already: only what changes, and the members
of these rooms alone.
"""


STRIP_MS: Final = words.ADJUSTING_MS
"""How far off is at the edge of the strip on which viewers stand beside the playhead."""

STRIP_EDGE: Final = 6
STRIP: Final = {
    "width": 240,
    "height": 14,
    "half": 7,
    "middle": 120,
    "synced_x": 120 - 120 * words.SYNCED_MS / STRIP_MS,
    "synced_width": 240 * words.SYNCED_MS / STRIP_MS,
}
"""Its measures, with the band in which a viewer counts as synced."""


class LivePages:
    """For the admin of rooms: what goes on now, over all servers."""

    admin_site: admin.AdminSite

    def live_urls(self) -> list[URLPattern]:
        """Before the admin's own, which would take it for a room's number."""
        page = self.admin_site.admin_view(self.live_page)
        return [path("live/", page, name="watchparty_room_live")]

    def live_page(self, request: HttpRequest) -> HttpResponse:
        """The whole page, or what changes of it."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]  # of ModelAdmin
            raise PermissionDenied
        asked = request.GET.get("q", "").strip()
        context = {
            "asked": asked,
            **_shown(live_rooms(), asked, _opened(request)),
            "may_change": self.has_change_permission(request),  # type: ignore[attr-defined]
            "may_read_stories": request.user.has_perms(STORY_PERMISSIONS),
        }
        if PART in request.GET:
            return TemplateResponse(request, "admin/watchparty/room/_live.html", context)
        frame = {
            **self.admin_site.each_context(request),
            "title": "Live now",
            "opts": Room._meta,  # noqa: SLF001 - Django's own public name
        }
        return TemplateResponse(request, "admin/watchparty/room/live.html", frame | context)


def _opened(request: HttpRequest) -> frozenset[str] | None:
    """Rooms whose members are open; None: all are sent, to be opened without asking again.

    The part comes every 2 s, and most of its cost would be lines that nobody sees.
    """
    return frozenset(request.GET.getlist(OPEN)) if PART in request.GET else None


def _shown(sight: Sight | None, asked: str, opened: frozenset[str] | None) -> dict[str, Any]:
    """What the template is told; `sight` is None where no server runs in this process."""
    if sight is None:
        return {"has_server": False}
    rooms = merge(sight.records)
    servers = servers_of(sight.records)
    found = [room for room in rooms if _answers(room, asked.casefold())]
    shown = found[:SHOWN]
    keys = dict(_keys(room.newest.slug for room in shown))
    return {
        "has_server": True,
        "now_ms": sight.now_ms,
        "others": sight.others,
        "silent_s": round((sight.now_ms - sight.heard_ms) / 1000),
        "people": sum(room.count for room in rooms),
        "many": len(rooms),
        "servers": servers,
        "strip": STRIP,
        "rooms": [
            _room(room, keys.get(room.newest.slug), sight.now_ms)
            | ({"members": _members(room)} if opened is None or room.newest.slug in opened else {})
            for room in shown
        ],
        "left_out": len(found) - len(shown),
        # Of each server its fullest are told.
        "untold": max(sum(one.rooms for one in servers) - len(sight.records), 0),
    }


def _answers(room: LiveRoom, asked: str) -> bool:
    newest = room.newest
    return asked in newest.slug or asked in newest.title.casefold()


def _keys(slugs: Iterable[str]) -> Iterable[tuple[str, int]]:
    """Address → the row, in one query."""
    return Room.objects.filter(slug__in=list(slugs)).values_list("slug", "pk")


def _room(room: LiveRoom, key: int | None, now_ms: float) -> dict[str, Any]:
    newest, playhead = room.newest, room.newest.playhead
    position_s = playhead.position_at(now_ms, newest.duration_s)
    kind, what = words.doing(room, now_ms)
    return {
        "key": key,
        "slug": newest.slug,
        "title": newest.title or newest.slug,
        "film": newest.film,
        "locked": newest.locked,
        "count": room.count,
        "servers": room.servers,
        "degraded_at": room.degraded_at,
        "kind": kind,
        "what": what,
        "position_s": position_s,
        "at": clock(position_s),
        "length": words.length(room),
        "duration_s": newest.duration_s,
        "playhead": playhead,
        "following": room.following,
        "half": words.difference(room.p50_ms),
        "most": words.difference(room.p95_ms),
        "light": words.light(room),
        "buffering": room.buffering,
        "dots": _dots(room),
        "others": room.count - len(room.members),
    }


def _dots(room: LiveRoom) -> str:
    """Every viewer who follows the film, beside the playhead; who is farther off, at the edge.

    Made here and not in the template, which takes ten times as long for a thousand of them.
    """
    return format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="4" fill="{}"><title>{}: {}</title></circle>',
        (
            (_place(member.status), STRIP["half"], member.user.color, member.user.name, where)
            for member in room.members
            if member.status is not None and (where := words.off(member.status))
        ),
    )


def _place(status: Status) -> str:
    share = max(-1.0, min(1.0, status.drift_ms / STRIP_MS))
    return f"{STRIP['middle'] + share * (STRIP['middle'] - STRIP_EDGE):.1f}"


def _members(room: LiveRoom) -> list[dict[str, Any]]:
    return [_member(member) for member in room.members]


def _member(member: LiveMember) -> dict[str, Any]:
    user, status = member.user, member.status
    return {
        "user": user,
        "state": "away" if member.is_away else (status.state if status else "unknown"),
        "does": words.state(member),
        "off": words.off(status),
        "bound": words.bound(status.bound_ms) if status else "",
        "rtt": words.difference(status.rtt_ms) if status else "",
    }
