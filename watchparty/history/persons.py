"""All that history knows of one person: given out, or taken away with the others' story whole.

A person is the public id that stands in `person` columns; their tabs are `member`s.
"""

import secrets
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.forms.models import model_to_dict
from django.utils import timezone

from watchparty.history.book import SEEN_MS
from watchparty.models import ChatMessage, HouseEvent, PlaybackEvent, Room, SkewSample, Visit

SOMEBODY: Final = "Somebody"
ERASED: Final = "erased-"
"""What an erased member is called in place of their id: what was one member's belongs together."""

_ERASED_BYTES: Final = 9


def export(person: str) -> dict[str, list[dict[str, Any]]]:
    """Every row about a person, by kind, in order. Rooms they own with their addresses."""
    members = _members(person)
    return {
        "rooms": [
            {"slug": room.slug, "title": room.title, "created_at": room.created_at}
            for room in Room.objects.filter(owner_person=person).order_by("created_at")
        ],
        "visits": _rows(Visit.objects.filter(person=person)),
        "playback": _rows(PlaybackEvent.objects.filter(person=person)),
        "chat": _rows(ChatMessage.objects.filter(person=person)),
        "house": _rows(HouseEvent.objects.filter(Q(person=person) | Q(target_person=person))),
        "skew": _rows(SkewSample.objects.filter(member__in=members)),
    }


def count(person: str) -> dict[str, int]:
    """How many rows of each kind `erase` would change."""
    saved, _ = _remembering(person)
    concerned = HouseEvent.objects.filter(Q(person=person) | Q(target_person=person))
    return {
        "visits": Visit.objects.filter(person=person).count(),
        "playback": PlaybackEvent.objects.filter(person=person).count(),
        "chat": ChatMessage.objects.filter(Q(person=person) | Q(removed_by_person=person)).count(),
        "house": concerned.count(),
        "skew": SkewSample.objects.filter(member__in=_members(person)).count(),
        "rooms": Room.objects.filter(owner_person=person).count(),
        "saved states": len(saved),
    }


def erase(person: str) -> tuple[dict[str, int], list[str]]:
    """Make the person nobody: names, words, places and ids go, the film's story stays.

    Returns how many rows of each kind were changed, and the addresses of rooms that are live, whose
    own memory still knows the person, or in which they are just now: what is in memory will be
    written. Erase again when that is over; otherwise again changes nothing more.
    """
    with transaction.atomic():
        changed, here = count(person), _here(person)
        tags = {one: ERASED + secrets.token_urlsafe(_ERASED_BYTES) for one in _members(person)}
        SkewSample.objects.filter(member__in=tags).delete()
        Visit.objects.filter(person=person).update(name=SOMEBODY, city="", flag="")
        PlaybackEvent.objects.filter(person=person).update(name=SOMEBODY)
        ChatMessage.objects.filter(person=person).update(name=SOMEBODY, text="")
        ChatMessage.objects.filter(removed_by_person=person).update(
            removed_by_name=SOMEBODY, removed_by_person=""
        )
        HouseEvent.objects.filter(person=person).update(name=SOMEBODY)
        _forget_target(person, tags)
        _wait_for_somebody(person, tags)
        for model in (Visit, PlaybackEvent, ChatMessage, HouseEvent):
            _call_otherwise(model, person, tags)
        Room.objects.filter(owner_person=person).update(owner_person="")
        saved, live = _remembering(person)
        for room in saved:
            _forget_in_state(room, person)
    return changed, sorted({*live, *here})


def _here(person: str) -> set[str]:
    """Where the person seems to be at this moment."""
    lately = timezone.now() - timedelta(milliseconds=2 * SEEN_MS)
    stays = Visit.objects.filter(person=person, left_at=None, seen_at__gte=lately)
    return set(stays.values_list("room__slug", flat=True))


def _members(person: str) -> set[str]:
    members: set[str] = set()
    for model in (Visit, PlaybackEvent, ChatMessage, HouseEvent):
        rows = model.objects.filter(person=person).exclude(member="")
        members |= set(rows.values_list("member", flat=True).distinct())
    return members


def _rows(found: QuerySet[Any]) -> list[dict[str, Any]]:
    rows = []
    for one in found.select_related("room"):
        fields = model_to_dict(one, exclude=("id", "room"))
        rows.append({"room": one.room.slug, **fields})
    return rows


def _call_otherwise(model: type[Any], person: str, tags: dict[str, str]) -> None:
    for member, tag in tags.items():
        model.objects.filter(person=person, member=member).update(member=tag)
    model.objects.filter(person=person).update(person="")


def _wait_for_somebody(person: str, tags: dict[str, str]) -> None:
    """The film stood for them: it stood for somebody."""
    rooms = Visit.objects.filter(person=person).values("room_id")
    for event in PlaybackEvent.objects.filter(room__in=rooms, waiting_for__isnull=False):
        named = [tags.get(member, member) for member in event.waiting_for or ()]
        if named != event.waiting_for:
            event.waiting_for = named
            event.save(update_fields=["waiting_for"])


def _forget_target(person: str, tags: dict[str, str]) -> None:
    """Who did something to them did it to somebody; a reason may name them, so it goes."""
    for event in HouseEvent.objects.filter(target_person=person):
        event.details.pop("reason", None)
        event.details.pop("person", None)
        event.target_person, event.target_name = "", SOMEBODY
        event.target_member = tags.get(event.target_member, "")
        event.save(update_fields=["details", "target_person", "target_name", "target_member"])


def _remembering(person: str) -> tuple[list[Room], list[str]]:
    """Rooms whose saved state has words of a person, or what they are called in a ban.

    Those that are at rest, and the addresses of those that are live.
    """
    as_text = Room.objects.annotate(text=Cast("state", TextField()))
    naming = Room.objects.filter(pk__in=as_text.filter(text__contains=person).values("pk"))
    rooms = [room for room in naming if _remembers(room, person)]
    at_rest = [room for room in rooms if room.left_cleanly or room.closed_at is not None]
    return at_rest, sorted(room.slug for room in rooms if room not in at_rest)


def _remembers(room: Room, person: str) -> bool:
    chat, removals = _state_of(room)
    is_named = removals.get(person, {}).get("name", SOMEBODY) != SOMEBODY
    return is_named or any(one.get("person") == person for one in chat)


def _forget_in_state(room: Room, person: str) -> None:
    """Words, and what they are called in a ban; who may what in the room stays as it is."""
    chat, removals = _state_of(room)
    chat[:] = [one for one in chat if one.get("person") != person]
    if person in removals:
        removals[person]["name"] = SOMEBODY
    room.save(update_fields=["state"])


def _state_of(room: Room) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Chat and removals of a saved state; empty where this version cannot read it."""
    state = room.state.get("room") if isinstance(room.state, dict) else None
    if not isinstance(state, dict):
        return [], {}
    people = state.get("people")
    removals = people.get("removals") if isinstance(people, dict) else None
    chat = state.get("chat")
    return chat if isinstance(chat, list) else [], removals if isinstance(removals, dict) else {}
