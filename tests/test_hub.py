"""The hub of one process: everything a member may say, housekeeping, faults, and other threads."""

from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import Any

import pytest
from msgspec import structs

from sync.core.wire import CloseCode
from tests.dict_archive import kept
from tests.party_rig import Member, Party, later, media_ms
from tests.rooms import play
from watchparty.core.state import CloseRoom, Command
from watchparty.hub.hub import SERVER_TIME_EVERY, Hub
from watchparty.hub.room_hub import MAX_WAITING
from watchparty.hub.stream import CATCH_UP_S
from watchparty.store.base import Outcome, StoreUnavailable

pytestmark = pytest.mark.virtual_time

SOURCE = {"kind": "file", "url": "https://films.example/f.mp4", "duration": 60}
STATUS = {
    "driftMs": 1, "boundMs": 1, "rttMs": 1, "rate": 1, "bufferS": 1, "startMs": 1,
    "droppedFrames": 0, "state": "synced",
}  # fmt: skip


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(
        kept("demo"), kept("other"), kept("secret", is_public=False), kept("over", closed=True)
    )
    yield party
    await party.close()


async def pair(party: Party) -> tuple[Hub, Member, Member]:
    hub = party.server()
    return hub, await party.member(hub, "Ada"), await party.member(hub, "Bo")


# -- The store does not answer


async def test_a_control_that_got_no_answer_is_unavailable_and_heals(party: Party) -> None:
    _, ada, bo = await pair(party)
    party.store.down = True
    ada.say("video:play", ref="r1")
    await later()
    assert (ada.last("error")["code"], ada.last("error")["ref"]) == ("unavailable", "r1")
    assert ada.closed_with is None
    assert bo.heard("error") == []
    party.store.down = False
    ada.say("video:play", ref="r1")
    await later()
    assert ada.seqs == bo.seqs == [1]


async def test_a_control_whose_answer_was_lost_reaches_everybody_soon(party: Party) -> None:
    _, ada, bo = await pair(party)
    party.store.faults = type(party.store.faults)(lost_answer=1.0)
    ada.say("video:play", ref="r1")
    await later()
    assert ada.last("error")["code"] == "unavailable"
    party.store.faults = type(party.store.faults)()
    await later(CATCH_UP_S + 0.01)
    assert ada.last("video:state")["ref"] == "r1"
    assert ada.seqs == bo.seqs == [1]


async def test_while_the_store_is_away_members_stay_and_catch_up_later(party: Party) -> None:
    _, ada, bo = await pair(party)
    party.store.down = True
    for type_ in ("room:sync", "reaction:send"):
        fields = {"emoji": "🔥", "x": 1, "y": 1, "videoTime": 1} if "reaction" in type_ else {}
        ada.say(type_, **fields)
    cy = party.visitor(bo.hub, "Cy")
    await cy.join()
    await later(12)
    assert [m["code"] for m in ada.heard("error")] == ["unavailable", "unavailable"]
    assert cy.last("error")["code"] == "unavailable"
    assert (ada.closed_with, bo.closed_with, cy.closed_with) == (None, None, None)
    party.store.down = False
    await cy.join()
    assert cy.heard("room:joined")
    assert bo.last("users:digest")["count"] == 2


async def test_a_store_that_lost_its_answer_to_the_closing_still_closes(party: Party) -> None:
    hub, ada, bo = await pair(party)
    party.store.faults = type(party.store.faults)(lost_answer=1.0)
    done = hub.command("demo", Command(CloseRoom(reason="Good night.")))
    await later(CATCH_UP_S + 0.1)
    assert isinstance(done.exception(), StoreUnavailable)
    for member in (ada, bo):
        assert member.last("room:closed")["reason"] == "Good night."
        assert member.closed_with == CloseCode.ROOM_CLOSED


async def test_a_busy_room_says_so_instead_of_growing(party: Party) -> None:
    hub, ada, _ = await pair(party)
    room = hub._rooms["demo"]
    for _ in range(MAX_WAITING):
        room.submit(Command(play(), user_id="nobody"))
    ada.say("video:play", ref="r1")
    assert (ada.last("error")["code"], ada.last("error")["ref"]) == ("unavailable", "r1")
    done: Future[Outcome] = Future()
    room.submit(Command(play()), done)
    assert isinstance(done.exception(), StoreUnavailable)
    await later()


# -- Faults of ours


async def test_a_fault_ends_the_connection_that_met_it_and_no_other(
    party: Party, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _, ada, bo = await pair(party)
    bo.news()

    async def broken(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(party.store, "apply", broken)
        ada.say("video:play", ref="r1")
        await later()
    assert ada.last("error")["code"] == "internal"
    assert ada.closed_with == CloseCode.INTERNAL
    assert "room demo" in caplog.text
    assert bo.news() == []
    bo.say("video:play", ref="r2")
    await later()
    assert bo.last("video:state")["ref"] == "r2"


async def test_a_fault_in_a_handler_ends_that_connection(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, ada, bo = await pair(party)

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(hub._rooms["demo"].company, "point", broken)
    ada.say("cursor:move", x=1, y=1)
    assert (ada.last("error")["code"], ada.closed_with) == ("internal", CloseCode.INTERNAL)
    assert bo.closed_with is None


async def test_a_fault_in_one_room_s_housekeeping_is_that_room_s(
    party: Party, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hub, _, _ = await pair(party)
    cy = await party.member(hub, "Cy", "other")
    with monkeypatch.context() as patch:
        patch.setattr(hub._rooms["demo"].company, "each_second", lambda *_, **__: 1 / 0)
        await later(11)
    assert cy.heard("users:digest")
    assert "room demo: housekeeping failed" in caplog.text


# -- What a member may say


async def test_every_intent_reaches_whom_it_concerns(party: Party) -> None:
    _, ada, bo = await pair(party)
    bo.news()
    ada.say("cursor:move", x=1, y=2)
    ada.say("reaction:send", emoji="🔥", x=1, y=2, videoTime=3)
    ada.say("member:status", **STATUS)
    ada.say("member:rename", name="Ada L.", color="#ABCDEF")
    ada.say("heartbeat")
    ada.say("video:source", source=SOURCE, ref="s1")
    ada.say("video:rate", rate=1.5, ref="r1")
    await later(1.1)
    ada.say("cursor:leave")
    await later(0.1)
    heard = {message["type"]: message for message in bo.news()}
    assert heard["cursors:batch"]["cursors"][0]["userId"] == ada.id
    assert heard["reactions:batch"]["reactions"][0]["emoji"] == "🔥"
    assert heard["members:status"]["statuses"] == {ada.id: STATUS}
    assert (heard["user:updated"]["name"], heard["user:updated"]["color"]) == ("Ada L.", "#abcdef")
    assert heard["video:state"]["rate"] == 1.5
    assert heard["video:state"]["source"]["url"] == SOURCE["url"]
    assert heard["cursor:remove"] == {"type": "cursor:remove", "userId": ada.id}


async def test_snapshots_and_lists_are_for_who_asked(party: Party) -> None:
    hub, ada, bo = await pair(party)
    await party.member(hub, "Cy", "secret")
    bo.say("video:play", ref="r1")
    await later()
    bo.news(), ada.news()
    ada.say("room:sync")
    ada.say("users:list")
    ada.say("rooms:list")
    await later()
    heard = {message["type"]: message for message in ada.news()}
    assert heard["room:joined"]["videoState"]["ref"] == "r1"
    assert heard["room:joined"]["seq"] == 1
    assert [user["name"] for user in heard["users:list"]["users"]] == ["Ada", "Bo"]
    assert heard["users:list"]["count"] == 2
    (listed,) = heard["rooms:list"]["rooms"]
    assert (listed["id"], listed["userCount"], listed["isPlaying"]) == ("demo", 2, True)
    assert bo.news() == []


async def test_the_fullest_rooms_are_listed_first(party: Party) -> None:
    hub = party.server()
    await party.member(hub, "Ada", "demo")
    for name in ("Bo", "Cy"):
        await party.member(hub, name, "other")
    assert [room.id for room in hub.room_summaries()] == ["other", "demo"]


async def test_a_repeat_is_answered_to_its_sender_alone(party: Party) -> None:
    _, ada, bo = await pair(party)
    ada.say("video:play", ref="r1")
    ada.say("video:play", ref="r1")
    ada.say("video:seek", time=999, ref="r2")
    ada.say("video:seek", time=999, ref="r2")
    await later()
    assert (ada.seqs, bo.seqs) == ([1, 1], [1])
    assert [m["ref"] for m in ada.heard("error")] == ["r2", "r2"]
    assert bo.heard("error") == []


async def test_a_person_s_controls_are_limited_over_all_tabs(party: Party) -> None:
    hub = party.server()
    tabs = [await party.member(hub, tab=f"tab-{n}-of-ada") for n in range(3)]
    for number in range(12):
        tabs[number % 3].say("video:play", ref=f"r{number}")
    await later()
    limited = [message for tab in tabs for message in tab.heard("error:ratelimit")]
    assert sorted(message["ref"] for message in limited) == ["r10", "r11"]
    assert all(round(m["retryIn"], 3) == m["retryIn"] for m in limited)


async def test_the_time_is_told_every_15_s_to_members(party: Party) -> None:
    hub, ada, _ = await pair(party)
    outside = party.visitor(hub, "Cy")
    await later(SERVER_TIME_EVERY * 2 + 0.5)
    assert len(ada.heard("server:time")) == 3, "soon after coming, then when it is due"
    assert outside.messages == []


@pytest.mark.parametrize("change", [{"generation": 2}, {"civil_offset_ms": -6.0}])
async def test_a_step_of_either_clock_is_told_with_the_next_second(
    party: Party, change: dict[str, Any]
) -> None:
    hub, ada, _ = await pair(party)
    await later(1.5)
    assert len(ada.heard("server:time")) == 1
    server_time = hub._server_time
    hub._server_time = lambda: structs.replace(server_time(), **change)
    await later(1)
    assert len(ada.heard("server:time")) == 2
    await later(5)
    assert len(ada.heard("server:time")) == 2


async def test_health_counts_rooms_and_sockets(party: Party) -> None:
    hub, ada, _ = await pair(party)
    assert hub.counts == {"rooms": 1, "connections": 2, "degradedRooms": 0, "members": 2}
    ada.hang_up()
    assert hub.counts["connections"] == 1


async def test_a_party_s_clock_is_the_media_clock(party: Party) -> None:
    hub, ada, _ = await pair(party)
    assert hub.now_ms == media_ms()
    ada.say("video:play", ref="r1")
    await later()
    assert abs(ada.last("video:state")["serverTimestamp"] - media_ms()) < 10
