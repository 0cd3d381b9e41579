"""A room that empties: paused where its last viewer left, out of memory, and back again."""

from collections.abc import AsyncIterator

import pytest

from tests.faulty_store import Faults
from tests.party_rig import Party, later, media_ms

pytestmark = pytest.mark.virtual_time

EMPTY_S = 60


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party()
    yield party
    await party.close()


async def test_an_empty_room_is_paused_where_its_last_viewer_left(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub)
    ada.say("video:play", ref="r1")
    await later(10)
    left_s = (media_ms() - ada.last("video:state")["serverTimestamp"]) / 1000
    ada.hang_up()
    await later(EMPTY_S - 1.5)
    assert hub.counts["rooms"] == 1
    await later(3)
    assert hub.counts["rooms"] == 0
    assert party.archive.rooms["demo"].saved is not None
    assert party.archive.rooms["demo"].saved.clean
    await later(100)
    again = await party.member(hub)
    joined = again.last("room:joined")
    assert joined["videoState"]["currentTime"] == pytest.approx(left_s, abs=0.01)
    assert not joined["videoState"]["isPlaying"]
    assert (joined["epoch"], joined["seq"]) == (ada.last("room:joined")["epoch"], 2)


async def test_a_film_does_not_run_out_behind_the_last_viewer_s_back(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub)
    ada.say("video:seek", time=60, ref="r1")
    ada.say("video:play", ref="r2")
    await later(5)
    ada.hang_up()
    await later(100)
    video = (await party.member(hub)).last("room:joined")["videoState"]
    assert not video["ended"]
    assert video["currentTime"] == pytest.approx(65, abs=0.02)


async def test_who_comes_back_to_a_film_that_ran_out_finds_it_ended(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub)
    ada.say("video:seek", time=80, ref="r1")
    ada.say("video:play", ref="r2")
    await later()
    ada.hang_up()
    await later(20)
    again = await party.member(hub)
    await later(0.1)
    assert again.last("video:state")["ended"]


async def test_who_comes_back_in_time_finds_the_film_running(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub)
    ada.say("video:play", ref="r1")
    await later()
    ada.hang_up()
    await later(EMPTY_S - 2)
    again = await party.member(hub)
    await later(10)
    assert again.last("room:joined")["videoState"]["isPlaying"]
    assert hub.counts["rooms"] == 1


@pytest.mark.parametrize("slowness", [0, 5])
@pytest.mark.parametrize("turns", range(12))
async def test_who_comes_back_in_the_very_moment_of_leaving_memory_gets_in(
    party: Party, slowness: int, turns: int
) -> None:
    hub = party.server()
    (await party.member(hub)).hang_up()
    await later(EMPTY_S + 0.001)
    party.archive.turns = slowness
    hub.each_second(61)
    for _ in range(turns):
        await later(0)
    ada = party.visitor(hub)
    await ada.join()
    assert ada.heard("room:joined")
    ada.say("video:play", ref="r1")
    await later()
    assert ada.last("video:state")["seq"] == 1
    assert ada.last("video:state")["epoch"] == "e1"


async def test_a_room_that_could_not_be_kept_leaves_the_layer_all_the_same(party: Party) -> None:
    hub = party.server()
    (await party.member(hub)).hang_up()
    await later(50)
    party.archive.problem = OSError("no database")
    await later(20)
    assert hub.counts["rooms"] == 0
    assert party.layer.groups == {}


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_who_comes_back_while_a_playing_film_is_being_paused_controls_it_at_once(
    party: Party, turns: int
) -> None:
    hub = party.server()
    first = await party.member(hub)
    first.say("video:play", ref="r1")
    await later()
    first.hang_up()
    await later(EMPTY_S + 0.001)
    party.store.faults = Faults(most_turns=10)
    hub.each_second(61)
    for _ in range(turns):
        await later(0)
    ada = party.visitor(hub)
    await ada.join()
    assert ada.last("room:joined")["seq"] == 2
    ada.say("video:play", ref="r2")
    await later()
    assert ada.last("video:state")["seq"] == 3
