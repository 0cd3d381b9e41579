"""The write port: how anything writes to one socket without ever waiting for it.

`WritePort` is the contract; `AsgiPort` is the plain adapter for any ASGI server, `TransportPort`
(sync/transport_port.py) the one for production. All adapters pass tests/port_contract.py. Nobody
may await a member: one stalled reader would starve its whole room.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from sync.core.wire import SUBPROTOCOL, CloseCode, Frame
from sync.tally import TALLY

SKIP_PASSING_BYTES: Final = 64 * 1024
"""Beyond this many unsent bytes a member is spared cursors, reactions and statuses."""

TOO_SLOW_BYTES: Final = 256 * 1024
"""Beyond this many the socket is closed 4008; its owner returns to a fresh snapshot."""

CLOSE_GRACE_S: Final = 5.0
"""How long a reader who takes nothing may hold up the close frame before the socket is dropped."""

DAPHNE_SHIFT: Final = CloseCode.DRAINING_DAPHNE - CloseCode.DRAINING
"""daphne refuses to send codes from 1001 to 2999; shifted by this far they are in private use."""

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def send_accept(send: Send, scope: Mapping[str, Any]) -> None:
    """Accept a socket, under our subprotocol if it is offered: browsers insist on an answer then.

    Never under another one: an offer may be a token, and answers end up in logs.
    """
    offered = SUBPROTOCOL in scope.get("subprotocols", ())
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if offered else None})


async def send_close(send: Send, code: int, reason: str = "") -> None:
    """Close an accepted socket on any server. Raises whatever it raises when the peer has gone."""
    event = {"type": "websocket.close", "code": code, "reason": reason}
    try:
        await send(event)
    except Exception:
        if code >= DAPHNE_SHIFT:
            raise
        await send({**event, "code": code + DAPHNE_SHIFT})


class WritePort(Protocol):
    """One socket, to write to. Must be used from the event loop's thread only.

    Guarantees: `write` and `close` return at once; frames arrive in the order of the calls, whole
    or not at all; unsent bytes never exceed TOO_SLOW_BYTES plus one frame; after `close` nothing
    more is sent and calls do nothing. Not guaranteed: that a frame arrived.
    """

    @property
    def buffered_bytes(self) -> int:
        """Bytes accepted and not yet taken from us; 0 once closed."""
        ...

    @property
    def closed(self) -> bool:
        """Whether a close was asked for or the peer is gone."""
        ...

    def write(self, frame: Frame) -> bool:
        """Queue a frame. False: it was skipped, or the socket is closing."""
        ...

    def close(self, code: int, reason: str = "") -> None:
        """Send what is queued, then close; with TOO_SLOW what is queued may be dropped."""
        ...


class AsgiPort:
    """Write port over plain ASGI `send`: a bounded queue, and one task for this socket alone."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._queue: deque[Frame] = deque()
        self._buffered_bytes = 0
        self._wake = asyncio.Event()
        self._close: tuple[int, str] | None = None
        self._gone = False
        self._task: asyncio.Task[Any] | None = None
        self._last_call: asyncio.TimerHandle | None = None

    @property
    def buffered_bytes(self) -> int:
        """Bytes queued; what the server itself buffers is not seen from here."""
        return self._buffered_bytes

    @property
    def closed(self) -> bool:
        """Whether a close was asked for or the peer is gone."""
        return self._gone or self._close is not None

    def write(self, frame: Frame) -> bool:
        """Queue a frame. False: it was skipped, or the socket is closing."""
        if self.closed:
            return False
        if self._buffered_bytes > TOO_SLOW_BYTES:
            self.close(CloseCode.TOO_SLOW, "too slow a reader")
            return False
        if frame.passing and self._buffered_bytes > SKIP_PASSING_BYTES:
            TALLY.skipped += 1
            return False
        self._queue.append(frame)
        self._buffered_bytes += len(frame)
        self._wake.set()
        return True

    def close(self, code: int, reason: str = "") -> None:
        """Send what is queued, then close; with TOO_SLOW what is queued is dropped."""
        if self.closed:
            return
        if code == CloseCode.TOO_SLOW:
            self._drop_queue()
        self._close = (code, reason)
        TALLY.closes[code] += 1
        self._last_call = asyncio.get_running_loop().call_later(CLOSE_GRACE_S, self.gone)
        self._wake.set()

    def gone(self) -> None:
        """The peer has left, or never takes its close: nothing can be sent any more."""
        self._gone = True
        self._drop_queue()
        if self._task is not None:
            self._task.cancel()

    async def run(self) -> None:
        """Send until closed or gone. Returns when this socket needs nothing more."""
        self._task = asyncio.current_task()
        try:
            while not self._gone:
                await self._wake.wait()
                self._wake.clear()
                while self._queue:
                    frame = self._queue.popleft()
                    await self._send({"type": "websocket.send", "text": frame.text})
                    self._buffered_bytes = max(self._buffered_bytes - len(frame), 0)
                if self._close is not None:
                    await send_close(self._send, *self._close)
                    return
        except asyncio.CancelledError:
            if not self._gone:
                raise
        except Exception:  # noqa: BLE001 - each server has its own word for "the peer has gone"
            self._drop_queue()
        finally:
            self._gone = True
            if self._last_call is not None:
                self._last_call.cancel()

    def _drop_queue(self) -> None:
        self._queue.clear()
        self._buffered_bytes = 0
