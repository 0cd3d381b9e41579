"""Who is let in at the party's socket, and what is believed of those who are."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sync.core.wire import CloseCode
from tests.dict_archive import kept
from tests.party_rig import Party, later, media_ms
from tests.party_sockets import NO_COOKIE, Evening, Guest
from watchparty.core.session import JOIN_WITHIN_S
from watchparty.identity import new_person, sign_person

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def evening() -> AsyncIterator[Evening]:
    evening = Evening(Party(kept("demo"), kept("over", closed=True)))
    yield evening
    await evening.close()


@pytest.fixture
async def ada(evening: Evening) -> Guest:
    """A member who watches, 30 s into the film, which is paused."""
    ada = await evening.member("Ada")
    await ada.say("video:seek", time=30, ref="begin")
    ada.news()
    return ada


@pytest.fixture
async def mallory(evening: Evening, ada: Guest) -> Guest:
    """Another member, who means no good."""
    mallory = await evening.member("Mallory")
    ada.news()
    return mallory


# -- At the door


@pytest.mark.parametrize(
    ("room", "close"), [("nowhere", CloseCode.NO_SUCH_ROOM), ("over", CloseCode.ROOM_CLOSED)]
)
async def test_a_room_that_is_not_there_is_said_and_closed(
    evening: Evening, ada: Guest, room: str, close: int
) -> None:
    mallory = await evening.guest("Mallory")
    await mallory.join(room)
    assert (mallory.messages[-1]["code"], mallory.closed_with) == ("no_such_room", close)
    await evening.untouched(ada)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "x" * 41}, "name"),
        ({"name": ""}, "name"),
        ({"name": "\u200b\u2060"}, "name"),
        ({"name": "\u3164"}, "name"),
        ({"name": 7}, "name"),
        ({"color": "red"}, "color"),
        ({"color": "#12345g"}, "color"),
        ({"tab": "short"}, "tab"),
        ({"tab": "<script>"}, "tab"),
        ({"timezone": "Mars/" + "P" * 60}, "timezone"),
        ({"roomId": "../demo"}, "roomId"),
        ({"roomId": "Demo"}, "roomId"),
        ({"ticket": "x" * 513}, "ticket"),
        ({"password": "x" * 129}, "password"),
    ],
)
async def test_a_join_that_makes_no_sense_is_refused_and_may_be_mended(
    evening: Evening, ada: Guest, fields: dict[str, Any], field: str
) -> None:
    mallory = await evening.guest("Mallory")
    await mallory.join(**fields)
    assert (mallory.messages[-1]["code"], mallory.messages[-1]["field"]) == ("invalid_field", field)
    await evening.untouched(ada)
    await mallory.join()
    assert mallory.last("room:joined")


@pytest.mark.parametrize("type_", ["video:play", "video:pause", "cursor:leave", "room:sync"])
async def test_who_has_not_joined_controls_nothing(
    evening: Evening, ada: Guest, type_: str
) -> None:
    mallory = await evening.guest("Mallory")
    await mallory.say(type_)
    assert mallory.messages[-1]["code"] == "not_joined"
    await evening.untouched(ada)


async def test_who_does_not_join_is_closed_4000(evening: Evening) -> None:
    mallory = await evening.guest("Mallory")
    await later(JOIN_WITHIN_S - 0.1)
    await mallory.listen()
    assert mallory.closed_with is None
    await later(0.2)
    await mallory.listen()
    assert mallory.closed_with == CloseCode.NOT_JOINED


async def test_who_joined_is_not_closed(ada: Guest) -> None:
    await later(JOIN_WITHIN_S + 1)
    await ada.listen()
    assert ada.closed_with is None


@pytest.mark.parametrize(
    "cookie", ["forged", "", "a:b:c", sign_person("x")[:-1], "x" + sign_person("x")]
)
async def test_a_forged_cookie_is_said_and_closed_4401(
    evening: Evening, ada: Guest, cookie: str
) -> None:
    mallory = await evening.guest("Mallory", cookie=cookie)
    assert mallory.accepted, "so that browsers can read why"
    assert mallory.messages[-1]["code"] == "unauthorised"
    assert mallory.closed_with == CloseCode.UNAUTHORISED
    await mallory.join()
    await mallory.say("video:play")
    assert len(mallory.messages) == 1
    await evening.untouched(ada)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://party.example.evil"])
async def test_a_foreign_page_is_refused_before_anything_is_answered(
    evening: Evening, ada: Guest, origin: str
) -> None:
    mallory = await evening.guest("Mallory", origin=origin)
    assert not mallory.accepted
    assert mallory.closed_with is not None
    assert mallory.messages == []
    await evening.untouched(ada)


async def test_a_name_of_markup_goes_through_as_the_text_it_is(
    evening: Evening, ada: Guest
) -> None:
    name = '<img src=x onerror="alert(1)">'
    mallory = await evening.guest("Mallory")
    await mallory.join(name=name)
    await ada.listen()
    assert ada.last("user:joined")["name"] == name
    assert mallory.last("room:joined")["users"][-1]["name"] == name


async def test_a_ticket_of_somebody_else_changes_nothing(evening: Evening, ada: Guest) -> None:
    mallory = await evening.guest("Mallory", cookie=sign_person(new_person()))
    await mallory.join(ticket=ada.last("user:self")["ticket"])
    assert mallory.last("user:self")["person"] != ada.last("user:self")["person"]
    assert mallory.last("user:self")["id"] != ada.last("user:self")["id"]


async def test_without_a_cookie_everybody_is_new_but_who_has_a_ticket(
    evening: Evening, ada: Guest
) -> None:
    first, stranger, again = [await evening.guest("Cy", cookie=NO_COOKIE) for _ in range(3)]
    await first.join(tab="tab-of-cy")
    who = first.last("user:self")
    await stranger.join(tab="tab-of-cy")
    assert stranger.last("user:self")["person"] != who["person"]
    await again.join(tab="tab-of-cy", ticket=who["ticket"])
    assert again.last("user:self")["id"] == who["id"]
    await first.listen()
    assert first.closed_with == CloseCode.OPEN_ELSEWHERE


# -- What is believed of a control


@pytest.fixture
async def playing(ada: Guest, mallory: Guest) -> Guest:
    """Ada's film plays since 5 s, so it is at 35 s."""
    await ada.say("video:play", ref="go")
    await later(5)
    await mallory.listen()
    return ada


async def test_a_lagging_viewer_s_pause_does_not_drag_the_others(
    playing: Guest, mallory: Guest
) -> None:
    await mallory.say("video:pause", currentTime=33.0, at=media_ms(), baseSeq=2, ref="m1")
    await playing.listen()
    state = playing.last("video:state")
    assert not state["isPlaying"]
    assert state["currentTime"] == pytest.approx(35, abs=0.05)


@pytest.mark.parametrize("forged", [0, 80, 90, 500_000])
async def test_a_forged_position_is_not_taken(
    playing: Guest, mallory: Guest, forged: float
) -> None:
    await mallory.say("video:pause", currentTime=forged, at=media_ms(), baseSeq=2, ref="m1")
    await playing.listen()
    assert playing.last("video:state")["currentTime"] == pytest.approx(35, abs=0.05)


@pytest.mark.parametrize("off_ms", [-3_600_000, -1100, 200, 3_600_000, -1e12, 1e300])
async def test_a_forged_instant_is_not_taken_nor_its_position(
    playing: Guest, mallory: Guest, off_ms: float
) -> None:
    now_ms = media_ms()
    await mallory.say("video:pause", currentTime=35.2, at=now_ms + off_ms, baseSeq=2, ref="m1")
    await playing.listen()
    state = playing.last("video:state")
    assert state["serverTimestamp"] == pytest.approx(now_ms, abs=10)
    assert state["currentTime"] == pytest.approx(35, abs=0.05)


async def test_an_honest_control_is_taken_at_its_word(playing: Guest, mallory: Guest) -> None:
    at_ms = media_ms() - 200
    await mallory.say("video:pause", currentTime=34.9, at=at_ms, baseSeq=2, ref="m1")
    await playing.listen()
    state = playing.last("video:state")
    assert state["serverTimestamp"] == pytest.approx(at_ms, abs=0.001)
    assert state["currentTime"] == 34.9
    assert state["by"] == mallory.last("user:self")["id"]
