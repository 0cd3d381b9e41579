"""The rival: a party as the Channels tutorial builds it, one group member for each socket.

Every cursor is one `group_send`, each socket's consumer gets a message of its own and encodes its
own JSON. No validation, no limits, no permissions: it does less than ours in every other respect.
"""

import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

GROUP: Final = "bench"


class NaiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """One socket, one member of the group."""

    async def connect(self) -> None:
        self.user_id = secrets.token_hex(8)
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = json.loads(text_data or "null")
        if message["type"] == "cursor:move":
            cursor = {
                "userId": self.user_id,
                "x": message["x"],
                "y": message["y"],
                "timestamp": time.time() * 1000,
            }
            await self.channel_layer.group_send(GROUP, {"type": "cursor", "cursor": cursor})
        elif message["type"] == "room:join":
            await self.send(text_data=json.dumps({"type": "room:joined"}))

    async def cursor(self, event: dict[str, Any]) -> None:
        """What `group_send` calls for each member."""
        frame = {"type": "cursors:batch", "cursors": [event["cursor"]]}
        await self.send(text_data=json.dumps(frame))


_router = ProtocolTypeRouter({"websocket": URLRouter([path("ws/party/", NaiveConsumer.as_asgi())])})


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """The router, and the lifespan that our server insists on."""
    if scope["type"] != "lifespan":
        await _router(scope, receive, send)
        return
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
