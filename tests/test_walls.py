"""Who may open a socket: foreign pages are turned away, and no address may take everything."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings

from sync.core.wire import CloseCode
from sync.walls import CROWDED_RETRY_MS, SWEEP_FROM, AddressWall, OriginWall, parse_origin, site
from tests.fakes import FakeServer, scope, settle

HOST = "party.example"


class Guests:
    """The app behind a wall: counts who got in; each stays until disconnected."""

    def __init__(self) -> None:
        self.admitted = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.admitted += 1
        while (await receive())["type"] != "websocket.disconnect":
            pass


# -- Origin ---------------------------------------------------------------------------------------


async def knock(
    origin: str | bytes | None,
    *,
    host: str = HOST,
    scheme: str = "wss",
    hosts: tuple[str, ...] = (HOST, ".cinema.example", "[::1]"),
    listed: tuple[str, ...] = ("https://friend.example", "http://localhost:3000"),
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> FakeServer | None:
    """The server's side of a refused socket; None: it was let in."""
    sent = [(b"host", host.encode()), *headers]
    if origin is not None:
        sent.append((b"origin", origin if isinstance(origin, bytes) else origin.encode()))
    guests, server = Guests(), FakeServer()
    server.connect()
    server.disconnect()
    wall = OriginWall(guests, listed, hosts)
    await wall(scope(headers=sent, scheme=scheme), server.receive, server.send)
    return None if guests.admitted else server


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://party.example",
        "https://party.example:8443",
        "https://party.example.evil.example",
        "https://evilparty.example",
        "https://other.party.example",
        "https://party.example/path",
        "https://user@party.example",
        "https://party.example:0",
        "https://party.example:99999",
        "wss://party.example",
        "file://",
        "null",
        "",
        "https://",
        b"\xff\xfe",
    ],
)
async def test_a_foreign_origin_is_closed_before_anything_is_accepted(origin: str | bytes) -> None:
    server = await knock(origin)
    assert server is not None
    assert [event["type"] for event in server.sent] == ["websocket.close"]


async def test_our_own_page_with_a_forged_host_is_refused() -> None:
    assert await knock("https://evil.example", host="evil.example") is not None


async def test_two_origins_or_two_hosts_are_refused() -> None:
    second_origin = ((b"origin", b"https://party.example"),)
    assert await knock("https://party.example", headers=second_origin) is not None
    second_host = ((b"host", b"evil.example"),)
    assert await knock("https://party.example", headers=second_host) is not None


async def test_a_refusal_is_logged_with_who_asked(caplog: pytest.LogCaptureFixture) -> None:
    await knock("https://evil.example\r\nforged line")
    assert "https://evil.example" in caplog.text
    assert "\nforged line" not in caplog.text


@pytest.mark.parametrize(
    ("origin", "how"),
    [
        ("https://party.example", {}),
        ("https://party.example:443", {}),
        ("HTTPS://Party.Example", {}),
        ("https://party.example", {"host": "party.example:443"}),
        ("http://party.example:8000", {"host": "party.example:8000", "scheme": "ws"}),
        ("https://room.cinema.example", {"host": "room.cinema.example"}),
        ("http://[::1]:8000", {"host": "[::1]:8000", "scheme": "ws"}),
        ("https://friend.example", {}),
        ("http://localhost:3000", {}),
        ("https://friend.example", {"host": "unknown.example"}),
        (None, {}),
        (None, {"host": "unknown.example"}),
    ],
)
async def test_our_own_pages_listed_friends_and_programs_come_in(
    origin: str | None, how: dict[str, Any]
) -> None:
    assert await knock(origin, **how) is None


async def test_allowed_hosts_come_from_the_settings() -> None:
    with override_settings(ALLOWED_HOSTS=[], DEBUG=True):
        assert (
            await knock("http://localhost", host="localhost", scheme="ws", **FROM_SETTINGS) is None
        )
    with override_settings(ALLOWED_HOSTS=["a.example"], DEBUG=True):
        assert await knock("http://localhost", host="localhost", scheme="ws", **FROM_SETTINGS)
        assert await knock("https://a.example", host="a.example", **FROM_SETTINGS) is None
    with override_settings(ALLOWED_HOSTS=[], DEBUG=False):
        assert await knock("http://localhost", host="localhost", scheme="ws", **FROM_SETTINGS)


FROM_SETTINGS: dict[str, Any] = {"hosts": None, "listed": ()}


def test_origins_are_compared_with_their_ports() -> None:
    assert parse_origin("https://a.example") == ("https", "a.example", 443)
    assert parse_origin("http://a.example") == ("http", "a.example", 80)
    assert parse_origin("http://a.example:443") != parse_origin("https://a.example")


# -- Addresses ------------------------------------------------------------------------------------


class Street:
    """An address wall with a fake clock, and whoever knocks at it."""

    def __init__(self, **limits: int) -> None:
        self.now_ms = 0.0
        self.guests = Guests()
        self.wall = AddressWall(self.guests, lambda: self.now_ms, **limits)
        self.inside: list[tuple[FakeServer, asyncio.Task[None]]] = []

    async def knock(self, address: str | None = "203.0.113.7") -> FakeServer:
        server = FakeServer()
        server.connect()
        client = None if address is None else (address, 50_000)
        visit = self.wall(scope(client=client), server.receive, server.send)
        task = asyncio.create_task(visit)
        await settle()
        if not task.done():
            self.inside.append((server, task))
        return server

    async def leave(self) -> None:
        server, task = self.inside.pop()
        server.disconnect()
        await task


@pytest.fixture
async def street() -> Any:
    made: list[Street] = []

    def make(**limits: int) -> Street:
        made.append(Street(**limits))
        return made[-1]

    yield make
    for one in made:
        while one.inside:
            await one.leave()


Make = Callable[..., Street]


async def test_too_many_new_sockets_are_accepted_only_to_be_told_so(street: Make) -> None:
    a = street(per_s=3)
    for _ in range(3):
        assert (await a.knock()).sent == []
    refused = await a.knock()
    assert [event["type"] for event in refused.sent] == [
        "websocket.accept",
        "websocket.send",
        "websocket.close",
    ]
    assert refused.messages == [
        {"type": "error:ratelimit", "action": "connect", "retryIn": 333.333}
    ]
    assert refused.close_code == CloseCode.ABUSE
    assert a.guests.admitted == 3


async def test_the_refusal_arrives_on_a_server_that_refuses_the_code(street: Make) -> None:
    a = street(per_s=1)
    await a.knock()
    server = FakeServer()
    server.picky_about_codes = True
    server.connect()
    await a.wall(scope(), server.receive, server.send)
    assert server.close_code == 4008


async def test_who_offers_our_subprotocol_is_refused_under_it(street: Make) -> None:
    a = street(per_s=1)
    await a.knock()
    server = FakeServer()
    server.connect()
    offered = {"subprotocols": ["bearer.x", "csw.v1"]}
    await a.wall({**scope(), **offered}, server.receive, server.send)
    assert server.sent[0] == {"type": "websocket.accept", "subprotocol": "csw.v1"}


async def test_too_many_open_sockets_of_one_address_are_refused_until_one_leaves(
    street: Make,
) -> None:
    a = street(per_s=100, open_max=5)
    for _ in range(5):
        await a.knock()
    refused = await a.knock()
    assert refused.messages[0]["retryIn"] == CROWDED_RETRY_MS
    await a.leave()
    assert (await a.knock()).sent == []


async def test_one_address_does_not_use_up_anothers_share(street: Make) -> None:
    a = street(per_s=1)
    await a.knock("203.0.113.7")
    assert (await a.knock("203.0.113.8")).sent == []
    assert (await a.knock("203.0.113.7")).sent != []


async def test_a_header_does_not_make_another_address(street: Make) -> None:
    a = street(per_s=1)
    await a.knock()
    server = FakeServer()
    server.connect()
    forged = scope(headers=[(b"x-forwarded-for", b"198.51.100.1")])
    await a.wall(forged, server.receive, server.send)
    assert server.close_code == CloseCode.ABUSE


async def test_a_socket_whose_app_fails_is_no_longer_counted(street: Make) -> None:
    a = street(per_s=100, open_max=1)

    async def fail(_scope: Any, _receive: Any, _send: Any) -> None:
        raise RuntimeError

    a.wall._app = fail
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await a.wall(scope(), FakeServer().receive, FakeServer().send)


async def test_addresses_that_came_and_went_are_forgotten(street: Make) -> None:
    a = street(per_s=20)
    await a.knock("192.0.2.1")
    for n in range(5 * SWEEP_FROM):
        a.now_ms += 100
        address = f"10.0.{n // 256}.{n % 256}"
        server = FakeServer()
        server.disconnect()
        await a.wall(scope(client=(address, 1)), server.receive, server.send)
    assert len(a.wall._visits) <= SWEEP_FROM
    assert a.wall._visits["192.0.2.1"].open == 1


async def test_peers_without_an_address_are_let_in(street: Make) -> None:
    a = street(per_s=1)
    assert (await a.knock(None)).sent == []
    assert (await a.knock(None)).sent == []


async def test_other_kinds_of_scope_pass(street: Make) -> None:
    a = street(per_s=1)
    server = FakeServer()
    for _ in range(3):
        server.disconnect()
        await a.wall({"type": "lifespan"}, server.receive, server.send)
    server.disconnect()
    await OriginWall(a.guests)({"type": "http"}, server.receive, server.send)
    assert a.guests.admitted == 4


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::"),
        ("not an address", "not an address"),
        ("", ""),
    ],
)
def test_a_household_of_ipv6_counts_as_one(address: str, counted_as: str) -> None:
    assert site(address) == counted_as
