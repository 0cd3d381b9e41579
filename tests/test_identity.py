"""Identity: forged and missing cookies first, then what a person and a ticket are."""

import asyncio
from typing import Any

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory, override_settings

from watchparty import identity
from watchparty.identity import (
    COOKIE_NAME,
    PersonCookie,
    PersonMiddleware,
    Ticket,
    make_ticket,
    person_from_cookie_header,
    public_person,
    read_ticket,
    sign_person,
    user_id,
)

DAY_S = 24 * 3600
NOW_S = 1_800_000_000


@pytest.fixture
def clock(monkeypatch):
    """Django's signer reads time.time; here it stands where a test puts it."""
    times = {"now": NOW_S}
    monkeypatch.setattr("django.core.signing.time.time", lambda: times["now"])
    return times


def header(value: str, before: str = "theme=night; ") -> bytes:
    return f"{before}{COOKIE_NAME}={value}; other=1".encode()


@pytest.mark.parametrize("value", ["", "someone", "a:b:c", "abc:1vX:" + "x" * 43, '"', "é"])
def test_a_forged_cookie_is_told_from_a_missing_one(value):
    assert person_from_cookie_header(header(value)) == PersonCookie("forged")


def test_a_cookie_signed_for_another_purpose_is_forged():
    ticket = make_ticket("user", "person", "room")
    assert person_from_cookie_header(header(ticket)).status == "forged"


def test_a_cookie_signed_with_another_key_is_forged():
    with override_settings(SECRET_KEY="another"):
        value = sign_person("p1")
    assert person_from_cookie_header(header(value)).status == "forged"


@pytest.mark.parametrize("text", [b"", b"theme=night", b"not_csw_person=1", f"x={COOKIE_NAME}"])
def test_a_missing_cookie_is_missing(text):
    assert person_from_cookie_header(text) == PersonCookie("missing")


def test_a_valid_cookie_is_found_beside_broken_neighbours():
    value = sign_person("p1")
    for neighbour in ("", "a=b; ", "broken; ", 'q="x; ', "sp ace=1; ", "[]=1; "):
        assert person_from_cookie_header(header(value, neighbour)) == PersonCookie("valid", "p1")
    assert person_from_cookie_header(header(value).decode()) == PersonCookie("valid", "p1")


def test_a_cookie_ages_after_a_month_and_ends_after_a_year(clock):
    value = sign_person("p1")
    clock["now"] += 31 * DAY_S
    assert identity.read_cookie(value) == PersonCookie("valid", "p1", ageing=True)
    clock["now"] += 335 * DAY_S
    assert identity.read_cookie(value) == PersonCookie("missing")


def visit(cookie: str | None = None, response: HttpResponse | None = None):
    """One page, answered behind the middleware: the person seen and the cookie set."""
    request: Any = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES[COOKIE_NAME] = cookie
    middleware: Any = PersonMiddleware(lambda _: response or HttpResponse("page"))
    answer = middleware(request)
    return request.person, answer.cookies.get(COOKIE_NAME)


def test_a_forged_cookie_makes_a_new_person():
    person, cookie = visit("admin:forged:cookie")
    assert len(person) == 24
    assert identity.read_cookie(cookie.value) == PersonCookie("valid", person)


def test_a_new_visitor_gets_a_cookie_that_scripts_and_other_sites_cannot_use():
    _, cookie = visit()
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 365 * DAY_S
    assert cookie["secure"] == ""


@override_settings(HTTPS=True)
def test_the_cookie_is_secure_with_https():
    assert visit()[1]["secure"] is True


def test_a_known_visitor_is_recognised_and_keeps_the_cookie():
    assert visit(sign_person("p1")) == ("p1", None)


def test_an_ageing_cookie_is_renewed(clock):
    value = sign_person("p1")
    clock["now"] += 31 * DAY_S
    person, cookie = visit(value)
    assert person == "p1"
    assert identity.read_cookie(cookie.value) == PersonCookie("valid", "p1")


def test_answers_that_are_no_pages_leave_no_cookie():
    assert visit(response=JsonResponse({}))[1] is None


def test_pages_with_a_cookie_are_kept_by_no_shared_cache():
    middleware: Any = PersonMiddleware(lambda _: HttpResponse())
    answer = middleware(RequestFactory().get("/"))
    assert "Cookie" in answer.headers["Vary"]


def test_asynchronous_sites_recognise_the_same_people():
    async def page(request):
        return HttpResponse(request.person)

    request = RequestFactory().get("/")
    request.COOKIES[COOKIE_NAME] = sign_person("p1")
    middleware: Any = PersonMiddleware(page)
    assert asyncio.run(middleware(request)).content == b"p1"


def test_public_ids_do_not_show_the_secret_and_depend_on_the_key():
    public = public_person("p1")
    assert len(public) == 16
    assert "p1" not in public
    assert public == public_person("p1")
    with override_settings(SECRET_KEY="another"):
        assert public != public_person("p1")


def test_a_user_is_one_tab_of_a_person_in_a_room():
    user = user_id("room", "p1", "tab")
    assert user == user_id("room", "p1", "tab")
    others = {
        user_id("other", "p1", "tab"),
        user_id("room", "p2", "tab"),
        user_id("room", "p1", "t"),
    }
    assert len(others | {user}) == 4


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "é", "." * 500])
def test_a_forged_ticket_admits_nobody(text):
    assert read_ticket(text) is None


def test_a_cookie_is_no_ticket():
    assert read_ticket(sign_person("p1")) is None


def test_a_ticket_holds_for_a_day(clock):
    ticket = make_ticket("user", "person", "room")
    clock["now"] += DAY_S - 1
    assert read_ticket(ticket) == Ticket("user", "person", "room")
    clock["now"] += 2
    assert read_ticket(ticket) is None
