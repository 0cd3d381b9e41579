"""A room's past in the admin: its story on one page, and as a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from watchparty.history import charts, export, queries, words
from watchparty.history.queries import Event, Party, Place
from watchparty.history.retention import AGES
from watchparty.models import (
    BUCKET_S,
    ChatMessage,
    Room,
    Visit,
)

SHOWN_SKEW_MS = 100.0
"""The top of the curve of skew, where nobody is farther off."""

ALL = "all"
"""In an address: every party, and what lies between them."""

MOST_ROOMS = 50
"""Whose stories are put into one archive."""

PARTIES = 8
"""That are named at once; older ones are behind a click."""

STORY_PERMISSIONS = (
    "watchparty.view_room",
    "watchparty.view_chatmessage",
    "watchparty.view_playbackevent",
    "watchparty.view_houseevent",
    "watchparty.view_visit",
)

FILES = {
    "csv": (export.as_csv, "text/csv; charset=utf-8"),
    "json": (export.as_json, "application/json"),
}


class StoryPages:
    """For the admin of rooms: a page with a room's whole story, and the way to it."""

    admin_site: admin.AdminSite

    def story_urls(self) -> list[URLPattern]:
        """Before the admin's own, which would take it for a room's number."""
        page = self.admin_site.admin_view(self.story_page)
        file = self.admin_site.admin_view(self.story_file)
        return [
            path("<int:pk>/story/", page, name="watchparty_room_story"),
            path("<int:pk>/story.<str:form>", file, name="watchparty_room_story_file"),
        ]

    @admin.display(description="story")
    def story(self, room: Room) -> str:
        """The way to a room's story."""
        where = reverse("admin:watchparty_room_story", args=[room.pk])
        return format_html('<a href="{}">Story</a>', where)

    def story_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A page of the story; the first is headed by drawings of all of it."""
        room = _room_for(request, pk)
        asked = request.GET.get("q", "").strip()
        after = Place.read(request.GET.get("after", ""))
        stays = queries.visits(room)
        parties = queries.parties(stays)
        party = _chosen(request.GET.get("party", "" if not asked else ALL), parties)
        told = queries.story(room, after, words=asked, party=party)
        is_drawn = after is None and not asked
        context = {
            **self.admin_site.each_context(request),
            "title": f"The story of {room.title}",
            "opts": Room._meta,  # noqa: SLF001 - Django's own public name
            "room": room,
            "asked": asked,
            "moments": [_moment(event) for event in told.events],
            "next": told.next,
            "is_drawn": is_drawn,
            "all": ALL,
            "party": party,
            "parties": parties[::-1][:PARTIES],
            "older": parties[::-1][PARTIES:],
            **(_drawings(room, stays, party) if is_drawn else {}),
        }
        return TemplateResponse(request, "admin/watchparty/room/story.html", context)

    def story_file(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        """The whole story to keep; that somebody took it is in the log of the admin."""
        if form not in FILES:
            raise Http404
        room = _room_for(request, pk)
        return _file(f"{room.slug}.{form}", _exported(request, room, form), FILES[form][1])

    @admin.action(description="Export their stories as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Room]) -> HttpResponse | None:
        """One archive with a table for each room."""
        return self._export(request, queryset, "csv")

    @admin.action(description="Export their stories as JSON", permissions=["view"])
    def export_json(self, request: HttpRequest, queryset: QuerySet[Room]) -> HttpResponse | None:
        """One archive with a file for each room."""
        return self._export(request, queryset, "json")

    def _export(
        self, request: HttpRequest, rooms: QuerySet[Room], form: str
    ) -> HttpResponse | None:
        chosen = list(rooms[: MOST_ROOMS + 1])
        if len(chosen) > MOST_ROOMS:
            messages.error(request, f"Choose {MOST_ROOMS} rooms at most.")
            return None
        if not request.user.has_perms(STORY_PERMISSIONS):
            raise PermissionDenied
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
            for room in chosen:
                files.writestr(f"{room.slug}.{form}", _exported(request, room, form))
        return _file(f"stories-{form}.zip", archive.getvalue(), "application/zip")

    def get_deleted_objects(
        self, rooms: Iterable[Room], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """A room takes its history along: how much that is, not each of a million rows."""
        named = list(rooms)
        counts = {"rooms": len(named)}
        for model in AGES:
            rows = model._default_manager.filter(room__in=named)  # noqa: SLF001 - public
            counts[str(model._meta.verbose_name_plural)] = rows.count()  # noqa: SLF001
        return [str(room) for room in named], counts, set(), []


def _exported(request: HttpRequest, room: Room, form: str) -> bytes:
    """The whole story; that somebody took it is written into the log."""
    said = f"Exported the story as {form}."
    LogEntry.objects.log_actions(str(request.user.pk), [room], CHANGE, said)
    return FILES[form][0](room)


def _file(name: str, content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _room_for(request: HttpRequest, pk: int) -> Room:
    """The room, for who may read its history: words are more than a room's name."""
    room = Room.objects.filter(pk=pk).first()
    if room is None:
        raise Http404
    if not request.user.has_perms(STORY_PERMISSIONS):
        raise PermissionDenied
    return room


def _chosen(key: str, parties: Sequence[Party]) -> Party | None:
    """The party that an address names; the newest where it names none. None: all of the past."""
    if key == ALL or len(parties) <= 1:
        return None
    return next((party for party in parties if party.key == key), parties[-1])


def _moment(event: Event) -> dict[str, Any]:
    is_chat = isinstance(event, ChatMessage)
    moment = {"event": event, "who": words.who(event), "what": words.what(event)}
    if isinstance(event, ChatMessage) and event.video_time_s is not None:
        moment["at_film"] = words.clock(event.video_time_s)
    return {**moment, "is_chat": is_chat}


def _drawings(room: Room, stays: Sequence[Visit], party: Party | None) -> dict[str, Any]:
    summary = queries.summary(room, party)
    if summary.first is None or summary.last is None:
        return {"summary": summary}
    if party is not None:
        stays = [stay for stay in stays if party.first <= stay.joined_at <= party.last]
    span = charts.Span(summary.first, summary.last)
    skew = queries.skew_over_time(room, summary.first, summary.last)
    top_ms = max([SHOWN_SKEW_MS if not skew else 1.0, *(high for _, _, high in skew)])
    films: dict[str, list[tuple[int, str, int]]] = {}
    for source_id, second, emoji, many in queries.reactions(room, party):
        films.setdefault(source_id, []).append((second, emoji, many))
    lines = charts.presence(stays, span)
    return {
        "summary": summary,
        "ticks": span.ticks(),
        "film": charts.film(queries.controls(room, party), span),
        "presence": lines,
        "presence_height": len(lines) * charts.BAR,
        "viewers": charts.steps(queries.viewers_over_time(stays), span),
        "median": charts.curve([(at, median) for at, median, _ in skew], span, top_ms),
        "high": charts.curve([(at, high) for at, _, high in skew], span, top_ms),
        "has_skew": bool(skew),
        "reacted": sum(many for totals in films.values() for _, _, many in totals),
        "films": [
            (one, charts.columns(totals, BUCKET_S), charts.film_ticks(totals[-1][0] + BUCKET_S))
            for one, totals in films.items()
        ],
    }
