"""The clock pages: five tabs, isolated, and a room in which their visitors see each other."""

import json
import re
from wsgiref.headers import Headers

import pytest

from config.isolation import isolate_workers
from sync.core.wire import CLOCK_ROOM
from sync.pages import TABS
from watchparty.models import Room
from watchparty.store.archive import DatabaseArchive
from watchparty.store.base import NoSuchRoom

pytestmark = pytest.mark.django_db

ISOLATED = ("same-origin", "require-corp")


def isolation(response):
    names = ("Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy")
    return tuple(response.headers.get(name) for name in names)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab["key"])
def test_a_clock_page_is_only_read(client, tab, method):
    assert getattr(client, method)(tab["url"]).status_code == 405


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab["key"])
def test_every_tab_is_a_page_of_its_own_that_marks_itself(client, tab):
    response = client.get(tab["url"])
    page = response.content.decode()
    current = re.findall(r'href="([^"]+)" aria-current="page"', page)
    assert (response.status_code, current) == (200, [tab["url"]])
    assert all(f'href="{other["url"]}"' in page for other in TABS)
    config = re.search(r'<script id="clock-config" type="application/json">(.*?)</script>', page)
    assert config
    assert json.loads(config[1])["wsPath"] == "/ws/party/"


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab["key"])
def test_clock_pages_are_isolated(client, tab):
    assert isolation(client.get(tab["url"])) == ISOLATED


def test_rooms_and_the_first_page_are_not_isolated(client):
    """It would break films from elsewhere and YouTube's player."""
    Room.objects.create(slug="film", title="Film")
    for path in ("/", "/rooms/film/", "/rooms/none/"):
        assert isolation(client.get(path)) == (None, None)


@pytest.mark.parametrize(
    ("url", "isolated"),
    [
        ("/static/js/pages/socket-worker.js", True),
        ("/static/js/pages/socket-worker.0a1b2c3d4e5f.js", True),
        ("/static/js/pages/room.js", False),
        ("/static/js/room/worker-side.js", False),
        ("/static/js/pages/socket-worker.js.map", False),
    ],
)
def test_only_workers_say_that_they_may_start_there(url, isolated):
    headers = Headers()
    isolate_workers(headers, "", url)
    told = [("Cross-Origin-Embedder-Policy", "require-corp")]
    assert headers.items() == (told if isolated else [])


def test_the_clocks_room_is_no_room_to_watch_in(client):
    response = client.get(f"/rooms/{CLOCK_ROOM}/")
    assert (response.status_code, response.headers["Location"]) == (302, "/clock/")


@pytest.mark.django_db(transaction=True)
async def test_the_first_visitor_opens_the_clocks_room_unlisted():
    archive = DatabaseArchive()
    with pytest.raises(NoSuchRoom):
        await archive.load("elsewhere")
    for _ in range(2):
        record = (await archive.load(CLOCK_ROOM)).record
        assert (record.slug, record.is_public, record.closed) == (CLOCK_ROOM, False, False)
    assert await Room.objects.acount() == 1
