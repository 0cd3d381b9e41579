"""Rooms' past in the admin, row by row: lists to search and filter, read and never edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, get_args

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from watchparty.core.protocol import EMOJI, PlaybackStatus
from watchparty.history import words
from watchparty.history.searching import with_words
from watchparty.history.words import HOUSE_KINDS, PLAYBACK_KINDS
from watchparty.house_admin import VisitActions
from watchparty.models import (
    ChatMessage,
    HouseEvent,
    PlaybackEvent,
    ReactionTotal,
    SkewSample,
    Visit,
)

if TYPE_CHECKING:  # Django's own classes take no type arguments at run time.
    AnyModelAdmin = admin.ModelAdmin[Model]
else:
    AnyModelAdmin = admin.ModelAdmin

SHORTEST_ID = 12
"""Of a person or a member: what is shorter is a word."""

LINE = 120
"""Characters of a message in a list."""


def _shown(column: str, title: str, write: Callable[[float], str]) -> Callable[[Model], str]:
    """A column of numbers as people read them; it is still sorted by the numbers."""

    @admin.display(description=title, ordering=column, empty_value="")
    def shown(row: Model) -> str:
        value = getattr(row, column)
        return "" if value is None else write(value)

    shown.__name__ = column
    return shown


def _ms(column: str, title: str) -> Callable[[Model], str]:
    return _shown(column, f"{title} (ms)", "{:.1f}".format)


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
        return with_words(queryset, self.search_fields, search_term), False

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

    list_display = (
        *("at", "room", "name", "kind", _shown("position_s", "moment of the film", words.clock)),
        *(_shown("rate", "rate", "{:g}×".format), "playing", "person"),
    )
    list_filter = (ControlFilter, "at")
    search_fields = ("room__slug", "name")
    ordering = ("-at", "-seq")


@admin.register(ChatMessage)
class ChatMessageAdmin(HistoryAdmin):
    """What was written in all rooms."""

    list_display = (
        *("at", "room", "name", "said", _shown("video_time_s", "moment of the film", words.clock)),
        "removed_by_name",
    )
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "at")
    search_fields = ("room__slug", "name", "text")
    ordering = ("-at", "-seq")

    @admin.display(description="text")
    def said(self, message: ChatMessage) -> str:
        """As much of it as a line holds."""
        return Truncator(message.text).chars(LINE)


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
        *(_ms("skew_p50_ms", "skew, median"), _ms("skew_p95_ms", "95 %"), "instance", "person"),
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

    list_display = (
        *("at", "room", "member", _ms("drift_ms", "drift"), _ms("worst_ms", "worst")),
        *(_ms("bound_ms", "bound"), _ms("rtt_ms", "round trip"), "state"),
    )
    list_filter = (StateFilter, "at")
    search_fields = ("room__slug",)
    ids = ("member",)
    ordering = ("-at", "-pk")
