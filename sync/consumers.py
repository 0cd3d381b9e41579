"""The clock socket, /ws/sync/: the media clock each second; probes are answered before it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from channels.consumer import AsyncConsumer

from sync.core.bucket import Limit
from sync.core.guard import FrameGuard, Refuse
from sync.core.limits import PROBES
from sync.core.timebase import Timebase
from sync.core.wire import ClockIntent, Decoder, TimeSync, encode
from sync.ports import Send, WritePort, send_accept
from sync.refusals import carry_out

BEAT_S: Final = 1.0
"""PROTOCOL.md: `server:time` each second on this socket."""

PORTS_AT_ONCE: Final = 100
"""Then the loop does other work: telling 10,000 at once would delay everybody's probes by 0.2 s."""

Receive = Callable[[], Awaitable[dict[str, Any]]]

_decoder: Decoder[ClockIntent] = Decoder(ClockIntent)


class ClockBeat:
    """Sends `server:time` each second to every port that listens, encoded once for many.

    One task per process, which lives only while somebody listens. Belongs to one event loop.
    """

    def __init__(
        self,
        timebase: Timebase,
        utc_ms: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._timebase = timebase
        self._utc_ms = utc_ms
        self._sleep = sleep
        self._ports: set[WritePort] = set()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many listen."""
        return len(self._ports)

    def add(self, port: WritePort) -> None:
        """Tell a newcomer the time at once, then each second."""
        self._ports.add(port)
        self._tell((port,))
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def remove(self, port: WritePort) -> None:
        """Tell it no more."""
        self._ports.discard(port)
        if not self._ports and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            await self._sleep(BEAT_S)
            listening = list(self._ports)
            for first in range(0, len(listening), PORTS_AT_ONCE):
                if first:
                    await asyncio.sleep(0)
                self._tell(listening[first : first + PORTS_AT_ONCE])

    def _tell(self, ports: Iterable[WritePort]) -> None:
        frame = encode(self._timebase.server_time(self._utc_ms()), passing=True)
        for port in ports:
            port.write(frame)


class ClockConsumer(AsyncConsumer):
    """One clock socket: hears the time, may probe, never joins a room.

    Overrides Channels' own loop, which hops to the database's thread before every frame and needs a
    channel of the layer for each socket. Wants `scope["port"]` from the ProbeWrapper.
    """

    def __init__(self, timebase: Timebase, limits: Mapping[str, Limit], beat: ClockBeat) -> None:
        self._timebase = timebase
        self._beat = beat
        self._guard = FrameGuard(_decoder, limits, timebase.now_ms())

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Accept, then read until the socket is over."""
        self._port: WritePort = scope["port"]
        await receive()
        await send_accept(send, scope)
        self._beat.add(self._port)
        try:
            while (event := await receive())["type"] == "websocket.receive":
                self._hear(event.get("text"), event.get("bytes"))
        finally:
            self._beat.remove(self._port)

    def _hear(self, text: str | None, data: bytes | None) -> None:
        now_ms = self._timebase.now_ms()
        if self._port.closed:
            return
        message = self._guard.read(text, data, now_ms)
        if isinstance(message, Refuse):
            carry_out(message, self._port)
        elif isinstance(message, TimeSync):
            self._answer(message, now_ms)

    def _answer(self, probe: TimeSync, received_at_ms: float) -> None:
        """A probe spelled so oddly that the wrapper did not know it; its later T2 is still true."""
        refusal = self._guard.limit(PROBES, received_at_ms)
        if refusal is not None:
            carry_out(refusal, self._port)
        else:
            self._port.write(encode(self._timebase.answer(probe, received_at_ms)))
