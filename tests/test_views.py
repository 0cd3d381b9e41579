import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from config.env import Env
from config.sync_config import DEFAULT_SYNC_CONFIG, parse_sync_config
from watchparty import identity
from watchparty.core.protocol import EMOJI, RoomSummary
from watchparty.models import Room
from watchparty.views import clock_time

pytestmark = pytest.mark.django_db

HOSTILE = "<img src=x onerror=alert(1)>"


class HubWithRooms:
    """What the pages ask of a hub."""

    def __init__(self, *summaries: RoomSummary) -> None:
        self._summaries = list(summaries)

    def room_summaries(self) -> list[RoomSummary]:
        return self._summaries


@pytest.fixture(autouse=True)
def no_hub() -> Iterator[None]:
    config: Any = apps.get_app_config("watchparty")
    before, config.hub = config.hub, None
    yield
    config.hub = before


def set_hub(*summaries: RoomSummary) -> None:
    config: Any = apps.get_app_config("watchparty")
    config.hub = HubWithRooms(*summaries)


def summary(slug: str, title: str, user_count: int = 2) -> RoomSummary:
    return RoomSummary(
        id=slug,
        title=title,
        user_count=user_count,
        is_playing=True,
        current_time=724.6,
        source_title="Clockwork",
    )


def config_of(response: Any, element: str = "room-config") -> dict[str, Any]:
    found = re.search(
        rf'<script id="{element}" type="application/json">(.*?)</script>', response.content.decode()
    )
    assert found
    return dict(json.loads(found[1]))


# -- Refusals


def test_a_room_that_was_never_opened_is_a_404_with_a_way_out(client: Client) -> None:
    response = client.get("/rooms/quiet-nothing-0000/")
    assert response.status_code == 404
    assert "There is no room at this address." in response.content.decode()
    assert "Start a room" in response.content.decode()


def test_a_page_that_is_not_there_is_designed_too(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "Nothing plays at this address." in response.content.decode()


def test_a_hostile_address_is_shown_as_text(client: Client) -> None:
    response = client.get("/rooms/%3Cimg%3E/")
    assert response.status_code == 404
    assert "<img" not in response.content.decode()


def test_a_form_without_the_sites_pass_is_refused() -> None:
    response = Client(enforce_csrf_checks=True).post("/rooms/", {"title": "Film"})
    assert response.status_code == 403
    assert "This door stays closed." in response.content.decode()
    assert Room.objects.count() == 0


def test_a_room_without_a_title_is_not_made_and_the_reason_stands_at_the_field(
    client: Client,
) -> None:
    response = client.post("/rooms/", {"title": "  ", "public": "on"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Give the room a title" in page
    assert 'aria-invalid="true"' in page
    assert Room.objects.count() == 0


def test_one_address_cannot_open_more_than_ten_rooms_a_minute(client: Client) -> None:
    answers = [client.post("/rooms/", {"title": "Film"}).status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]
    assert Room.objects.count() == 10


def test_a_refused_title_does_not_count_as_an_opened_room(client: Client) -> None:
    for _ in range(11):
        client.post("/rooms/", {"title": ""})
    assert client.post("/rooms/", {"title": "Film"}).status_code == 302


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_rooms_are_only_started_by_post(client: Client, method: str) -> None:
    assert getattr(client, method)("/rooms/").status_code == 405


def test_a_hostile_title_is_text_everywhere(client: Client) -> None:
    Room.objects.create(slug="film", title=HOSTILE)
    set_hub(summary("film", HOSTILE))
    for path in ("/", "/rooms/film/"):
        assert HOSTILE not in client.get(path).content.decode()
    assert config_of(client.get("/rooms/film/"))["title"] == HOSTILE


# -- Starting a room


def test_a_room_is_started_without_javascript(client: Client) -> None:
    client.get("/")
    person = identity.read_cookie(client.cookies[identity.COOKIE_NAME].value).person
    response = client.post("/rooms/", {"title": "Friday night", "public": "on"})
    room = Room.objects.get()
    assert response["Location"] == f"/rooms/{room.slug}/"
    assert (room.title, room.is_public) == ("Friday night", True)
    assert room.owner_person == identity.public_person(person)
    assert room.source is not None
    assert room.source["url"] == "/media/clockwork-30.webm"


def test_a_room_is_private_unless_asked_otherwise(client: Client) -> None:
    client.post("/rooms/", {"title": "Two of us"})
    assert not Room.objects.get().is_public


# -- Home


def test_home_works_before_any_hub_runs(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "No public room has anyone in it right now." in page
    assert 'href="/rooms/demo/"' in page


def test_home_lists_the_rooms_that_the_hub_names(client: Client) -> None:
    set_hub(summary("demo", "The clockwork room", 1), summary("late-otter", "Late show", 3))
    page = client.get("/").content.decode()
    for text in (
        "The clockwork room",
        "1 person",
        "3 people",
        "12:04",
        'href="/rooms/late-otter/"',
    ):
        assert text in page


def test_home_gives_its_two_players_wrong_clocks(client: Client) -> None:
    sides = config_of(client.get("/"), "home-config")["sides"]
    assert len(sides) == 2
    assert all(abs(side["offsetMs"]) > 1000 and side["skewPpm"] for side in sides)


# -- The room's page


def test_a_room_page_tells_its_script_what_it_needs(client: Client) -> None:
    source = {"kind": "file", "url": "/media/a.webm", "title": "A"}
    Room.objects.create(slug="film", title="Film", source=source)
    config = config_of(client.get("/rooms/film/"))
    assert config["slug"] == "film"
    assert config["wsPath"] == "/ws/party/"
    assert config["workerUrl"].endswith("/js/pages/socket-worker.js")
    assert config["source"] == source
    assert config["sync"]["SYNC_INTERVAL"] == 100
    assert config["closed"] is False


def test_a_threshold_changed_in_the_settings_reaches_every_page_that_plays(
    client: Client, settings: Any
) -> None:
    env = Env({"SYNC_CONFIG": '{"DRIFT_THRESHOLD_SEEK": 0.4, "MAX_SPEEDUP": 1.05}'})
    settings.SYNC_CONFIG = env.table("SYNC_CONFIG", parse_sync_config)
    Room.objects.create(slug="film", title="Film")
    changed = {"DRIFT_THRESHOLD_SEEK": 0.4, "MAX_SPEEDUP": 1.05}
    for page, element in (("/rooms/film/", "room-config"), ("/", "home-config")):
        assert config_of(client.get(page), element)["sync"] == {**DEFAULT_SYNC_CONFIG, **changed}


def test_a_room_page_says_how_many_are_inside(client: Client) -> None:
    Room.objects.create(slug="film", title="Film")
    set_hub(summary("film", "Film", 3))
    assert "3 people are watching now." in client.get("/rooms/film/").content.decode()


def test_a_closed_room_still_has_a_page_that_says_so(client: Client) -> None:
    Room.objects.create(slug="film", title="Film", closed_at=datetime.now(UTC))
    response = client.get("/rooms/film/")
    assert response.status_code == 200
    assert config_of(response)["closed"] is True


def test_a_room_page_holds_exactly_one_film_and_all_reactions(client: Client) -> None:
    Room.objects.create(slug="film", title="Film")
    page = client.get("/rooms/film/").content.decode()
    assert page.count("<video") == 1
    assert all(f'data-emoji="{sign}"' in page for sign in EMOJI)
    assert all(f'aria-keyshortcuts="{key}"' in page for key in "1234567890-=")
    assert not re.search(r"<video[^>]*\scontrols\b", page)


def test_the_invite_link_is_the_rooms_own_address_without_a_name_in_it(client: Client) -> None:
    Room.objects.create(slug="film", title="Film")
    page = client.get("/rooms/film/?name=Ada").content.decode()
    assert 'value="http://testserver/rooms/film/"' in page


def test_films_from_elsewhere_are_allowed_on_room_pages_only(client: Client) -> None:
    Room.objects.create(slug="film", title="Film")
    assert "media-src 'self' https:" in client.get("/rooms/film/")["Content-Security-Policy"]
    assert "media-src" not in client.get("/")["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/rooms/film/", "/rooms/nothing/"])
def test_no_page_needs_inline_style_or_script(client: Client, path: str) -> None:
    Room.objects.create(slug="film", title="Film")
    page = client.get(path).content.decode()
    assert not re.search(r"\sstyle=|<style|\son\w+=", page)
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
    assert scripts == []
    assert "'unsafe-inline'" not in client.get(path)["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("position_s", "text"), [(0, "0:00"), (59.99, "0:59"), (724.6, "12:04"), (3753, "1:02:33")]
)
def test_moments_read_as_a_clock_shows_them(position_s: float, text: str) -> None:
    assert clock_time(position_s) == text
