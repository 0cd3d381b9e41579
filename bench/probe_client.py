"""A client that knows the truth: its clock is the oscillator that the media clock counts."""

import base64
import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from bench.host_clock import raw_ms
from bench.server import HOST
from bench.viewers import PING, PONG, TEXT, client_frame, take_frame

PATIENCE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Probe:
    """One exchange: T1 and T4 on the oscillator, T2 and T3 on the media clock."""

    t1_ms: float
    t2_ms: float
    t3_ms: float
    t4_ms: float
    error_ms: float | None = None
    """By how much the server says that its media clock may be wrong, where that was noted."""

    @property
    def delay_ms(self) -> float:
        """The round trip without the server's own time."""
        return self.t4_ms - self.t1_ms - (self.t3_ms - self.t2_ms)

    @property
    def bound_ms(self) -> float:
        """By how much `bias_ms` may be wrong, as far as the server knows itself."""
        return (self.error_ms or 0.0) + self.delay_ms / 2

    def bias_ms(self, base_ms: float) -> float:
        """What the exchange makes of the media clock, minus what it is."""
        return (self.t2_ms - self.t1_ms + self.t3_ms - self.t4_ms) / 2 - base_ms


class ProbeClient:
    """One socket that asks for the time and waits for the answer."""

    def __init__(self, port: int, path: str = "/ws/sync/") -> None:
        self._socket = socket.create_connection((HOST, port), timeout=PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        self._buffer = b""
        self._read_head()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def probe(self, before: bytes = b"") -> Probe:
        """Ask once; `before` is sent in the same segment, ahead of the question."""
        t1_ms = raw_ms()
        question = {"type": "time:sync", "clientTimestamp": round(t1_ms, 3)}
        self._socket.sendall(before + client_frame(TEXT, json.dumps(question).encode()))
        while True:
            payload, t4_ms = self._next_text()
            answer = json.loads(payload)
            if answer["type"] == "time:sync:response":
                t2_ms, t3_ms = answer["serverReceiveTime"], answer["serverSendTime"]
                return Probe(t1_ms, t2_ms, t3_ms, t4_ms, answer["errorMs"])

    def probe_again(self, count: int, every_s: float, before: bytes = b"") -> list[Probe]:
        """Ask so often, at fixed instants."""
        began_s = time.monotonic()
        probes = []
        for number in range(count):
            time.sleep(max(began_s + number * every_s - time.monotonic(), 0))
            probes.append(self.probe(before))
        return probes

    def probe_until(self, such: Callable[[Probe], bool], within_s: float = PATIENCE_S) -> Probe:
        """Ask until an exchange is as good as that, however busy the machine is.

        Raises TimeoutError when none was.
        """
        until_s, every_s = time.monotonic() + within_s, 0.1  # a server answers ten a second
        while not such(probe := self.probe()):
            if time.monotonic() > until_s:
                raise TimeoutError(f"no exchange was good enough, the last: {probe}")
            time.sleep(every_s)
        return probe

    def next_text(self) -> bytes:
        """What the server says next."""
        return self._next_text()[0]

    def _read_head(self) -> None:
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError(head.partition(b"\r\n")[0].decode(errors="replace"))

    def _next_text(self) -> tuple[bytes, float]:
        while True:
            opcode, payload, arrived_ms = self._next_frame()
            if opcode == TEXT:
                return payload, arrived_ms
            if opcode == PING:
                self._socket.sendall(client_frame(PONG, payload))

    def _next_frame(self) -> tuple[int, bytes, float]:
        arrived_ms = raw_ms()
        while (frame := take_frame(self._buffer, 0)) is None:
            arrived_ms = self._receive()
        opcode, payload, end = frame
        self._buffer = self._buffer[end:]
        return opcode, payload, arrived_ms

    def _receive(self) -> float:
        data = self._socket.recv(1 << 16)
        arrived_ms = raw_ms()
        if not data:
            raise ConnectionError("the server closed the socket")
        self._buffer += data
        return arrived_ms
