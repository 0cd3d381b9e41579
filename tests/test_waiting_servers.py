"""A room that waits on two servers: one drives it, the other helps, and takes over if it must."""

from collections.abc import AsyncIterator

import pytest

from tests.dict_archive import kept
from tests.party_rig import Member, Party, later, media_ms
from tests.waiting_rig import SOON_S, be_ready, open_gate, tell, told
from watchparty.core.gate import SOFT_MS, STALL_MS, TAKE_OVER_MS
from watchparty.core.protocol import STATUSES_IN_FULL
from watchparty.core.waiting import HARD_MS

pytestmark = pytest.mark.virtual_time

SOFT_S, HARD_S, STALL_S = SOFT_MS / 1000, HARD_MS / 1000, STALL_MS / 1000


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo", max_users=200))
    yield party
    await party.close()


async def two(party: Party) -> tuple[Member, Member]:
    """Ada on one server, Bo on another."""
    one, two = [party.server(name, alone=False) for name in ("s1", "s2")]
    ada = await party.member(one, "Ada")
    return ada, await party.member(two, "Bo")


def dies(member: Member) -> None:
    """The member's server sees to nothing any more."""
    room = member.hub._rooms["demo"]
    room._gatekeeper.stop()
    room._gatekeeper.changed = lambda: None  # type: ignore[method-assign]
    room._gatekeeper._look = lambda: None  # type: ignore[method-assign]


async def test_a_member_elsewhere_is_waited_for_and_its_readiness_is_heard(party: Party) -> None:
    ada, bo = await two(party)
    waiting = await open_gate(ada)
    assert waiting["userIds"] == [ada.id, bo.id]
    be_ready(ada)
    await later(1)
    assert len(told(ada)) == 1
    be_ready(bo)
    await later(SOON_S)
    assert told(ada) == told(bo) == [("video:waiting", [ada.id, bo.id]), ("video:state", True)]


async def test_both_can_ask_and_either_server_drives_its_own(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(bo)
    be_ready(ada, bo)
    await later(SOON_S)
    assert told(ada)[1:] == [("video:state", True)]
    assert ada.last("video:state")["by"] == bo.id


async def test_the_lead_reaches_the_slowest_of_all_servers(party: Party) -> None:
    ada, bo = await two(party)
    tell(bo, rtt_ms=600.0, start_ms=200.0)
    await later(2)
    await open_gate(ada)
    be_ready(ada, bo)
    ready_ms = media_ms()
    await later(SOON_S)
    assert ada.last("video:state")["serverTimestamp"] >= ready_ms + 1.5 * 600 + 200 + 150


async def test_who_turns_away_elsewhere_is_waited_for_no_more(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    be_ready(ada)
    tell(bo, "hidden")
    await later(SOON_S)
    assert told(ada)[1:] == [("video:state", True)]


async def test_who_leaves_elsewhere_is_waited_for_no_more(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    be_ready(ada)
    bo.say("room:leave")
    await later(SOON_S)
    assert told(ada)[1:] == [("video:state", True)]


async def test_a_large_room_hears_who_turns_away_and_who_is_ready_too(party: Party) -> None:
    ada, bo = await two(party)
    for number in range(STATUSES_IN_FULL):
        tell(await party.member(bo.hub, f"U{number}"), "hidden")
    await later(SOON_S)
    assert (await open_gate(ada))["userIds"] == [ada.id, bo.id]
    be_ready(ada, bo)
    await later(SOON_S)
    assert told(ada)[1:] == [("video:state", True)]


async def test_readiness_that_was_lost_on_the_way_is_told_again_when_missed(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    be_ready(ada)
    await later(SOON_S)
    party.layer.losing = 1
    be_ready(bo)
    await later(SOFT_S - 2 * SOON_S)
    assert party.layer.losing == 0
    assert len(told(ada)) == 1
    await later(3 * SOON_S)
    assert told(ada)[1:] == [("video:waiting", [bo.id]), ("video:state", True)]


async def test_a_crowd_that_is_ready_at_once_is_told_of_in_one_message(party: Party) -> None:
    ada, bo = await two(party)
    crowd = [await party.member(bo.hub, f"U{number}") for number in range(20)]
    await open_gate(ada)
    before = len(party.layer.sent)
    be_ready(ada, bo, *crowd)
    await later(SOON_S)
    kinds = [message["kind"] for message in party.layer.sent[before:]]
    assert kinds.count("presence") == 2, "one of each server"
    assert told(ada)[1:] == [("video:state", True)]


async def test_another_server_takes_over_when_the_one_that_waits_has_died(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    dies(ada)
    be_ready(bo)
    await later(HARD_S + TAKE_OVER_MS / 1000 - 0.1)
    assert len(told(bo)) == 1
    await later(0.2)
    assert told(bo)[1:] == [("video:state", True)]


async def test_two_servers_that_both_act_start_the_room_once(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    for member in (ada, bo):
        gatekeeper = member.hub._rooms["demo"]._gatekeeper
        gatekeeper._instance = "s1"  # each believes that it is its own to see to
    be_ready(ada, bo)
    await later(20)
    assert told(ada) == told(bo)
    assert told(ada)[1:] == [("video:state", True)]


async def test_who_loads_elsewhere_is_named_and_let_go(party: Party) -> None:
    ada, bo = await two(party)
    ada.say("room:settings", waitForAll=True, ref="s")
    ada.say("video:play", ref="p")
    await later(3)
    tell(bo, "buffering", buffer_s=0.1)
    loading_ms = media_ms()
    await later(STALL_S + SOON_S)
    frozen = ada.last("video:waiting")
    assert (frozen["reason"], frozen["userIds"]) == ("buffering", [bo.id])
    assert frozen["serverTimestamp"] == pytest.approx(loading_ms + STALL_MS, abs=30)
    assert party.store._rooms["demo"].state.waiting is not None
    be_ready(bo)
    await later(SOON_S)
    assert told(ada)[3:] == told(bo)[3:] == [("video:state", True)]


async def test_all_who_load_are_named_wherever_they_are(party: Party) -> None:
    ada, bo = await two(party)
    ada.say("room:settings", waitForAll=True, ref="s")
    ada.say("video:play", ref="p")
    await later(3)
    for member in (ada, bo):
        tell(member, "buffering", buffer_s=0.1)
    await later(STALL_S + SOON_S)
    waiting = ada.heard("video:waiting")
    assert len(waiting) == 1
    assert set(waiting[0]["userIds"]) == {ada.id, bo.id}


async def test_statuses_of_a_large_room_are_summed_up_by_each_server_for_its_own(
    party: Party,
) -> None:
    ada, bo = await two(party)
    for number in range(STATUSES_IN_FULL + 1):
        tell(await party.member(ada.hub, f"U{number}"), drift_ms=float(number))
    tell(bo, "hidden", drift_ms=9000.0)
    await later(2)
    assert ada.last("members:status")["summary"]["p95"] < 60
