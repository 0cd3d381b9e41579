"""The viewers: raw WebSocket clients in one event loop, so cheap that they are not the limit."""

import asyncio
import base64
import os
import time
from array import array
from collections import Counter
from typing import Final, cast

import msgspec

from bench.server import HOST, ROOM

TEXT: Final = 0x1
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

_FINAL: Final = 0x80
_MASKED: Final = 0x80
_NO_MASK: Final = bytes(4)
"""Masking with zeros keeps the payload as it is; a server cannot tell and does the same work."""
_SHORT: Final = 126
_LONG: Final = 127

_CURSORS: Final = b'"cursors:batch"'
_JOINED: Final = b'"room:joined"'
_ERROR: Final = b'"error'
_HEAD_BYTES: Final = 32
"""The `type` of a frame stands within so many of its first bytes."""
_PER_X: Final = 1000
"""A cursor's number travels as its x: 0.001 per cursor."""


class _Cursor(msgspec.Struct):
    x: float


class _Cursors(msgspec.Struct):
    cursors: list[_Cursor]


_decoder = msgspec.json.Decoder(_Cursors)


def take_frame(buffer: bytes, start: int) -> tuple[int, bytes, int] | None:
    """Opcode, payload and end of the server's frame at `start`; None: it is not all there."""
    if len(buffer) < start + 2:
        return None
    length = buffer[start + 1]
    body = start + 2
    if length >= _SHORT:
        size_bytes = 2 if length == _SHORT else 8
        if len(buffer) < body + size_bytes:
            return None
        length = int.from_bytes(buffer[body : body + size_bytes])
        body += size_bytes
    end = body + length
    if len(buffer) < end:
        return None
    return buffer[start] & 0x0F, buffer[body:end], end


def handshake(path: str, port: int) -> bytes:
    """The request that asks a server on loopback for a websocket, without a browser's Origin."""
    return upgrade(path, f"{HOST}:{port}")


def upgrade(path: str, authority: str, origin: str | None = None) -> bytes:
    """The request that asks for a websocket of a site, named as browsers name it.

    `authority` is the Host header: host, and the port where it is not the scheme's own.
    """
    key = base64.b64encode(os.urandom(16)).decode()
    page = f"Origin: {origin}\r\n" if origin else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: Upgrade\r\n"
        f"Upgrade: websocket\r\n{page}Sec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()


def client_frame(opcode: int, payload: bytes) -> bytes:
    """A masked frame as a client sends it; for payloads of up to 64 KiB."""
    length = len(payload)
    if length < _SHORT:
        size = bytes([_MASKED | length])
    else:
        size = bytes([_MASKED | _SHORT]) + length.to_bytes(2)
    return bytes([_FINAL | opcode]) + size + _NO_MASK + payload


def cursor_move(number: int) -> bytes:
    """The frame that publishes cursor `number`."""
    return client_frame(TEXT, b'{"type":"cursor:move","x":%.3f,"y":50}' % (number / _PER_X))


class Record:
    """What all viewers of a run see, since the last `clear`."""

    def __init__(self) -> None:
        self.published_at_s: dict[int, float] = {}
        self.clear()

    def clear(self) -> None:
        """Begin anew; frames of cursors published earlier count no more."""
        self.published_at_s.clear()
        self.received: Counter[int] = Counter()
        self.latencies_ms = array("d")
        self.last_at_s = 0.0
        self.refused = 0
        self.closed = 0

    def saw(self, payload: bytes, at_s: float) -> None:
        """A viewer has received a batch of cursors."""
        for cursor in _decoder.decode(payload).cursors:
            number = round(cursor.x * _PER_X)
            published_at_s = self.published_at_s.get(number)
            if published_at_s is not None:
                self.received[number] += 1
                self.latencies_ms.append((at_s - published_at_s) * 1000)
                self.last_at_s = at_s


class Viewer(asyncio.Protocol):
    """One socket: shakes hands, joins the room, then notes every cursor when it arrives."""

    def __init__(self, name: str, record: Record) -> None:
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._name = name
        self._record = record
        self._buffer = b""
        self._shaken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        port = transport.get_extra_info("peername")[1]
        self._transport.write(handshake(f"/ws/party/?room={ROOM}", port))

    def data_received(self, data: bytes) -> None:
        """Take every whole frame; the time is that of the arrival, before any work."""
        at_s = time.perf_counter()
        buffer = self._buffer + data if self._buffer else data
        start = 0 if self._shaken else self._shake_hands(buffer)
        while self._shaken and (frame := take_frame(buffer, start)) is not None:
            opcode, payload, start = frame
            self._take(opcode, payload, at_s)
        self._buffer = buffer[start:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Count an end that nobody asked for."""
        self._record.closed += 1
        self._fail("the server closed the socket")

    def publish(self, number: int) -> None:
        """Point at the picture."""
        self._record.published_at_s[number] = time.perf_counter()
        self._transport.write(cursor_move(number))

    def say(self, frame: bytes) -> None:
        """Send a frame."""
        self._transport.write(frame)

    def leave(self) -> None:
        """Drop the socket."""
        self._transport.abort()

    def _shake_hands(self, buffer: bytes) -> int:
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return 0
        if not buffer.startswith(b"HTTP/1.1 101 "):
            self._fail(buffer.partition(b"\r\n")[0].decode(errors="replace"))
            self._transport.abort()
            return 0
        self._shaken = True
        join = {"type": "room:join", "roomId": ROOM, "name": self._name}
        self._transport.write(client_frame(TEXT, msgspec.json.encode(join)))
        return end + 4

    def _take(self, opcode: int, payload: bytes, at_s: float) -> None:
        if opcode == TEXT:
            head = payload[:_HEAD_BYTES]
            if _CURSORS in head:
                self._record.saw(payload, at_s)
            elif _JOINED in head and not self.joined.done():
                self.joined.set_result(None)
            elif _ERROR in head:
                self._record.refused += 1
                self._fail(payload.decode())
        elif opcode == PING:
            self._transport.write(client_frame(PONG, payload))
        elif opcode == CLOSE:
            self._transport.close()

    def _fail(self, why: str) -> None:
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(f"{self._name} could not join: {why}"))
