"""A server of three is killed, or stops: the party goes on without it."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator

import pytest

from tests.cluster.cluster import NAMES, Cluster
from tests.cluster.ordering import position_of
from tests.cluster.party import Party, agree
from tests.cluster.viewer import Viewer, asked_as, is_of

pytestmark = [pytest.mark.slow, pytest.mark.beside]

LEASES_END_S = 20.0
"""15 s of a lease, and the 5 s after which another server looks."""


@pytest.fixture
async def viewers(cluster: Cluster, party: Party) -> AsyncIterator[list[Viewer]]:
    """Ada, Ben and Cy, each on the server of that number; who loses it does not come back."""
    yield [
        await party.join(name, cluster[server], comes_back=False)
        for name, server in zip(("Ada", "Ben", "Cy"), NAMES, strict=True)
    ]
    for server in cluster.servers:
        if not server.is_running:
            await asyncio.to_thread(server.start)


async def test_a_killed_server_takes_its_viewers_along_and_nothing_else(
    cluster: Cluster, viewers: list[Viewer]
) -> None:
    ada, ben, cy = viewers
    await ada.meet(cy)
    # The server that has opened a gate is killed: another one starts the room after the deadline.
    gate = await ada.ask("video:play", leadMs=300)
    await cy.reach(position_of(gate))
    cluster["one"].kill()
    killed_s = time.monotonic()
    assert await ada.end_of_socket() == 1006
    said = await ben.ask("chat:send", text="Where is Ada?")
    assert position_of(said) == (gate["epoch"], gate["seq"] + 1)
    start = await cy.until("video:state", asked_as(gate["ref"]), 12)
    assert start["isPlaying"]
    assert 1000 <= start["serverTimestamp"] - gate["deadline"] <= 4000
    for other in (ben, cy):
        await other.until("user:left", is_of(ada), 25)
    assert time.monotonic() - killed_s < LEASES_END_S + 2
    assert await cy.list() == {"Ben", "Cy"}
    await agree(ben, cy)


async def test_a_server_that_stops_leaves_the_room_to_the_others(
    cluster: Cluster, party: Party, viewers: list[Viewer]
) -> None:
    ada, ben, cy = viewers
    before = await ada.ask("video:play")
    assert await asyncio.to_thread(cluster["one"].interrupt, signal.SIGTERM) == 0
    assert await ada.end_of_socket() == 1012
    assert 200 <= ada.heard("server:draining")[0]["retryIn"] <= 4200
    after = await ben.ask("video:pause")
    assert position_of(after) == (before["epoch"], before["seq"] + 1)
    await asyncio.to_thread(cluster["one"].start)
    dee = await party.join("Dee", cluster["one"])
    assert dee.order.position == position_of(after)
    await agree(ben, cy, dee)
