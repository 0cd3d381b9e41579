"""The way between servers: this process' one membership in a room's Channels group."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol

from sync.core.wire import Frame
from sync.log_ids import context_of
from sync.tally import TALLY
from watchparty.hub.layer import group_of
from watchparty.store.base import StoreUnavailable

MESSAGE_TYPE: Final = "room.relay"

PATIENCE_S: Final = 0.5
"""DESIGN section 6: every call to Redis is bounded."""

MAX_UNSENT: Final = 512
"""Messages of a room that wait for a slow layer; then the oldest is dropped, and heals by seq."""

RETRY_S: Final = 0.5
"""Pause after a layer that failed, so that a broken one is not asked without end."""

logger = logging.getLogger(__name__)


class ChannelLayer(Protocol):
    """The part of a Channels layer that a relay uses."""

    async def new_channel(self, prefix: str = ...) -> str:
        """A channel of our own."""
        ...

    async def group_add(self, group: str, channel: str) -> None:
        """Hear what is sent to a group."""
        ...

    async def group_discard(self, group: str, channel: str) -> None:
        """Hear it no more."""
        ...

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Send to every channel of a group, at most once."""
        ...

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message of a channel."""
        ...


class Relay:
    """One room's link to the other servers that hold it.

    Frames go out as they were encoded, one layer message for each batch, and are passed on by the
    receiver unparsed; only news of members is read. `alone` (a single process) publishes nothing:
    there is nobody to hear it, and the in-memory layer scans all its channels at every send.
    """

    def __init__(
        self,
        layer: ChannelLayer,
        slug: str,
        instance: str,
        *,
        alone: bool,
        on_ordered: Callable[[str, int, Frame], None],
        on_passing: Callable[[Frame], None],
        on_presence: Callable[[str, Frame], None],
    ) -> None:
        self._layer = layer
        self._slug = slug
        self._group = group_of(slug)
        self._instance = instance
        self._alone = alone
        self._on_ordered = on_ordered
        self._on_passing = on_passing
        self._on_presence = on_presence
        self._channel: str | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MAX_UNSENT)
        self._ailing = False

    async def join(self) -> None:
        """Become the one member of the room's group for this process; again changes nothing.

        A layer that does not answer in time raises StoreUnavailable, unless this process is alone:
        then the layer has nothing to tell, and the room opens without it.
        """
        if self._tasks:
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                self._channel = await self._layer.new_channel()
                await self._layer.group_add(self._group, self._channel)
        except Exception as problem:
            self._channel = None
            if not self._alone:
                raise StoreUnavailable(f"{self._group}: the layer does not answer") from problem
            logger.warning("%s: the channel layer does not answer", self._group)
            return
        work = [self._receive(self._channel)]
        if not self._alone:
            work.append(self._send())
        self._tasks = [asyncio.create_task(one, context=context_of(self._slug)) for one in work]

    async def leave(self) -> None:
        """Give the membership up; a layer that does not answer forgets it by itself."""
        for task in self._tasks:
            task.cancel()
        if self._channel is None:
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._layer.group_discard(self._group, self._channel)
        except Exception:  # noqa: BLE001 - whatever it is, the room ends all the same
            logger.warning("%s: the channel layer does not let go", self._group)

    def publish_ordered(self, epoch: str, seq: int, frame: Frame) -> None:
        """Tell the other servers of an ordered event; returns at once."""
        self._publish({"kind": "ordered", "epoch": epoch, "seq": seq, "frame": frame.data})

    def publish_passing(self, frame: Frame) -> None:
        """Pass a batch on to the other servers; returns at once."""
        self._publish({"kind": "passing", "frame": frame.data, "lossy": frame.passing})

    def publish_presence(self, frame: Frame) -> None:
        """Tell the other servers of a member of ours; they read it. Returns at once."""
        self._publish({"kind": "presence", "frame": frame.data})

    def _publish(self, message: dict[str, Any]) -> None:
        if self._alone:
            return
        if self._outbox.full():
            self._outbox.get_nowait()
            TALLY.relay_dropped += 1
        self._outbox.put_nowait({"type": MESSAGE_TYPE, "origin": self._instance, **message})

    async def _send(self) -> None:
        while True:
            message = await self._outbox.get()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._layer.group_send(self._group, message)
                self._ailing = False
            except Exception:  # ordered events heal by seq, passing ones by the next
                if not self._ailing:  # it is told once, not for each batch of an outage
                    self._ailing = True
                    logger.exception("%s: the channel layer did not take a message", self._group)

    async def _receive(self, channel: str) -> None:
        while True:
            try:
                self._hear(await self._layer.receive(channel))
            except Exception:
                logger.exception("%s: hearing the other servers failed", self._group)
                await asyncio.sleep(RETRY_S)

    def _hear(self, message: dict[str, Any]) -> None:
        if message.get("type") != MESSAGE_TYPE or message["origin"] == self._instance:
            return
        if message["kind"] == "ordered":
            self._on_ordered(message["epoch"], message["seq"], Frame(message["frame"]))
        elif message["kind"] == "presence":
            self._on_presence(message["origin"], Frame(message["frame"]))
        else:
            self._on_passing(Frame(message["frame"], passing=message["lossy"]))
