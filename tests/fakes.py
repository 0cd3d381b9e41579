"""Stand-ins for what tests must not wait for: an oscillator, a server's socket, a write port."""

import asyncio
import json
from typing import Any

from sync.core.timebase import Timebase
from sync.core.wire import Frame

NOW_MS = 1_700_000_000_000.0


class FakeClock:
    """An oscillator that moves only when told to."""

    def __init__(self) -> None:
        self.raw_ns = 5_000_000_000

    def advance(self, ms: float) -> None:
        self.raw_ns += round(ms * 1_000_000)

    def timebase(self, **kwargs: Any) -> Timebase:
        """A media clock that shows NOW_MS as long as this one stands."""
        return Timebase(lambda: self.raw_ns, NOW_MS - self.raw_ns / 1_000_000, **kwargs)


class FakeServer:
    """An ASGI server's end of one websocket."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []
        self.writable = asyncio.Event()
        self.writable.set()
        self.broken = False
        self.picky_about_codes = False
        self.receiving = False

    async def receive(self) -> dict[str, Any]:
        self.receiving = True
        try:
            return await self.incoming.get()
        finally:
            self.receiving = False

    async def send(self, event: dict[str, Any]) -> None:
        await self.writable.wait()
        if self.broken:
            raise ConnectionResetError("the peer has gone")
        if self.picky_about_codes and 1000 < event.get("code", 1000) < 3000:
            raise ValueError("invalid close code")  # as daphne does
        self.sent.append(event)

    def connect(self) -> None:
        self.incoming.put_nowait({"type": "websocket.connect"})

    def say(self, text: str) -> None:
        self.incoming.put_nowait({"type": "websocket.receive", "text": text})

    def probe(self, t1: float = 1.0) -> None:
        self.say(json.dumps({"type": "time:sync", "clientTimestamp": t1}))

    def disconnect(self, code: int = 1001) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": code})

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The frames that were sent, decoded."""
        return [json.loads(e["text"]) for e in self.sent if e["type"] == "websocket.send"]

    @property
    def close_code(self) -> int | None:
        """The code of the close frame that was sent."""
        codes = [e["code"] for e in self.sent if e["type"] == "websocket.close"]
        return codes[0] if codes else None


class FakePort:
    """A write port that keeps what it is given."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.close_code: int | None = None
        self.buffered_bytes = 0

    @property
    def closed(self) -> bool:
        return self.close_code is not None

    def write(self, frame: Frame) -> bool:
        if not self.closed:
            self.frames.append(frame)
        return not self.closed

    def close(self, code: int, reason: str = "") -> None:
        self.close_code = self.close_code or code

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(frame.text) for frame in self.frames]


async def settle() -> None:
    """Let every task run until it waits for something that only the test can give."""
    for _ in range(50):
        await asyncio.sleep(0)


def scope(path: str = "/ws/sync/", **changes: Any) -> dict[str, Any]:
    """A websocket's scope as servers make it."""
    return {
        "type": "websocket",
        "path": path,
        "headers": [(b"host", b"party.example")],
        "client": ("203.0.113.7", 50_000),
        "scheme": "ws",
        **changes,
    }
