"""Live rooms of several servers, with a real Redis; and what one hub says of its own."""

from collections.abc import AsyncIterator
from contextlib import closing

import msgspec
import pytest

from sync.core.wire import CLOCK_ROOM
from tests.dict_archive import kept
from tests.live_rig import told
from tests.party_rig import Party, later, media_ms
from tests.redis_server import RedisServer
from tests.rooms import NOW_MS
from tests.test_live import ids
from watchparty.core import live
from watchparty.core.live import LiveRecord, LiveRoom, merge
from watchparty.core.state import CloseRoom, Command
from watchparty.hub import hub as hub_module
from watchparty.hub import live_rooms
from watchparty.hub.hub import Hub
from watchparty.hub.live_rooms import SETTLING_MS, LiveRooms, Sight
from watchparty.store.base import LEASE_MS
from watchparty.store.board import WANTED_MS, RedisBoard

Servers = tuple[LiveRooms, LiveRooms, LiveRooms]


@pytest.fixture
async def servers(redis: RedisServer) -> AsyncIterator[Servers]:
    """One, two and three."""
    redis.empty()
    made = [
        LiveRooms(RedisBoard(redis.place, "live", live_rooms.MAX_READ), name)
        for name in ("one", "two", "three")
    ]
    one, two, three = made
    yield one, two, three
    for server in made:
        await server.close()


async def share(server: LiveRooms, *records: LiveRecord, now_ms: float = NOW_MS) -> None:
    server.share_soon(lambda: list(records), now_ms)
    await server.settled()


def seen(sight: Sight) -> dict[str, LiveRoom]:
    return {room.newest.slug: room for room in merge(sight.records)}


# -- While nobody looks


async def test_while_nobody_looks_nothing_is_written_nor_even_put_together(
    redis: RedisServer, servers: Servers
) -> None:
    one, *_ = servers

    def never() -> list[LiveRecord]:
        raise AssertionError("nobody has asked")

    one.share_soon(never, NOW_MS)
    await one.settled()
    with closing(redis.client()) as client:
        assert client.dbsize() == 0


async def test_who_looks_no_more_is_told_no_more(redis: RedisServer, servers: Servers) -> None:
    one, _, three = servers
    await three.look([], NOW_MS)
    await share(one, told())
    with closing(redis.client()) as client:
        assert 0 < client.pttl("csw:{live}:wanted") <= WANTED_MS
        for key in ("people", "seen", "rooms"):
            assert 0 < client.pttl(f"csw:{{live}}:{key}") <= LEASE_MS
        client.delete("csw:{live}:wanted")  # as time does
        before = client.hgetall("csw:{live}:rooms")
        await share(one, told(seq=99))
        assert client.hgetall("csw:{live}:rooms") == before


# -- Redis away


async def test_without_redis_what_was_heard_holds_as_long_as_it_may_be_true(
    redis: RedisServer, servers: Servers
) -> None:
    one, _, three = servers
    await three.look([], NOW_MS)
    await share(one, told("far"))
    await three.look([], NOW_MS)
    redis.pause()
    try:
        early = await three.look([told("near", "three")], NOW_MS + LEASE_MS - 1)
        late = await three.look([told("near", "three")], NOW_MS + LEASE_MS)
    finally:
        redis.resume()
    assert (early.others, set(seen(early)), early.heard_ms) == ("lost", {"far", "near"}, NOW_MS)
    assert (late.others, set(seen(late))) == ("lost", {"near"})


# -- Several servers


async def test_alone_a_server_shows_what_it_holds() -> None:
    alone = LiveRooms(None, "one")
    alone.share_soon(lambda: [told()], NOW_MS)
    sight = await alone.look([told()], NOW_MS)
    assert (sight.others, list(seen(sight))) == ("none", ["demo"])
    await alone.close()


async def test_who_looks_at_one_server_sees_a_room_that_lives_on_two_others(
    servers: Servers,
) -> None:
    one, two, three = servers
    first = await three.look([], NOW_MS)
    assert (first.others, first.records) == ("asked", [])
    await share(one, told(server="one", members=["ada", "bo"], seq=7))
    await share(two, told(server="two", members=["cy"], seq=8))
    sight = await three.look([told("own", "three", ["di"])], NOW_MS + SETTLING_MS)
    assert sight.others == "heard"
    rooms = seen(sight)
    assert list(rooms) == ["demo", "own"]
    assert rooms["demo"].servers == {"one": 2, "two": 1}
    assert sorted(ids(rooms["demo"])) == ["ada", "bo", "cy"]
    assert rooms["demo"].newest.seq == 8


async def test_of_its_own_rooms_a_server_shows_what_is_now_and_not_what_it_told(
    servers: Servers,
) -> None:
    one, *_ = servers
    await one.look([], NOW_MS)
    await share(one, told(members=["ada", "bo"]))
    sight = await one.look([told(members=["ada"])], NOW_MS)
    assert seen(sight)["demo"].count == 1
    assert seen(await one.look([], NOW_MS)) == {}


async def test_a_room_that_is_empty_or_over_leaves_the_board_at_once(servers: Servers) -> None:
    one, two, three = servers
    await three.look([], NOW_MS)
    await share(one, told("a"), told("both", members=["ada"]))
    await share(two, told("both", "two", ["bo"]))
    await share(one)
    assert {slug: ids(room) for slug, room in seen(await three.look([], NOW_MS)).items()} == {
        "both": ["bo"]
    }


async def test_a_server_that_is_gone_is_seen_no_longer_than_its_leases(servers: Servers) -> None:
    one, two, three = servers
    await three.look([], NOW_MS)
    await share(one, told(server="one", members=["ada"]))
    await share(two, told(server="two", members=["bo"]), now_ms=NOW_MS + LEASE_MS - 1)
    almost = await three.look([], NOW_MS + LEASE_MS - 1)
    assert seen(almost)["demo"].servers == {"one": 1, "two": 1}
    after = await three.look([], NOW_MS + LEASE_MS)
    assert seen(after)["demo"].servers == {"two": 1}


async def test_a_server_of_another_version_is_passed_over(
    redis: RedisServer, servers: Servers
) -> None:
    one, _, three = servers
    await three.look([], NOW_MS)
    await share(one, told("a"), told("b"))
    with closing(redis.client()) as client:
        client.hset("csw:{live}:rooms", "a@one", b'{"slug": 7}')
    assert list(seen(await three.look([], NOW_MS))) == ["b"]


async def test_the_fullest_rooms_are_read_first_with_all_servers_they_live_on(
    servers: Servers,
) -> None:
    one, two, three = servers
    await three.look([], NOW_MS)
    await share(one, *(told(f"r{number}", people=number) for number in range(live_rooms.MAX_READ)))
    await share(two, told("r3", "two", people=1000), told("r4", "two", people=999))
    sight = await three.look([], NOW_MS)
    assert len(sight.records) == live_rooms.MAX_READ
    assert {"r3", "r4"} <= {one.slug for one in sight.records if one.server.name == "two"}
    assert seen(sight).keys().isdisjoint({"r0", "r1"}), "those with the fewest people"


def test_what_servers_tell_one_another_comes_back_as_it_was() -> None:
    record = told(waiting="start", waiting_for=("ada",), locked=True, degraded=True)
    assert msgspec.json.decode(msgspec.json.encode(record), type=LiveRecord) == record


# -- What a hub says of its own rooms


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo"), kept("other"), kept(CLOCK_ROOM))
    yield party
    await party.close()


STATUS = {
    "driftMs": -3.25,
    "boundMs": 0.4,
    "rttMs": 12.0,
    "rate": 1.0,
    "bufferS": 9.0,
    "startMs": 50.0,
    "droppedFrames": 0,
}


async def look(hub: Hub) -> Sight:
    return await hub._look()


@pytest.mark.virtual_time
async def test_a_hub_that_does_not_run_sees_nothing(party: Party) -> None:
    hub = Hub(party.context("s1", alone=True), None)  # type: ignore[arg-type]
    assert isinstance(hub.look().exception(0), RuntimeError)


@pytest.mark.virtual_time
async def test_a_room_is_told_with_its_members_how_they_do_and_where_the_film_is(
    party: Party,
) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    ada.say("video:play", ref="p")
    await later()
    ada.say("member:status", **STATUS, state="synced")
    bo.say("member:status", **{**STATUS, "driftMs": 900.0}, state="buffering")
    await later(2.0)
    sight = await look(hub)
    [room] = merge(sight.records)
    assert (sight.others, room.newest.slug, room.count) == ("none", "demo", 2)
    assert (room.buffering, room.following, room.p50_ms, room.p95_ms) == (1, 1, 3.25, 3.25)
    by_name = {one.user.name: one for one in room.members}
    assert by_name["Ada"].status is not None
    assert by_name["Ada"].status.drift_ms == -3.25
    playhead = room.newest.playhead
    assert playhead.playing
    assert playhead.position_at(media_ms()) == pytest.approx(2.0, abs=0.1)
    assert (room.newest.server.rooms, room.newest.server.members) == (1, 2)


@pytest.mark.virtual_time
async def test_who_has_just_lost_the_socket_is_told_as_away_and_then_no_more(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    bo.hang_up()
    await later()
    [room] = merge((await look(hub)).records)
    assert {one.user.name: one.is_away for one in room.members} == {"Ada": False, "Bo": True}
    ada.say("room:leave")
    await later(7)
    assert (await look(hub)).records == []


@pytest.mark.virtual_time
async def test_visitors_of_the_clock_pages_are_no_party_and_closed_rooms_are_over(
    party: Party,
) -> None:
    hub = party.server()
    await party.member(hub, "Ada", CLOCK_ROOM)
    await party.member(hub, "Bo", "other")
    assert [one.slug for one in (await look(hub)).records] == ["other"]
    hub.command("other", Command(CloseRoom(reason="")))
    await later()
    assert (await look(hub)).records == []


@pytest.mark.virtual_time
async def test_members_and_rooms_beyond_the_bounds_are_counted(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MEMBERS_TOLD", 2)
    monkeypatch.setattr(hub_module, "ROOMS_TOLD", 1)
    hub = party.server()
    for number in range(4):
        await party.member(hub, f"V{number}", "other")
    await party.member(hub, "Ada")
    [room] = merge((await look(hub)).records)
    assert (room.newest.slug, room.count, len(room.members)) == ("other", 4, 2)
    assert (room.newest.server.rooms, room.newest.server.members) == (2, 5)
