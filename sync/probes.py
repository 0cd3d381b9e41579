"""Answers clock probes before anything else on a socket can delay them: the outermost ASGI wrapper.

Why here: Channels reads the next frame only when a consumer is done with the last one, which biased
probes by 3 to 4 ms; a receive pump of its own stamps T2 on arrival (research/sync.md, section 1).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from sync.core.bucket import Limit
from sync.core.guard import Limiter, is_too_large
from sync.core.limits import PROBES
from sync.core.timebase import Timebase
from sync.core.wire import BadFrame, CloseCode, Decoder, TimeSync, encode
from sync.ports import AsgiPort, Send
from sync.refusals import carry_out

MAX_WAITING_FRAMES: Final = 256
"""Frames read ahead of the app: four seconds of their limit. When full, reading stops."""

FAREWELL_S: Final = 1.0
"""How long after the last write the server may take to report the end by itself."""

APP_GRACE_S: Final = 10.0
"""How long an app may take to return once it was told that its socket is over."""

Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_PROBE_MARK: Final = '"time:sync"'
_decoder: Decoder[TimeSync] = Decoder(TimeSync)
_logger = logging.getLogger(__name__)


class ProbeWrapper:
    """ASGI wrapper around the routing of sockets; other scopes pass untouched.

    The app finds its write port in `scope["port"]`. It sends `websocket.accept` (or refuses) with
    the `send` it is given, then writes and closes through the port; its `receive` is as ever, only
    without the probes. A frame that merely looks like a probe is passed on, to be refused there.
    """

    def __init__(self, app: App, timebase: Timebase, limits: Mapping[str, Limit]) -> None:
        self._app = app
        self._timebase = timebase
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        socket = _ProbedSocket(self._timebase, self._limits, receive, send)
        await socket.serve(self._app, scope)


class _ProbedSocket:
    """One socket: a task that reads, a task that writes, and the app in the server's own task."""

    def __init__(
        self, timebase: Timebase, limits: Mapping[str, Limit], receive: Receive, send: Send
    ) -> None:
        self._timebase = timebase
        self._limiter = Limiter(limits)
        self._receive = receive
        self._send = send
        self._port = AsgiPort(send)
        self._accepted = asyncio.Event()
        self._waiting: asyncio.Queue[Event] = asyncio.Queue()
        self._vacancies = asyncio.Semaphore(MAX_WAITING_FRAMES)
        self._writer: asyncio.Task[None] | None = None
        self._farewell: asyncio.TimerHandle | None = None

    async def serve(self, app: App, scope: Scope) -> None:
        self._reader = asyncio.create_task(self._read())
        try:
            async with asyncio.timeout(None) as self._deadline:
                await app({**scope, "port": self._port}, self._next, self._send_for_app)
        except asyncio.CancelledError:
            self._port.gone()
            raise
        except Exception:
            if not self._deadline.expired():
                self._port.close(CloseCode.INTERNAL, "internal fault")
                raise
            _logger.warning("an app ignored the end of its socket: %s", scope.get("path"))
        finally:
            await self._finish()

    # -- Reading

    async def _read(self) -> None:
        try:
            while True:
                await self._vacancies.acquire()
                event = await self._receive()
                received_at_ms = self._timebase.now_ms()
                while await self._answered(event, received_at_ms):
                    event = await self._receive()
                    received_at_ms = self._timebase.now_ms()
                self._waiting.put_nowait(event)
                if event["type"] == "websocket.disconnect":
                    self._port.gone()
                    return
        except Exception:
            _logger.exception("reading a socket failed")
            self._tell_app_it_is_over()

    async def _answered(self, event: Event, received_at_ms: float) -> bool:
        """Whether the event was a probe, and is dealt with."""
        if event["type"] != "websocket.receive":
            return False
        await self._accepted.wait()
        text = event.get("text")
        if text is None or _PROBE_MARK not in text or is_too_large(text):
            return False
        try:
            probe = _decoder.decode(text)
        except BadFrame:
            return False
        if not self._port.closed:
            await self._answer(probe, received_at_ms)
        return True

    async def _answer(self, probe: TimeSync, received_at_ms: float) -> None:
        refusal = self._limiter.take(PROBES, received_at_ms)
        if refusal is not None:
            carry_out(refusal, self._port)
            return
        answer = encode(self._timebase.answer(probe, received_at_ms))
        try:
            await self._send({"type": "websocket.send", "text": answer.text})
        except Exception:  # noqa: BLE001 - each server has its own word for "the peer has gone";
            _logger.debug("a probe's sender has gone")  # its disconnect is what we read next.

    async def _next(self) -> Event:
        event = await self._waiting.get()
        self._vacancies.release()
        return event

    # -- Writing

    async def _send_for_app(self, event: Event) -> None:
        if event["type"] == "websocket.close" and self._accepted.is_set():
            self._port.close(event.get("code") or CloseCode.LEFT, event.get("reason") or "")
            return
        await self._send(event)
        if event["type"] == "websocket.accept":
            self._accepted.set()
            self._writer = asyncio.create_task(self._port.run())
            self._writer.add_done_callback(self._written)

    # -- Ending

    def _written(self, _: asyncio.Task[None]) -> None:
        """Nothing more can be sent: the app's time is over, whatever the server reports."""
        loop = asyncio.get_running_loop()
        self._farewell = loop.call_later(FAREWELL_S, self._tell_app_it_is_over)
        self._deadline.reschedule(loop.time() + FAREWELL_S + APP_GRACE_S)

    def _tell_app_it_is_over(self) -> None:
        if not self._reader.done():
            self._reader.cancel()
            self._waiting.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def _finish(self) -> None:
        """Let the port send what it still holds (it gives up by itself); leave no task behind."""
        if self._writer is None or not self._port.closed:
            self._port.gone()
        try:
            if self._writer is not None:
                self._writer.remove_done_callback(self._written)
                await asyncio.wait({self._writer})
        finally:
            self._port.gone()
            if self._farewell is not None:
                self._farewell.cancel()
            self._reader.cancel()
        await asyncio.wait({self._reader})
