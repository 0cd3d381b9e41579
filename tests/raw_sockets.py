"""A websocket client on a bare socket: it reads when told to, and can stop, reset and vanish.

Also uvicorn with our protocol class inside the test's own loop, so that tests reach its ports.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from bench.viewers import CLOSE, PING, PONG, TEXT, client_frame, handshake, take_frame
from sync.sockets import SocketProtocol

HOST = "127.0.0.1"
SMALL_BUFFER_BYTES = 4096
"""Of the kernel, so that a peer who stops reading is felt soon."""
QUIET_S = 0.08
"""Longer than the 40 ms for which a kernel may keep back an acknowledgement."""
POLL_S = 0.005
PATIENCE_S = 5.0

App = Callable[[Any, Any, Any], Awaitable[None]]


class RawClient:
    """One websocket, unmasked to the bone."""

    def __init__(self, port: int, *, host: str = HOST, small: bool = False) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect((host, port))
        self.texts: list[str] = []
        self.pings: list[bytes] = []
        self.pongs: list[bytes] = []
        self.close_code: int | None = None
        self.over = False
        self.reading = True
        self.status = ""
        self.after_close = 0
        self._buffer = b""

    def ask(self, path: str = "/ws/sync/") -> None:
        self.socket.sendall(handshake(path, self.socket.getpeername()[1]))

    def send(self, text: str, *, opcode: int = TEXT) -> None:
        self.socket.sendall(client_frame(opcode, text.encode()))

    def take(self) -> bool:
        """Take what has come, without waiting; whether anything had."""
        self.socket.setblocking(False)
        try:
            data = self.socket.recv(1 << 20)
        except BlockingIOError:
            return False
        except ConnectionError:
            data = b""
        finally:
            self.socket.settimeout(PATIENCE_S)
        self.over = self.over or not data
        self._buffer += data
        self._parse()
        return bool(data)

    async def drain(self) -> None:
        """Until the socket has been quiet for a moment; a client that does not read only waits."""
        quiet_s = 0.0
        while quiet_s < QUIET_S:
            if self.reading and self.take():
                quiet_s = 0.0
            else:
                quiet_s += POLL_S
            await asyncio.sleep(POLL_S)

    def listen(self, seconds: float) -> bool:
        """Block for at most so long; whether anything came."""
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(1 << 20)
        except TimeoutError:
            return False
        except ConnectionError:
            data = b""
        self.over = self.over or not data
        self._buffer += data
        self._parse()
        return bool(data)

    def vanish(self) -> None:
        """Reset the connection, as a machine does that lost its power and came back."""
        linger = struct.pack("ii", 1, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.close()
        self.reading = False

    def _parse(self) -> None:
        start = 0
        if not self.status:
            head, found, _ = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            self.status = head.split(b"\r\n")[0].decode()
            start = len(head) + 4
        while (frame := take_frame(self._buffer, start)) is not None:
            opcode, payload, start = frame
            self._saw(opcode, payload)
        self._buffer = self._buffer[start:]

    def _saw(self, opcode: int, payload: bytes) -> None:
        if self.close_code is not None:
            self.after_close += 1
        if opcode == TEXT:
            self.texts.append(payload.decode())
        elif opcode == PING:
            self.pings.append(payload)
            self.socket.sendall(client_frame(PONG, payload))
        elif opcode == PONG:
            self.pongs.append(payload)
        elif opcode == CLOSE:
            self.close_code = int.from_bytes(payload[:2]) if payload else 1005
            self.socket.sendall(client_frame(CLOSE, payload[:2]))


async def until(done: Callable[[], bool]) -> None:
    """Let the loop run until something is so."""
    for _ in range(round(PATIENCE_S / POLL_S)):
        if done():
            return
        await asyncio.sleep(POLL_S)
    raise AssertionError("it took too long")


@asynccontextmanager
async def uvicorn_here(app: App, **config: Any) -> AsyncIterator[tuple[int, ServerState]]:
    """uvicorn's protocol classes on a real port of the running loop; yields the port."""
    settings = uvicorn.Config(
        app,
        ws=SocketProtocol,
        http="httptools",
        ws_per_message_deflate=False,
        log_config=None,
        **config,
    )
    settings.load()
    state = ServerState()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER_BYTES)
    listener.bind((HOST, 0))
    protocol: Any = settings.http_protocol_class
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(config=settings, server_state=state, app_state={}), sock=listener
    )
    try:
        yield listener.getsockname()[1], state
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await until(lambda: not state.connections and not state.tasks)
