"""Live now in the admin: who may look, what is shown, what is said when not all of it is known."""

import re
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from tests.live_rig import there, told
from tests.rooms import NOW_MS
from tests.viewers import doing
from watchparty import live_admin
from watchparty import live_words as words
from watchparty.core.live import LiveRecord, ServerLoad, merge
from watchparty.core.playhead import Playhead
from watchparty.hub.live_rooms import Others, Sight
from watchparty.models import Room

pytestmark = pytest.mark.django_db

PAGE = "/admin/watchparty/room/live/"
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _quick_hash(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class SeeingHub:
    """In the place of this process' hub: sees what it is told to."""

    is_running = True

    def __init__(self, *records: LiveRecord, others: Others = "heard", heard_ms: float = NOW_MS):
        self.sight = Sight(list(records), NOW_MS, others, heard_ms)

    def look(self) -> Future[Sight]:
        done: Future[Sight] = Future()
        done.set_result(self.sight)
        return done


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the hub of this process see these records."""

    def with_hub(*records: LiveRecord, **how: Any) -> None:
        hub = SeeingHub(*records, **how)
        monkeypatch.setattr(apps.get_app_config("watchparty"), "hub", hub)

    return with_hub


def page(client: Any, **asked: str) -> str:
    response = client.get(PAGE, asked)
    assert response.status_code == 200
    text: str = response.content.decode()
    return re.sub(r"\s+", " ", text)


def staff(users: Any, *permissions: str) -> Any:
    user = users.objects.create_user("staff", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    return user


def make_rooms(*slugs: str) -> None:
    Room.objects.bulk_create(Room(slug=slug, title=slug.title()) for slug in slugs)


# -- Who may look


def test_strangers_are_sent_to_the_door_and_staff_without_permission_away(
    client: Any, see: Any, django_user_model: Any
) -> None:
    see(told())
    for asked in ({}, {"part": "1"}):
        response = client.get(PAGE, asked)
        assert response.status_code == 302
        assert "/admin/login/" in response.headers["Location"]
    client.force_login(staff(django_user_model, "view_visit"))
    for asked in ({}, {"part": "1"}):
        response = client.get(PAGE, asked)
        assert response.status_code == 403
        assert "Ada" not in response.content.decode()
    assert PAGE not in client.get("/admin/").content.decode()


def test_who_may_only_see_rooms_is_shown_no_way_to_change_one_or_to_read_its_story(
    client: Any, see: Any, django_user_model: Any
) -> None:
    make_rooms("demo")
    see(told())
    client.force_login(staff(django_user_model, "view_room"))
    shown = page(client)
    assert "Ada" in shown
    assert "close_rooms" not in shown
    assert "/story/" not in shown


def test_moderators_close_and_lock_by_the_actions_that_ask_once_more(
    client: Any, see: Any, django_user_model: Any
) -> None:
    make_rooms("demo", "shut")
    see(told(), told("shut", locked=True))
    user = django_user_model.objects.create_user("mo", is_staff=True)
    user.groups.add(Group.objects.get(name="Moderators"))
    client.force_login(user)
    shown = page(client)
    key = Room.objects.get(slug="demo").pk
    assert f"/admin/watchparty/room/{key}/story/" in shown
    acts = re.findall(r'name="action" value="(\w+)"', shown)
    assert acts == ["lock_rooms", "close_rooms", "unlock_rooms", "close_rooms"]
    form = {"_selected_action": key, "action": "close_rooms"}
    asked = client.post("/admin/watchparty/room/", form).content.decode()
    assert "Close these rooms for good?" in asked
    assert Room.objects.get(slug="demo").closed_at is None


def test_the_list_of_rooms_and_the_first_page_lead_here(admin_client: Any) -> None:
    for where in ("/admin/watchparty/room/", "/admin/"):
        assert PAGE in admin_client.get(where).content.decode()


# -- What is said when not all is known


def test_a_process_without_a_server_says_so(admin_client: Any) -> None:
    assert "This process serves no rooms" in page(admin_client)


def test_nobody_here_is_said(admin_client: Any, see: Any) -> None:
    see()
    assert "Nobody is watching now." in page(admin_client)


def test_others_who_were_asked_just_now_or_cannot_be_are_told_of(
    admin_client: Any, see: Any
) -> None:
    see(told(), others="asked")
    assert "The other servers were asked just now." in page(admin_client)
    see(told(), others="lost", heard_ms=NOW_MS - 8000)
    assert "last heard 8 s ago" in page(admin_client)
    see(told(), others="lost", heard_ms=0.0)
    assert "Only this server’s rooms are shown" in page(admin_client)
    see(told(), others="none")
    shown = page(admin_client)
    assert "Redis" not in shown
    assert "other servers" not in shown


def test_rooms_that_are_not_shown_are_counted_and_found_by_title_or_address(
    admin_client: Any, see: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_admin, "SHOWN", 2)
    see(*(told(f"room-{n}", ServerLoad("one", 9, 30), people=9 - n) for n in range(5)))
    shown = page(admin_client)
    assert shown.count('class="live-room') == 2
    assert "and 3 smaller rooms: find them" in shown
    assert "and 4 smaller ones that their servers do not tell" in shown
    for asked in ("room-4", "ROOM-4"):
        found = page(admin_client, q=asked)
        assert found.count('class="live-room') == 1
        assert 'id="live-room-4"' in found
    assert "No live room is called “x&lt;y”." in page(admin_client, q="x<y")


# -- What is shown


def test_a_room_over_two_servers_is_one_with_members_skew_and_playhead(
    admin_client: Any, see: Any
) -> None:
    make_rooms("demo")
    one = told(
        members=[
            there("ada", status=doing(drift_ms=3.4, bound_ms=0.61, rtt_ms=12.0), role="owner"),
            there("bo", status=doing("buffering", drift_ms=900.0)),
        ],
        drifts_ms=[3.4],
        title="<b>Night</b>",
        playhead=Playhead(61.5, NOW_MS - 2000, 1.5, playing=True),
        locked=True,
    )
    two = told(
        server="two", members=[there("cy", "two", is_away=True)], degraded=True, title="Old", seq=3
    )
    see(one, two)
    shown = page(admin_client)
    assert ">&lt;b&gt;Night&lt;/b&gt;</a>" in shown
    assert "<strong>3</strong> people in <strong>1</strong> room" in shown
    assert 'data-position-s="61.500000"' in shown
    assert f'data-at-ms="{NOW_MS - 2000:.3f}"' in shown
    assert f'data-now-ms="{NOW_MS:.3f}"' in shown
    assert ">1:04<" in shown, "61.5 s and 2 s at 1.5×"
    assert "/ 1:30" in shown
    assert "Playing at 1.5×" in shown
    for said in ("Locked", "Out of reach for two", "1 buffering", "3 ms · 3 ms", "Reconnecting"):
        assert said in shown
    row = re.search(r'<tr id="live-demo-ada".*?</tr>', shown)
    assert row
    assert re.findall(r"<td[^>]*>(.*?)</td>", row[0]) == [
        *("owner", "Synced", "3 ms behind", "±0.7 ms", "12 ms", "one")
    ]
    assert shown.count("<circle") == 3 + 1, "a face for each; on the strip who follows alone"
    assert "style=" not in shown.split('id="content-main"')[1], "the policy forbids it"
    assert "<script>" not in shown


def test_the_part_that_changes_comes_alone(admin_client: Any, see: Any) -> None:
    see(told())
    part = page(admin_client, part="1")
    assert "<html" not in part
    assert part.count('id="live"') == 1
    assert part.split('id="live"')[1].strip()[:20] in page(admin_client)


def test_of_the_part_only_rooms_that_are_open_carry_their_members(
    admin_client: Any, see: Any
) -> None:
    see(told("a", members=["ada"]), told("b", members=["bo"]))
    part = page(admin_client, part="1", open="b")
    assert ("live-a-ada" in part, "live-b-bo" in part) == (False, True)
    assert part.count("Asking …") == 1


def test_a_room_without_a_row_has_no_way_into_the_admin(admin_client: Any, see: Any) -> None:
    see(told("gone"))
    shown = page(admin_client)
    assert "/rooms/gone/" in shown
    assert "close_rooms" not in shown


def test_many_rooms_cost_as_many_queries_as_one(
    admin_client: Any,
    see: Any,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    slugs = [f"room-{number}" for number in range(40)]
    make_rooms(*slugs)
    for asked in ({}, {"part": "1"}):
        see(told(slugs[0]))
        with django_assert_max_num_queries(3) as few:
            admin_client.get(PAGE, asked)
        see(*(told(slug, members=[f"m{n}" for n in range(20)]) for slug in slugs))
        with django_assert_num_queries(len(few)):
            admin_client.get(PAGE, asked)


# -- Words


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (told(), "Playing"),
        (told(playhead=Playhead(30.0, NOW_MS)), "Paused"),
        (told(playhead=Playhead(30.0, NOW_MS + 1, playing=True)), "Starts together"),
        (told(playhead=Playhead(89.0, NOW_MS - 1001, playing=True)), "Over"),
        (told(playhead=Playhead(10.0, NOW_MS), ended=True), "Over"),
        (told(duration_s=None, playhead=Playhead(9e6, NOW_MS, playing=True)), "Playing"),
        (told(members=["ada", "bo"], waiting="start", waiting_for=("bo",)), "Waiting for Bo"),
        (
            told(members=["ada", "bo"], waiting="buffering", waiting_for=("ada", "bo")),
            "Waiting for Ada and Bo",
        ),
        (told(waiting="start", waiting_for=("ada", "x", "y")), "Waiting for Ada and 2 more"),
        (told(waiting="start", waiting_for=("x",)), "Waiting for viewers"),
    ],
)
def test_what_a_film_does_is_said(record: LiveRecord, said: str) -> None:
    assert words.doing(merge([record])[0], NOW_MS)[1] == said


@pytest.mark.parametrize(
    ("drift_ms", "said"),
    [(0.4, "in step"), (-3.0, "3 ms ahead"), (1200.0, "1.2 s behind"), (2e5, "3 min behind")],
)
def test_how_far_off_a_viewer_is_is_said_with_its_side(drift_ms: float, said: str) -> None:
    assert words.off(doing(drift_ms=drift_ms)) == said
    assert words.off(doing("hidden", drift_ms=drift_ms)) == ""
    assert words.off(None) == ""


def test_a_bound_is_rounded_up() -> None:
    bounds = [words.bound(ms) for ms in (0.0, 0.61, 9.99, 10.2, 1500.0)]
    assert bounds == ["0.0 ms", "0.7 ms", "10.0 ms", "11 ms", "1.5 s"]


@pytest.mark.parametrize(
    ("drifts", "light"), [([], "quiet"), ([19.0], "good"), ([50.0], "busy"), ([50.1], "lost")]
)
def test_a_room_s_light_follows_its_worst_viewers(drifts: list[float], light: str) -> None:
    assert words.light(merge([told(drifts_ms=drifts)])[0]) == light


def test_states_are_called_as_on_a_viewer_s_own_page() -> None:
    script = (ROOT / "static" / "js" / "ui" / "status-words.js").read_text(encoding="utf-8")
    ours = dict(re.findall(r'(\w+): \{ word: "([^"]+)"', script))
    assert {state: ours[state] for state in words.STATES} == words.STATES
    assert (ours["reconnecting"], ours["waiting"]) == (words.AWAY, words.UNKNOWN)
    measured = re.search(r"MEASURED = new Set\(\[(.*?)\]", script)
    assert measured
    assert set(re.findall(r"\w+", measured[1])) == words.MEASURED
