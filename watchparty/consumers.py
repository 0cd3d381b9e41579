"""The party socket, /ws/party/: reads frames by the session's rules and hands them to the hub."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.consumer import AsyncConsumer

from sync.core.bucket import Limit
from sync.core.guard import Refuse
from sync.core.timebase import Timebase
from sync.core.wire import CloseCode, ErrorMessage, TimeSync, encode
from sync.ports import Send, WritePort
from sync.refusals import carry_out
from sync.walls import site
from watchparty.core.session import JOIN_WITHIN_S, Session
from watchparty.hub.connection import Connection
from watchparty.hub.hub import Hub
from watchparty.identity import (
    PersonCookie,
    new_person,
    person_from_cookie_header,
    public_person,
)

Receive = Callable[[], Awaitable[dict[str, Any]]]

logger = logging.getLogger(__name__)


class PartyConsumer(AsyncConsumer):
    """One party socket. Its handler never awaits anything but the next frame.

    Overrides Channels' own loop, which hops to the database's thread before every frame (950 ms
    stalls measured) and needs a channel of the layer for each socket; the hub has one for each
    room. Wants `scope["port"]` from the ProbeWrapper.
    """

    def __init__(self, hub: Hub, timebase: Timebase, limits: Mapping[str, Limit]) -> None:
        self._hub = hub
        self._timebase = timebase
        self._limits = limits

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Accept, then read until the socket is over."""
        port: WritePort = scope["port"]
        await receive()
        await send({"type": "websocket.accept"})
        cookie = _cookie(scope)
        if cookie.status == "forged":
            forged = "This identity cookie is not ours. Reload the page."
            port.write(encode(ErrorMessage(code="unauthorised", message=forged)))
            port.close(CloseCode.UNAUTHORISED)
            await _until_over(receive)
            return
        has_cookie = cookie.status == "valid"
        person = public_person(cookie.person if has_cookie else new_person())
        session = Session(self._limits, self._hub.now_ms)
        connection = Connection(
            port, session, person, has_cookie=has_cookie, address=_address(scope)
        )
        loop = asyncio.get_running_loop()
        deadline = loop.call_later(JOIN_WITHIN_S, _close_unjoined, connection)
        self._hub.opened(connection)
        try:
            while (event := await receive())["type"] == "websocket.receive":
                self._hear(connection, event.get("text"), event.get("bytes"))
        finally:
            deadline.cancel()
            self._hub.closed(connection)

    def _hear(self, connection: Connection, text: str | None, data: bytes | None) -> None:
        if connection.port.closed:
            return
        now_ms = self._hub.now_ms
        message = connection.session.read(text, data, now_ms)
        if isinstance(message, Refuse):
            carry_out(message, connection.port)
            return
        if isinstance(message, TimeSync):
            # Spelled so oddly that the ProbeWrapper did not know it; this later T2 is still true.
            connection.tell(self._timebase.answer(message, now_ms))
            return
        try:
            self._hub.take(connection, message)
        except Exception:
            logger.exception("room %s: %s failed", connection.room, type(message).__name__)
            fault = ErrorMessage(code="internal", message="A fault of ours.")
            connection.end(CloseCode.INTERNAL, fault)


def _cookie(scope: dict[str, Any]) -> PersonCookie:
    """Who opens the socket, as far as the handshake says."""
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return person_from_cookie_header(header)


def _address(scope: dict[str, Any]) -> str:
    peer = scope.get("client")
    return site(peer[0]) if peer else ""


def _close_unjoined(connection: Connection) -> None:
    if not connection.session.joined:
        connection.end(CloseCode.NOT_JOINED)


async def _until_over(receive: Receive) -> None:
    while (await receive())["type"] == "websocket.receive":
        pass
