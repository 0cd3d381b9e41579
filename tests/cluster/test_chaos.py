"""Servers, Redis, database, clocks and networks fail under a party that acts all the while.

After each fault everybody is back and agrees, and nothing that was acknowledged is lost or doubled.
FAULT_S says how long a fault lasts: a few seconds here, longer in `make chaos`.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.browser.relay import Relay
from tests.browser.server import Server
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import NewParty
from tests.cluster.party import Party
from tests.cluster.storm import Storm
from tests.redis_server import RedisServer

pytestmark = [pytest.mark.slow, pytest.mark.beside]

FAULT_S = float(os.environ.get("FAULT_S", "3"))
REPEATS = range(int(os.environ.get("FAULT_REPEATS", "1")))
BACK_S = 8.0
"""Asked of a machine that does other things as well; what was measured is in docs/faults.md."""
QUIET_S = 1.0
CLOCKS = {
    "two": {"utcMs": 2000, "rawMs": -300_000, "ppm": 50, "utcStepMs": -5000},
    "three": {"utcMs": -2000, "rawMs": 5000, "ppm": -50},
}
"""Wrong all the while, one of them stepping."""


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    """The network between the server `two` and Redis."""
    relay = Relay(0)
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, relay: Relay) -> Iterator[Cluster]:
    """Three servers, whose clocks are wrong, on a Redis and a PostgreSQL of their own."""
    redis = RedisServer()
    relay.lead_to(redis.port)
    with Cluster(
        tmp_path_factory.mktemp("chaos"),
        clocks=CLOCKS,
        each={"two": {"REDIS_URL": f"redis://127.0.0.1:{relay.port}/0"}},
        redis=redis,
        ADDRESS_SOCKETS_OPEN="100",
    ) as cluster:
        yield cluster


@pytest.fixture(params=REPEATS)
def party(cluster: Cluster, new_party: NewParty) -> Party:
    """A room of the test's own."""
    return new_party(cluster["one"])


@pytest.fixture
async def storm(cluster: Cluster, party: Party) -> AsyncIterator[Storm]:
    yield await storm_of(cluster, party)
    for server in cluster.servers:
        if not server.is_running:
            await asyncio.to_thread(server.start)


async def storm_of(cluster: Cluster, party: Party) -> Storm:
    """Ada, Ben and Cy, each at home on another server as far as there are some, and all acting."""
    homes = cluster.servers
    for number, name in enumerate(("Ada", "Ben", "Cy")):
        first = number % len(homes)
        await party.join(name, [*homes[first:], *homes[:first]])
    storm = Storm(party.viewers)
    await asyncio.sleep(QUIET_S)
    return storm


async def assert_recovered(storm: Storm, cluster: Cluster, party: Party) -> None:
    """Everybody controls the film again before long, and all is as it must be."""
    healed_s = time.monotonic()
    back_s = await storm.acknowledged_by_all(healed_s, BACK_S + 30)
    print(f"all control again after {back_s:.2f} s, {len(storm.acknowledged)} acknowledged")
    assert back_s < BACK_S
    await storm.end()
    newcomers = [await party.join(f"Newcomer-{s.port}", s) for s in cluster.servers]
    await storm.check(*newcomers)


def codes(party: Party) -> list[int]:
    """With which the sockets of the party were closed."""
    return [e.seen["code"] for v in party.viewers for e in v.timeline.of("closed")]


async def test_a_server_is_killed(storm: Storm, cluster: Cluster, party: Party) -> None:
    cluster["two"].kill()
    await asyncio.sleep(FAULT_S)
    assert 1006 in codes(party), "somebody lost their socket"
    await asyncio.to_thread(cluster["two"].start)
    await assert_recovered(storm, cluster, party)


async def test_a_server_stops(storm: Storm, cluster: Cluster, party: Party) -> None:
    assert await asyncio.to_thread(cluster["three"].interrupt, signal.SIGTERM) == 0
    await asyncio.sleep(FAULT_S)
    assert codes(party) == [1012], "told when to come back"
    await asyncio.to_thread(cluster["three"].start)
    await assert_recovered(storm, cluster, party)


async def test_a_server_hangs(storm: Storm, cluster: Cluster, party: Party) -> None:
    cluster["two"].pause()
    await asyncio.sleep(FAULT_S + 4.0)  # a viewer gives up after 4.5 s at most
    assert any(viewer.timeline.of("silent") for viewer in party.viewers), "it answered nothing"
    cluster["two"].resume()
    await assert_recovered(storm, cluster, party)


async def test_all_servers_are_restarted_one_after_the_other(
    storm: Storm, cluster: Cluster, party: Party
) -> None:
    def restart(server: Server) -> int:
        code = server.interrupt(signal.SIGTERM)
        server.start()
        return code

    ended = [await asyncio.to_thread(restart, server) for server in cluster.servers]
    assert ended == [0, 0, 0]
    assert set(codes(party)) == {1012}, "nobody was cut off"
    await assert_recovered(storm, cluster, party)


async def test_redis_hangs(storm: Storm, cluster: Cluster, party: Party) -> None:
    cluster.redis.pause()
    await asyncio.sleep(FAULT_S)
    assert_degraded(party, 3)
    cluster.redis.resume()
    await assert_recovered(storm, cluster, party)
    assert codes(party) == [], "no socket was lost"
    assert_well(party)


async def test_redis_is_killed_and_comes_back_empty(
    storm: Storm, cluster: Cluster, party: Party
) -> None:
    before = cluster.redis.run_id
    cluster.redis.kill()
    await asyncio.sleep(FAULT_S)
    assert_degraded(party, 3)
    cluster.redis.start()
    assert cluster.redis.run_id != before
    await assert_recovered(storm, cluster, party)
    assert codes(party) == [], "no socket was lost"
    assert len({epoch for viewer in party.viewers[:3] for epoch, _ in places(viewer)}) == 2
    assert_well(party)


async def test_redis_forgets_everything_without_a_word(
    storm: Storm, cluster: Cluster, party: Party
) -> None:
    cluster.redis.empty()
    await assert_recovered(storm, cluster, party)
    assert len({epoch for viewer in party.viewers[:3] for epoch, _ in places(viewer)}) == 2


async def test_one_server_is_parted_from_redis(
    storm: Storm, cluster: Cluster, party: Party, relay: Relay
) -> None:
    relay.cut()
    await asyncio.sleep(FAULT_S)
    ada, ben, cy = party.viewers
    assert ben.heard("server:degraded")
    assert not ada.heard("server:degraded")
    relay.heal()
    await assert_recovered(storm, cluster, party)
    assert not cy.timeline.of("closed")


async def test_a_clock_steps(storm: Storm, cluster: Cluster, party: Party) -> None:
    def offset_ms() -> float:
        return float(cluster.health("two")["timebase"]["civilOffsetMs"])

    before_ms = offset_ms()
    cluster.leap("two")
    async with asyncio.timeout(5):
        while abs(offset_ms() - before_ms + 5000) > 200:  # noqa: ASYNC110 - only told when asked
            await asyncio.sleep(0.1)
    await assert_recovered(storm, cluster, party)
    assert codes(party) == []


async def test_the_database_is_gone(storm: Storm, cluster: Cluster, party: Party) -> None:
    assert cluster.postgres is not None
    cluster.postgres.pause()
    try:
        began_s = time.monotonic()
        await asyncio.sleep(FAULT_S)
        ended = [at_s for at_s, _ in storm.acknowledged if at_s > began_s + FAULT_S / 2]
        assert ended, "the party does not notice"
    finally:
        cluster.postgres.resume()
    await assert_recovered(storm, cluster, party)
    assert not any(viewer.heard("server:degraded") for viewer in party.viewers)
    assert codes(party) == []


def assert_degraded(party: Party, count: int) -> None:
    """The fault has happened: so many were told of it, and are not told that it is over."""
    told = [viewer.heard("server:degraded") for viewer in party.viewers]
    assert len([said for said in told if said and said[-1]["reason"]]) == count


def assert_well(party: Party) -> None:
    """Whoever was told of a fault was told of its end."""
    told = [viewer.heard("server:degraded") for viewer in party.viewers]
    assert all(said[-1]["reason"] is None for said in told if said)


def places(viewer: object) -> list[tuple[str, int]]:
    return [(event["epoch"], event["seq"]) for event in viewer.applied]  # type: ignore[attr-defined]
