"""Accounts at the party's socket: who somebody is who has signed in, and what they are called."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from sync.core.wire import CloseCode
from tests.dict_archive import kept
from tests.issued import ADA, take_tokens, token
from tests.party_rig import Party, later
from tests.party_sockets import NO_COOKIE, Evening, Guest, turned_away
from watchparty import sign_in
from watchparty.identity import Account, account_of, account_of_token

pytestmark = pytest.mark.virtual_time

BEARER = "bearer."


@pytest.fixture
async def evening(settings: Any) -> AsyncIterator[Evening]:
    take_tokens(settings)
    evening = Evening(Party(kept("demo")))
    yield evening
    await evening.close()


@pytest.fixture
def sign_in_required(settings: Any) -> None:
    settings.WS_AUTH = "required"


# -- Who somebody is


async def test_a_token_makes_the_same_person_on_every_device(evening: Evening) -> None:
    phone = await evening.guest("phone", offers=["csw.v1", BEARER + token()])
    laptop = await evening.guest("laptop", cookie=NO_COOKIE)
    await phone.join()
    await laptop.join(token=token(name=None))
    persons = {guest.last("user:self")["person"] for guest in (phone, laptop)}
    assert persons == {ADA.person}
    assert phone.last("user:self")["id"] != laptop.last("user:self")["id"]


async def test_the_token_of_a_join_counts_more_than_that_of_the_handshake(
    evening: Evening,
) -> None:
    guest = await evening.guest("Guest", offers=[BEARER + token(sub="somebody")])
    await guest.join(token=token())
    assert guest.last("user:self")["person"] == ADA.person


async def test_who_has_signed_in_is_not_taken_for_the_holder_of_a_ticket(
    evening: Evening,
) -> None:
    bo = await evening.guest("Bo")
    await bo.join()
    ada = await evening.guest("Ada", cookie=NO_COOKIE)
    await ada.join(token=token(), ticket=bo.last("user:self")["ticket"])
    assert ada.last("user:self")["person"] == ADA.person


async def test_the_ticket_of_an_account_makes_nobody_that_person(evening: Evening) -> None:
    ada = await evening.guest("Ada", offers=[BEARER + token()])
    await ada.join()
    guest = await evening.guest("Guest", cookie=NO_COOKIE)
    await guest.join(ticket=ada.last("user:self")["ticket"])
    assert guest.last("user:self")["person"] != ADA.person


async def test_the_ticket_of_an_account_readmits_it_past_a_full_room(settings: Any) -> None:
    take_tokens(settings)
    evening = Evening(Party(kept("demo", max_users=1)))
    ada = Guest(evening.app, "Ada", offers=[BEARER + token()])
    await ada.connect()
    await ada.join(tab="tab-of-ada")
    ticket = ada.last("user:self")["ticket"]
    await ada.hang_up()
    await later(6)  # so that her place is free
    bo = await evening.guest("Bo", offers=[BEARER + token(sub="bo")])
    await bo.join()
    assert bo.last("room:joined")
    again = await evening.guest("Ada", offers=[BEARER + token()])
    await again.join(tab="tab-of-ada", ticket=ticket)
    assert again.last("room:joined")
    await evening.close()


async def test_roles_are_kept_by_the_person_who_signs_in(settings: Any) -> None:
    take_tokens(settings)
    evening = Evening(Party(kept("demo", created_by=ADA.person)))
    ada = await evening.guest("Ada", cookie=NO_COOKIE, offers=[BEARER + token()])
    other = await evening.guest("Bo", offers=[BEARER + token(sub="bo")])
    for guest in (ada, other):
        await guest.join()
    assert (ada.last("user:self")["role"], other.last("user:self")["role"]) == ("owner", "guest")
    await evening.close()


def test_sessions_tokens_and_issuers_are_people_apart() -> None:
    people = {
        account_of_token("", "1", "").person,
        account_of_token("1", "", "").person,
        account_of_token("https://a.example", "1", "").person,
        account_of_token('a","', "b", "").person,
        account_of_token("a", '","b', "").person,
        account(User(pk=1, username="ada")).person,
        account(User(pk=11, username="ada")).person,
    }
    assert len(people) == 7


def account(user: User) -> Account:
    found = account_of(user)
    assert found is not None
    return found


# -- What somebody is called


async def test_the_name_of_a_token_takes_the_place_of_the_one_asked_for(evening: Evening) -> None:
    guest = await evening.guest("Victoria", offers=[BEARER + token()])
    await guest.join()
    assert guest.last("user:self")["name"] == "Ada Lovelace"


@pytest.mark.parametrize("name", [None, "", "\u200b", "\u3164"])
async def test_a_token_without_a_name_that_shows_leaves_it_to_the_guest(
    evening: Evening, name: str | None
) -> None:
    guest = await evening.guest("Ada", offers=[BEARER + token(name=name)])
    await guest.join()
    assert guest.last("user:self")["name"] == "Ada"
    await guest.say("member:rename", name="Countess", color="#112233")
    assert guest.last("user:updated")["name"] == "Countess"


async def test_a_long_name_is_cut_to_what_fits(evening: Evening) -> None:
    guest = await evening.guest("Ada", offers=[BEARER + token(name="Ada  " + "von " * 20)])
    await guest.join()
    assert guest.last("user:self")["name"] == "Ada" + " von" * 9


async def test_a_signed_in_viewer_changes_colour_but_not_name(evening: Evening) -> None:
    ada = await evening.guest("Ada", offers=[BEARER + token()])
    await ada.join()
    await ada.say("member:rename", name="Bo", color="#112233")
    assert ada.messages[-1]["code"] == "forbidden"
    await later(1)
    await ada.say("member:rename", name="Ada Lovelace", color="#445566")
    told = ada.last("user:updated")
    assert (told["name"], told["color"]) == ("Ada Lovelace", "#445566")


async def told(guest: Guest) -> None:
    """Wait for an answer that a thread is working on."""
    for _ in range(500):
        await guest.listen()
        if guest.messages:
            return
    raise AssertionError("no answer")


# -- Django's session


@pytest.fixture
def ada_lovelace(transactional_db: None) -> User:
    return User.objects.create_user("ada", first_name="Ada", last_name="Lovelace")


def session_of(user: User) -> str:
    """What the browser keeps after a login."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


async def test_a_signed_in_user_keeps_name_and_person(
    ada_lovelace: User, evening: Evening, settings: Any
) -> None:
    settings.WS_AUTH = "required"
    sessions = [await asyncio.to_thread(session_of, ada_lovelace) for _ in range(2)]
    people = []
    for cookie, session in zip((None, NO_COOKIE), sessions, strict=True):
        guest = await evening.guest("Somebody", cookie=cookie, session=session)
        await guest.join()
        who = guest.last("user:self")
        assert who["name"] == "Ada Lovelace"
        people.append(who["person"])
    assert people == [account(ada_lovelace).person] * 2


async def test_a_token_counts_more_than_a_session(ada_lovelace: User, evening: Evening) -> None:
    session = await asyncio.to_thread(session_of, ada_lovelace)
    early = await evening.guest("Early", session=session, offers=[BEARER + token(sub="bo")])
    late = await evening.guest("Late", session=session)
    await early.join()
    await late.join(token=token(sub="bo"))
    bo = account_of_token("", "bo", "")
    assert early.last("user:self")["person"] == late.last("user:self")["person"] == bo.person


@pytest.mark.parametrize("session", ["", "x", "x" * 32, "é" * 32, '"\\000"', "x" * 5000])
@pytest.mark.usefixtures("transactional_db", "sign_in_required")
async def test_a_session_that_is_none_signs_nobody_in(evening: Evening, session: str) -> None:
    mallory = await evening.guest("Mallory", session=session)
    await mallory.join()
    turned_away(mallory, "Sign in to watch here.")


def test_a_session_cookie_that_hides_a_nul_is_none() -> None:
    """PostgreSQL would not hear of it."""
    assert sign_in._session_key(rb'theme=day; sessionid="abc\000def"') is None
    assert sign_in._session_key(b"theme=day; sessionid=abcdef") == "abcdef"


@pytest.mark.usefixtures("sign_in_required")
async def test_who_may_not_come_any_more_is_not_let_in_by_an_old_session(
    ada_lovelace: User, evening: Evening
) -> None:
    session = await asyncio.to_thread(session_of, ada_lovelace)
    ada_lovelace.is_active = False
    await ada_lovelace.asave()
    guest = await evening.guest("Ada", session=session)
    await guest.join()
    turned_away(guest, "Sign in to watch here.")


@pytest.mark.usefixtures("sign_in_required")
async def test_a_changed_password_ends_old_sessions(ada_lovelace: User, evening: Evening) -> None:
    session = await asyncio.to_thread(session_of, ada_lovelace)
    ada_lovelace.set_password("another")
    await ada_lovelace.asave()
    guest = await evening.guest("Ada", session=session)
    await guest.join()
    turned_away(guest, "Sign in to watch here.")


async def test_without_a_session_cookie_no_database_is_asked(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "_account_of_session", None)  # to call it would fail
    guest = await evening.guest("Guest")
    await guest.join()
    assert guest.last("room:joined")


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("problem", [OperationalError("gone"), ConnectionError("gone")])
async def test_where_no_account_can_be_looked_up_the_browser_comes_back(
    evening: Evening, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def fail(_: str) -> None:
        raise problem

    monkeypatch.setattr(sign_in, "_account_of_session", fail)
    guest = await evening.guest("Ada", session="x" * 32)
    await told(guest)
    assert guest.messages[-1]["code"] == "unavailable"
    assert guest.closed_with == CloseCode.INTERNAL
