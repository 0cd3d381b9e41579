"""A party in the room of somebody: the fixtures with which tests of roles and doors begin.

For tests marked `virtual_time`; tests/conftest.py hands them to every file.
"""

from collections.abc import AsyncIterator

import pytest

from tests.dict_archive import kept
from tests.party_rig import Member, Party
from watchparty.hub.hub import Hub


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    """All servers of a deployment; the room `demo` is Ada's."""
    party = Party(kept("demo", created_by="person-Ada"))
    yield party
    await party.close()


@pytest.fixture
async def hub(party: Party) -> Hub:
    """One server, alone."""
    return party.server()


@pytest.fixture
async def ada(party: Party, hub: Hub) -> Member:
    """Whose room it is, in it."""
    return await party.member(hub, "Ada")
