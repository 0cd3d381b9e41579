"""An app whose every message costs 4 ms, on three ways to a socket (BENCH_APPLICATION).

`/direct`: our wrapper over our protocol class, as in production. `/pump`: the wrapper alone, with
its own reading task, as on any other server. `/consumer`: a plain Channels consumer that answers
probes itself. The first word on each socket is the media clock's base, so that a client on this
host knows the truth.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from channels.generic.websocket import AsyncWebsocketConsumer

from sync.apps import sync_config
from sync.core.limits import PROBES, parse_limits
from sync.probes import ProbeWrapper
from sync.transport_port import EXTENSION

WORK_S: Final = 0.004
BLOCKS: Final = '{"work":"blocks"}'
"""The handler holds the event loop, as parsing or a query without `await` does."""
WAITS: Final = '{"work":"waits"}'
"""The handler awaits, as a query in another thread does."""
_LIMITS: Final = parse_limits({PROBES: {"max": 1000, "burst": 1000}})

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def _work(text: str) -> None:
    if text == BLOCKS:
        time.sleep(WORK_S)  # noqa: ASYNC251 - that is the fault
    elif text == WAITS:
        await asyncio.sleep(WORK_S)


def _base() -> str:
    return json.dumps({"type": "base", "baseMs": sync_config().timebase.base_ms})


async def _handle(_scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """What stands behind the wrapper."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": _base()})
    while (event := await receive())["type"] == "websocket.receive":
        await _work(event["text"])


class BusyConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """The same, with probes among its messages: T2 is stamped when its turn comes."""

    async def connect(self) -> None:
        await self.accept()
        await self.send(text_data=_base())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        timebase = sync_config().timebase
        received_ms = timebase.now_ms()
        text = text_data or ""
        if '"time:sync"' not in text:
            await _work(text)
            return
        answer = {
            "type": "time:sync:response",
            "serverReceiveTime": received_ms,
            "serverSendTime": timebase.now_ms(),
        }
        await self.send(text_data=json.dumps(answer))


_consumer = BusyConsumer.as_asgi()


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """By path; also the lifespan that our server insists on."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    if scope["path"] == "/consumer":
        await _consumer(scope, receive, send)
        return
    if scope["path"] == "/pump":
        extensions = {name: it for name, it in scope["extensions"].items() if name != EXTENSION}
        scope = {**scope, "extensions": extensions}
    await ProbeWrapper(_handle, sync_config().timebase, _LIMITS)(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
