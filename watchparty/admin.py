"""Rooms in Django's admin: found and read easily, their saved state never edited by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import URLPattern

from watchparty import history_admin  # noqa: F401 - its lists are registered by it
from watchparty.house_admin import RoomActions
from watchparty.live import RoomNotReached, set_room
from watchparty.live_admin import LivePages
from watchparty.models import Room
from watchparty.story_admin import StoryPages

if TYPE_CHECKING:  # Django's own classes take no type arguments at run time.
    RoomModelAdmin = admin.ModelAdmin[Room]
else:
    RoomModelAdmin = admin.ModelAdmin


admin.site.site_header = admin.site.site_title = "Clock Synchronization World"
admin.site.index_title = "Rooms and their history"

SETTING_OF = {"title": "title", "is_public": "public", "max_users": "max_users"}
"""Column → what the room's settings call it."""


class OpenFilter(admin.SimpleListFilter):
    """Open rooms, closed rooms."""

    title = "open or closed"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """The two answers."""
        return [("1", "Open"), ("0", "Closed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Room]) -> QuerySet[Room]:
        """Rooms with or without a time of closing."""
        if self.value() not in ("0", "1"):
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "1")


@admin.register(Room)
class RoomAdmin(RoomActions, StoryPages, LivePages, RoomModelAdmin):
    """One query per list: a room shows nothing but its own row."""

    list_display = (
        "title",
        "slug",
        "is_public",
        "max_users",
        "seq",
        "left_cleanly",
        "created_at",
        "open",
        "story",
    )
    list_filter = (OpenFilter, "is_public", "left_cleanly", "created_at")
    search_fields = ("slug", "title", "owner_person")
    date_hierarchy = "created_at"
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = (
        "owner_person",
        "state",
        "epoch",
        "seq",
        "left_cleanly",
        "boot_id",
        "created_at",
        "updated_at",
        "closed_at",
    )
    actions = ("close_rooms", "lock_rooms", "unlock_rooms", "export_csv", "export_json")
    fieldsets = (
        (None, {"fields": ("title", "slug", "is_public", "max_users", "owner_person")}),
        ("What it plays and how", {"fields": ("source", "settings")}),
        (
            "Saved state",
            {
                "description": "Written by the room itself, a moment after each change.",
                "fields": ("state", "epoch", "seq", "left_cleanly", "boot_id"),
            },
        ),
        ("Times", {"fields": ("created_at", "updated_at", "closed_at")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """The admin's own, what is live now, and a room's story."""
        return [*self.live_urls(), *self.story_urls(), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> tuple[str, ...]:
        """An address is chosen once: invitations point at it."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def save_model(
        self, request: HttpRequest, obj: Room, form: ModelForm[Room], change: bool
    ) -> None:
        """Write only what was edited: a live room writes its state into the same row."""
        if change:
            obj.save(update_fields=[*form.changed_data, "updated_at"])
            self._tell_live_room(request, obj, form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def _tell_live_room(self, request: HttpRequest, room: Room, changed: Iterable[str]) -> None:
        """Its people see it at once, and it does not write the old values back."""
        changes = {SETTING_OF[name]: getattr(room, name) for name in changed if name in SETTING_OF}
        if not changes or room.closed_at is not None:
            return
        try:
            set_room(room, changes)
        except RoomNotReached as problem:
            self.message_user(request, str(problem), messages.ERROR)

    @admin.display(boolean=True, description="open", ordering="closed_at")
    def open(self, room: Room) -> bool:
        """Whether anybody may still come in."""
        return room.closed_at is None
