"""A viewer on a raw WebSocket who behaves as a browser does, and remembers all of it."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, Protocol, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.protocol import State
from websockets.typing import Origin

from tests.cluster import coming_back
from tests.cluster.asking import Asking
from tests.cluster.known_clock import KnownClock
from tests.cluster.ordering import Message, Ordering, Position, is_ordered, position_of
from tests.cluster.seen import RoomSeen
from tests.cluster.timeline import Timeline, described

PATIENCE_S = 10.0
QUICK_MS = 2.0
"""A round trip that says where the media clock stands to half of it."""
PROBES_MOST = 60
"""Until one is so quick, with a pause after each: a server answers ten a second."""
PROBE_PAUSE_S = 0.1
SYNC_AGAIN_S = 2.0
"""A `room:sync` that brought no snapshot was lost."""

_numbers = count(1)


class Place(Protocol):
    """Where viewers come in: a server, or what stands before several."""

    url: str


Places = Place | Sequence[Place]


def asked_as(ref: str) -> Callable[[Message], bool]:
    """For `until`: the answer to this intent."""
    return lambda message: message.get("ref") == ref


def is_of(viewer: "Viewer") -> Callable[[Message], bool]:
    """For `until`: news of this viewer."""
    return lambda message: bool(message["userId"] == viewer.id)


class Viewer:
    """One tab. Comes back after every loss, as long as the server does not send it away.

    Each viewer has an address of its own of this machine, as real ones have: what counts by
    address counts each for itself.
    """

    def __init__(
        self,
        places: Places,
        name: str,
        room: str = "demo",
        *,
        cookie: str = "",
        tab: str = "",
        address: str = "",
        query: str = "",
        comes_back: bool = True,
        **join: Any,
    ) -> None:
        """Of several places the next one is tried after each loss. `join` goes into `room:join`."""
        number = next(_numbers)
        self.name = name
        self.room = room
        self.timeline = Timeline()
        self.order = Ordering()
        self.seen = RoomSeen()
        self.messages: list[Message] = []
        """Every frame that came, over all connections."""
        self.applied: list[Message] = []
        """Every ordered event, in the order of application."""
        self.texts: dict[Position, str] = {}
        """The bytes of each ordered event that came by itself."""
        self.me: Message = {}
        """The User that it is here, as it last heard."""
        self.close_code: int | None = None
        """Of the last connection; None while none has ended."""
        self.is_joined = False
        self.is_gone = False
        """Whether it stays away for good."""
        self._places = [places] if not isinstance(places, Sequence) else list(places)
        self._address = address or f"127.1.{number // 250 % 250}.{number % 250 + 1}"
        self._comes_back = comes_back
        self._query = query or f"?room={room}"
        self._again = 0
        self._cookie = cookie
        tab = tab or f"tab-of-{name}-0123"
        self._join = {"type": "room:join", "roomId": room, "name": name, "tab": tab, **join}
        self._chance = random.Random(f"{name} {number}")
        self._refs = count(1)
        self._asking = Asking(self.timeline, self._send_joined, self._chance.random)
        self._socket: ClientConnection | None = None
        self._reachable = asyncio.Event()
        self._reachable.set()
        self.clock = KnownClock()
        self._retry_in_ms: float | None = None
        self._living: asyncio.Task[None] | None = None
        self._handles: dict[str, asyncio.TimerHandle] = {}

    @classmethod
    async def join(cls, places: Places, name: str, *room: str, **how: Any) -> Self:
        """A viewer who has been let in. Raises AssertionError if not."""
        viewer = cls(places, name, *room, **how)
        await viewer.come_in()
        return viewer

    def come(self) -> None:
        """Open the socket, and be there from now on."""
        self._living = asyncio.create_task(self._live(), name=f"viewer {self.name}")

    async def come_in(self) -> None:
        """Come, and be let in. Raises AssertionError if not."""
        self.come()
        await self.until("room:joined")

    async def end(self) -> None:
        """Close the tab."""
        if self._living is not None:
            self._living.cancel()
            await asyncio.gather(self._living, return_exceptions=True)

    # -- What it knows -------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """Its user id."""
        return str(self.me["id"])

    @property
    def person(self) -> str:
        """Its public person."""
        return str(self.me["person"])

    @property
    def instance(self) -> str:
        """The server that holds its socket, or held the last one."""
        return str(self.me["instance"])

    @property
    def controls(self) -> list[Message]:
        """Every `video:state`, as it came."""
        return self.heard("video:state")

    def heard(self, type_: str) -> list[Message]:
        """Every frame of a type."""
        return [message for message in self.messages if message["type"] == type_]

    async def end_of_socket(self, within_s: float = PATIENCE_S) -> int:
        """The code with which the socket was closed, as soon as one was."""
        await self.see(lambda: self.close_code is not None, "end of its socket", within_s)
        assert self.close_code is not None
        return self.close_code

    async def until(
        self,
        type_: str,
        such: Callable[[Message], bool] = lambda _: True,
        within_s: float = PATIENCE_S,
    ) -> Message:
        """A message of a type that is as described; one that has come already counts."""
        return await self.see(
            lambda: next(filter(such, self.heard(type_)), None), f"such a {type_}", within_s
        )

    async def see(self, look: Callable[[], Any], what: str, within_s: float = PATIENCE_S) -> Any:
        """What `look` finds in what this viewer knows, as soon as it finds anything."""
        try:
            return await self.timeline.until(look, within_s)
        except TimeoutError:
            told = "\n".join(described(entry, 0) for entry in self.timeline.entries[-20:])
            last = self.messages[-20:]
            raise AssertionError(f"{self.name} saw no {what}:\n{told}\n{last}") from None

    async def reach(self, position: Position, within_s: float = PATIENCE_S) -> None:
        """Once this ordered event has been applied, or a snapshot that holds it."""

        def is_there() -> bool:
            own = self.order.position
            return own is not None and own[0] == position[0] and own[1] >= position[1]

        await self.see(is_there, f"{position}", within_s)

    async def media_ms(self) -> float:
        """The media clock, to half of QUICK_MS: it is asked until an answer comes so quickly."""
        for _ in range(PROBES_MOST):
            if self.clock.delay_ms <= QUICK_MS:
                return self.clock.now_ms()
            await asyncio.sleep(PROBE_PAUSE_S)
            asked = len(self.heard("time:sync:response"))
            self._probe()
            await self.see(lambda: len(self.heard("time:sync:response")) > asked, "answer")  # noqa: B023
        raise AssertionError(f"no answer came within {QUICK_MS} ms: {self.clock.delay_ms:.1f} ms")

    async def meet(self, *others: "Viewer") -> None:
        """Once it has been told that these are here, at whichever server; of itself as well."""
        for other in others:
            await self.see(lambda: other.id in self._told_of(), f"{other.name}")  # noqa: B023

    # -- What it does --------------------------------------------------------------------------

    async def say(self, type_: str, **fields: Any) -> None:
        """Send a frame, whatever comes of it. Raises AssertionError where no socket is open."""
        assert self._send({"type": type_, **fields}), f"{self.name} is not connected"

    async def ask(self, type_: str, within_s: float = PATIENCE_S, **fields: Any) -> Message:
        """Send an intent until it is answered; the event. Raises Refused, Unanswered."""
        fields.setdefault("ref", f"{self.name}-{next(self._refs)}")
        return await self._asking.ask({"type": type_, **fields}, within_s)

    async def list(self) -> set[str]:
        """Names of everybody, asked anew."""
        before = len(self.heard("users:list"))
        await self.say("users:list")
        await self.until("users:list", lambda _: len(self.heard("users:list")) > before)
        listed = self.heard("users:list")[-1]
        assert listed["count"] == len(listed["users"])
        return {user["name"] for user in listed["users"]}

    def drop(self) -> None:
        """The network goes away under this one: nobody is told."""
        if self._socket is not None:
            self._socket.transport.abort()

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """The network goes away, and comes back when this is left."""
        self._reachable.clear()
        self.drop()
        yield
        self._reachable.set()

    def _told_of(self) -> set[str]:
        came = {str(user["id"]) for user in self.heard("user:joined")}
        for listed in (*self.heard("room:joined"), *self.heard("users:list")):
            came |= {str(user["id"]) for user in listed["users"]}
        return came

    # -- The connection ------------------------------------------------------------------------

    async def _live(self) -> None:
        attempt = 0
        for number in count():
            await self._reachable.wait()
            place = self._places[number % len(self._places)]
            began_s = asyncio.get_running_loop().time()
            code = await self._connect(place)
            lasted_s = asyncio.get_running_loop().time() - began_s
            attempt = 0 if lasted_s > coming_back.STABLE_S else attempt
            wait_s = coming_back.pause_s(code, attempt, self._retry_in_ms, self._chance)
            attempt += 1
            if wait_s is None or not self._comes_back:
                self.is_gone = True
                self.timeline.stir()
                return
            await asyncio.sleep(wait_s)

    async def _connect(self, place: Place) -> int | None:
        """One connection from its first to its last byte; the code with which it was closed."""
        headers = {"Cookie": self._cookie} if self._cookie else {}
        url = place.url.replace("http", "ws")
        try:
            async with asyncio.timeout(coming_back.CONNECT_S):
                self._socket = await connect(
                    f"{url}/ws/party/{self._query}{f'&again={self._again}' if self._again else ''}",
                    origin=Origin(place.url),
                    additional_headers=headers,
                    local_addr=(self._address, 0),
                    compression=None,
                    ping_interval=None,
                    close_timeout=1,
                    max_size=None,
                )
        except (OSError, TimeoutError, InvalidHandshake) as problem:
            if isinstance(problem, TimeoutError):
                self._again = (self._again + 1) % coming_back.AGAIN_MOST
            self.timeline.note("unreachable", seen={"place": place.url, "why": repr(problem)})
            return None
        self._again = 0
        self._retry_in_ms = None
        self.timeline.note("connected", seen={"place": place.url})
        self._send(self._join)
        self._later("join", coming_back.JOIN_S, self.drop)
        self._probe()
        try:
            with suppress(ConnectionClosed):
                async for text in self._socket:
                    self._take(str(text))
        finally:
            await self._disconnected()
        return self.close_code

    async def _disconnected(self) -> None:
        assert self._socket is not None
        socket, self._socket = self._socket, None
        self.is_joined = False
        self.order.forget_events()
        for handle in self._handles.values():
            handle.cancel()
        await socket.close()
        self.close_code = socket.close_code
        self.timeline.note("closed", seen={"code": self.close_code})

    def _later(self, what: str, wait_s: float, do: Callable[[], object]) -> None:
        self._forget(what)
        self._handles[what] = asyncio.get_running_loop().call_later(wait_s, do)

    def _forget(self, what: str) -> None:
        if what in self._handles:
            self._handles.pop(what).cancel()

    def _probe(self) -> None:
        self._send(self.clock.probe())
        self._later("probe", coming_back.PROBE_EVERY_S, self._probe)
        if "silence" not in self._handles:
            self._later("silence", coming_back.PROBE_PATIENCE_S, self._is_silent)

    def _is_silent(self) -> None:
        self.timeline.note("silent")
        self.drop()

    def _send(self, message: Message) -> bool:
        if self._socket is None or self._socket.state is not State.OPEN:
            return False
        # Written at once and never waited for, as a browser does.
        self._socket.protocol.send_text(json.dumps(message).encode())
        self._socket.send_data()
        return True

    def _send_joined(self, message: Message) -> bool:
        return self.is_joined and self._send(message)

    # -- Frames --------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        self._forget("silence")
        message: Message = json.loads(text)
        self.messages.append(message)
        match message["type"]:
            case "user:self":
                self.me = message
                self._join["ticket"] = message["ticket"]
            case "room:joined":
                self._take_snapshot(message)
            case "time:sync:response":
                self.clock.take(message)
            case "server:draining":
                self._retry_in_ms = message["retryIn"]
            case "error" | "error:ratelimit":
                self._take_error(message)
            case _ if is_ordered(message):
                self.texts.setdefault(position_of(message), text)
                self._take_event(message)
        self.timeline.stir()

    def _take_snapshot(self, joined: Message) -> None:
        self._forget("join")
        self._forget("sync")
        self.seen.replace(joined)
        if "videoState" in joined:
            if self.is_joined:
                self.timeline.note("shown", seen=joined)
            self._apply(self.order.replace(position_of(joined)))
        for event in joined.get("events", ()):
            self._take_event(event)
        if not self.is_joined:
            self.is_joined = True
            self.timeline.note("joined", seen=joined)
            self._asking.repeat_all()
        self._stay_abreast()

    def _take_event(self, event: Message) -> None:
        self._asking.heard(event, self.me["id"])
        self._apply(self.order.offer(event))
        self._stay_abreast()

    def _apply(self, events: Sequence[Message]) -> None:
        for event in events:
            self.seen.apply(event)
            self.applied.append(event)
            self.timeline.note("applied", event.get("ref"), event)
        if self.order.position is not None:
            epoch, seq = self.order.position
            self._join["resume"] = {"epoch": epoch, "seq": seq}

    def _stay_abreast(self) -> None:
        """What was missed is asked for, and asked for again where no answer comes."""
        if not self.order.is_behind:
            self._forget("sync")
        elif self.is_joined and "sync" not in self._handles:
            self.timeline.note("behind")
            self._sync()

    def _sync(self) -> None:
        self._send({"type": "room:sync"})
        self._later("sync", SYNC_AGAIN_S, self._sync)

    def _take_error(self, error: Message) -> None:
        if self._asking.refused(error) or self.is_joined:
            return
        if error["type"] == "error:ratelimit" and error["action"] == "roomJoin":
            self._later("join", error["retryIn"] / 1000, lambda: self._send(self._join))
        elif error.get("code") in ("unavailable", "internal"):
            self.drop()
