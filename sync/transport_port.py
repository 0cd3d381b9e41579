"""The write port of production: frames that were framed once go to the transport as they are.

The transport's own buffer is the queue, so an idle socket costs no task and no queue of ours, and a
lagging one holds references to bytes that all members share. Measured against awaiting the server's
`send` for each member: 8 µs for 12.7 (research/performance.md).
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from sync.core.wire import CloseCode, Frame
from sync.ports import SKIP_PASSING_BYTES, TOO_SLOW_BYTES
from sync.tally import TALLY

EXTENSION = "csw.transport"
"""ASGI scope extension under which a server's `RawSocket` is found, as `{"socket": …}`."""


class RawSocket(Protocol):
    """A websocket of a server that lets us at its transport (sync/sockets.py: uvicorn's)."""

    transport: asyncio.Transport
    port: "TransportPort"
    hear: Callable[[bytes], bool] | None
    """Is shown every text message as it arrives, before the app; True: dealt with."""

    def end(self, code: int, reason: str) -> None:
        """Send a close frame after what is buffered. A peer that never takes it is dropped."""


class TransportPort:
    """Write port over a server's transport. Writes at once, keeps nothing itself.

    What is written before the socket is accepted waits for `opened`.
    """

    __slots__ = ("_closed", "_early", "_early_close", "_socket", "_transport")

    def __init__(self, socket: RawSocket) -> None:
        self._socket = socket
        self._transport = socket.transport
        self._closed = False
        self._early: list[Frame] | None = []
        self._early_close: tuple[int, str] | None = None

    @property
    def buffered_bytes(self) -> int:
        """Bytes that the kernel has not taken yet; 0 once closed."""
        return 0 if self.closed else self._transport.get_write_buffer_size()

    @property
    def closed(self) -> bool:
        """Whether a close was asked for or the peer is gone."""
        return self._closed or self._transport.is_closing()

    @property
    def is_open(self) -> bool:
        """Whether the socket was accepted; it may be closed again."""
        return self._early is None

    def opened(self) -> None:
        """The socket was accepted: from now on the peer understands frames."""
        early, self._early = self._early, None
        self._closed = False
        for frame in early or ():
            self.write(frame)
        if self._early_close is not None:
            self.close(*self._early_close)

    def write(self, frame: Frame) -> bool:
        """Hand a frame to the transport. False: it was skipped, or the socket is closing."""
        if self._closed or self._transport.is_closing():
            return False
        if self._early is not None:
            self._early.append(frame)
            return True
        waiting_bytes = self._transport.get_write_buffer_size()
        if waiting_bytes > SKIP_PASSING_BYTES:
            if waiting_bytes > TOO_SLOW_BYTES:
                self.close(CloseCode.TOO_SLOW, "too slow a reader")
                return False
            if frame.passing:
                TALLY.skipped += 1
                return False
        self._transport.write(frame.wire)
        return True

    def close(self, code: int, reason: str = "") -> None:
        """Close after what is buffered, which cannot be taken back; drop who never takes it."""
        if self.closed:
            return
        self._closed = True
        if self._early is not None:
            self._early_close = (code, reason)
        else:
            TALLY.closes[code] += 1
            self._socket.end(code, reason)

    def abort(self) -> None:
        """Drop the connection with all that it has not taken."""
        self._closed = True
        self._transport.abort()
