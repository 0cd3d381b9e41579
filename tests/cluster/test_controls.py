"""One film over three servers: who controls it from wherever, all see the same."""

import asyncio
import time
from functools import partial

import pytest

from tests.cluster.asking import Refused
from tests.cluster.cluster import NAMES, Cluster
from tests.cluster.ordering import Message, position_of
from tests.cluster.party import Party, agree
from tests.cluster.viewer import Viewer, asked_as

pytestmark = [pytest.mark.slow, pytest.mark.beside]


async def test_all_press_at_once_and_see_one_order_in_the_same_bytes(either_party: Party) -> None:
    viewers = await either_party.three()
    servers = {viewer.instance for viewer in viewers}
    assert len(servers) == either_party.servers
    kinds = ("video:play", "video:pause", "video:play")
    for _ in range(3):
        await asyncio.gather(*(v.ask(kind) for v, kind in zip(viewers, kinds, strict=True)))
    assert len(await agree(*viewers)) == 9
    assert not any(viewer.timeline.of("behind") for viewer in viewers)


def at_s(state: Message, now_ms: float) -> float:
    """Where the film of a playing state is then."""
    return float(state["currentTime"] + (now_ms - state["serverTimestamp"]) / 1000 * state["rate"])


async def test_the_actors_own_instant_and_place_count_where_they_are_near(
    either_party: Party,
) -> None:
    ada, ben, cy = await either_party.three()
    await ada.ask("video:seek", time=20.0, at=await ada.media_ms() - 800)
    clicked_ms = await ada.media_ms() - 400
    played = await ada.ask("video:play", currentTime=20.0, at=clicked_ms)
    assert (played["serverTimestamp"], played["currentTime"]) == (clicked_ms, 20.0)

    # A little off, from another server: it is the actor's place that counts.
    clicked_ms = await ben.media_ms() - 50
    place_s = round(at_s(played, clicked_ms) - 0.2, 3)
    paused = await ben.ask("video:pause", currentTime=place_s, at=clicked_ms)
    assert (paused["serverTimestamp"], paused["currentTime"]) == (clicked_ms, place_s)

    # Who lags drags nobody back.
    await ben.ask("video:seek", time=30.0)
    played = await cy.ask("video:play")
    clicked_ms = await cy.media_ms()
    paused = await cy.ask("video:pause", currentTime=0.0, at=clicked_ms)
    assert paused["currentTime"] == pytest.approx(at_s(played, clicked_ms), abs=0.002)

    # An instant long gone or far ahead is not believed.
    for wrong_ms in (-1500.0, 5000.0):
        now_ms = await ben.media_ms()
        moved = await ben.ask("video:seek", time=10.0, at=now_ms + wrong_ms)
        assert now_ms - 50 < moved["serverTimestamp"] < await ben.media_ms() + 50
    await agree(ada, ben, cy)


async def test_who_has_not_yet_seen_a_seek_undoes_nothing(either_party: Party) -> None:
    ada, ben, cy = await either_party.three()
    played = await ada.ask("video:play")
    await cy.reach(position_of(played))
    sought = await ben.ask("video:seek", time=at_s(played, await ben.media_ms()) + 0.2)
    # So near that Cy's own place would count, had Cy seen the seek.
    clicked_ms = await cy.media_ms()
    pressed = {"currentTime": at_s(played, clicked_ms), "at": clicked_ms, "baseSeq": played["seq"]}
    paused = await cy.ask("video:pause", **pressed)
    assert paused["currentTime"] == pytest.approx(at_s(sought, clicked_ms), abs=0.002)

    film = ada.seen.video["source"]
    await ada.ask("video:source", source={"kind": "file", "url": film["url"], "title": "Again"})
    with pytest.raises(Refused, match="stale"):
        await ben.ask("video:seek", time=20.0, baseSeq=paused["seq"])
    await agree(ada, ben, cy)


async def test_a_start_together_waits_for_the_members_of_all_servers(either_party: Party) -> None:
    viewers = ada, ben, cy = await either_party.three()
    gate = await ada.ask("video:play", leadMs=300)
    ref = gate["ref"]
    for viewer in viewers:
        assert await viewer.until("video:waiting", asked_as(ref)) == gate
        assert not viewer.heard("video:state")
    assert set(gate["userIds"]) == {viewer.id for viewer in viewers}
    for viewer in viewers:
        await viewer.say("video:ready", seq=gate["seq"])
    starts = [await viewer.until("video:state", asked_as(ref)) for viewer in viewers]
    assert starts[0]["isPlaying"]
    assert starts[0]["serverTimestamp"] > await ada.media_ms() - 1000
    await agree(*viewers)

    # One has to load: all wait, wherever they are, until that one is ready.
    await ada.ask("room:settings", waitForAll=True)
    await cy.say("member:status", **playing(state="buffering", bufferS=0.1))
    frozen = await ben.until("video:waiting", lambda waiting: waiting["reason"] == "buffering")
    assert frozen["userIds"] == [cy.id]
    await cy.say("member:status", **playing(bufferS=10.0))
    await cy.say("video:ready", seq=frozen["seq"])
    resumed = await ben.until("video:state", lambda state: state["seq"] > frozen["seq"])
    assert resumed["isPlaying"]
    await agree(*viewers)


def playing(**how: object) -> Message:
    """What a player says of itself."""
    well = {"driftMs": 0.0, "boundMs": 1.0, "rttMs": 1.0, "rate": 1.0, "bufferS": 10.0}
    return {**well, "startMs": 100.0, "droppedFrames": 0, "state": "synced", **how}


async def test_a_persons_controls_are_counted_over_all_servers(
    cluster: Cluster, party: Party
) -> None:
    """One person with a tab on two servers has one bucket: 10, refilled at 10 a second."""
    tabs = [await party.join(name, cluster[name], cookie=party.owner.cookie) for name in NAMES[:2]]
    begun_ms = await tabs[0].media_ms()
    asked = [tab.ask("video:play") for tab in tabs for _ in range(9)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    passed_s = (await tabs[0].media_ms() - begun_ms) / 1000
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert {answer.code for answer in refused} == {"videoControl"}
    accepted = len(answers) - len(refused)
    assert 10 <= accepted <= 10 + 10 * passed_s
    assert len(await agree(*tabs)) == accepted


async def test_joins_of_one_person_are_counted_over_all_servers(
    cluster: Cluster, party: Party
) -> None:
    """Five at once, then one more every 2 s; no server alone has so many to refuse one."""
    cookie = party.owner.cookie
    tabs = [party.viewer(name, cluster[name], cookie=cookie) for name in NAMES * 3]
    begun_s = time.monotonic()
    for tab in tabs[:3]:  # one at each server before any is refused
        await tab.come_in()
    for tab in tabs[3:]:
        tab.come()
    for tab in tabs[3:]:
        await tab.see(partial(first_answer, tab), "answer")
    passed_s = time.monotonic() - begun_s
    told = {first_answer(tab) for tab in tabs}
    came = [tab for tab in tabs if first_answer(tab) == "user:self"]
    assert told == {"user:self", "error:ratelimit"}
    assert 5 <= len(came) <= 5 + passed_s / 2
    assert len({tab.instance for tab in came}) == 3


def first_answer(tab: Viewer) -> str | None:
    """To its joining."""
    types = (str(message["type"]) for message in tab.messages)
    return next((type_ for type_ in types if type_ in ("user:self", "error:ratelimit")), None)
