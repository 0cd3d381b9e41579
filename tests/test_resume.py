"""Coming back to a room: the events missed meanwhile, or a snapshot where they don't suffice."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.dict_archive import kept
from tests.party_rig import Member, Party, later
from watchparty.core.protocol import MAX_RESUMED
from watchparty.hub.hub import Hub
from watchparty.store.base import StoreUnavailable

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo"))
    yield party
    await party.close()


async def changes(member: Member, count: int) -> None:
    """Somebody else goes on with the party."""
    for number in range(count):
        member.say("video:seek", time=number % 80, ref=f"{len(member.messages)}")
        await later(0.2)


async def back(party: Party, hub: Hub, name: str, epoch: str, seq: int) -> dict[str, Any]:
    """What somebody is told who joins again where they had been."""
    member = await party.member(hub, name, resume={"epoch": epoch, "seq": seq})
    return member.last("room:joined")


# -- A snapshot answers


@pytest.mark.parametrize(("epoch", "seq"), [("another", 1), ("e1", 99)])
async def test_a_place_that_the_room_does_not_know_gets_a_snapshot(
    party: Party, epoch: str, seq: int
) -> None:
    hub = party.server()
    await changes(await party.member(hub, "Bo"), 2)
    joined = await back(party, hub, "Ada", epoch, seq)
    assert joined["videoState"]["seq"] == joined["seq"] == 2
    assert "events" not in joined


async def test_who_missed_too_much_gets_a_snapshot(party: Party) -> None:
    hub = party.server()
    bo = await party.member(hub, "Bo")
    await changes(bo, MAX_RESUMED + 1)
    assert "videoState" in await back(party, hub, "Ada", "e1", 0)
    assert len((await back(party, hub, "Cy", "e1", 1))["events"]) == MAX_RESUMED


async def test_events_that_are_not_held_any_more_are_replaced_by_a_snapshot(party: Party) -> None:
    hub = party.server()
    await changes(await party.member(hub, "Bo"), 3)
    party.store._rooms["demo"].events.popleft()
    assert "videoState" in await back(party, hub, "Ada", "e1", 0)
    assert [event["seq"] for event in (await back(party, hub, "Cy", "e1", 1))["events"]] == [2, 3]


async def test_a_store_that_does_not_answer_costs_a_snapshot_not_the_return(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = party.server()
    await changes(await party.member(hub, "Bo"), 2)

    async def since(*_: object) -> None:
        raise StoreUnavailable("no answer")

    monkeypatch.setattr(party.store, "since", since)
    assert "videoState" in await back(party, hub, "Ada", "e1", 1)
    assert (await back(party, hub, "Cy", "e1", 2))["events"] == []


async def test_asking_for_a_snapshot_brings_one(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub, "Ada")
    await changes(ada, 1)
    ada.say("room:sync")
    await later()
    assert ada.last("room:joined")["videoState"]["seq"] == 1


async def test_who_was_told_the_newest_state_a_moment_ago_is_told_nothing(party: Party) -> None:
    ada = await party.member(party.server(), "Ada")
    ada.say("room:sync")
    await later(4)
    ada.say("room:sync")
    await later()
    assert [one["type"] for one in ada.messages].count("room:joined") == 1
    assert not ada.heard("error:ratelimit")
    await later(1)
    ada.say("room:sync")
    await later()
    assert len(ada.heard("room:joined")) == 2


async def test_who_resumed_has_no_snapshot_and_may_have_one(party: Party) -> None:
    hub = party.server()
    await changes(await party.member(hub, "Bo"), 2)
    await back(party, hub, "Ada", "e1", 2)
    ada = party.members[-1]
    ada.say("room:sync")
    await later()
    assert "videoState" in ada.last("room:joined")


# -- The missed events answer


async def test_who_missed_nothing_is_told_so(party: Party) -> None:
    hub = party.server()
    bo = await party.member(hub, "Bo")
    await changes(bo, 2)
    joined = await back(party, hub, "Ada", "e1", 2)
    assert (joined["events"], joined["seq"]) == ([], 2)
    assert "videoState" not in joined
    assert {user["name"] for user in joined["users"]} == {"Ada", "Bo"}


async def test_the_missed_events_are_those_that_the_others_got(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    await changes(ada, 1)
    ada.hang_up()
    await changes(bo, 3)
    joined = await back(party, hub, "Ada", "e1", 1)
    assert joined["events"] == bo.heard("video:state")[-3:]
    assert (joined["epoch"], joined["seq"]) == ("e1", 4)


async def test_one_who_returns_through_another_server_misses_nothing(party: Party) -> None:
    one, two = [party.server(name, alone=False) for name in ("s1", "s2")]
    ada, bo = await party.member(one, "Ada"), await party.member(one, "Bo")
    await changes(bo, 1)
    ada.hang_up()
    await changes(bo, 2)
    joined = await back(party, two, "Ada", "e1", 1)
    assert [event["seq"] for event in joined["events"]] == [2, 3]


@pytest.mark.parametrize("turns", range(12))
async def test_what_happens_during_the_return_is_neither_lost_nor_told_twice(
    party: Party, turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = [party.server(name, alone=False) for name in ("s1", "s2")]
    bo, ada = await party.member(one, "Bo"), await party.member(two, "Ada")
    await changes(bo, 2)
    ada.hang_up()
    held = party.store.since

    async def slow(slug: str, epoch: str, seq: int) -> Any:
        events = await held(slug, epoch, seq)
        await later(0.05)
        return events

    monkeypatch.setattr(party.store, "since", slow)
    again = party.visitor(two, "Ada")
    again.say("room:join", roomId="demo", name="Ada", resume={"epoch": "e1", "seq": 1})
    for _ in range(turns):
        await later(0)
    bo.say("video:seek", time=50, ref="meanwhile")
    await later(0.5)
    joined = again.last("room:joined")
    told = [event["seq"] for event in joined.get("events", [])] + again.seqs
    first = joined["seq"] + 1 if "videoState" in joined else 2
    assert sorted(set(told)) == list(range(first, 4))
    assert again.seqs == list(range(joined["seq"] + 1, 4))


async def test_a_room_that_was_empty_has_changed_meanwhile(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub, "Ada")
    ada.say("video:play", ref="r1")
    await later(1)
    ada.hang_up()
    await later(70)
    joined = await back(party, hub, "Ada", "e1", 1)
    assert not joined["videoState"]["isPlaying"], "its events left memory with it"
    assert joined["seq"] == 2
