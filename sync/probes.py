"""Answers clock probes before anything else on a socket can delay them: the outermost ASGI wrapper.

Why here: Channels reads the next frame only when a consumer is done with the last one, which biased
probes by 3 to 4 ms; a receive pump of its own stamps T2 on arrival (research/sync.md, section 1).
Where the server lets us at its socket (sync/sockets.py), no pump is needed: T2 is stamped while the
bytes are read, and an idle socket costs no task of ours.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from sync.core.bucket import Limit
from sync.core.guard import Limiter
from sync.core.limits import PROBES
from sync.core.timebase import Timebase
from sync.core.wire import (
    MAX_FRAME_BYTES,
    BadFrame,
    CloseCode,
    Decoder,
    Frame,
    TimeSync,
    encode,
)
from sync.ports import AsgiPort, Send, WritePort
from sync.refusals import carry_out
from sync.transport_port import EXTENSION, RawSocket

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

_PROBE_MARK: Final = b'"time:sync"'
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
        answers = _Answers(self._timebase, self._limits)
        extension = (scope.get("extensions") or {}).get(EXTENSION)
        if extension is not None:
            direct = _DirectSocket(answers, extension["socket"], send)
            await direct.serve(self._app, scope, receive)
        else:
            await _ProbedSocket(answers, receive, send).serve(self._app, scope)


class _Answers:
    """What one socket's probes are answered."""

    __slots__ = ("_limiter", "_timebase")

    def __init__(self, timebase: Timebase, limits: Mapping[str, Limit]) -> None:
        self._timebase = timebase
        self._limiter = Limiter(limits)

    @property
    def now_ms(self) -> float:
        return self._timebase.now_ms()

    def to(self, data: bytes, received_at_ms: float, port: WritePort) -> Frame | bool:
        """The answer to send; True: dealt with, there is none; False: this is no probe."""
        if _PROBE_MARK not in data or len(data) > MAX_FRAME_BYTES:
            return False
        try:
            probe = _decoder.decode(data)
        except BadFrame:
            return False
        if port.closed:
            return True
        refusal = self._limiter.take(PROBES, received_at_ms)
        if refusal is not None:
            carry_out(refusal, port)
            return True
        return encode(self._timebase.answer(probe, received_at_ms))


class _DirectSocket:
    """One socket of a server that shows us its transport: the app runs, and no task of ours."""

    __slots__ = ("_answers", "_send", "_socket")

    def __init__(self, answers: _Answers, socket: RawSocket, send: Send) -> None:
        self._answers = answers
        self._socket = socket
        self._send = send

    async def serve(self, app: App, scope: Scope, receive: Receive) -> None:
        port = self._socket.port
        try:
            await app({**scope, "port": port}, receive, self._send_for_app)
        except Exception:
            if port.is_open:  # before, it is the server that says no
                port.close(CloseCode.INTERNAL, "internal fault")
            raise
        finally:
            self._socket.hear = None

    async def _send_for_app(self, event: Event) -> None:
        port = self._socket.port
        if event["type"] == "websocket.close" and port.is_open:
            port.close(event.get("code") or CloseCode.LEFT, event.get("reason") or "")
            return
        await self._send(event)
        if event["type"] == "websocket.accept":
            port.opened()
            self._socket.hear = self._heard

    def _heard(self, data: bytes) -> bool:
        """A text message has arrived. Never waits; whether it was a probe, and is dealt with."""
        received_at_ms = self._answers.now_ms
        port = self._socket.port
        answer = self._answers.to(data, received_at_ms, port)
        if isinstance(answer, Frame):
            port.write(answer)
            return True
        return answer


class _ProbedSocket:
    """One socket: a task that reads, a task that writes, and the app in the server's own task."""

    def __init__(self, answers: _Answers, receive: Receive, send: Send) -> None:
        self._answers = answers
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
                received_at_ms = self._answers.now_ms
                while await self._answered(event, received_at_ms):
                    event = await self._receive()
                    received_at_ms = self._answers.now_ms
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
        if text is None:
            return False
        answer = self._answers.to(text.encode(errors="replace"), received_at_ms, self._port)
        if not isinstance(answer, Frame):
            return answer
        try:
            await self._send({"type": "websocket.send", "text": answer.text})
        except Exception:  # noqa: BLE001 - each server has its own word for "the peer has gone";
            _logger.debug("a probe's sender has gone")  # its disconnect is what we read next.
        return True

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
