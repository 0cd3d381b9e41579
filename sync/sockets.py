"""uvicorn's websocket with a way past it: our frames to its transport, probes at their arrival.

A subclass of uvicorn's own protocol class, which goes on to shake hands, ping, and read. It relies
on names of that class (0.54); tests/test_sockets.py notices when they change (docs/adr/0014).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

from sync.ports import CLOSE_GRACE_S
from sync.transport_port import EXTENSION, TransportPort


class SocketProtocol(WebSocketsSansIOProtocol):
    """One websocket of uvicorn. Gives its app `scope["extensions"][EXTENSION]["socket"]`.

    Data frames go to the transport whole and unfragmented, so they mix with the pings and closes
    that uvicorn writes there itself; after a close frame nothing follows.
    """

    port: TransportPort
    hear: Callable[[bytes], bool] | None = None
    _last_call: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """An upgrade request has come."""
        super().connection_made(transport)
        self.port = TransportPort(self)

    def handle_connect(self, event: Request) -> None:
        """Take the request; the app starts in the loop's next round."""
        super().handle_connect(event)
        if not self.close_sent:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = {"socket": self}

    async def send(self, message: Any) -> None:
        """ASGI's send."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            # The handshake's own copies of every header; the scope has what the app may ask for.
            del self.request, self.response

    def send_receive_event_to_app(self) -> None:
        """A whole message has arrived."""
        if self.hear is not None and self.curr_msg_data_type == "text":
            data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
            if self.hear(data):
                self.frames = []
                return
        super().send_receive_event_to_app()

    def end(self, code: int, reason: str) -> None:
        """Send a close frame after what is buffered. A peer that never takes it is dropped."""
        if self.close_sent or self.transport.is_closing():
            return
        with suppress(InvalidState):  # the peer's own close is being read just now
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.queue.put_nowait(
                {"type": "websocket.disconnect", "code": code, "reason": reason},
            )
            if self.read_paused:
                self.read_paused = False
                self.transport.resume_reading()
            self.close_timer = self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """The peer left a ping unanswered."""
        super().keepalive_timeout()
        self._give_up_soon()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The app has returned; uvicorn flushes what is left."""
        super().on_task_complete(task)
        self._give_up_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        """All is over: let go of what holds on to us, so that memory returns at once."""
        super().connection_lost(exc)
        self.hear = None
        if self._last_call is not None:
            self._last_call.cancel()
            self._last_call = None

    def _give_up_soon(self) -> None:
        """Drop a peer that takes nothing; the server would wait for it without end."""
        if not self.disconnected and self._last_call is None:
            self._last_call = self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)
