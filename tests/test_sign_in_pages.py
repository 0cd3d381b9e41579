"""Pages where signing in is required, and whose rooms are whose."""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from watchparty.identity import Account, account_of, public_person, read_cookie
from watchparty.models import Room

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sign_in_required(settings: Any) -> None:
    settings.WS_AUTH = "required"


@pytest.fixture
def demo() -> Room:
    return Room.objects.create(slug="demo", title="A secret film")


@pytest.fixture
def ada(client: Client) -> Account:
    """Whom the client is signed in as."""
    user = User.objects.create_user("ada")
    client.force_login(user)
    account = account_of(user)
    assert account is not None
    return account


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("path", ["/rooms/demo/?name=Ada", "/rooms/nothing/"])
def test_a_room_s_page_asks_to_sign_in_and_tells_nothing_of_the_room(
    client: Client, path: str
) -> None:
    response = client.get(path)
    page = unescape(response.content.decode())
    assert response.status_code == 403
    assert "Sign in to watch here." in page
    assert "A secret film" not in page
    assert "room-config" not in page


@pytest.mark.usefixtures("demo")
def test_the_way_to_the_login_leads_back_to_the_room(client: Client) -> None:
    login = "/admin/login/?next=/rooms/demo/"
    assert f'href="{login}"' in unescape(client.get("/rooms/demo/").content.decode())
    assert client.get(login).status_code == 200


@pytest.mark.usefixtures("demo")
def test_a_site_may_have_a_login_of_its_own(client: Client, settings: Any) -> None:
    settings.LOGIN_URL = "https://id.example/in"
    page = unescape(client.get("/rooms/demo/").content.decode())
    assert 'href="https://id.example/in?next=/rooms/demo/"' in page


def test_nobody_starts_a_room_without_signing_in(client: Client) -> None:
    response = client.post("/rooms/", {"title": "Film"})
    assert response.status_code == 403
    assert "Sign in to watch here." in response.content.decode()
    assert Room.objects.count() == 0


def test_the_clocks_and_the_first_page_stay_open(client: Client) -> None:
    for path in ("/", "/clock/", "/clock/party/", "/api/health"):
        assert client.get(path).status_code == 200


@pytest.mark.usefixtures("demo", "ada")
def test_who_has_signed_in_sees_the_room(client: Client) -> None:
    page = client.get("/rooms/demo/").content.decode()
    assert "A secret film" in page
    assert "room-config" in page


@pytest.mark.usefixtures("demo", "ada")
def test_the_door_says_under_which_name_one_enters(client: Client, settings: Any) -> None:
    settings.WS_AUTH = "anonymous"
    words = "The others see you as <strong>ada</strong>."
    page, page_of_others = (
        viewer.get("/rooms/demo/").content.decode() for viewer in (client, Client())
    )
    assert words in page
    assert 'value="ada"' in page
    assert "The others see you as" not in page_of_others
    assert 'value="ada"' not in page_of_others


@pytest.mark.parametrize("ws_auth", ["anonymous", "required"])
def test_a_room_belongs_to_the_person_that_its_maker_is_on_sockets(
    client: Client, ada: Account, settings: Any, ws_auth: str
) -> None:
    settings.WS_AUTH = ws_auth
    client.post("/rooms/", {"title": "Film"})
    assert Room.objects.get().owner_person == ada.person


def test_without_signing_in_it_is_the_cookie_s_person(client: Client, settings: Any) -> None:
    settings.WS_AUTH = "anonymous"
    client.get("/")
    client.post("/rooms/", {"title": "Film"})
    person = read_cookie(client.cookies["csw_person"].value).person
    assert Room.objects.get().owner_person == public_person(person)
