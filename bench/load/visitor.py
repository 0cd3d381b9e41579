"""One simulated viewer of a load: comes, thinks, acts by its behaviour, stays, and leaves."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any, Final, cast

import msgspec

from bench.load.clock import LoadClock
from bench.load.scenario import Behaviour
from bench.load.tally import Tally
from bench.viewers import CLOSE, PING, PONG, TEXT, client_frame, take_frame
from sync.core.wire import TimeSync
from watchparty.core.protocol import (
    EMOJI,
    ChatSend,
    CursorMove,
    MemberStatus,
    ReactionSend,
    RoomJoin,
    RoomLeave,
    VideoPlay,
    VideoSeek,
)

FIRST_PROBES: Final = 8
FIRST_PROBES_EVERY_S: Final = 0.05
PROBE_EVERY_S: Final = 2.0
"""As a visible room page does."""
STATUS_EVERY_S: Final = 1.0
UNANSWERED_S: Final = 2.0
"""An own control or chat line without an answer for so long counts as unanswered."""
JOIN_WITHIN_S: Final = 20.0
"""The server gives up on who has not joined after 15 s."""
READ_EVERY: Final = 16
"""Every so many batches of cursors one is read for its delay: reading all would be the load."""
SEEK_WITHIN_S: Final = 20.0
STATUS: Final = client_frame(
    TEXT,
    msgspec.json.encode(
        MemberStatus(
            drift_ms=0.4,
            bound_ms=1.0,
            rtt_ms=10.0,
            rate=1.0,
            buffer_s=20.0,
            start_ms=60.0,
            dropped_frames=0,
            state="synced",
        )
    ),
)
_HEAD_BYTES: Final = 40
_LEFT: Final = 1000


class _Probe(msgspec.Struct, rename="camel"):
    client_timestamp: float
    server_receive_time: float
    server_send_time: float
    error_ms: float


class _Stamped(msgspec.Struct):
    timestamp: float


class _Cursors(msgspec.Struct):
    cursors: list[_Stamped]


class _Said(msgspec.Struct):
    ref: str = ""
    code: str = ""
    action: str = ""


_probe: Final = msgspec.json.Decoder(_Probe)
_cursors: Final = msgspec.json.Decoder(_Cursors)
_said: Final = msgspec.json.Decoder(_Said)


class Visitor(asyncio.Protocol):
    """One visit. All times in ms are of this process' own counter."""

    def __init__(
        self,
        tally: Tally,
        clock: LoadClock,
        behaviour: Behaviour,
        chance: random.Random,
        *,
        request: bytes,
        room: str,
        name: str,
        visit: tuple[float, float],
        over: Callable[["Visitor"], None],
        quiet: bool = False,
    ) -> None:
        """`visit`: mean seconds of thinking and of staying; `over` is called once at the end.

        `quiet`: a mere listener, who neither probes nor tells how playback does.
        """
        self._quiet = quiet
        self._tally = tally
        self._clock = clock
        self._behaviour = behaviour
        self._chance = chance
        self._request = request
        self._join = RoomJoin(room_id=room, name=name)
        self._think_s, self._stay_s = visit
        self._over = over
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._began_ms = now_ms()
        self._shaken = self._joined = self._spoilt = self._leaving = self._ended = False
        self._pending: dict[str, float] = {}
        self._batches = chance.randrange(READ_EVERY)
        self._code = ""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._later("patience", JOIN_WITHIN_S, lambda: self.fail("no answer"))

    # -- The socket

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take every whole frame."""
        at_ms = now_ms()
        self._tally.counts["bytes"] += len(data)
        buffer = self._buffer + data if self._buffer else data
        start = 0 if self._shaken else self._shake_hands(buffer)
        while self._shaken and (frame := take_frame(buffer, start)) is not None:
            opcode, payload, start = frame
            self._take(opcode, payload, at_ms)
        self._buffer = buffer[start:]

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, whoever made it."""
        if not self._ended:
            self._tally.closes[self._code or "lost"] += 1
            if not (self._leaving and self._code in ("", str(_LEFT))):
                self._spoil()
            self._end()

    def fail(self, why: str) -> None:
        """The visit has failed before or while it was one."""
        if not self._ended:
            self._tally.refusals[why] += 1
            self._spoil()
            self._end()

    def leave(self) -> None:
        """Say goodbye as a page does; the server closes."""
        if self._joined and not self._leaving:
            self._leaving = True
            self._stop()
            self._say(RoomLeave())
            self._later("patience", JOIN_WITHIN_S, lambda: self.fail("no farewell"))
        elif not self._joined:
            self._end()

    # -- What comes

    def _shake_hands(self, buffer: bytes) -> int:
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return 0
        status = buffer[9:12].decode("ascii", errors="replace")
        if not buffer.startswith(b"HTTP/1.1 101 "):
            self.fail(f"HTTP {status}")
            return 0
        self._shaken = True
        self._say(self._join)
        return end + 4

    def _take(self, opcode: int, payload: bytes, at_ms: float) -> None:
        if opcode == TEXT:
            self._tally.counts["frames"] += 1
            head = payload[:_HEAD_BYTES]
            if b'"cursors:batch"' in head:
                self._saw_cursors(payload, at_ms)
            elif b'"time:sync:response"' in head:
                self._heard_time(payload, at_ms)
            elif b'"room:joined"' in head and not self._joined:
                self._come_in(at_ms)
            elif b'"error' in head:
                self._refused(payload)
            elif self._pending and (b'"video:state"' in head or b'"chat:message"' in head):
                self._acknowledged(_said.decode(payload).ref, at_ms)
        elif opcode == PING:
            self._transport.write(client_frame(PONG, payload))
        elif opcode == CLOSE:
            self._code = str(int.from_bytes(payload[:2])) if payload else "1005"
            self._transport.write(client_frame(CLOSE, payload[:2]))
            self._transport.close()

    def _come_in(self, at_ms: float) -> None:
        self._joined = True
        self._timers.pop("patience").cancel()
        self._tally.counts["joined"] += 1
        self._tally.times["join"].note(at_ms - self._began_ms)
        if not self._quiet:
            for number in range(FIRST_PROBES):
                self._later(f"probe {number}", number * FIRST_PROBES_EVERY_S, self._send_probe)
            self._each("probe", PROBE_EVERY_S, self._send_probe)
            self._each("status", STATUS_EVERY_S, lambda: self._write(STATUS))
        self._later("stay", self._about(self._stay_s), self.leave)
        self._later("think", self._about(self._think_s), self._begin)

    def _heard_time(self, payload: bytes, at_ms: float) -> None:
        answer = _probe.decode(payload)
        delay_ms = self._clock.heard(
            answer.client_timestamp,
            answer.server_receive_time,
            answer.server_send_time,
            at_ms,
            answer.error_ms,
        )
        self._tally.times["probe"].note(delay_ms)
        known = self._clock.at(at_ms)
        if known is not None:
            self._tally.times["bound"].note(known[1])

    def _saw_cursors(self, payload: bytes, at_ms: float) -> None:
        self._batches += 1
        known = self._clock.at(at_ms)
        if self._batches % READ_EVERY or known is None:
            return
        for cursor in _cursors.decode(payload).cursors:
            self._tally.times["delivery"].note(known[0] - cursor.timestamp)

    def _acknowledged(self, ref: str, at_ms: float) -> None:
        asked_ms = self._pending.pop(ref, None)
        if asked_ms is not None:
            self._tally.times["echo"].note(at_ms - asked_ms)

    def _refused(self, payload: bytes) -> None:
        said = _said.decode(payload)
        self._pending.pop(said.ref, None)
        code = f"ratelimit {said.action}" if said.action else said.code
        self._tally.refusals[code] += 1
        self._spoil()

    # -- What one does

    def _begin(self) -> None:
        does = self._behaviour
        self._again("move", does.moves_per_s, self._move)
        self._again("react", does.reactions_per_min / 60, self._react)
        self._again("chat", does.chats_per_min / 60, self._chat)
        self._again("control", does.controls_per_min / 60, self._control)

    def _move(self) -> None:
        x, y = (round(self._chance.uniform(0, 100), 2) for _ in range(2))
        self._say(CursorMove(x=x, y=y))

    def _react(self) -> None:
        emoji: Any = self._chance.choice(EMOJI)
        self._say(ReactionSend(emoji=emoji, x=50, y=50, video_time=1))

    def _chat(self) -> None:
        self._say(ChatSend(text="A line of the load test.", ref=self._ref()))

    def _control(self) -> None:
        if self._chance.random() < 0.5:
            self._say(VideoPlay(ref=self._ref()))
        else:
            time_s = round(self._chance.uniform(0, SEEK_WITHIN_S), 3)
            self._say(VideoSeek(time=time_s, ref=self._ref()))

    def _send_probe(self) -> None:
        self._say(TimeSync(client_timestamp=now_ms()))

    def _ref(self) -> str:
        ref = f"load-{self._chance.getrandbits(96):024x}"
        self._pending[ref] = now_ms()
        self._loop.call_later(UNANSWERED_S, self._unanswered, ref)
        return ref

    def _unanswered(self, ref: str) -> None:
        if self._pending.pop(ref, None) is not None and not self._ended and not self._leaving:
            self._tally.refusals["unanswered"] += 1
            self._spoil()

    def _say(self, message: msgspec.Struct) -> None:
        self._write(client_frame(TEXT, msgspec.json.encode(message)))

    def _write(self, frame: bytes) -> None:
        self._tally.counts["sent"] += 1
        self._transport.write(frame)

    # -- When one does it

    def _about(self, mean_s: float) -> float:
        return self._chance.expovariate(1 / mean_s) if mean_s else 0.0

    def _each(self, name: str, every_s: float, do: Callable[[], object]) -> None:
        def again() -> None:
            do()
            self._later(name, every_s, again)

        self._later(name, self._chance.uniform(0, every_s), again)

    def _again(self, name: str, per_s: float, do: Callable[[], object]) -> None:
        """At random, so often on average."""
        if not per_s:
            return

        def again() -> None:
            do()
            self._later(name, self._chance.expovariate(per_s), again)

        self._later(name, self._chance.expovariate(per_s), again)

    def _later(self, name: str, seconds: float, do: Callable[[], object]) -> None:
        self._timers[name] = self._loop.call_later(seconds, do)

    def _stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    # -- The end

    def _spoil(self) -> None:
        if not self._spoilt:
            self._spoilt = True
            self._tally.counts["spoilt"] += 1

    def _end(self) -> None:
        self._ended = True
        self._stop()
        if not self._joined:
            self._tally.counts["failed"] += 1
        transport = getattr(self, "_transport", None)
        if transport is not None:
            transport.abort()
        self._over(self)


def now_ms() -> float:
    """This process' counter."""
    return time.perf_counter() * 1000
