"""Who is in a room that two servers hold: listed everywhere, gone everywhere, counted once."""

from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from sync.core.wire import CloseCode
from tests.dict_archive import kept
from tests.party_rig import Member, Party, later, media_ms
from tests.test_company import status_of
from watchparty.core.presence import GRACE_MS, users_hash
from watchparty.core.protocol import STATUSES_IN_FULL
from watchparty.core.state import CloseRoom, Command
from watchparty.hub.attendance import DOUBT_MS, RENEW_EVERY_S
from watchparty.hub.hub import DIGEST_EVERY
from watchparty.store.base import LEASE_MS

pytestmark = pytest.mark.virtual_time

HEALED_S = RENEW_EVERY_S + 1.1
GONE_S = LEASE_MS / 1000 + HEALED_S


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo"), kept("small", max_users=2))
    yield party
    await party.close()


async def two(party: Party, room: str = "demo") -> tuple[Member, Member]:
    """Ada on one server, Bo on another."""
    one, two = [party.server(name, alone=False) for name in ("s1", "s2")]
    ada = await party.member(one, "Ada", room)
    return ada, await party.member(two, "Bo", room)


def sees(member: Member) -> set[str]:
    """Names of everybody, as that server lists them."""
    company = member.hub._rooms[member.connection.room or ""].company
    listed = company.listed()
    assert listed.count == len(listed.users)
    return {user.name for user in listed.users}


# -- Refusals


async def test_a_room_s_places_are_counted_over_all_servers(party: Party) -> None:
    ada, bo = await two(party, "small")
    cy = party.visitor(bo.hub, "Cy")
    await cy.join("small")
    assert cy.last("error")["code"] == "room_full"
    assert cy.closed_with == CloseCode.NOT_ADMITTED
    await later(HEALED_S)
    assert sees(ada) == sees(bo) == {"Ada", "Bo"}, "a claim that came to nothing leaves no ghost"


@pytest.mark.parametrize("turns", range(0, 30, 3))
async def test_two_who_want_the_last_place_at_once_never_both_get_it(
    party: Party, turns: int
) -> None:
    one, two = [party.server(name, alone=False) for name in ("s1", "s2")]
    await party.member(one, "Ada", "small")
    visitors = [party.visitor(one, "Bo"), party.visitor(two, "Cy")]
    for visitor in visitors:
        visitor.say("room:join", roomId="small", name=visitor.name)
        for _ in range(turns):
            await later(0)
    await later(HEALED_S)
    assert sum(1 for visitor in visitors if visitor.heard("room:joined")) <= 1


async def test_who_is_in_already_gets_in_again_through_another_server(party: Party) -> None:
    ada, bo = await two(party, "small")
    again = party.visitor(bo.hub, "Ada")
    await again.join("small")
    assert again.heard("room:joined")
    assert ada.closed_with == CloseCode.OPEN_ELSEWHERE
    await later(GRACE_MS / 1000 + HEALED_S)
    assert sees(again) == {"Ada", "Bo"}
    assert not bo.heard("user:left"), "nobody has left"
    assert ada.id == again.id


async def test_news_that_is_not_understood_is_passed_over(party: Party) -> None:
    ada, bo = await two(party)
    relay = party.layer.sent[0] | {"kind": "presence", "frame": b'{"type":"user:vanished"}'}
    await party.layer.group_send("room.demo", relay)
    ada.say("video:play", ref="r1")
    await later()
    assert bo.seqs == [1]


# -- Coming, changing, going


async def test_a_newcomer_finds_the_members_of_both_servers(party: Party) -> None:
    ada, bo = await two(party)
    assert {user["name"] for user in bo.last("room:joined")["users"]} == {"Ada", "Bo"}
    assert [user["name"] for user in ada.heard("user:joined")] == ["Bo"]
    assert ada.last("user:joined")["instance"] == "s2"
    assert sees(ada) == sees(bo) == {"Ada", "Bo"}


async def test_a_new_name_is_known_everywhere(party: Party) -> None:
    ada, bo = await two(party)
    ada.say("member:rename", name="Ada L.", color="#abcdef")
    await later()
    assert bo.last("user:updated")["name"] == "Ada L."
    await later(HEALED_S)
    assert sees(bo) == {"Ada L.", "Bo"}


async def test_a_goodbye_is_heard_everywhere_at_once(party: Party) -> None:
    ada, bo = await two(party)
    ada_id = ada.id
    ada.say("room:leave")
    await later()
    assert bo.last("user:left")["userId"] == ada_id
    await later(HEALED_S)
    assert sees(bo) == {"Bo"}
    assert len(bo.heard("user:left")) == 1


async def test_a_lost_socket_is_a_farewell_everywhere_after_the_grace(party: Party) -> None:
    ada, bo = await two(party)
    ada.hang_up()
    await later(GRACE_MS / 1000 - 1)
    assert not bo.heard("user:left")
    await later(2.1)
    assert bo.last("user:left")["userId"] == ada.id


@pytest.mark.parametrize("type_", ["user:joined", "user:left"])
async def test_lost_news_is_healed_by_the_leases(party: Party, type_: str) -> None:
    ada, bo = await two(party)
    party.layer.losing = 1
    if type_ == "user:joined":
        await party.member(ada.hub, "Cy")
    else:
        ada.say("room:leave")
    await later()
    assert not bo.heard(type_)
    await later(HEALED_S)
    assert len(bo.heard(type_)) == 1


async def test_the_members_of_a_server_that_died_vanish_with_its_lease(party: Party) -> None:
    ada, bo = await two(party)
    dead = ada.hub
    assert dead._housekeeper is not None
    dead._housekeeper.cancel()
    await dead._rooms["demo"].close()
    await later(LEASE_MS / 1000 - 5)
    assert sees(bo) == {"Ada", "Bo"}
    await later(10 + HEALED_S)
    assert bo.last("user:left")["userId"] == ada.id
    assert sees(bo) == {"Bo"}
    bo.say("video:play", ref="r1")
    await later()
    assert bo.seqs == [1]


async def test_a_server_that_slept_is_back_with_all_its_members(party: Party) -> None:
    ada, bo = await two(party)
    party.leases["demo"]["s1"] = (media_ms(), {})
    bo.hub._rooms["demo"].company.left_elsewhere(ada.id, "s1")
    await later(2 * HEALED_S)
    assert sees(bo) == {"Ada", "Bo"}
    assert bo.last("user:joined")["id"] == ada.id


async def test_leases_that_were_lost_with_the_store_take_nobody_off_the_lists(
    party: Party,
) -> None:
    ada, bo = await two(party)
    live = party.store._rooms["demo"]
    live.state = structs.replace(live.state, epoch="e-after-the-loss", seq=1000)
    party.leases.clear()
    await later(DOUBT_MS / 1000 + HEALED_S)
    assert not ada.heard("user:left")
    assert not bo.heard("user:left")
    assert sees(ada) == sees(bo) == {"Ada", "Bo"}
    assert ada.last("room:joined")["epoch"] == "e-after-the-loss"


# -- How they do, and what everybody should know


async def test_how_everybody_does_is_shown_everywhere(party: Party) -> None:
    ada, bo = await two(party)
    for member, drift_ms in ((ada, 12.5), (bo, -3.0)):
        company = member.hub._rooms["demo"].company
        company.report(member.id, status_of(drift_ms))
    await later(2.1)
    for member in (ada, bo):
        statuses = member.last("members:status")["statuses"]
        assert {one: status["driftMs"] for one, status in statuses.items()} == {
            ada.id: 12.5,
            bo.id: -3.0,
        }


async def test_large_rooms_do_not_exchange_statuses(party: Party) -> None:
    ada, _ = await two(party)
    for number in range(STATUSES_IN_FULL):
        await party.member(ada.hub, f"U{number}")
    before = len(party.layer.sent)
    ada.hub._rooms["demo"].company.report(ada.id, status_of(1))
    await later(2)
    assert len(party.layer.sent) == before


async def test_the_digest_is_that_of_all_members(party: Party) -> None:
    ada, bo = await two(party)
    await later(DIGEST_EVERY + 1.0)
    assert ada.last("users:digest") == bo.last("users:digest")
    company = bo.hub._rooms["demo"].company
    assert bo.last("users:digest")["hash"] == users_hash(company.listed().users)
    assert bo.last("users:digest")["count"] == 2


# -- Emptiness


async def test_a_room_that_others_watch_goes_on_without_this_server(party: Party) -> None:
    ada, bo = await two(party)
    ada.say("video:play", ref="r1")
    await later()
    ada.say("room:leave")
    await later(62)
    assert (ada.hub.counts["rooms"], bo.hub.counts["rooms"]) == (0, 1)
    assert bo.last("video:state")["isPlaying"]
    bo.say("video:pause", ref="r2")
    await later()
    assert bo.seqs == [1, 2]


async def test_a_room_is_paused_where_the_last_viewer_of_all_servers_left(party: Party) -> None:
    ada, bo = await two(party)
    ada.say("video:play", ref="r1")
    await later()
    began_ms = ada.last("video:state")["serverTimestamp"]
    ada.say("room:leave")
    await later(20)
    bo.say("room:leave")
    left_s = (media_ms() - began_ms) / 1000
    await later(65)
    assert (ada.hub.counts["rooms"], bo.hub.counts["rooms"]) == (0, 0)
    assert party.store._rooms == {}
    saved = party.archive.rooms["demo"].saved
    assert saved is not None
    assert saved.clean
    assert not saved.state.playhead.playing
    assert saved.state.playhead.position_s == pytest.approx(left_s, abs=0.05)


async def test_a_room_that_was_closed_leaves_both_servers(party: Party) -> None:
    ada, bo = await two(party)
    ada.hub.command("demo", Command(CloseRoom(reason="Good night.")))
    await later(75)
    assert (ada.hub.counts["rooms"], bo.hub.counts["rooms"]) == (0, 0)
    assert party.store._rooms == {}
    saved = party.archive.rooms["demo"].saved
    assert saved is not None
    assert saved.state.closed
