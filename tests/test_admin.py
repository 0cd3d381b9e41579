"""Rooms in the admin: strangers stay out, lists stay cheap, kept state stays as it is."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry

from watchparty.models import Room

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
