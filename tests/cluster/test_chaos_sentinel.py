"""A master dies under a party that acts all the while: its replica takes over, nothing is lost."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.conftest import NewParty
from tests.cluster.party import Party
from tests.cluster.storm import Storm
from tests.cluster.test_chaos import assert_recovered, codes, places, storm_of
from tests.redis_sentinel import MASTER, Sentinels

pytestmark = [pytest.mark.slow, pytest.mark.beside]


@pytest.fixture
def sentinels() -> Iterator[Sentinels]:
    sentinels = Sentinels()
    try:
        sentinels.start()
        yield sentinels
    finally:
        sentinels.end()


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory, sentinels: Sentinels) -> Iterator[Cluster]:
    """Two servers that ask Sentinels where Redis is."""
    where: Any = {"REDIS_URL": "", "REDIS_SENTINELS": sentinels.addresses, "REDIS_MASTER": MASTER}
    folder = tmp_path_factory.mktemp("sentinel")
    with Cluster(folder, ("one", "two"), postgres=False, **where) as cluster:
        yield cluster


@pytest.fixture
def party(cluster: Cluster, new_party: NewParty) -> Party:
    return new_party(cluster["one"])


@pytest.fixture
async def storm(cluster: Cluster, party: Party) -> Storm:
    return await storm_of(cluster, party)


async def test_the_master_is_killed(
    storm: Storm, sentinels: Sentinels, cluster: Cluster, party: Party
) -> None:
    old = sentinels.master
    took_s = await asyncio.to_thread(sentinels.fail_over)
    print(f"another master after {took_s:.1f} s")
    assert sentinels.master is not old
    await assert_recovered(storm, cluster, party)
    assert codes(party) == [], "no socket was lost"
    assert len({epoch for viewer in party.viewers[:3] for epoch, _ in places(viewer)}) == 2
