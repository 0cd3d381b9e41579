"""Signing in at the party's socket: who is refused, and what is agreed on."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sync.core.wire import CLOCK_ROOM, CloseCode
from tests.dict_archive import kept
from tests.issued import ADA, take_tokens, token
from tests.party_rig import Party
from tests.party_sockets import NO_COOKIE, Evening, turned_away

pytestmark = pytest.mark.virtual_time

BEARER = "bearer."


@pytest.fixture
async def evening(settings: Any) -> AsyncIterator[Evening]:
    take_tokens(settings)
    evening = Evening(Party(kept("demo"), kept(CLOCK_ROOM)))
    yield evening
    await evening.close()


@pytest.fixture
def sign_in_required(settings: Any) -> None:
    settings.WS_AUTH = "required"


# -- Refusals

REFUSED = {
    "expired": (lambda: token(exp=time.time() - 60), "This token has expired. Get a new one."),
    "for another site": (lambda: token(aud="x"), "This token is not valid here."),
    "unsigned": (lambda: token(key=None, algorithm="none"), "This token is not valid here."),
    "empty": (lambda: "", "This token is not valid here."),
    "too long": (lambda: token(padding="x" * 4096), "This token is not valid here."),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_bad_token_as_subprotocol_is_told_and_closed(
    evening: Evening, make: Any, message: str
) -> None:
    mallory = await evening.guest("Mallory", offers=["csw.v1", BEARER + make()])
    turned_away(mallory, message)
    await mallory.join()
    assert len(mallory.messages) == 1


@pytest.mark.parametrize(
    ("make", "message"), list(REFUSED.values())[:-1], ids=list(REFUSED.keys())[:-1]
)
async def test_a_bad_token_of_a_join_is_told_and_closed(
    evening: Evening, make: Any, message: str
) -> None:
    mallory = await evening.guest("Mallory")
    await mallory.join(token=make())
    turned_away(mallory, message)
    assert evening.hub.counts["rooms"] == 0, "no room was even opened"


async def test_a_token_of_a_join_that_is_too_long_is_an_invalid_field(evening: Evening) -> None:
    mallory = await evening.guest("Mallory")
    await mallory.join(token="x" * 4097)
    assert (mallory.messages[-1]["code"], mallory.messages[-1]["field"]) == (
        "invalid_field",
        "token",
    )


@pytest.mark.usefixtures("sign_in_required")
async def test_where_it_is_required_nobody_joins_without_signing_in(evening: Evening) -> None:
    for how in ({}, {"cookie": NO_COOKIE}, {"offers": ["csw.v1"]}, {"session": ""}):
        guest = await evening.guest("Guest", **how)
        await guest.join()
        turned_away(guest, "Sign in to watch here.")


@pytest.mark.usefixtures("sign_in_required")
@pytest.mark.parametrize("name", ["token", "jwt", "access_token", "bearer"])
async def test_a_token_in_the_address_is_not_read(evening: Evening, name: str) -> None:
    guest = await evening.guest("Ada", path=f"/ws/party/?room=demo&{name}={token()}")
    await guest.join()
    turned_away(guest, "Sign in to watch here.")


@pytest.mark.usefixtures("sign_in_required")
async def test_a_ticket_does_not_replace_signing_in(evening: Evening) -> None:
    ada = await evening.guest("Ada")
    await ada.join(token=token())
    ticket = ada.last("user:self")["ticket"]
    guest = await evening.guest("Ada", cookie=NO_COOKIE)
    await guest.join(ticket=ticket)
    turned_away(guest, "Sign in to watch here.")


@pytest.mark.usefixtures("sign_in_required")
async def test_the_clocks_stay_open_to_everybody(evening: Evening) -> None:
    guest = await evening.guest("Guest")
    await guest.join(CLOCK_ROOM)
    assert guest.last("room:joined")


async def test_a_forged_identity_cookie_is_refused_even_with_a_good_token(
    evening: Evening,
) -> None:
    mallory = await evening.guest("Mallory", cookie="x:y:z", offers=[BEARER + token()])
    turned_away(mallory, "This identity cookie is not ours. Reload the page.")


async def test_who_has_asked_to_join_as_one_may_ask_again_but_not_as_another(
    evening: Evening,
) -> None:
    steady, fickle = [await evening.guest(name) for name in ("Steady", "Fickle")]
    for guest in (steady, fickle):
        await guest.join(name="\u200b", token=token(name=None))
        assert guest.messages[-1]["field"] == "name"
    await steady.join(token=token(name=None))
    assert steady.last("user:self")["person"] == ADA.person
    await fickle.join(token=token(sub="bo"))
    assert fickle.messages[-1]["message"] == "This socket has asked to join as somebody else."
    assert fickle.closed_with == CloseCode.UNAUTHORISED


async def test_two_joins_in_one_breath_cannot_be_two_people(evening: Evening) -> None:
    mallory = await evening.guest("Mallory")
    for sub in ("ada", "bo"):
        text = f'{{"type":"room:join","roomId":"demo","name":"M","token":"{token(sub=sub)}"}}'
        await mallory._socket.send_input({"type": "websocket.receive", "text": text})
    await mallory.listen()
    told = [message["message"] for message in mallory.messages if message["type"] == "error"]
    assert told == ["This socket has asked to join as somebody else."]
    assert mallory.closed_with == CloseCode.UNAUTHORISED


# -- The subprotocol


@pytest.mark.parametrize(
    ("offers", "agreed"),
    [
        ([], None),
        (["csw.v1"], "csw.v1"),
        (["chat", "csw.v1"], "csw.v1"),
        (["chat", "csw.v2"], None),
    ],
)
async def test_the_only_subprotocol_is_ours(
    evening: Evening, offers: list[str], agreed: str | None
) -> None:
    guest = await evening.guest("Guest", offers=offers)
    assert (guest.accepted, guest.agreed) == (True, agreed)


@pytest.mark.parametrize("good", [True, False])
async def test_a_token_is_never_echoed(evening: Evening, good: bool) -> None:
    text = token() if good else token(aud="elsewhere")
    ada = await evening.guest("Ada", offers=[BEARER + text, "csw.v1"])
    assert ada.agreed == "csw.v1"
    alone = await evening.guest("Ada", offers=[BEARER + text])
    assert (alone.accepted, alone.agreed) == (True, None)
