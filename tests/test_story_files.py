"""A room's story as a file, and the groups of staff who may have it."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission

from tests.history_rig import Tale, make_rooms
from tests.test_retention import visit
from watchparty.core.protocol import ChatSend, VideoSeek
from watchparty.history import export
from watchparty.history.writing import write_records
from watchparty.models import Room
from watchparty.story_admin import MOST_ROOMS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_hash(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def room() -> Room:
    make_rooms("demo")
    tale = Tale()
    tale.ask(VideoSeek(time=62.0), "ada")
    tale.ask(ChatSend(text="=HYPERLINK(0)", video_time=62.0), "bo")
    tale.ask(ChatSend(text="Très bien, 3 < 4"), "ada")
    write_records(tale.records, 0.0)
    visit("ada", "bo", at_ms=tale.now_ms)
    return Room.objects.get(slug="demo")


def file_of(room: Room, form: str) -> str:
    return f"/admin/watchparty/room/{room.pk}/story.{form}"


def staff(users: Any, group: str) -> Any:
    user = users.objects.create_user(group.replace(" ", ""), is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def test_staff_without_permission_get_no_file(
    client: Any, room: Room, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))
    assert client.get(file_of(room, "csv")).status_code == 403


def test_there_is_no_other_form(admin_client: Any, room: Room) -> None:
    assert admin_client.get(file_of(room, "xml")).status_code == 404


def test_a_table_has_a_line_for_each_event_and_runs_nothing(admin_client: Any, room: Room) -> None:
    response = admin_client.get(file_of(room, "csv"))
    assert response.headers["Content-Disposition"] == 'attachment; filename="demo.csv"'
    lines = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [line["what"] for line in lines] == ["goes to 1:02", "writes", "writes"]
    assert [line["text"] for line in lines] == ["", "'=HYPERLINK(0)", "Très bien, 3 < 4"]
    assert [line["seq"] for line in lines] == ["1", "2", "3"]
    assert lines[0]["film_s"] == "62.0"


def test_json_has_all_that_is_known(admin_client: Any, room: Room) -> None:
    told = json.loads(admin_client.get(file_of(room, "json")).content)
    assert told["room"]["slug"] == "demo"
    assert [event["type"] for event in told["events"]] == [
        "PlaybackEvent",
        "ChatMessage",
        "ChatMessage",
    ]
    assert told["events"][1]["text"] == "=HYPERLINK(0)"
    assert len(told["visits"]) == 2
    assert LogEntry.objects.get().change_message == "Exported the story as json."


def test_a_long_story_is_whole(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 1)
    assert len(json.loads(export.as_json(room))["events"]) == 3


@pytest.mark.parametrize(
    ("group", "reads", "edits", "makes"),
    [
        ("History viewers", True, False, False),
        ("Moderators", True, True, False),
        ("Administrators", True, True, True),
    ],
)
def test_each_group_may_what_it_is_called_for(
    client: Any,
    room: Room,
    django_user_model: Any,
    group: str,
    reads: bool,
    edits: bool,
    makes: bool,
) -> None:
    user = staff(django_user_model, group)
    client.force_login(user)
    assert (client.get(file_of(room, "json")).status_code == 200) is reads
    page = client.get(f"/admin/watchparty/room/{room.pk}/change/").content.decode()
    assert ('name="_save"' in page) is edits
    assert (client.get("/admin/watchparty/room/add/").status_code == 200) is makes
    assert not user.has_perm("auth.change_user")


def chosen(client: Any, *rooms: Room, action: str = "export_json") -> Any:
    """An action on these rooms of the list."""
    asked = {"action": action, "_selected_action": [room.pk for room in rooms]}
    return client.post("/admin/watchparty/room/", asked)


def test_an_archive_is_for_who_may_read_stories(
    client: Any, room: Room, django_user_model: Any
) -> None:
    user = django_user_model.objects.create_user("guest", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_room"))
    client.force_login(user)
    assert chosen(client, room).status_code == 403
    assert not LogEntry.objects.exists()


def test_too_many_rooms_at_once_are_refused(admin_client: Any, room: Room) -> None:
    make_rooms(*(f"room-{number}" for number in range(MOST_ROOMS)))
    response = chosen(admin_client, *Room.objects.all())
    assert response.status_code == 302
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_stories_of_several_rooms_come_in_one_archive_and_are_logged(
    admin_client: Any, room: Room, form: str
) -> None:
    make_rooms("other")
    response = chosen(admin_client, *Room.objects.all(), action=f"export_{form}")
    assert response.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as files:
        assert set(files.namelist()) == {f"demo.{form}", f"other.{form}"}
        assert files.read(f"demo.{form}") == admin_client.get(file_of(room, form)).content
    logged = LogEntry.objects.filter(change_message__contains=f"as {form}")
    assert {entry.object_id for entry in logged} == {str(one.pk) for one in Room.objects.all()}
