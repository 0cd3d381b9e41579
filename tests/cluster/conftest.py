"""nginx before the shared cluster, and a party of each test's own."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.party import Party
from tests.deploy.nginx import Nginx

NewParty = Callable[..., Party]


@pytest.fixture(scope="session")
def turns(cluster: Cluster) -> Nginx:
    """Round-robin: a party of three lives on three servers."""
    return cluster.front("turns")


@pytest.fixture(scope="session")
def hashed(cluster: Cluster) -> Nginx:
    """As we ship it: a room stays on one server."""
    return cluster.front("room")


@pytest.fixture
async def new_party() -> AsyncIterator[NewParty]:
    """Makes parties that end with the test."""
    parties: list[Party] = []

    def make(front: Nginx, *title: str, **form: str) -> Party:
        parties.append(Party(front, *title, **form))
        return parties[-1]

    yield make
    for party in parties:
        await party.end()


@pytest.fixture
def party(turns: Nginx, new_party: NewParty) -> Party:
    """A party over all three servers."""
    return new_party(turns)


@pytest.fixture(params=["turns", "hashed"])
def either_party(request: pytest.FixtureRequest, new_party: NewParty) -> Party:
    """A party behind each of both nginx, one after the other."""
    party = new_party(request.getfixturevalue(request.param))
    party.servers = 3 if request.param == "turns" else 1
    return party
