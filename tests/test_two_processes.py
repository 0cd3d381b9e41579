"""Two real servers, one Redis, one database, one room: what a deployment of two must show."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.browser.server import Server
from tests.cluster.viewer import Viewer, asked_as, is_of
from tests.commands import migrated
from tests.redis_server import RedisServer

pytestmark = pytest.mark.slow  # starting and stopping takes longer than all else

LEASES_END_S = 20.0
"""15 s of a lease, and the 5 s after which the other server looks."""


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers on one Redis and one database."""
    redis = RedisServer()
    redis.start()
    database = tmp_path / "db.sqlite3"
    database.write_bytes(migrated())
    shared = {"DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": redis.url}
    servers = []
    try:
        for name in ("one", "two"):
            folder = tmp_path / name
            folder.mkdir()
            servers.append(Server(folder, INSTANCE_ID=name, **shared))
        servers[0].make_rooms("demo")
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()
        redis.end()


@pytest.fixture
async def viewers(servers: list[Server]) -> AsyncIterator[list[Viewer]]:
    """Ada and Bo on the first server, Cy on the second."""
    names = [(servers[0], "Ada"), (servers[0], "Bo"), (servers[1], "Cy")]
    viewers = [await Viewer.join(server, name, comes_back=False) for server, name in names]
    yield viewers
    for viewer in viewers:
        await viewer.end()


async def test_one_room_on_two_servers(viewers: list[Viewer]) -> None:
    ada, bo, cy = viewers

    # Everybody is listed everywhere.
    assert {user["name"] for user in cy.heard("room:joined")[0]["users"]} == {"Ada", "Bo", "Cy"}
    joined = await ada.until("user:joined", lambda user: user["name"] == "Cy")
    assert joined["instance"] == "two"
    for viewer in viewers:
        assert await viewer.list() == {"Ada", "Bo", "Cy"}

    # One plays; the others, there and here, see the very same event.
    await ada.say("video:play", ref="play")
    states = [await viewer.until("video:state", asked_as("play")) for viewer in viewers]
    assert states[0]["isPlaying"]
    assert states[0] == states[1] == states[2]

    # All press at once, on both servers: one order, the same for all.
    refs = {f"{viewer.name}-{turn}" for viewer in viewers for turn in range(3)}
    for turn in range(3):
        kinds = ["video:pause", "video:play", "video:pause"]
        await asyncio.gather(
            *(
                viewer.say(kind, ref=f"{viewer.name}-{turn}")
                for viewer, kind in zip(viewers, kinds, strict=True)
            )
        )
    for viewer in viewers:
        for ref in refs:
            await viewer.until("video:state", asked_as(ref))
    assert [state["seq"] for state in ada.controls] == list(
        range(states[0]["seq"], states[0]["seq"] + 1 + len(refs))
    )
    assert ada.controls == bo.controls == cy.controls

    # Cursors and reactions cross.
    await cy.say("cursor:move", x=12, y=34)
    await cy.say("reaction:send", emoji="🔥", x=1, y=2, videoTime=3)
    cursor = (await ada.until("cursors:batch"))["cursors"][0]
    assert (cursor["userId"], cursor["x"], cursor["y"]) == (cy.id, 12, 34)
    reaction = (await ada.until("reactions:batch"))["reactions"][0]
    assert (reaction["userId"], reaction["emoji"]) == (cy.id, "🔥")

    # Who says goodbye is seen to leave.
    await bo.say("room:leave")
    await cy.until("user:left", is_of(bo))


async def test_a_start_together_waits_for_both_servers_and_is_taken_over_by_either(
    servers: list[Server], viewers: list[Viewer]
) -> None:
    ada, _, cy = viewers
    everybody = {viewer.id for viewer in viewers}
    await ada.until("user:joined", lambda user: user["id"] == cy.id)

    # The last one, on the other server, is ready: all start.
    await ada.say("video:play", leadMs=300, ref="one")
    gates = [await viewer.until("video:waiting", asked_as("one")) for viewer in viewers]
    assert gates[0] == gates[1] == gates[2]
    assert set(gates[0]["userIds"]) == everybody
    for viewer in viewers:
        assert not viewer.heard("video:state")
        await viewer.say("video:ready", seq=gates[0]["seq"])
    starts = [await viewer.until("video:state", asked_as("one")) for viewer in viewers]
    assert starts[0] == starts[1] == starts[2]
    assert starts[0]["seq"] == gates[0]["seq"] + 1

    # The server that waits is killed: the other one starts the room after the deadline.
    await ada.say("video:pause", ref="stand")
    await cy.until("video:state", asked_as("stand"))
    await ada.say("video:play", leadMs=300, ref="two")
    gate = await cy.until("video:waiting", asked_as("two"))
    servers[0].interrupt(signal.SIGKILL)
    start = await cy.until("video:state", asked_as("two"), 12)
    assert start["isPlaying"]
    assert 1000 <= start["serverTimestamp"] - gate["deadline"] <= 4000


async def test_a_server_that_is_killed_takes_its_viewers_along_and_nothing_else(
    servers: list[Server], viewers: list[Viewer]
) -> None:
    ada, bo, cy = viewers
    await ada.say("video:play", ref="before")
    before = await cy.until("video:state", asked_as("before"))
    servers[0].interrupt(signal.SIGKILL)
    killed_at = time.monotonic()
    for lost in (ada, bo):
        await cy.until("user:left", is_of(lost), 25)
    assert time.monotonic() - killed_at < LEASES_END_S + 2
    assert await cy.list() == {"Cy"}
    await cy.say("video:pause", ref="after")
    after = await cy.until("video:state", asked_as("after"))
    assert (after["epoch"], after["seq"]) == (before["epoch"], before["seq"] + 1)


async def test_a_server_that_stops_leaves_the_room_to_the_other(
    servers: list[Server], viewers: list[Viewer]
) -> None:
    *_, cy = viewers
    await cy.say("video:play", ref="before")
    before = await cy.until("video:state", asked_as("before"))
    assert servers[0].interrupt(signal.SIGTERM) == 0
    await cy.say("video:pause", ref="after")
    after = await cy.until("video:state", asked_as("after"))
    assert (after["epoch"], after["seq"]) == (before["epoch"], before["seq"] + 1)
    servers[0].start()
    dee = await Viewer.join(servers[0], "Dee")
    joined = dee.heard("room:joined")[0]
    assert (joined["epoch"], joined["seq"]) == (after["epoch"], after["seq"])
    await dee.end()
