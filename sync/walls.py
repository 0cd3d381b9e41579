"""The walls in front of every socket: whose page may open one, and how many an address may have."""

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from ipaddress import AddressValueError, IPv6Address, IPv6Network
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from msgspec import Struct

from sync.core.bucket import Limit, TokenBucket
from sync.core.wire import CloseCode, RateLimited, encode, wire_ms
from sync.ports import Send, send_accept, send_close
from sync.tally import TALLY

DEBUG_HOSTS: Final = (".localhost", "127.0.0.1", "[::1]")
"""What Django allows while developing when ALLOWED_HOSTS is empty."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
PAGE_SCHEMES: Final = {"ws": "http", "wss": "https"}

IPV6_SITE_BITS: Final = 64
"""A household gets a whole IPv6 network of this size: its addresses count as one."""

SWEEP_FROM: Final = 1024
"""Addresses remembered before the idle ones are first looked for."""

CROWDED_RETRY_MS: Final = 30_000.0
"""When an address that holds too many sockets may try again; nobody knows when one becomes free."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Origin = tuple[str, str, int]

_logger = logging.getLogger(__name__)


class OriginWall:
    """Answers a foreign page with HTTP 403 before the socket is anything.

    Allowed are the page's own host (as `Host` names it, if ALLOWED_HOSTS knows it), the origins
    listed, and no Origin at all: whoever is not a browser could forge one anyway.
    """

    def __init__(
        self,
        app: App,
        allowed_origins: Iterable[str] = (),
        allowed_hosts: Collection[str] | None = None,
    ) -> None:
        self._app = app
        self._listed = frozenset(filter(None, map(parse_origin, allowed_origins)))
        self._allowed_hosts = allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the connection in, or close it before it is accepted, which servers send as 403."""
        if scope["type"] != "websocket" or self._admits(scope):
            await self._app(scope, receive, send)
            return
        _logger.warning(
            "refused a socket from a foreign origin: %r at host %r, %s",
            _values(scope, b"origin"),
            _values(scope, b"host"),
            scope.get("path"),
        )
        await receive()
        await send({"type": "websocket.close", "code": CloseCode.REMOVED})

    def _admits(self, scope: Scope) -> bool:
        origins = _values(scope, b"origin")
        if not origins:
            return True
        origin = parse_origin(origins[0]) if len(origins) == 1 else None
        if origin is None:
            return False
        return origin in self._listed or origin == self._own_origin(scope)

    def _own_origin(self, scope: Scope) -> Origin | None:
        hosts = _values(scope, b"host")
        if len(hosts) != 1:
            return None
        domain, _ = split_domain_port(hosts[0].lower())
        if not domain or not validate_host(domain, self._known_hosts()):
            return None
        return parse_origin(f"{PAGE_SCHEMES.get(scope.get('scheme', 'ws'), '')}://{hosts[0]}")

    def _known_hosts(self) -> Collection[str]:
        if self._allowed_hosts is not None:
            return self._allowed_hosts
        return settings.ALLOWED_HOSTS or (DEBUG_HOSTS if settings.DEBUG else ())


def parse_origin(text: str) -> Origin | None:
    """(scheme, host, port) of an http(s) origin; None for everything else, such as `null`."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        return None
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or not bare:
        return None
    return parts.scheme, parts.hostname, DEFAULT_PORTS[parts.scheme] if port is None else port


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


class _Visits(Struct):
    """What is remembered of one address."""

    bucket: TokenBucket
    open: int = 0


class AddressWall:
    """Caps how many sockets an address opens per second and holds at once.

    The refusal comes after accept, so that browsers can read it. Only the peer that the server
    names counts: behind proxies the server must be told which of them to trust. Peers without an
    address (a Unix socket) cannot be told apart and are let in.
    """

    def __init__(
        self, app: App, now_ms: Callable[[], float], per_s: int = 20, open_max: int = 200
    ) -> None:
        self._app = app
        self._now_ms = now_ms
        self._limit = Limit(max=per_s, window_ms=1000)
        self._open_max = open_max
        self._visits: dict[str, _Visits] = {}
        self._sweep_at = SWEEP_FROM

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the connection in, or accept it only to say that it is one too many."""
        peer = scope.get("client")
        if scope["type"] != "websocket" or not peer:
            await self._app(scope, receive, send)
            return
        visits = self._visits_of(site(peer[0]))
        retry_in_ms = self._retry_in_ms(visits)
        if retry_in_ms:
            await _refuse(retry_in_ms, scope, receive, send)
            return
        visits.open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            visits.open -= 1

    def _retry_in_ms(self, visits: _Visits) -> float:
        if visits.open >= self._open_max:
            return CROWDED_RETRY_MS
        return visits.bucket.take(self._now_ms())

    def _visits_of(self, address: str) -> _Visits:
        visits = self._visits.get(address)
        if visits is None:
            if len(self._visits) >= self._sweep_at:
                self._forget_idle()
            visits = _Visits(TokenBucket(self._limit, self._now_ms()))
            self._visits[address] = visits
        return visits

    def _forget_idle(self) -> None:
        now_ms = self._now_ms()
        self._visits = {
            address: visits
            for address, visits in self._visits.items()
            if visits.open or not visits.bucket.is_full(now_ms)
        }
        self._sweep_at = max(SWEEP_FROM, 2 * len(self._visits))


async def _refuse(retry_in_ms: float, scope: Scope, receive: Receive, send: Send) -> None:
    told = RateLimited(action="connect", retry_in=wire_ms(retry_in_ms))
    TALLY.refused(told)
    TALLY.closes[CloseCode.ABUSE] += 1
    await receive()
    await send_accept(send, scope)
    await send({"type": "websocket.send", "text": encode(told).text})
    await send_close(send, CloseCode.ABUSE)


def site(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or an IPv6 network of IPV6_SITE_BITS."""
    try:
        ipv6 = IPv6Address(address)
    except AddressValueError:
        return address
    if ipv6.ipv4_mapped is not None:
        return str(ipv6.ipv4_mapped)
    return str(IPv6Network((int(ipv6), IPV6_SITE_BITS), strict=False).network_address)
