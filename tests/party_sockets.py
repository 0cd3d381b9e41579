"""The party's real ASGI stack, from the Origin wall to the hub, and guests with sockets to it.

For tests marked `virtual_time`, like party_rig.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from sync.core.limits import DEFAULT_LIMITS
from sync.core.timebase import Timebase
from sync.core.wire import CloseCode
from sync.probes import ProbeWrapper
from sync.walls import AddressWall, OriginWall
from tests.party_rig import Message, Party, later
from tests.rooms import NOW_MS
from watchparty.hub.hub import Hub
from watchparty.identity import COOKIE_NAME, sign_person
from watchparty.routing import websocket_urlpatterns

HOST = "party.example"
NO_COOKIE = "no cookie"
VIRTUAL_BEGIN_MS = 1_000_000.0
ABOUT_PEOPLE = ("user:joined", "user:left", "cursor:remove")


def media_clock() -> Timebase:
    """The same media clock as party_rig's."""
    loop = asyncio.get_running_loop()
    return Timebase(lambda: round(loop.time() * 1e9), NOW_MS - VIRTUAL_BEGIN_MS)


def stack(hub: Hub) -> Any:
    """As config.asgi joins it."""
    timebase = media_clock()
    routes = URLRouter(websocket_urlpatterns(hub, timebase, DEFAULT_LIMITS))
    probed = ProbeWrapper(routes, timebase, DEFAULT_LIMITS)
    return OriginWall(AddressWall(probed, timebase.now_ms), allowed_hosts=[HOST])


class Guest:
    """A browser's end of one socket."""

    def __init__(
        self,
        app: Any,
        name: str,
        *,
        cookie: str | None = None,
        session: str | None = None,
        offers: Sequence[str] = (),
        origin: str = f"http://{HOST}",
        path: str = "/ws/party/?room=demo",
    ) -> None:
        self.name = name
        signed = sign_person(f"person-of-{name}") if cookie is None else cookie
        headers = [(b"host", HOST.encode()), (b"origin", origin.encode())]
        if cookie != NO_COOKIE:
            headers.append((b"cookie", f"theme=day; {COOKIE_NAME}={signed}".encode()))
        if session is not None:
            headers.append((b"cookie", f"sessionid={session}".encode()))
        self._socket = WebsocketCommunicator(app, path, headers, list(offers))
        self.messages: list[Message] = []
        self.accepted = False
        self.agreed: str | None = None
        """The subprotocol that the server chose."""
        self.closed_with: int | None = None
        self._read = 0

    async def connect(self) -> None:
        await self._socket.send_input({"type": "websocket.connect"})
        await self.listen()

    async def say(self, type_: str, **fields: Any) -> None:
        await self.send(json.dumps({"type": type_} | fields))

    async def send(self, text: str) -> None:
        await self._socket.send_input({"type": "websocket.receive", "text": text})
        await self.listen()

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_input({"type": "websocket.receive", "bytes": data})
        await self.listen()

    async def join(self, room: str = "demo", **fields: Any) -> None:
        await self.say("room:join", **{"roomId": room, "name": self.name} | fields)

    async def listen(self) -> None:
        """Take whatever has come."""
        await later()
        while not self._socket.output_queue.empty():
            event = self._socket.output_queue.get_nowait()
            match event["type"]:
                case "websocket.accept":
                    self.accepted = True
                    self.agreed = event.get("subprotocol")
                case "websocket.close":
                    self.closed_with = event.get("code", 1000)
                case "websocket.send":
                    self.messages.append(json.loads(event["text"]))

    async def hang_up(self) -> None:
        """Leave, and see the server's part of the socket end."""
        await self._socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await later()
        await self._socket.wait()

    def last(self, type_: str) -> Message:
        return [message for message in self.messages if message["type"] == type_][-1]

    def news(self) -> list[Message]:
        """What came since this was asked last, apart from people's coming and going."""
        fresh = self.messages[self._read :]
        self._read += len(fresh)
        return [message for message in fresh if message["type"] not in ABOUT_PEOPLE]


def turned_away(guest: Guest, message: str) -> None:
    """It can read why it may not come in, and is closed 4401."""
    assert guest.accepted
    told = [(answer["code"], answer["message"]) for answer in guest.messages]
    assert told == [("unauthorised", message)]
    assert guest.closed_with == CloseCode.UNAUTHORISED


def control(type_: str, **fields: Any) -> str:
    """A frame that asks for an acknowledgement."""
    return json.dumps({"type": type_, "ref": "m1"} | fields)


class Evening:
    """A server, and the guests of one test."""

    def __init__(self, party: Party) -> None:
        self.party = party
        self.hub = party.server()
        self.app = stack(self.hub)
        self.guests: list[Guest] = []

    async def guest(self, name: str, **how: Any) -> Guest:
        """Somebody with a socket."""
        guest = Guest(self.app, name, **how)
        self.guests.append(guest)
        await guest.connect()
        return guest

    async def member(self, name: str) -> Guest:
        """Somebody in the room, with the film seen as paused at 30 s of 90."""
        guest = await self.guest(name)
        await guest.join()
        assert guest.last("room:joined")
        guest.news()
        return guest

    async def untouched(self, witness: Guest) -> None:
        """Nobody else noticed anything, and all goes on as before."""
        await witness.listen()
        assert witness.news() == []
        seq = witness.last("video:state")["seq"]
        await witness.say("video:rate", rate=1.25, ref="still here")
        state = witness.last("video:state")
        assert (state["ref"], state["seq"], state["rate"]) == ("still here", seq + 1, 1.25)
        assert witness.closed_with is None

    async def close(self) -> None:
        for guest in self.guests:
            await guest.hang_up()
        await self.party.close()
