"""Live now over real servers: whoever looks at any of them sees all rooms, wherever they live."""

import asyncio
import re
from contextlib import closing

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.conftest import NewParty
from tests.cluster.person import Person
from tests.deploy.nginx import Nginx
from watchparty.hub.sharing import SHARE_EVERY_S

pytestmark = [pytest.mark.slow, pytest.mark.beside]

SEEN_WITHIN_S = 5 * SHARE_EVERY_S
HOW = {"boundMs": 0.5, "rttMs": 12.0, "rate": 1.0, "bufferS": 9.0, "startMs": 50.0}
KEYS = [f"csw:{{live}}:{part}" for part in ("wanted", "people", "seen", "rooms")]


class Administrator:
    """Somebody who looks at Live now on one server."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._server = cluster[name]
        self._person = Person.meet(self._server)
        self._person.sign_in(self._server)
        self._opened = ""

    async def sees(self, slug: str, *wanted: str, without: str = "\0") -> str:
        """What is shown of a room, once all this is said of it. Raises TimeoutError."""
        self._opened = slug
        async with asyncio.timeout(SEEN_WITHIN_S):
            while True:
                shown = room_in(await asyncio.to_thread(self._look), slug)
                if all(one in shown for one in wanted) and without not in shown:
                    return shown
                await asyncio.sleep(0.2)

    def _look(self) -> str:
        where = f"/admin/watchparty/room/live/?part=1&open={self._opened}"
        status, _, part = self._person.ask(self._server, where)
        assert status == 200
        return part


def room_in(part: str, slug: str) -> str:
    """What a page shows of one room; empty: nothing."""
    found = re.search(rf'<section[^>]* id="live-{slug}".*?</section>', part, re.DOTALL)
    return re.sub(r"\s+", " ", found[0]) if found else ""


def figure(shown: str, name: str) -> float:
    """One of a room's playhead."""
    found = re.search(rf'data-{name}="([\d.]+)"', shown)
    assert found, shown
    return float(found[1])


async def test_who_looks_at_the_third_server_sees_a_room_that_lives_on_the_two_others(
    cluster: Cluster, turns: Nginx, new_party: NewParty
) -> None:
    party = new_party(turns, "Seen from afar")
    ada = await party.join("Ada", cluster["one"])
    ben, cy = [await party.join(name, cluster["two"]) for name in ("Ben", "Cy")]
    played = await ada.ask("video:play")
    for viewer, drift_ms in ((ada, 4.0), (ben, -2.0), (cy, 30.0)):
        how = {**HOW, "driftMs": drift_ms, "droppedFrames": 0, "state": "synced"}
        await viewer.say("member:status", **how)

    with closing(cluster.redis.client()) as client:
        client.delete(*KEYS)
        await asyncio.sleep(1.5 * SHARE_EVERY_S)
        assert client.exists(*KEYS) == 0, "nobody has looked"

    administrator = Administrator(cluster, "three")
    shown = await administrator.sees(party.room, "Ada", "Ben", "Cy", "4 ms · 30 ms")
    for said in (">two</span> 2<", ">one</span> 1<", "30 ms behind", "2 ms ahead", "Playing"):
        assert said in shown
    assert figure(shown, "position-s") == played["currentTime"]
    assert figure(shown, "at-ms") == played["serverTimestamp"]
    clock = re.findall(r"data-clock>([\d:]+)<", shown)[0]
    await administrator.sees(party.room, "Seen from afar", without=f"data-clock>{clock}<")

    paused = await ben.ask("video:pause")
    shown = await administrator.sees(party.room, "Paused", 'data-playing="0"')
    assert figure(shown, "position-s") == paused["currentTime"]
    await cy.say("room:leave")
    await administrator.sees(party.room, "Ben", ">two</span> 1<", without="Cy")
