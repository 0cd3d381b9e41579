"""Rooms in the admin: strangers stay out, lists stay cheap, kept state stays as it is."""

from concurrent.futures import Future
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group

from watchparty.core.protocol import ChangeSettings
from watchparty.models import Room, Visit
from watchparty.store.base import StoreUnavailable

pytestmark = pytest.mark.django_db

LIST = "/admin/watchparty/room/"
VISITS = "/admin/watchparty/visit/"


@pytest.fixture(autouse=True)
def passwords_are_hashed_at_once(settings):
    """Nobody signs in with one here; a true hash takes half a second for every administrator."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def rooms():
    made = [Room(slug=f"room-{number}", title=f"Room {number}") for number in range(60)]
    made[0].closed_at = datetime(2026, 1, 1, tzinfo=UTC)
    made[1].owner_person = "0123456789abcdef"
    return Room.objects.bulk_create(made)


def test_strangers_are_sent_to_the_door(client, rooms):
    response = client.get(LIST)
    assert response.status_code == 302
    assert "/admin/login/" in response.headers["Location"]


def test_kept_state_and_address_cannot_be_edited(admin_client, rooms):
    room = Room.objects.get(slug="room-5")
    page = f"{LIST}{room.pk}/change/"
    form = admin_client.get(page).context["adminform"].form
    assert set(form.fields) == {*("title", "is_public", "max_users", "source", "settings")}
    data = {"title": "New", "max_users": 5, "settings": "{}", "source": "null"}
    response = admin_client.post(page, {**data, "seq": 9, "slug": "stolen", "state": "{}"})
    assert response.status_code == 302, response.context["errors"]
    room.refresh_from_db()
    assert (room.title, room.max_users) == ("New", 5)
    assert (room.slug, room.seq, room.state) == ("room-5", 0, None)


def test_a_list_of_many_rooms_costs_as_many_queries_as_one(
    admin_client, rooms, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8) as few:
        admin_client.get(LIST, {"q": "room-7"})
    with django_assert_num_queries(len(few)):
        admin_client.get(LIST)


@pytest.mark.parametrize("found_by", ["room-1", "Room 1", "0123456789abcdef"])
def test_a_room_is_found_by_address_title_and_owner(admin_client, rooms, found_by):
    results = admin_client.get(LIST, {"q": found_by}).context["cl"].result_list
    assert "room-1" in [room.slug for room in results]


@pytest.mark.parametrize(("value", "count"), [("0", 1), ("1", 59), ("x", 60)])
def test_open_and_closed_rooms_are_told_apart(admin_client, rooms, value, count):
    assert admin_client.get(LIST, {"open": value}).context["cl"].result_count == count


def test_admin_pages_work_under_the_strict_policy(admin_client, rooms):
    response = admin_client.get(LIST)
    assert "script-src 'self';" in response.headers["Content-Security-Policy"]
    page = response.content.decode()
    assert "<script>" not in page
    assert " style=" not in page


def test_nobody_closes_rooms_without_the_right(client, django_user_model, rooms):
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))
    chosen = {"action": "close_rooms", "_selected_action": [rooms[5].pk], "confirmed": "1"}
    client.post(LIST, chosen)
    assert Room.objects.get(slug="room-5").closed_at is None


def test_the_action_closes_rooms_and_is_logged(admin_client, rooms):
    chosen = {"action": "close_rooms", "_selected_action": [rooms[5].pk, rooms[6].pk]}
    asked = admin_client.post(LIST, chosen).content.decode()
    assert "Close these rooms for good?" in asked
    assert Room.objects.filter(closed_at__isnull=False).count() == 1, "nothing is done yet"
    response = admin_client.post(LIST, {**chosen, "confirmed": "1"}, follow=True)
    assert "Room 5 is closed." in response.content.decode()
    assert Room.objects.filter(closed_at__isnull=False).count() == 3
    assert LogEntry.objects.filter(object_id=str(rooms[5].pk)).count() == 1


class ToldHub:
    """A hub that answers at once, and remembers what it was asked."""

    is_running = True

    def __init__(self, problem=None):
        self.asked = []
        self.commands = []
        self._problem = problem

    def command(self, slug, command):
        self.asked.append((slug, command.intent))
        self.commands.append((slug, command))
        done: Future[None] = Future()
        if self._problem is None:
            done.set_result(None)
        else:
            done.set_exception(self._problem)
        return done


def edit(admin_client, room, **changes):
    data = {"title": room.title, "max_users": room.max_users, "settings": "{}", "source": "null"}
    return admin_client.post(f"{LIST}{room.pk}/change/", data | changes, follow=True)


def test_a_live_room_hears_what_was_edited_and_only_that(admin_client, rooms, monkeypatch):
    hub = ToldHub()
    monkeypatch.setattr(apps.get_app_config("watchparty"), "hub", hub)
    edit(admin_client, rooms[5], title="Film night", is_public="on")
    edit(admin_client, rooms[6], settings='{"on_end": "loop"}')
    assert hub.asked == [("room-5", ChangeSettings(title="Film night", public=True))]


def test_a_live_room_that_does_not_answer_is_said(admin_client, rooms, monkeypatch):
    hub = ToldHub(StoreUnavailable())
    monkeypatch.setattr(apps.get_app_config("watchparty"), "hub", hub)
    page = edit(admin_client, rooms[5], title="Film night").content.decode()
    assert "did not answer" in page


def act(client, action, path, key):
    chosen = {"action": action, "_selected_action": [key], "confirmed": "1"}
    return client.post(path, chosen, follow=True).content.decode()


def test_a_room_is_locked_and_unlocked_for_everybody_in_it(admin_client, rooms, monkeypatch):
    hub = ToldHub()
    monkeypatch.setattr(apps.get_app_config("watchparty"), "hub", hub)
    assert "Room 5 is locked." in act(admin_client, "lock_rooms", LIST, rooms[5].pk)
    assert "Room 5 is unlocked." in act(admin_client, "unlock_rooms", LIST, rooms[5].pk)
    assert hub.asked == [
        ("room-5", ChangeSettings(locked=True)),
        ("room-5", ChangeSettings(locked=False)),
    ]
    assert LogEntry.objects.filter(object_id=str(rooms[5].pk)).count() == 2


@pytest.fixture
def visit(rooms):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Visit.objects.create(
        room=rooms[5],
        member="m-ben",
        person="p-ben",
        name="Ben",
        role="guest",
        instance="one",
        joined_at=now,
        seen_at=now,
    )


@pytest.mark.parametrize(("action", "ban"), [("remove_people", False), ("ban_people", True)])
def test_who_was_seen_in_a_room_is_sent_out_of_it(admin_client, visit, monkeypatch, action, ban):
    hub = ToldHub()
    monkeypatch.setattr(apps.get_app_config("watchparty"), "hub", hub)
    page = act(admin_client, action, VISITS, visit.pk)
    assert f"Ben is {'banned' if ban else 'removed'} from Room 5." in page
    [(slug, command)] = hub.commands
    assert (slug, command.intent.ban, command.target) == ("room-5", ban, "p-ben")
    assert LogEntry.objects.filter(object_id=str(visit.room_id)).count() == 1


def test_without_a_server_nobody_is_said_to_be_removed(admin_client, visit):
    page = act(admin_client, "ban_people", VISITS, visit.pk)
    assert "no server runs here" in page
    assert not LogEntry.objects.exists()


def test_who_may_only_read_removes_nobody(client, visit, django_user_model, monkeypatch):
    hub = ToldHub()
    monkeypatch.setattr(apps.get_app_config("watchparty"), "hub", hub)
    reader = django_user_model.objects.create_user("reader", is_staff=True)
    reader.groups.add(Group.objects.get(name="History viewers"))
    client.force_login(reader)
    act(client, "ban_people", VISITS, visit.pk)
    assert hub.asked == []
