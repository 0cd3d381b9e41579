"""Servers, a store, a layer and members, without sockets: what the hub's tests play with.

For tests marked `virtual_time`: the media clock is the event loop's, and `later` passes its time.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from channels.layers import InMemoryChannelLayer

from sync.core.limits import DEFAULT_LIMITS
from sync.core.wire import Frame, ServerTime
from tests.dict_archive import DictArchive, kept
from tests.fakes import FakeClock, FakePort
from tests.faulty_store import Faults, FaultyStore
from tests.leased_store import LeasedStore, Leases
from tests.rooms import NOW_MS
from watchparty.consumers import PartyConsumer
from watchparty.core.session import Session
from watchparty.history.book import Book
from watchparty.hub.connection import Connection
from watchparty.hub.hub import Hub
from watchparty.hub.work import HubContext
from watchparty.store.base import Kept

Message = dict[str, Any]
A_MOMENT_S = 0.002
"""Long enough for everything that waits for nothing, short against every timer."""

REPEAT_AFTER_S = 0.3
"""A client's patience before it asks again."""


def media_ms() -> float:
    """The media clock: the event loop's time, from NOW_MS on."""
    return NOW_MS + (asyncio.get_running_loop().time() - 1000.0) * 1000


async def later(seconds: float = A_MOMENT_S) -> None:
    """Let time pass; on a virtual loop that takes none."""
    await asyncio.sleep(seconds)


class LossyLayer(InMemoryChannelLayer):  # type: ignore[misc]
    """An in-memory layer that loses what it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.losing = 0
        self.turns = 0
        """How many turns of the event loop joining a group takes."""
        self.sent: list[Message] = []

    async def group_add(self, group: str, channel: str) -> None:
        for _ in range(self.turns):
            await asyncio.sleep(0)
        await super().group_add(group, channel)

    async def group_send(self, group: str, message: Message) -> None:
        self.sent.append(message)
        if self.losing:
            self.losing -= 1
            return
        await super().group_send(group, message)


class Party:
    """All servers of one deployment."""

    def __init__(self, *rooms: Kept, faults: Faults | None = None, seed: int = 0) -> None:
        self.archive = DictArchive(*rooms or (kept("demo"), kept("over", closed=True)))
        self._epochs = 0
        self.faults = faults or Faults()
        self.seed = seed
        self.store = self.new_store()
        self.leases: Leases = {}
        self.layer = LossyLayer()
        self.hubs: list[Hub] = []
        self.members: list[Member] = []

    def new_store(self) -> FaultyStore:
        """A store as of a new process; without faults it is the memory store."""
        return FaultyStore(
            self.archive,
            DEFAULT_LIMITS,
            boot_id="b1",
            new_epoch=self._new_epoch,
            faults=self.faults,
            seed=self.seed,
        )

    def context(self, instance: str, *, alone: bool) -> HubContext:
        """What a server's hub stands on."""
        return HubContext(
            store=self.store if alone else LeasedStore(self.store, instance, self.leases),
            layer=self.layer,
            now_ms=media_ms,
            instance=instance,
            alone=alone,
            book=Book(instance, media_ms),
        )

    def server(self, instance: str = "s1", *, alone: bool = True) -> Hub:
        hub = Hub(self.context(instance, alone=alone), _server_time)
        hub.start()
        self.hubs.append(hub)
        return hub

    async def member(
        self, hub: Hub, name: str = "Ada", room: str = "demo", **join: Any
    ) -> "Member":
        """Somebody in a room, greeted."""
        member = self.visitor(hub, name)
        await member.join(room, **join)
        assert member.connection.user_id is not None, member.messages
        return member

    def visitor(self, hub: Hub, name: str = "Ada") -> "Member":
        """Somebody with an open socket."""
        member = Member(hub, name)
        self.members.append(member)
        return member

    async def close(self) -> None:
        """End everything, and see that nothing is left running."""
        self.store.down = False
        self.archive.problem = None
        for hub in self.hubs:
            await hub.close()
        await later()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    def _new_epoch(self) -> str:
        self._epochs += 1
        return f"e{self._epochs}"


class Socket(FakePort):
    """A port whose end, whoever asks for it, reaches the hub a moment later as it really does."""

    def __init__(self, ended: Callable[[], None], heard: Callable[[Message], None]) -> None:
        super().__init__()
        self._ended = ended
        self._heard = heard

    def write(self, frame: Frame) -> bool:
        written = super().write(frame)
        if written:
            self._heard(json.loads(frame.text))
        return written

    def close(self, code: int, reason: str = "") -> None:
        if not self.closed:
            super().close(code, reason)
            asyncio.get_running_loop().call_soon(self._ended)


class Member:
    """One tab: says things as a socket would, and keeps what it hears."""

    def __init__(self, hub: Hub, name: str, *, tab: str | None = None) -> None:
        self.hub = hub
        self.name = name
        self.tab = tab or f"tab-of-{name}"
        self.port = Socket(self._ended, self._heard)
        self.connection = Connection(
            self.port, Session(DEFAULT_LIMITS, hub.now_ms), f"person-{name}"
        )
        self._consumer = PartyConsumer(hub, FakeClock().timebase(), DEFAULT_LIMITS)
        self._read = 0
        self.repeats = False
        """Ask again, under the same `ref`, whenever a control is `unavailable`."""
        self._asked: dict[str, str] = {}
        hub.opened(self.connection)

    @property
    def id(self) -> str:
        return str(self.last("user:self")["id"])

    @property
    def messages(self) -> list[Message]:
        return self.port.messages

    @property
    def closed_with(self) -> int | None:
        return self.port.close_code

    def say(self, type_: str, **fields: Any) -> None:
        """Send one frame."""
        text = json.dumps({"type": type_} | fields)
        self._asked[fields.get("ref", "")] = text
        self._consumer._hear(self.connection, text, None)

    async def join(self, room: str = "demo", **fields: Any) -> None:
        self.say("room:join", roomId=room, **{"name": self.name, "tab": self.tab} | fields)
        await later()

    def hang_up(self) -> None:
        """The network is gone: the server notices at once."""
        self.port.close_code = self.port.close_code or 1006
        self._ended()

    def heard(self, type_: str) -> list[Message]:
        """Every message of a type so far."""
        return [message for message in self.messages if message["type"] == type_]

    def last(self, type_: str) -> Message:
        return self.heard(type_)[-1]

    def news(self) -> list[Message]:
        """What came since this was asked last."""
        fresh = self.messages[self._read :]
        self._read += len(fresh)
        return fresh

    @property
    def seqs(self) -> list[int]:
        """Numbers of the ordered events, as they came."""
        return [message["seq"] for message in self.messages if is_ordered(message)]

    @property
    def applied(self) -> list[Message]:
        """The ordered events that a client applies: none twice, none before its turn."""
        snapshot: Message | None = None
        events: list[Message] = []
        for message in self.messages:
            if message["type"] == "room:joined":
                snapshot = {"epoch": message["epoch"], "seq": message["seq"]}
                events.clear()
                assert ("events" in message) != ("videoState" in message)
            elif is_ordered(message) and snapshot is not None:
                last = events[-1] if events else snapshot
                assert message["epoch"] == last["epoch"], "another epoch without a snapshot"
                if message["seq"] > last["seq"]:
                    assert message["seq"] == last["seq"] + 1, "a gap"
                    events.append(message)
        return events

    def _ended(self) -> None:
        self.hub.closed(self.connection)

    def _heard(self, message: Message) -> None:
        if self.repeats and message.get("code") == "unavailable":
            again = self._asked[message["ref"]]
            loop = asyncio.get_running_loop()
            loop.call_later(REPEAT_AFTER_S, self._consumer._hear, self.connection, again, None)


ORDERED = (
    *("video:state", "video:waiting", "room:settings", "room:closed"),
    *("member:role", "member:control", "member:removed", "member:unbanned"),
    *("chat:message", "chat:removed"),
)


def is_ordered(message: Message) -> bool:
    return "seq" in message and message["type"] in ORDERED


def frame(number: int = 0, *, passing: bool = False) -> Frame:
    """Some frame; equal numbers mean equal bytes."""
    return Frame(json.dumps({"type": "test", "n": number}).encode(), passing=passing)


def numbers(port: FakePort) -> list[int]:
    """The numbers of the frames that a port was given."""
    return [message["n"] for message in port.messages]


def _server_time() -> ServerTime:
    return ServerTime(timestamp=media_ms(), civil_offset_ms=0.0, generation=1, error_ms=0.001)
