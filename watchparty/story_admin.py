"""A room's past in the admin: its story on one page, and every kind of row in a list to search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, get_args

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from watchparty.core.protocol import EMOJI, PlaybackStatus
from watchparty.history import charts, export, queries, words
from watchparty.history.queries import Event, Place
from watchparty.history.retention import AGES
from watchparty.history.words import HOUSE_KINDS, PLAYBACK_KINDS
from watchparty.house_admin import VisitActions
from watchparty.models import (
    BUCKET_S,
    ChatMessage,
    HouseEvent,
    PlaybackEvent,
    ReactionTotal,
    Room,
    SkewSample,
    Visit,
)

if TYPE_CHECKING:  # Django's own classes take no type arguments at run time.
    AnyModelAdmin = admin.ModelAdmin[Model]
else:
    AnyModelAdmin = admin.ModelAdmin

SHOWN_SKEW_MS = 100.0
"""The top of the curve of skew, where nobody is farther off."""


SHORTEST_ID = 12

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
        """A page of the story, with drawings of all of it beside the first page."""
        room = _room_for(request, pk)
        asked = request.GET.get("q", "").strip()
        after = Place.read(request.GET.get("after", ""))
        told = queries.story(room, after, words=asked)
        context = {
            **self.admin_site.each_context(request),
            "title": f"The story of {room.title}",
            "opts": Room._meta,  # noqa: SLF001 - Django's own public name
            "room": room,
            "asked": asked,
            "moments": [_moment(event) for event in told.events],
            "next": told.next,
            "is_first": after is None,
            **(_drawings(room) if after is None else {}),
        }
        return TemplateResponse(request, "admin/watchparty/room/story.html", context)

    def story_file(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        """The whole story to keep; that somebody took it is in the log of the admin."""
        if form not in FILES:
            raise Http404
        room = _room_for(request, pk)
        write, kind = FILES[form]
        LogEntry.objects.log_actions(
            str(request.user.pk), [room], CHANGE, f"Exported the story as {form}."
        )
        response = HttpResponse(write(room), content_type=kind)
        response.headers["Content-Disposition"] = f'attachment; filename="{room.slug}.{form}"'
        return response

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


def _room_for(request: HttpRequest, pk: int) -> Room:
    """The room, for who may read its history: words are more than a room's name."""
    room = Room.objects.filter(pk=pk).first()
    if room is None:
        raise Http404
    if not request.user.has_perms(STORY_PERMISSIONS):
        raise PermissionDenied
    return room


def _moment(event: Event) -> dict[str, Any]:
    moment = {"event": event, "who": words.who(event), "what": words.what(event)}
    if isinstance(event, ChatMessage) and event.video_time_s is not None:
        moment["at_film"] = words.clock(event.video_time_s)
    return moment


def _drawings(room: Room) -> dict[str, Any]:
    summary = queries.summary(room)
    if summary.first is None or summary.last is None:
        return {"summary": summary}
    span = charts.Span(summary.first, summary.last)
    stays = queries.visits(room)
    skew = queries.skew_over_time(room, summary.first, summary.last)
    top_ms = max([SHOWN_SKEW_MS if not skew else 1.0, *(high for _, _, high in skew)])
    films: dict[str, list[tuple[int, str, int]]] = {}
    for source_id, second, emoji, many in queries.reactions(room):
        films.setdefault(source_id, []).append((second, emoji, many))
    lines = charts.presence(stays, span)
    return {
        "summary": summary,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "presence": lines,
        "presence_height": len(lines) * charts.BAR,
        "viewers": charts.steps(queries.viewers_over_time(stays), span),
        "median": charts.curve([(at, median) for at, median, _ in skew], span, top_ms),
        "high": charts.curve([(at, high) for at, _, high in skew], span, top_ms),
        "has_skew": bool(skew),
        "films": {one: charts.columns(totals, BUCKET_S) for one, totals in films.items()},
    }


class WordFilter(admin.SimpleListFilter):
    """By one of a few words that are known: Django would read all rows to learn them."""

    words: Iterable[str] = ()

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """The words."""
        return [(word, word) for word in sorted(self.words)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with this word, or all."""
        word = self.value()
        return queryset.filter(**{str(self.parameter_name): word}) if word else queryset


class ControlFilter(WordFilter):
    """By what was done to the film."""

    title, parameter_name = "kind", "kind"
    words = PLAYBACK_KINDS


class HouseFilter(WordFilter):
    """By what was done to the room and its people."""

    title, parameter_name = "kind", "kind"
    words = HOUSE_KINDS


class StateFilter(WordFilter):
    """By what a viewer's player did."""

    title, parameter_name = "state", "state"
    words = get_args(PlaybackStatus)


class EmojiFilter(WordFilter):
    """By reaction."""

    title, parameter_name = "emoji", "emoji"
    words = EMOJI


class HistoryAdmin(AnyModelAdmin):
    """Rows that only a recorder writes: read, searched, filtered, never edited."""

    list_per_page = 100
    show_full_result_count = False
    ids: tuple[str, ...] = ("person",)
    """Columns with an index, in which what is searched may stand as it is."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By an id in its index; by words only what is none, as that reads every row."""
        if len(search_term) >= SHORTEST_ID and " " not in search_term:
            one_of = Q()
            for column in self.ids:
                one_of |= Q(**{column: search_term})
            named = queryset.filter(one_of)
            if named.exists():
                return named, False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """History is recorded, not written."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nor corrected …"""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """… nor picked from: `prune_history` and `erase_person` are for that."""
        return False


@admin.register(PlaybackEvent)
class PlaybackEventAdmin(HistoryAdmin):
    """Controls of all rooms."""

    list_display = ("at", "room", "name", "kind", "position_s", "rate", "playing", "person")
    list_filter = (ControlFilter, "at")
    search_fields = ("room__slug", "name")
    ordering = ("-at", "-seq")


@admin.register(ChatMessage)
class ChatMessageAdmin(HistoryAdmin):
    """What was written in all rooms."""

    list_display = ("at", "room", "name", "text", "video_time_s", "removed_by_name", "person")
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "at")
    search_fields = ("room__slug", "name", "text")
    ordering = ("-at", "-seq")


@admin.register(HouseEvent)
class HouseEventAdmin(HistoryAdmin):
    """Who did what to whom in all rooms."""

    list_display = ("at", "room", "name", "kind", "target_name", "details", "person")
    list_filter = (HouseFilter, "at")
    search_fields = ("room__slug", "name", "target_name")
    ids = ("person", "target_person")
    ordering = ("-at", "-seq")


@admin.register(Visit)
class VisitAdmin(VisitActions, HistoryAdmin):
    """Who was where and when."""

    list_display = (
        *("joined_at", "room", "name", "role", "left_at", "reconnects"),
        *("skew_p50_ms", "skew_p95_ms", "instance", "person"),
    )
    list_filter = ("role", "instance", "joined_at")
    search_fields = ("room__slug", "name")
    ids = ("person", "member")
    actions = ("remove_people", "ban_people")
    ordering = ("-joined_at", "-pk")


@admin.register(ReactionTotal)
class ReactionTotalAdmin(HistoryAdmin):
    """Reactions over films."""

    ids = ()
    list_display = ("at", "room", "source_id", "bucket_s", "emoji", "count")
    list_filter = (EmojiFilter, "at")
    search_fields = ("room__slug",)
    ordering = ("-at", "-pk")


@admin.register(SkewSample)
class SkewSampleAdmin(HistoryAdmin):
    """How far apart viewers were."""

    list_display = ("at", "room", "member", "drift_ms", "worst_ms", "bound_ms", "rtt_ms", "state")
    list_filter = (StateFilter, "at")
    search_fields = ("room__slug",)
    ids = ("member",)
    ordering = ("-at", "-pk")
