"""One room that waits, in one process: for whom, how long, and who may go on without them."""

from collections.abc import AsyncIterator

import pytest

from tests.party_rig import Member, Party, later, media_ms
from tests.waiting_rig import SOON_S, be_ready, open_gate, tell, told
from watchparty.core.gate import SOFT_MS, STALL_MS
from watchparty.core.state import MIN_LEAD_MS
from watchparty.core.waiting import HARD_MS, SPARED_MS

pytestmark = pytest.mark.virtual_time

SOFT_S, HARD_S, STALL_S = SOFT_MS / 1000, HARD_MS / 1000, STALL_MS / 1000


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party()
    yield party
    await party.close()


async def two(party: Party) -> tuple[Member, Member]:
    hub = party.server()
    return await party.member(hub, "Ada"), await party.member(hub, "Bo")


async def playing_for_all(party: Party) -> tuple[Member, Member]:
    """A room that waits for everyone and has played for a while."""
    ada, bo = await two(party)
    ada.say("room:settings", waitForAll=True, ref="s")
    ada.say("video:play", ref="p")
    await later(3)
    return ada, bo


async def keep_loading(member: Member, seconds: int) -> None:
    for _ in range(seconds):
        tell(member, "buffering", buffer_s=0.1)
        await later(1)


# -- Bad input


@pytest.mark.parametrize("ahead", [1, 1000, 2**53 - 10])
async def test_ready_for_what_has_not_been_is_stale_and_counts_for_nothing(
    party: Party, ahead: int
) -> None:
    ada, bo = await two(party)
    waiting = await open_gate(ada)
    be_ready(ada)
    bo.say("video:ready", seq=waiting["seq"] + ahead)
    await later(SOON_S)
    assert (bo.last("error")["code"], bo.last("error")["field"]) == ("stale", "seq")
    assert bo.closed_with is None
    assert told(ada) == [("video:waiting", [ada.id, bo.id])]
    be_ready(bo)
    await later(SOON_S)
    assert told(bo)[-1] == ("video:state", True)


async def test_ready_for_what_was_before_is_no_fault_and_counts_for_nothing(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    be_ready(ada)
    bo.say("video:ready", seq=0)
    await later(SOON_S)
    assert bo.heard("error") == []
    assert len(told(ada)) == 1


async def test_a_flood_of_settings_is_slowed_down_and_the_connection_lives(party: Party) -> None:
    ada, bo = await two(party)
    for number in range(5):
        ada.say("room:settings", waitForAll=bool(number % 2), ref=f"s{number}")
    await later()
    assert [limit["ref"] for limit in ada.heard("error:ratelimit")] == ["s2", "s3", "s4"]
    assert ada.last("error:ratelimit")["action"] == "roomSettings"
    assert [event["ref"] for event in bo.heard("room:settings")] == ["s0", "s1"]
    assert ada.closed_with is None


@pytest.mark.parametrize(
    ("fields", "field"), [({"waitForAll": 1}, "waitForAll"), ({"volume": 1}, "volume")]
)
async def test_settings_that_are_none_are_refused(
    party: Party, fields: dict[str, object], field: str
) -> None:
    ada, _ = await two(party)
    ada.say("room:settings", **fields)
    await later()
    assert (ada.last("error")["code"], ada.last("error")["field"]) == ("invalid_field", field)


# -- Starting together


async def test_the_room_starts_when_the_last_is_ready(party: Party) -> None:
    ada, bo = await two(party)
    waiting = await open_gate(ada)
    assert (waiting["reason"], waiting["by"], waiting["ref"]) == ("start", ada.id, "together")
    assert waiting["deadline"] == pytest.approx(media_ms() + HARD_MS, abs=5)
    be_ready(ada)
    await later(1)
    assert len(told(bo)) == 1
    be_ready(bo)
    ready_ms = media_ms()
    await later(SOON_S)
    for member in (ada, bo):
        assert told(member) == [("video:waiting", [ada.id, bo.id]), ("video:state", True)]
    start = bo.last("video:state")
    assert (start["by"], start["ref"]) == (ada.id, "together")
    assert ready_ms + 500 <= start["serverTimestamp"] <= ready_ms + 550


async def test_alone_and_ready_the_room_starts_at_once(party: Party) -> None:
    ada = await party.member(party.server())
    await open_gate(ada, lead_ms=1.0)
    be_ready(ada)
    ready_ms = media_ms()
    await later(SOON_S)
    assert ada.last("video:state")["serverTimestamp"] <= ready_ms + MIN_LEAD_MS + 50


async def test_the_lead_reaches_the_slowest(party: Party) -> None:
    ada, bo = await two(party)
    tell(bo, rtt_ms=600.0, start_ms=200.0)
    await open_gate(ada)
    be_ready(ada, bo)
    ready_ms = media_ms()
    await later(SOON_S)
    assert ada.last("video:state")["serverTimestamp"] >= ready_ms + 1.5 * 600 + 200 + 150


async def test_laggards_are_named_and_then_left_behind(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    be_ready(ada)
    opened_ms = media_ms()
    await later(SOFT_S - 0.1)
    assert len(told(ada)) == 1
    await later(0.2)
    assert told(ada)[1:] == [("video:waiting", [bo.id])]
    await later(HARD_S - SOFT_S - 0.2)
    assert len(told(ada)) == 2
    await later(0.2)
    assert told(ada)[2:] == [("video:state", True)]
    start_ms = ada.last("video:state")["serverTimestamp"]
    assert start_ms == pytest.approx(opened_ms + HARD_MS + 500, abs=60)


async def test_a_controllers_play_goes_on_without_them(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    bo.say("video:play", ref="go")
    asked_ms = media_ms()
    await later()
    start = ada.last("video:state")
    assert (start["isPlaying"], start["by"], start["ref"]) == (True, bo.id, "go")
    assert start["serverTimestamp"] >= asked_ms + 500
    await later(20)
    assert len(told(ada)) == 2


async def test_pause_calls_it_off_for_good(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    bo.say("video:pause", ref="no")
    await later()
    be_ready(ada, bo)
    await later(20)
    assert told(ada)[1:] == [("video:state", False)]


async def test_a_seek_wants_everybody_ready_again(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    be_ready(ada)
    await later(SOON_S)
    bo.say("video:seek", time=40, ref="there")
    await later()
    assert ada.last("video:waiting")["currentTime"] == 40
    be_ready(bo)
    await later(SOON_S)
    assert told(ada)[2:] == []
    be_ready(ada)
    await later(SOON_S)
    assert told(ada)[2:] == [("video:state", True)]


@pytest.mark.parametrize("how", ["leave", "hang up", "hidden", "blocked", "local"])
async def test_who_goes_or_turns_away_is_waited_for_no_more(party: Party, how: str) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    be_ready(ada)
    await later(SOON_S)
    assert len(told(ada)) == 1
    match how:
        case "leave":
            bo.say("room:leave")
        case "hang up":
            bo.hang_up()
        case "hidden" | "blocked" | "local":
            tell(bo, how)
    await later(SOON_S)
    assert told(ada)[1:] == [("video:state", True)]


async def test_who_is_hidden_already_is_not_even_named(party: Party) -> None:
    ada, bo = await two(party)
    tell(bo, "hidden")
    assert (await open_gate(ada))["userIds"] == [ada.id]
    be_ready(ada)
    await later(SOON_S)
    assert told(ada)[1:] == [("video:state", True)]


async def test_a_newcomer_sees_the_wait_and_does_not_extend_it(party: Party) -> None:
    ada, bo = await two(party)
    waiting = await open_gate(ada)
    be_ready(ada)
    await later(1)
    cy = await party.member(ada.hub, "Cy")
    joined = cy.last("room:joined")
    shared = ("reason", "userIds", "deadline", "currentTime", "serverTimestamp", "rate", "duration")
    assert joined["waiting"] == {name: waiting[name] for name in shared}
    assert not joined["videoState"]["isPlaying"]
    be_ready(bo)
    await later(SOON_S)
    assert told(cy) == [("video:state", True)]
    dee = await party.member(ada.hub, "Dee")
    assert "waiting" not in dee.last("room:joined")


async def test_a_room_left_while_it_waits_stands_and_stays_so(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    for member in (ada, bo):
        member.say("room:leave")
    await later(70)
    saved = party.archive.rooms["demo"].saved
    assert saved is not None
    assert (saved.state.waiting, saved.state.playhead.playing) == (None, False)


async def test_a_store_that_does_not_answer_delays_the_start_only(party: Party) -> None:
    ada, bo = await two(party)
    await open_gate(ada)
    party.store.down = True
    be_ready(ada, bo)
    await later(1.5)
    party.store.down = False
    await later(2.1)
    assert told(ada)[1:] == [("video:state", True)]


# -- Waiting for everyone


async def test_a_room_that_does_not_wait_for_everyone_never_freezes(party: Party) -> None:
    ada, bo = await two(party)
    ada.say("video:play", ref="p")
    await keep_loading(bo, 20)
    assert told(ada) == [("video:state", True)]


async def test_the_setting_is_told_and_kept(party: Party) -> None:
    ada, bo = await two(party)
    ada.say("room:settings", waitForAll=True, ref="s")
    await later()
    assert bo.last("room:settings")["waitForAll"] is True
    assert (bo.last("room:settings")["by"], bo.last("room:settings")["ref"]) == (ada.id, "s")
    cy = await party.member(ada.hub, "Cy")
    assert cy.last("room:joined")["room"]["settings"]["waitForAll"] is True


async def test_a_room_freezes_for_who_loads_and_goes_on_when_ready(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    tell(bo, "buffering", buffer_s=0.1)
    loading_ms = media_ms()
    await later(STALL_S - 0.1)
    assert len(ada.applied) == 2
    await later(0.15)
    frozen = ada.last("video:waiting")
    assert (frozen["reason"], frozen["userIds"], frozen["by"]) == ("buffering", [bo.id], None)
    began_ms = ada.applied[1]["serverTimestamp"]
    played_s = (frozen["serverTimestamp"] - began_ms) / 1000
    assert frozen["currentTime"] == pytest.approx(played_s, abs=1e-3)
    assert frozen["serverTimestamp"] == pytest.approx(loading_ms + STALL_MS, abs=30)
    be_ready(bo)
    await later(SOON_S)
    start = ada.last("video:state")
    assert (start["isPlaying"], start["by"]) == (True, None)
    assert start["currentTime"] == frozen["currentTime"]
    assert start["serverTimestamp"] >= media_ms() + MIN_LEAD_MS - 60


async def test_enough_loaded_is_ready_even_if_not_said(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    await keep_loading(bo, 3)
    tell(bo, "seeking", buffer_s=1.0)
    await later(1)
    assert told(ada)[2:] == [("video:waiting", [bo.id])]
    tell(bo, "seeking", buffer_s=2.5)
    await later(SOON_S)
    assert told(ada)[3:] == [("video:state", True)]


async def test_a_short_stall_freezes_nobody(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    for _ in range(4):
        tell(bo, "buffering")
        await later(1)
        tell(bo, "synced")
        await later(1.1)
    assert len(ada.applied) == 2


async def test_a_hidden_viewer_freezes_nobody(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    tell(bo, "buffering")
    await later(1)
    tell(bo, "hidden")
    await later(10)
    assert len(ada.applied) == 2


async def test_nobody_can_freeze_a_room_for_ever(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    began_ms = media_ms()
    await keep_loading(bo, 60)
    freezes = [event["serverTimestamp"] for event in ada.heard("video:waiting")]
    assert len(freezes) == 2, "one, its 8 s in vain, and not again for 30 s"
    assert freezes[1] - freezes[0] >= HARD_MS + SPARED_MS
    assert freezes[0] == pytest.approx(began_ms + STALL_MS, abs=30)
    states = [event["serverTimestamp"] for event in ada.heard("video:state")]
    for freeze_ms in freezes:
        assert any(0 < start_ms - freeze_ms <= HARD_MS + 400 for start_ms in states)


async def test_a_viewer_who_recovers_and_loads_again_freezes_it_once_in_30_s(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    for _ in range(9):
        await keep_loading(bo, 3)
        tell(bo, "synced", buffer_s=5.0)
        await later(1)
    freezes = [event["serverTimestamp"] for event in ada.heard("video:waiting")]
    assert len(freezes) == 2
    assert freezes[1] - freezes[0] >= SPARED_MS


async def test_a_controller_goes_on_without_who_loads(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    await keep_loading(bo, 2)
    ada.say("video:play", ref="go")
    await later()
    assert told(ada)[2:] == [("video:waiting", [bo.id]), ("video:state", True)]
    await keep_loading(bo, 20)
    assert len(told(ada)) == 4


async def test_to_wait_no_more_goes_on_at_once(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    await keep_loading(bo, 2)
    ada.say("room:settings", waitForAll=False, ref="off")
    await later(SOON_S)
    assert told(ada)[-1] == ("video:state", True)


async def test_who_comes_back_has_time_to_load(party: Party) -> None:
    ada, bo = await playing_for_all(party)
    tell(bo, "buffering")
    await later(0.5)
    bo.hang_up()
    await later(3)
    again = await party.member(ada.hub, "Bo")
    tell(again, "buffering")
    await later(STALL_S - 0.1)
    assert len(ada.applied) == 2
    await later(0.2)
    assert told(ada)[2:] == [("video:waiting", [bo.id])]
