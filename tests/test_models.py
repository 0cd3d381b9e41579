"""Rooms in the database: what it refuses by itself, and that models and wire agree."""

import re
from typing import get_args

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from watchparty.core.protocol import RoomSettings, Slug, SourceRequest
from watchparty.management.commands.demo_room import ROOM
from watchparty.models import SLUG_LENGTH, SLUG_PATTERN, Room

pytestmark = pytest.mark.django_db

NO_SLUGS = ("Demo", "a--b", "-a", "a-", "a_b", "ä", "a b", "a\n")


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": ""},
        {"slug": "demo"},
        {"max_users": 0},
        {"max_users": 10_001},
        {"seq": 1, "epoch": ""},
    ],
)
def test_the_database_itself_refuses_a_room_that_cannot_be(wrong):
    Room.objects.create(slug="demo", title="Demo")
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(**{"slug": "other", "title": "Other", **wrong})


@pytest.mark.parametrize("slug", [*NO_SLUGS, "a" * (SLUG_LENGTH + 1)])
def test_a_slug_that_the_wire_refuses_is_no_slug(slug):
    with pytest.raises(ValidationError) as refusal:
        Room(slug=slug, title="Demo").full_clean()
    assert set(refusal.value.message_dict) == {"slug"}


def test_model_and_wire_mean_the_same_slug():
    meta = get_args(Slug)[1]
    assert meta.max_length == SLUG_LENGTH
    for slug in (*NO_SLUGS, "a", "7", "a-b", "demo-2-x", "a" * SLUG_LENGTH):
        assert bool(re.search(SLUG_PATTERN, slug)) == bool(re.search(meta.pattern, slug)), slug


def test_a_room_starts_open_with_nothing_kept():
    room = Room.objects.create(slug="demo", title="Demo")
    room.full_clean()
    assert (room.seq, room.epoch, room.state, room.source) == (0, "", None, None)
    assert (room.settings, room.left_cleanly, room.closed_at) == ({}, True, None)
    assert (room.is_public, room.max_users) == (False, 100)
    assert str(room) == "Demo (demo)"
    assert room.get_absolute_url() == "/rooms/demo/"


def test_the_demo_room_is_made_once_and_then_left_alone(capsys):
    call_command("demo_room")
    Room.objects.update(title="Renamed")
    call_command("demo_room")
    assert [room.title for room in Room.objects.all()] == ["Renamed"]
    assert "already there" in capsys.readouterr().out


def test_rooms_for_a_load_may_be_large_but_not_larger_than_rooms_are():
    with pytest.raises(CommandError, match="--max-users"):
        call_command("demo_room", "--slug", "load-1", "--max-users", "10001")
    call_command("demo_room", "--slug", "load-1", "load-2", "--max-users", "10000")
    assert [room.max_users for room in Room.objects.all()] == [10_000, 10_000]


def test_the_demo_room_can_be_understood_by_the_room_machine():
    source = msgspec.convert(ROOM["source"], SourceRequest)
    assert source.url == "/media/clockwork-30.webm"
    assert msgspec.convert(ROOM["settings"], RoomSettings).on_end == "loop"
