"""The party socket, /ws/party/: reads frames by the session's rules and hands them to the hub."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from channels.consumer import AsyncConsumer

from sync.core.bucket import Limit
from sync.core.guard import Refuse
from sync.core.timebase import Timebase
from sync.core.wire import CloseCode, ErrorMessage, TimeSync
from sync.log_ids import SPEAKER
from sync.ports import Send, WritePort, send_accept
from sync.refusals import carry_out
from sync.walls import site
from watchparty.core.session import JOIN_WITHIN_S, Session
from watchparty.hub.connection import Connection
from watchparty.hub.hub import Hub
from watchparty.identity import new_person, person_from_cookie_header, public_person
from watchparty.sign_in import account_at_handshake, settle
from watchparty.tokens import unauthorised

FORGED: Final = unauthorised("This identity cookie is not ours. Reload the page.")

Receive = Callable[[], Awaitable[dict[str, Any]]]

logger = logging.getLogger(__name__)


class PartyConsumer(AsyncConsumer):
    """One party socket. Its handler never awaits anything but the next frame.

    Only before the first one it may look up a session, where the browser brings one.

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
        await send_accept(send, scope)
        cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        cookie = person_from_cookie_header(cookies)
        account = (
            FORGED if cookie.status == "forged" else await account_at_handshake(scope, cookies)
        )
        if isinstance(account, Refuse):
            carry_out(account, port)
            await _until_over(receive)
            return
        session = Session(self._limits, self._hub.now_ms)
        is_proved = cookie.status == "valid"
        person = public_person(cookie.person if is_proved else new_person())
        connection = Connection(port, session, person, is_proved=is_proved, address=_address(scope))
        SPEAKER.set(connection)  # of this socket's own task
        if account is not None:
            connection.sign_in(account)
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
        if not isinstance(message, Refuse):
            message = settle(connection, message)
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


def _address(scope: dict[str, Any]) -> str:
    peer = scope.get("client")
    return site(peer[0]) if peer else ""


def _close_unjoined(connection: Connection) -> None:
    if not connection.session.joined:
        connection.end(CloseCode.NOT_JOINED)


async def _until_over(receive: Receive) -> None:
    while (await receive())["type"] == "websocket.receive":
        pass
