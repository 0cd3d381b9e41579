"""Where a room lives behind either nginx, and what all servers tell alike."""

import asyncio
from collections import Counter
from itertools import combinations

import pytest

from bench.probe_client import ProbeClient
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import NewParty
from tests.cluster.ordering import Message
from tests.cluster.party import Party, agree
from tests.cluster.viewer import Viewer
from tests.deploy.nginx import Nginx

pytestmark = [pytest.mark.slow, pytest.mark.beside]

LISTED_WITHIN_S = 12.0
KNOWN_MS = 1.5
"""How closely each server's clock gets to be known. Their true distance is no matter of a test on a
machine that others use: docs/accuracy.md has it."""


async def test_in_turns_a_room_lives_on_all_servers(party: Party) -> None:
    viewers = [await party.join(f"V{number}") for number in range(6)]
    assert Counter(viewer.instance for viewer in viewers) == {"one": 2, "two": 2, "three": 2}
    for viewer in viewers:
        await viewer.ask("video:play")
    assert len(await agree(*viewers)) >= 6


async def test_hashed_a_room_lives_on_the_server_that_answers_its_page(
    cluster: Cluster, hashed: Nginx, new_party: NewParty
) -> None:
    party = new_party(hashed)
    viewers = await party.three()
    [home] = {viewer.instance for viewer in viewers}
    path = f"/rooms/{party.room}/"
    assert party.owner.ask(hashed, path)[0] == 200
    assert cluster.name_of(hashed.answered(path)[-1]["server"]) == home


async def test_public_rooms_are_listed_on_every_server(
    cluster: Cluster, turns: Nginx, new_party: NewParty
) -> None:
    parties = [new_party(turns, f"Film night {number}", public="on") for number in range(2)]
    hidden = new_party(turns, "Among ourselves")
    for party, name in zip((*parties, hidden), ("one", "two", "three"), strict=True):
        await party.join("Ada", cluster[name])
    await parties[0].join("Ben", cluster["two"])
    asker = await parties[1].join("Cy", cluster["three"])
    await parties[0].viewers[0].ask("video:play")

    for server in cluster.servers:
        stranger = Viewer(server, "Stranger", "demo")
        parties[1].viewers.append(stranger)
        await stranger.come_in()
        listed = await listed_by(stranger, {party.room: 2 for party in parties})
        assert hidden.room not in listed
        assert [listed[party.room]["title"] for party in parties] == [
            "Film night 0",
            "Film night 1",
        ]
        _, _, home = party.owner.ask(server, "/")
        assert "Film night 0" in home
        assert "Film night 1" in home
        assert "Among ourselves" not in home

    # One that is not public any more leaves the list.
    await parties[1].viewers[0].ask("room:settings", public=False)
    await listed_by(asker, {parties[0].room: 2}, without=parties[1].room)


async def listed_by(
    viewer: Viewer, wanted: dict[str, int], without: str = ""
) -> dict[str, Message]:
    """The public rooms that a viewer is told of, once these are there with so many people."""
    async with asyncio.timeout(LISTED_WITHIN_S):
        while True:
            viewer.messages.clear()
            await viewer.say("rooms:list")
            listed = {room["id"]: room for room in (await viewer.until("rooms:list"))["rooms"]}
            counts = {slug: listed[slug]["userCount"] for slug in wanted if slug in listed}
            if counts == wanted and without not in listed:
                return listed
            await asyncio.sleep(1.1)  # one list a second is allowed


def test_the_media_clocks_of_all_servers_are_one_through_nginx(turns: Nginx) -> None:
    """Their oscillators and UTC are wrong by seconds and minutes, each otherwise."""
    path = "/ws/sync/"
    before = len(turns.lines(path))
    seen = []
    for _ in range(3):
        with ProbeClient(turns.port, path) as client:
            seen.append(client.probe_until(lambda probe: probe.bound_ms < KNOWN_MS))
    assert len({line["server"] for line in turns.answered(path, before + 3)[-3:]}) == 3
    told = "; ".join(f"{probe.bias_ms(0.0):.3f} ± {probe.bound_ms:.3f}" for probe in seen)
    print(f"media clock minus the host's oscillator, ms: {told}")
    for one, other in combinations(seen, 2):
        apart_ms = abs(one.bias_ms(0.0) - other.bias_ms(0.0))
        assert apart_ms <= one.bound_ms + other.bound_ms, told
