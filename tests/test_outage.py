"""A store out of reach: the party is told, nobody waits in vain, and all is well at its return."""

from collections.abc import AsyncIterator

import pytest

from tests.dict_archive import kept
from tests.party_rig import Member, Party, later
from tests.rooms import FILM_S
from watchparty.hub.outage import MAX_ARRIVALS

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo"))
    yield party
    await party.close()


async def two(party: Party) -> tuple[Member, Member]:
    """Ada and Bo on two servers."""
    servers = [party.server(name, alone=False) for name in ("s1", "s2")]
    return await party.member(servers[0], "Ada"), await party.member(servers[1], "Bo")


async def test_a_control_is_refused_at_once_and_nothing_is_applied(party: Party) -> None:
    ada, bo = await two(party)
    party.store.lose()
    ada.news()
    ada.say("video:play", ref="r1")
    ada.say("chat:send", text="Hello?", ref="r2")
    refused = ada.news()
    assert [(m["type"], m["code"], m["ref"]) for m in refused] == [
        ("error", "unavailable", "r1"),
        ("error", "unavailable", "r2"),
    ]
    party.store.find()
    await later()
    assert ada.seqs == bo.seqs == []


async def test_reactions_and_snapshots_are_refused_at_once(party: Party) -> None:
    ada, _ = await two(party)
    party.store.lose()
    ada.news()
    ada.say("reaction:send", emoji="🔥", x=1, y=1, videoTime=1)
    ada.say("room:sync")
    assert [m["code"] for m in ada.news()] == ["unavailable", "unavailable"]


async def test_what_waited_when_the_store_was_lost_is_refused_and_not_forgotten(
    party: Party,
) -> None:
    ada, _ = await two(party)
    ada.say("video:play", ref="r1")  # in the queue
    party.store.lose()
    await later()
    assert ada.last("error")["ref"] == "r1"


async def test_everybody_is_told_of_the_loss_and_of_the_return_once(party: Party) -> None:
    ada, bo = await two(party)
    lost_ms = ada.hub.now_ms
    party.store.lose()
    await later(3)
    party.store.find()
    await later()
    for member in (ada, bo):
        first, second = member.heard("server:degraded")
        assert first["reason"]
        assert first["since"] == lost_ms
        assert second["reason"] is None


async def test_a_store_that_was_lost_for_a_moment_only_is_told_to_nobody(party: Party) -> None:
    ada, _ = await two(party)
    party.store.find()
    await later()
    assert not ada.heard("server:degraded")


async def test_nobody_loses_their_socket_and_pointers_go_on(party: Party) -> None:
    ada, _ = await two(party)
    cy = await party.member(ada.hub, "Cy")
    party.store.lose()
    await later(30)
    ada.say("cursor:move", x=1, y=1)
    await later(0.1)
    assert cy.last("cursors:batch")["cursors"][0]["userId"] == ada.id
    assert ada.closed_with is None


async def test_who_comes_meanwhile_is_told_and_let_in_at_the_return(party: Party) -> None:
    ada, _ = await two(party)
    party.store.lose()
    cy = party.visitor(ada.hub, "Cy")
    await cy.join()
    assert [m["type"] for m in cy.messages] == ["server:degraded"]
    party.store.find()
    await later()
    assert cy.last("room:joined")["seq"] == 0
    assert cy.last("server:degraded")["reason"] is None


async def test_who_was_just_coming_in_is_let_in_at_the_return(party: Party) -> None:
    ada, _ = await two(party)
    cy = party.visitor(ada.hub, "Cy")
    cy.say("room:join", roomId="demo", name="Cy", tab=cy.tab)  # in the queue
    party.store.lose()
    await later()
    assert not cy.heard("error")
    party.store.find()
    await later()
    assert cy.connection.user_id is not None


async def test_a_room_that_was_not_open_is_opened_at_the_return(party: Party) -> None:
    hub = party.server("s1", alone=False)
    party.store.lose()
    ada = party.visitor(hub, "Ada")
    await ada.join()
    await later(3)
    assert ada.connection.user_id is None
    party.store.find()
    await later()
    assert ada.connection.user_id is not None


async def test_so_many_may_wait_and_no_more(party: Party) -> None:
    hub = party.server("s1", alone=False)
    party.store.lose()
    visitors = [party.visitor(hub, f"V{number}") for number in range(MAX_ARRIVALS + 1)]
    for visitor in visitors:
        visitor.say("room:join", roomId="demo", name=visitor.name, tab=visitor.tab)
    await later()
    assert visitors[0].last("error")["code"] == "unavailable"
    assert not visitors[1].heard("error")


async def test_what_the_other_server_did_is_there_at_once_at_the_return(party: Party) -> None:
    ada, bo = await two(party)
    party.layer.losing = 1000  # nothing is passed on meanwhile
    ada.say("video:play", ref="r1")
    await later()
    assert bo.seqs == []
    party.store.lose()
    await later(5)
    party.store.find()
    await later()
    assert bo.seqs == ada.seqs == [1]


async def test_a_film_that_ended_meanwhile_ends_at_the_return(party: Party) -> None:
    ada, _ = await two(party)
    ada.say("video:seek", time=FILM_S - 3, ref="r1")
    ada.say("video:play", ref="r2")
    await later()
    party.store.lose()
    await later(10)
    party.store.find()
    await later(0.1)
    assert ada.last("video:state")["ended"]


async def test_health_counts_the_rooms_that_are_out_of_reach(party: Party) -> None:
    ada, _ = await two(party)
    party.store.lose()
    assert ada.hub.counts["degradedRooms"] == 1
    party.store.find()
    assert ada.hub.counts["degradedRooms"] == 0
