"""One room in one process: who gets in, who hears what, and how a room empties and returns."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sync.core.wire import CloseCode
from tests.dict_archive import kept
from tests.party_rig import Party, later, media_ms
from watchparty.core.state import CloseRoom, Command
from watchparty.store.base import StoreUnavailable

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo"), kept("small", max_users=2), kept("over", closed=True))
    yield party
    await party.close()


def types(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


# -- Turned away


async def test_there_is_no_way_into_a_room_nobody_made(party: Party) -> None:
    hub = party.server()
    ada = party.visitor(hub)
    await ada.join("nowhere")
    assert ada.last("error")["code"] == "no_such_room"
    assert ada.closed_with == CloseCode.NO_SUCH_ROOM
    assert hub.counts["rooms"] == 0, "it is forgotten at once"


async def test_there_is_no_way_into_a_room_that_is_over(party: Party) -> None:
    hub = party.server()
    ada = party.visitor(hub)
    await ada.join("over")
    assert ada.closed_with == CloseCode.ROOM_CLOSED
    assert hub.counts["rooms"] == 0


async def test_a_full_room_turns_newcomers_away(party: Party) -> None:
    hub = party.server()
    for name in ("Ada", "Bo"):
        await party.member(hub, name, "small")
    cy = party.visitor(hub, "Cy")
    await cy.join("small")
    assert cy.last("error")["code"] == "room_full"
    assert cy.closed_with == CloseCode.NOT_ADMITTED
    assert "user:joined" not in types(party.members[0].messages[3:])


async def test_a_full_room_takes_its_own_back(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name, "small") for name in ("Ada", "Bo")]
    ada.hang_up()
    again = await party.member(hub, "Ada", "small")
    assert again.id == ada.id
    bo.say("room:leave")
    await party.member(hub, "Cy", "small")
    with_ticket = await party.member(hub, "Bo", "small", ticket=bo.last("user:self")["ticket"])
    assert with_ticket.id == bo.id


@pytest.mark.parametrize(
    ("fields", "field"), [({"name": "\u200b"}, "name"), ({"name": "\u3164"}, "name")]
)
async def test_a_join_without_sense_may_be_tried_again(
    party: Party, fields: dict[str, str], field: str
) -> None:
    ada = party.visitor(party.server())
    await ada.join(**fields)
    assert (ada.last("error")["code"], ada.last("error")["field"]) == ("invalid_field", field)
    assert ada.closed_with is None
    await ada.join()
    assert ada.heard("room:joined")


async def test_nobody_is_in_two_rooms_however_fast_they_join(party: Party) -> None:
    hub = party.server()
    bo = await party.member(hub, "Bo", "small")
    ada = party.visitor(hub)
    ada.say("room:join", roomId="demo", name="Ada")
    ada.say("room:join", roomId="small", name="Ada")
    await later()
    assert [joined["roomId"] for joined in ada.heard("room:joined")] == ["demo"]
    assert ada.last("error")["code"] == "forbidden"
    bo.news()
    ada.say("video:play", ref="r1")
    await later()
    assert bo.news() == []
    assert ada.last("video:state")["ref"] == "r1"
    ada.hang_up()
    await later(6)
    assert hub.room_summaries() == [hub._rooms["small"].summary()]


async def test_who_has_gone_while_the_room_opened_is_no_member(party: Party) -> None:
    hub = party.server()
    party.archive.turns = 20
    ada = party.visitor(hub)
    ada.say("room:join", roomId="demo", name="Ada")
    for _ in range(5):
        await later(0)
    ada.hang_up()
    await later()
    assert hub._rooms["demo"].company.roster.deserted
    assert hub.room_summaries() == []


async def test_joins_of_one_person_are_limited_over_all_sockets(party: Party) -> None:
    hub = party.server()
    for number in range(5):
        await party.member(hub, tab=f"tab-{number}-of-ada")
    sixth = party.visitor(hub)
    await sixth.join(tab="tab-6-of-ada")
    assert sixth.last("error:ratelimit")["action"] == "roomJoin"
    assert sixth.closed_with is None
    await later(sixth.last("error:ratelimit")["retryIn"] / 1000 + 0.01)
    await sixth.join(tab="tab-6-of-ada")
    assert sixth.heard("room:joined")


# -- Coming and going


async def test_a_newcomer_is_greeted_and_the_others_hear_of_it(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub, "Ada")
    ada.news()
    bo = await party.member(hub, "Bo")
    assert types(bo.messages) == ["user:self", "room:joined"]
    joined = bo.last("room:joined")
    assert [user["name"] for user in joined["users"]] == ["Ada", "Bo"]
    assert (joined["seq"], joined["epoch"]) == (0, joined["videoState"]["epoch"])
    assert [(m["type"], m["id"]) for m in ada.news()] == [("user:joined", bo.id)]


async def test_the_newest_socket_of_a_tab_wins(party: Party) -> None:
    hub = party.server()
    bo = await party.member(hub, "Bo")
    older = await party.member(hub, "Ada")
    bo.news()
    newer = await party.member(hub, "Ada")
    assert (older.closed_with, newer.id) == (CloseCode.OPEN_ELSEWHERE, older.id)
    older.say("video:play", ref="r1")
    await later(6)
    assert set(types(bo.news())) <= {"server:time"}, "nobody came and nobody left"
    assert newer.seqs == []


async def test_a_reload_is_no_farewell_and_a_loss_is_one_after_5_s(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    bo.news()
    ada.hang_up()
    await later(4)
    again = await party.member(hub, "Ada")
    await later(10)
    assert [m for m in bo.news() if m["type"].startswith("user:")] == []
    await later(1.5 - media_ms() / 1000 % 1)  # between two looks at the clock
    again.hang_up()
    left_ms = media_ms()
    while not bo.heard("user:left"):
        await later(0.1)
    assert 5000 <= media_ms() - left_ms <= 6200


async def test_who_leaves_is_gone_at_once(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    ada.say("room:leave")
    await later()
    assert ada.closed_with == CloseCode.LEFT
    assert bo.last("user:left") == {"type": "user:left", "userId": ada.id}


async def test_what_was_asked_before_leaving_still_counts(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    ada.say("video:play", ref="r1")
    ada.say("room:leave")
    await later()
    assert bo.last("video:state")["by"] == ada.id


# -- The end of a party


async def test_closing_a_room_tells_and_closes_everybody(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    ada.say("video:play", ref="r1")
    hub.command("demo", Command(CloseRoom(reason="Good night.")))
    await later()
    for member in (ada, bo):
        assert member.messages[-1]["type"] == "room:closed"
        assert member.messages[-1]["reason"] == "Good night."
        assert member.closed_with == CloseCode.ROOM_CLOSED
    await later(200)
    assert hub.counts["rooms"] == 0
    late = party.visitor(hub, "Cy")
    await late.join()
    assert late.closed_with == CloseCode.ROOM_CLOSED


async def test_a_film_ends_once_for_everybody(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    ada.say("video:seek", time=80, ref="r1")
    ada.say("video:play", ref="r2")
    await later(30)
    assert ada.seqs == bo.seqs == [1, 2, 3]
    ended = bo.last("video:state")
    assert (ended["ended"], ended["currentTime"], ended["by"]) == (True, 90, None)


async def test_a_hub_that_stops_answers_who_waits(party: Party) -> None:
    hub = party.server()
    await party.member(hub)
    party.store.faults = type(party.store.faults)(most_turns=50)
    waiting = [hub.command("demo", Command(CloseRoom(reason=""))) for _ in range(3)]
    await later(0)
    await later(0)
    await hub.close()
    for done in waiting:
        assert done.done()
        assert done.exception() is None or isinstance(done.exception(), StoreUnavailable)
