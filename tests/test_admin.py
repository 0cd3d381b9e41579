"""Rooms in the admin: strangers stay out, lists stay cheap, kept state stays as it is."""

from concurrent.futures import Future
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry

from watchparty.core.protocol import ChangeSettings
from watchparty.models import Room
from watchparty.store.base import StoreUnavailable

pytestmark = pytest.mark.django_db

LIST = "/admin/watchparty/room/"


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
    client.post(LIST, {"action": "close_rooms", "_selected_action": [rooms[5].pk]})
    assert Room.objects.get(slug="room-5").closed_at is None


def test_the_action_closes_rooms_and_is_logged(admin_client, rooms):
    chosen = {"action": "close_rooms", "_selected_action": [rooms[5].pk, rooms[6].pk]}
    response = admin_client.post(LIST, chosen, follow=True)
    assert "Room 5 is closed." in response.content.decode()
    assert Room.objects.filter(closed_at__isnull=False).count() == 3
    assert LogEntry.objects.filter(object_id=str(rooms[5].pk)).count() == 1


class ToldHub:
    """A hub that answers at once, and remembers what it was asked."""

    is_running = True

    def __init__(self, problem=None):
        self.asked = []
        self._problem = problem

    def command(self, slug, command):
        self.asked.append((slug, command.intent))
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
