"""The list of public rooms of several servers, with a real Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from tests.redis_server import RedisServer
from tests.rooms import NOW_MS
from watchparty.core.protocol import RoomSummary
from watchparty.hub.public_rooms import MAX_LISTED, PublicRooms
from watchparty.store.base import LEASE_MS
from watchparty.store.board import RedisBoard


def summary(slug: str, people: int = 1) -> RoomSummary:
    return RoomSummary(slug, slug.title(), people, False, 0.0, "")


@pytest.fixture
async def servers(redis: RedisServer) -> AsyncIterator[tuple[PublicRooms, PublicRooms]]:
    redis.empty()
    one, two = (PublicRooms(RedisBoard(redis.place, "public", MAX_LISTED)) for _ in range(2))
    yield one, two
    for server in (one, two):
        await server.close()


async def share(server: PublicRooms, *rooms: RoomSummary | str, now_ms: float = NOW_MS) -> None:
    """A slug alone is a room that is held and not to be shown."""
    held = {room if isinstance(room, str) else room.id: room for room in rooms}
    server.share_soon(
        {slug: None if isinstance(room, str) else room for slug, room in held.items()}, now_ms
    )
    await server.settled()


def listed(server: PublicRooms, *held: RoomSummary, now_ms: float = NOW_MS) -> list[str]:
    return [room.id for room in server.listed({room.id: room for room in held}, now_ms)]


async def test_alone_only_rooms_with_people_are_listed() -> None:
    alone = PublicRooms(None)
    alone.share_soon({}, NOW_MS)
    held = {"a": summary("a"), "b": summary("b", 3), "empty": summary("empty", 0), "hidden": None}
    assert [room.id for room in alone.listed(held, NOW_MS)] == ["b", "a"]
    await alone.close()


async def test_rooms_of_all_servers_are_listed_and_ours_as_we_see_them(
    servers: tuple[PublicRooms, PublicRooms],
) -> None:
    one, two = servers
    await share(one, summary("a", 2), summary("both", 5), "hidden")
    await share(two, summary("b", 3), summary("both", 5))
    await share(one, summary("a", 2), summary("both", 5), "hidden")
    assert listed(one, summary("a", 9), summary("both", 0)) == ["a", "b"]
    assert listed(two, summary("b", 3), summary("both", 5)) == ["both", "b", "a"]


async def test_a_room_that_is_not_public_any_more_is_listed_nowhere(
    servers: tuple[PublicRooms, PublicRooms],
) -> None:
    one, two = servers
    await share(one, summary("a"))
    await share(two)
    assert listed(two) == ["a"]
    await share(one, "a")
    await share(two)
    assert listed(two) == []


async def test_a_server_that_lets_a_room_go_does_not_take_it_from_the_others(
    servers: tuple[PublicRooms, PublicRooms],
) -> None:
    one, two = servers
    await share(two, summary("a"))
    await share(one, summary("a"))
    await share(one)
    assert listed(one) == ["a"]


async def test_rooms_of_a_server_that_is_gone_are_listed_no_longer_than_its_leases(
    servers: tuple[PublicRooms, PublicRooms],
) -> None:
    one, two = servers
    await share(one, summary("a"))
    almost_ms = NOW_MS + LEASE_MS - 1
    await share(two, now_ms=almost_ms)
    assert listed(two, now_ms=almost_ms) == ["a"]
    await share(two, now_ms=almost_ms + 1)
    assert listed(two, now_ms=almost_ms + 1) == []


async def test_without_redis_the_last_list_holds_as_long_as_it_may_be_true(
    redis: RedisServer, servers: tuple[PublicRooms, PublicRooms]
) -> None:
    one, two = servers
    await share(one, summary("a"))
    await share(two)
    redis.pause()
    try:
        await share(two, now_ms=NOW_MS + 1000)
    finally:
        redis.resume()
    assert listed(two, now_ms=NOW_MS + LEASE_MS - 1) == ["a"]
    assert listed(two, summary("b"), now_ms=NOW_MS + LEASE_MS) == ["b"]


async def test_only_the_fullest_rooms_are_told(servers: tuple[PublicRooms, PublicRooms]) -> None:
    one, two = servers
    crowd = [summary(f"r{number}", number) for number in range(1, MAX_LISTED + 20)]
    await asyncio.gather(share(one, *crowd[::2]), share(two, *crowd[1::2]))
    await share(one, *crowd[::2])
    fullest = [room.id for room in reversed(crowd)][:MAX_LISTED]
    assert listed(one) == fullest
    assert listed(one, structs.replace(crowd[0], user_count=1000))[0] == "r1"
