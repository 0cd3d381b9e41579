"""Rooms above USERS_IN_FULL: what would cost the square of the members is spared, none is lost."""

from collections.abc import AsyncIterator

import pytest

from tests.dict_archive import kept
from tests.party_rig import Member, Party, later
from watchparty.core.presence import GRACE_MS
from watchparty.core.protocol import User
from watchparty.hub.attendance import RENEW_EVERY_S, WHOLE_EVERY, Attendance
from watchparty.hub.hub import DIGEST_EVERY, Hub
from watchparty.store.base import LEASE_MS, StoreUnavailable

pytestmark = pytest.mark.virtual_time

FULL = 4
"""As if lists were cut above so many …"""
PART = 2
"""… to so many."""
RENEWED_S = RENEW_EVERY_S + 1.1
WHOLE_S = WHOLE_EVERY * RENEW_EVERY_S + 1.1


@pytest.fixture(autouse=True)
def soon_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("core.presence", "hub.company", "hub.attendance"):
        monkeypatch.setattr(f"watchparty.{module}.USERS_IN_FULL", FULL)
    monkeypatch.setattr("watchparty.core.presence.USERS_IN_PART", PART)


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo"))
    yield party
    await party.close()


async def members(party: Party, hub: Hub, *names: str) -> list[Member]:
    return [await party.member(hub, name) for name in names]


def known(hub: Hub) -> int:
    return len(hub._rooms["demo"].company.roster)


def attendance_of(hub: Hub) -> Attendance:
    return hub._rooms["demo"]._attendance


# -- What viewers hear


async def test_a_stranger_s_coming_and_going_is_told_to_nobody_but_counted(party: Party) -> None:
    hub = party.server()
    ada, *_ = await members(party, hub, *"ABCDE")
    before = len(ada.messages)
    flo = await party.member(hub, "F")
    gus = await party.member(hub, "G")
    flo.say("room:leave")
    gus.hang_up()
    await later(GRACE_MS / 1000 + DIGEST_EVERY + 1.1)
    heard = {message["type"] for message in ada.messages[before:]}
    assert heard & {"user:joined", "user:updated", "user:left"} == set()
    assert ada.last("users:digest")["count"] == 5
    assert flo.last("room:joined")["users"][0]["name"] == "A"


async def test_whom_viewers_were_told_of_they_see_leave(party: Party) -> None:
    hub = party.server()
    ada, bo, _, _, eve = await members(party, hub, *"ABCDE")
    eve_id, bo_id = eve.id, bo.id
    bo.say("room:leave")
    await later()
    assert ada.last("user:left")["userId"] == bo_id
    eve.say("room:leave")
    await later()
    assert ada.last("user:left")["userId"] == bo_id != eve_id


async def test_a_stranger_hears_of_their_own_new_name_and_the_listed_are_heard_by_all(
    party: Party,
) -> None:
    hub = party.server()
    ada, *_, eve = await members(party, hub, *"ABCDE")
    eve.say("member:rename", name="Eva", color="#123456")
    ada.say("member:rename", name="Ida", color="#123456")
    await later()
    assert [one["name"] for one in ada.heard("user:updated")] == ["Ida"]
    assert [one["name"] for one in eve.heard("user:updated")] == ["Eva", "Ida"]


async def test_the_cut_list_is_made_anew_when_one_of_it_goes(party: Party) -> None:
    hub = party.server()
    ada, bo, *_ = await members(party, hub, *"ABCDEF")
    assert [user.name for user in hub._rooms["demo"].company.listed().users] == ["A", "B"]
    bo.say("room:leave")
    await later()
    assert [user.name for user in hub._rooms["demo"].company.listed().users] == ["A", "C"]
    assert ada.closed_with is None


# -- What servers tell each other


async def two(party: Party) -> tuple[Hub, Hub]:
    one, other = [party.server(name, alone=False) for name in ("s1", "s2")]
    await members(party, one, *"ABC")
    await members(party, other, *"DEF")
    await later(RENEWED_S)
    return one, other


def reads(party: Party, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Counts whole readings of the others' leases by one server."""
    store = hub._context.store
    read = store.others
    seen: list[float] = []

    async def counted(slug: str, now_ms: float) -> list[User]:
        seen.append(now_ms)
        return await read(slug, now_ms)

    monkeypatch.setattr(store, "others", counted)
    return seen


async def test_leases_are_read_whole_once_a_minute(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await two(party)
    seen = reads(party, one, monkeypatch)
    await later(2 * WHOLE_S)
    assert len(seen) == 2
    assert known(one) == known(other) == 6, "and hold on meanwhile"


async def test_lost_news_is_healed_as_soon_as_counts_differ(party: Party) -> None:
    one, other = await two(party)
    party.layer.losing = 1
    await party.member(other, "G")
    await later(RENEWED_S)
    assert known(one) == 7


async def test_lost_news_that_no_count_shows_is_healed_within_a_minute(party: Party) -> None:
    one, other = await two(party)
    gone = party.members[-1]
    party.layer.losing = 2
    gone.say("room:leave")
    await party.member(other, "G")
    await later(WHOLE_S)
    names = {seat.user.name for seat in one._rooms["demo"].company.roster.seats()}
    assert names == set("ABCDEG")


async def test_the_members_of_a_server_that_died_vanish_with_its_lease(party: Party) -> None:
    one, other = await two(party)
    other._housekeeper.cancel()  # type: ignore[union-attr]
    await later(LEASE_MS / 1000 + RENEWED_S)
    assert known(one) == 3


async def test_a_lease_whose_writing_failed_is_written_whole_with_the_next(party: Party) -> None:
    one, other = await two(party)
    store = one._context.store
    leases = party.leases["demo"]["s1"][1]
    attend = store.attend

    async def failing(*args: object, **options: object) -> int:
        raise StoreUnavailable("for once")

    store.attend = failing  # type: ignore[method-assign]
    attendance_of(one).lease_soon()
    party.members[0].say("member:rename", name="Ida", color="#123456")
    await later(1)
    store.attend = attend  # type: ignore[method-assign]
    leases.clear()
    await later(2 * RENEWED_S)
    assert {user.name for user in party.leases["demo"]["s1"][1].values()} == {"Ida", "B", "C"}
    assert known(other) == 6
