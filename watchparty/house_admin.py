"""What staff do to rooms and people from the admin: each asked for once more, told, and logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from watchparty.live import RoomNotReached, close_room, lock_room, remove_person
from watchparty.models import Room, Visit

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    AnyAdmin = ModelAdmin[Any]

SHOWN = 20
"""Of what is chosen; the others are counted."""


def confirmed(
    pages: AnyAdmin,
    request: HttpRequest,
    chosen: QuerySet[Any],
    *,
    action: str,
    question: str,
    do: Callable[[Any], str],
    room_of: Callable[[Any], Room],
) -> TemplateResponse | None:
    """Ask first; once confirmed do it to each, say how it went, and write it into the log."""
    if "confirmed" not in request.POST:
        found = list(chosen[: SHOWN + 1])
        context = {
            **pages.admin_site.each_context(request),
            "title": question,
            "opts": pages.model._meta,  # noqa: SLF001 - Django's own public name
            "chosen": found[:SHOWN],
            "others": chosen.count() - len(found[:SHOWN]),
            "keys": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox": ACTION_CHECKBOX_NAME,
            "action": action,
        }
        return TemplateResponse(request, "admin/watchparty/confirm.html", context)
    for one in chosen:
        try:
            done = do(one)
        except RoomNotReached as problem:
            pages.message_user(request, str(problem), messages.ERROR)
            continue
        LogEntry.objects.log_actions(str(request.user.pk), [room_of(one)], CHANGE, done)
        pages.message_user(request, done, messages.SUCCESS)
    return None


class RoomActions:
    """For the admin of rooms."""

    @admin.action(description="Close, with everybody in them", permissions=["change"])
    def close_rooms(
        self, request: HttpRequest, queryset: QuerySet[Room]
    ) -> TemplateResponse | None:
        """End the parties now: every viewer is told, nobody comes in again."""

        def close(room: Room) -> str:
            close_room(room, reason="Closed by an administrator.")
            return f"{room.title} is closed."

        return confirmed(
            self,  # type: ignore[arg-type]
            request,
            queryset.filter(closed_at__isnull=True),
            action="close_rooms",
            question="Close these rooms for good?",
            do=close,
            room_of=_itself,
        )

    @admin.action(description="Lock: nobody new comes in", permissions=["change"])
    def lock_rooms(self, request: HttpRequest, queryset: QuerySet[Room]) -> TemplateResponse | None:
        """Who is in stays in."""
        return self._lock(request, queryset, locked=True)

    @admin.action(description="Unlock", permissions=["change"])
    def unlock_rooms(
        self, request: HttpRequest, queryset: QuerySet[Room]
    ) -> TemplateResponse | None:
        """Let newcomers in again."""
        return self._lock(request, queryset, locked=False)

    def _lock(
        self, request: HttpRequest, rooms: QuerySet[Room], *, locked: bool
    ) -> TemplateResponse | None:
        word = "lock" if locked else "unlock"

        def lock(room: Room) -> str:
            lock_room(room, locked=locked)
            return f"{room.title} is {word}ed."

        return confirmed(
            self,  # type: ignore[arg-type]
            request,
            rooms.filter(closed_at__isnull=True),
            action=f"{word}_rooms",
            question=f"{word.capitalize()} these rooms?",
            do=lock,
            room_of=_itself,
        )


class VisitActions:
    """For the admin of visits: who was seen there is sent out of the room, with all their tabs."""

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Whoever may change rooms may say who is in them."""
        return request.user.has_perm("watchparty.change_room")

    @admin.action(description="Remove from the room for a minute", permissions=["moderate"])
    def remove_people(
        self, request: HttpRequest, queryset: QuerySet[Visit]
    ) -> TemplateResponse | None:
        """They may come back after it."""
        return self._remove(request, queryset, ban=False)

    @admin.action(description="Ban from the room", permissions=["moderate"])
    def ban_people(
        self, request: HttpRequest, queryset: QuerySet[Visit]
    ) -> TemplateResponse | None:
        """For the room's life, or until owner or hosts let them in again."""
        return self._remove(request, queryset, ban=True)

    def _remove(
        self, request: HttpRequest, visits: QuerySet[Visit], *, ban: bool
    ) -> TemplateResponse | None:
        def remove(visit: Visit) -> str:
            remove_person(visit, ban=ban)
            return f"{visit.name} is {'banned' if ban else 'removed'} from {visit.room.title}."

        return confirmed(
            self,  # type: ignore[arg-type]
            request,
            visits.filter(room__closed_at__isnull=True).select_related("room"),
            action="ban_people" if ban else "remove_people",
            question="Ban these people?" if ban else "Remove these people for a minute?",
            do=remove,
            room_of=_room_of_visit,
        )


def _itself(room: Room) -> Room:
    return room


def _room_of_visit(visit: Visit) -> Room:
    return visit.room
