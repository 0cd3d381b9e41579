"""Who comes in while something else happens: other joins, the room's leaving, a slow password."""

import asyncio
from typing import Any

import pytest

from tests.dict_archive import kept
from tests.faulty_store import Faults
from tests.party_rig import Member, Party, later
from watchparty import passwords
from watchparty.hub.hub import Hub

pytestmark = pytest.mark.virtual_time

HASHING_S = 0.06


@pytest.fixture(autouse=True)
def _hashes_take_a_while(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Real hashes, in virtual time; the list holds how long each one takes, the last for all."""
    lasts = [HASHING_S]

    async def in_time(function: Any, *arguments: Any) -> Any:
        await asyncio.sleep(lasts.pop(0) if len(lasts) > 1 else lasts[0])
        return function(*arguments)

    monkeypatch.setattr(passwords, "aside", in_time)
    return lasts


@pytest.mark.parametrize("seed", range(10))
async def test_two_joins_in_one_breath_leave_nobody_behind_in_either_room(seed: int) -> None:
    party = Party(kept("one"), kept("two"), faults=Faults(most_turns=6), seed=seed)
    hub = party.server("s1", alone=False)
    for room in ("one", "two"):
        await party.member(hub, "Ada", room)
    bo = party.visitor(hub, "Bo")
    for room in ("one", "two"):
        bo.say("room:join", roomId=room, name="Bo", tab="tab-of-Bo")
    await later()
    assert len(bo.heard("room:joined")) == 1
    bo.hang_up()
    await later(20)
    assert [len(room.company.roster) for room in hub._rooms.values()] == [1, 1]
    await party.close()


async def test_a_room_does_not_leave_memory_under_a_password_that_is_looked_at(
    party: Party, hub: Hub, ada: Member, _hashes_take_a_while: list[float]
) -> None:
    ada.say("room:settings", password="sesame")
    await later(1)
    ada.say("room:leave")
    _hashes_take_a_while[:] = [4.0]
    await later(58)
    bo = party.visitor(hub, "Bo")
    await bo.join(password="sesame")
    await later(6)
    assert bo.heard("room:joined")


async def test_of_two_passwords_the_later_one_holds(
    party: Party, hub: Hub, ada: Member, _hashes_take_a_while: list[float]
) -> None:
    _hashes_take_a_while[:] = [0.3, 0.1]
    ada.say("room:settings", password="first", ref="a")
    ada.say("room:settings", password="", ref="b")
    await later(1)
    assert [one["ref"] for one in ada.heard("room:settings")] == ["a", "b"]
    assert (await party.store.open("demo", hub.now_ms))[1].password_hash == ""
