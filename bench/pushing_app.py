"""An app that pushes: whoever connects gets every frame of a flood, which the first word begins.

For tests and benchmarks of the production server with readers that read nothing.
"""

import asyncio
import json
import time
from typing import Any

from sync.apps import sync_config
from sync.core.wire import Frame
from sync.ports import WritePort
from sync.probes import ProbeWrapper

FRAME_BYTES = 10_000
BURST = 5
PAUSE_S = 0.001

_ports: set[WritePort] = set()
_floods: set[asyncio.Task[None]] = set()


async def _socket(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    _ports.add(scope["port"])
    try:
        while (event := await receive())["type"] == "websocket.receive":
            task = asyncio.create_task(_flood(int(event["text"])))
            _floods.add(task)
            task.add_done_callback(_floods.discard)
    finally:
        _ports.discard(scope["port"])


async def _flood(count: int) -> None:
    filling = "x" * FRAME_BYTES
    for n in range(count):
        at_s = time.monotonic()
        frame = Frame(json.dumps({"n": n, "at": at_s, "filling": filling}).encode())
        for port in list(_ports):
            port.write(frame)
        if n % BURST == BURST - 1:
            await asyncio.sleep(PAUSE_S)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Sockets, and the lifespan that our server insists on."""
    if scope["type"] == "websocket":
        clock = sync_config()
        await ProbeWrapper(_socket, clock.timebase, clock.limits)(scope, receive, send)
        return
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
