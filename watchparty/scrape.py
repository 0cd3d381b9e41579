"""/metrics: who may read the figures of this server, and how they are handed over.

An ASGI app beside Django, since Prometheus asks pods by their address: no `Host` of ALLOWED_HOSTS,
no TLS, no session. Whoever may not read is told that there is nothing (ADR 37).
"""

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any, Final

from django.http.request import split_domain_port

from watchparty.exposition import Exposition

PATH: Final = "/metrics"
BEARER: Final = b"bearer "
FORWARDED: Final = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})
"""Headers of a proxy: who comes by one is not on this machine, whatever the peer's address says."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = dict[bytes, bytes]


class Scrape:
    """Answers GET and HEAD: to who has the token, or without one to this machine alone."""

    def __init__(self, exposition: Exposition, token: str = "") -> None:
        self._exposition = exposition
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers: Headers = dict(scope["headers"])
        if scope["method"] not in ("GET", "HEAD") or not self._admits(scope, headers):
            await _answer(send, 404, "text/plain; charset=utf-8", b"Not found.\n")
            return
        accept = headers.get(b"accept", b"").decode("latin-1")
        body, content_type = await self._exposition.told(accept)
        await _answer(send, 200, content_type, body, only_head=scope["method"] == "HEAD")

    def _admits(self, scope: Scope, headers: Headers) -> bool:
        if self._token:
            given = headers.get(b"authorization", b"")
            if given[: len(BEARER)].lower() != BEARER:
                return False
            return compare_digest(given[len(BEARER) :].strip(), self._token)
        peer = scope.get("client")
        # The Host as well: a page whose name was bound to this machine reads nothing here.
        if not peer or not FORWARDED.isdisjoint(headers):
            return False
        host, _ = split_domain_port(headers.get(b"host", b"").decode("latin-1"))
        return _is_loopback(peer[0]) and _is_loopback(host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


async def _answer(
    send: Send, status: int, content_type: str, body: bytes, *, only_head: bool = False
) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if only_head else body})
