"""Two servers, one store, one layer: everybody sees the same events in the same order."""

from collections.abc import AsyncIterator

import pytest

from sync.core.wire import CloseCode
from tests.dict_archive import kept
from tests.faulty_store import Faults
from tests.party_rig import Member, Party, later, media_ms
from watchparty.core.state import CloseRoom, Command
from watchparty.hub.delivery import WAIT_FOR_MISSING_S
from watchparty.hub.hub import DIGEST_EVERY
from watchparty.hub.relay import MESSAGE_TYPE

pytestmark = pytest.mark.virtual_time

BAD_LINE = Faults(lost_request=0.15, lost_answer=0.25, conflict=0.3, most_turns=8)
SETTLED_S = DIGEST_EVERY + 2.0
"""By then even the last event, which no later one shows to be missing, has been healed."""


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo"))
    yield party
    await party.close()


async def three(party: Party) -> list[Member]:
    """Ada and Bo on one server, Cy on another."""
    one, two = [party.server(name, alone=False) for name in ("s1", "s2")]
    return [
        await party.member(one, "Ada"),
        await party.member(one, "Bo"),
        await party.member(two, "Cy"),
    ]


def same_everywhere(members: list[Member]) -> list[int]:
    """The numbers of the events, the same for all, as is what they say."""
    first = members[0].applied
    for member in members[1:]:
        assert member.applied == first
    return [event["seq"] for event in first]


async def test_ordered_events_reach_both_servers_in_order(party: Party) -> None:
    members = await three(party)
    for number in range(9):
        members[number % 3].say("video:play" if number % 2 else "video:pause", ref=f"r{number}")
    await later()
    assert [member.seqs for member in members] == [list(range(1, 10))] * 3
    assert same_everywhere(members) == list(range(1, 10))


async def test_everybody_gets_the_same_bytes_the_actor_included(party: Party) -> None:
    members = await three(party)
    members[0].say("video:play", ref="r1")
    await later()
    frames = {member.port.frames[-1].data for member in members}
    assert len(frames) == 1
    assert members[0].port.frames[-1] is members[1].port.frames[-1], "encoded once"


async def test_passing_events_reach_both_servers(party: Party) -> None:
    ada, bo, cy = await three(party)
    ada.say("cursor:move", x=1, y=1)
    ada.say("reaction:send", emoji="🔥", x=1, y=1, videoTime=1)
    await later(0.1)
    for member in (bo, cy):
        assert member.last("cursors:batch")["cursors"][0]["userId"] == ada.id
        assert len(member.heard("reactions:batch")) == 1
    passed = [message for message in party.layer.sent if message["kind"] == "passing"]
    assert len(passed) == 2, "one message for each batch"


@pytest.mark.parametrize("lost", [1, 2, 5])
async def test_a_lost_message_is_healed_from_the_store_within_100_ms(
    party: Party, lost: int
) -> None:
    ada, _, cy = await three(party)
    party.layer.losing = lost
    for number in range(lost):
        ada.say("video:play", ref=f"r{number}")
    await later()
    assert cy.seqs == []
    ada.say("video:pause", ref="last")
    began_ms = media_ms()
    await later(WAIT_FOR_MISSING_S + 0.005)
    assert cy.seqs == list(range(1, lost + 2))
    assert media_ms() - began_ms < 110


async def test_a_lost_last_message_is_healed_by_comparing(party: Party) -> None:
    ada, _, cy = await three(party)
    party.layer.losing = 1
    ada.say("video:play", ref="r1")
    await later(SETTLED_S)
    assert cy.seqs == [1]


async def test_a_message_that_comes_twice_or_late_changes_nothing(party: Party) -> None:
    ada, _, cy = await three(party)
    for number in range(3):
        ada.say("video:play", ref=f"r{number}")
    await later()
    for message in list(party.layer.sent):
        await party.layer.group_send("room.demo", message)
    await later(0.2)
    assert cy.seqs == [1, 2, 3]


async def test_a_message_of_an_older_epoch_changes_nothing(party: Party) -> None:
    ada, _, cy = await three(party)
    stale = {"type": MESSAGE_TYPE, "origin": "s0", "kind": "ordered", "epoch": "e0", "seq": 77}
    await party.layer.group_send("room.demo", stale | {"frame": b'{"type":"video:state","seq":77}'})
    await later(0.2)
    ada.say("video:play", ref="r1")
    await later()
    assert cy.seqs == [1]


async def test_a_member_who_comes_later_is_where_the_others_are(party: Party) -> None:
    ada, _, cy = await three(party)
    for number in range(4):
        ada.say("video:play", ref=f"r{number}")
    await later()
    dee = await party.member(cy.hub, "Dee")
    assert dee.last("room:joined")["seq"] == 4
    ada.say("video:pause", ref="r9")
    await later()
    assert [event["seq"] for event in dee.applied] == [5]


@pytest.mark.parametrize("turns", range(12))
async def test_what_happens_while_a_server_opens_the_room_is_not_missed(
    party: Party, turns: int
) -> None:
    one, two = [party.server(name, alone=False) for name in ("s1", "s2")]
    ada = await party.member(one, "Ada")
    party.layer.turns = 6
    cy = party.visitor(two, "Cy")
    cy.say("room:join", roomId="demo", name="Cy")
    for _ in range(turns):
        await later(0)
    ada.say("video:play", ref="r1")
    await later(0.2)
    joined_at = cy.last("room:joined")["seq"]
    assert [event["seq"] for event in cy.applied] == list(range(joined_at + 1, 2))


async def test_simultaneous_play_and_pause_end_in_one_state_everywhere(party: Party) -> None:
    members = await three(party)
    for round_ in range(10):
        for index, member in enumerate(members):
            type_ = "video:pause" if (round_ + index) % 2 else "video:play"
            member.say(type_, at=media_ms(), baseSeq=0, ref=f"r{round_}-{index}")
        await later(0.9)
    await later(SETTLED_S)
    assert same_everywhere(members) == list(range(1, 31))
    final = party.store._rooms["demo"].state
    for member in members:
        member.say("room:sync")
    await later()
    for member in members:
        video = member.last("room:joined")["videoState"]
        assert (video["seq"], video["ref"]) == (30, final.ref)
        assert video["isPlaying"] == final.playhead.playing


@pytest.mark.parametrize("seed", range(12))
async def test_the_same_over_a_store_that_is_late_contested_and_forgetful(seed: int) -> None:
    party = Party(kept("demo"), faults=BAD_LINE, seed=seed)
    members = await three(party)
    for member in members:
        member.repeats = True
    for round_ in range(6):
        for index, member in enumerate(members):
            type_ = "video:pause" if (round_ + index) % 2 else "video:play"
            member.say(type_, at=media_ms(), baseSeq=0, ref=f"r{round_}-{index}")
        await later(1.1)
    await later(SETTLED_S)
    assert party.store.lost > 0, "the line was bad"
    assert same_everywhere(members) == list(range(1, 19))
    events = members[0].applied
    assert len({(event["by"], event["ref"]) for event in events}) == 18, "each once"
    final = party.store._rooms["demo"].state
    assert (events[-1]["seq"], events[-1]["ref"]) == (final.seq, final.ref)
    await party.close()


@pytest.mark.parametrize("lost", [0, 1])
async def test_closing_reaches_the_members_of_every_server(party: Party, lost: int) -> None:
    members = await three(party)
    party.layer.losing = lost
    members[0].hub.command("demo", Command(CloseRoom(reason="Good night.")))
    await later(SETTLED_S)
    for member in members:
        assert len(member.heard("room:closed")) == 1
        assert member.closed_with == CloseCode.ROOM_CLOSED


async def test_asking_for_a_snapshot_of_a_room_closed_elsewhere_ends_it_here(party: Party) -> None:
    ada, _, cy = await three(party)
    party.layer.losing = 1
    ada.hub.command("demo", Command(CloseRoom(reason="")))
    await later()
    assert cy.closed_with is None
    cy.say("room:sync")
    await later()
    assert cy.closed_with == CloseCode.ROOM_CLOSED
