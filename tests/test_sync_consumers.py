"""The clock socket: the time each second, coded refusals, and no way into a room."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from sync.consumers import BEAT_S, PORTS_AT_ONCE, ClockBeat, ClockConsumer
from sync.core.limits import parse_limits
from sync.core.wire import MAX_FRAME_BYTES, CloseCode
from sync.probes import ProbeWrapper
from tests.fakes import NOW_MS, FakeClock, FakePort, settle


class Sleeper:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._wake = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self._wake.wait()
        self._wake.clear()

    async def pass_by(self) -> None:
        self._wake.set()
        await settle()


class Rig:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.timebase = self.clock.timebase()
        self.utc_ms = NOW_MS + 40
        self.sleeper = Sleeper()
        self.beat = ClockBeat(self.timebase, lambda: self.utc_ms, self.sleeper)
        limits = parse_limits({})
        consumer = ClockConsumer.as_asgi(timebase=self.timebase, limits=limits, beat=self.beat)
        self.app = ProbeWrapper(consumer, self.timebase, limits)

    async def open(self) -> WebsocketCommunicator:
        """A socket that has heard its first `server:time`."""
        socket = WebsocketCommunicator(self.app, "/ws/sync/")
        accepted, _ = await socket.connect()
        assert accepted
        assert (await socket.receive_json_from())["type"] == "server:time"
        return socket


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    yield Rig()
    await settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
async def socket(rig: Rig) -> AsyncIterator[WebsocketCommunicator]:
    socket = await rig.open()
    yield socket
    await socket.disconnect()


async def answer(socket: WebsocketCommunicator, frame: Any) -> Any:
    await socket.send_to(text_data=frame if isinstance(frame, str) else json.dumps(frame))
    return await socket.receive_json_from()


async def close_code(socket: WebsocketCommunicator) -> Any:
    event = await socket.receive_output()
    assert event["type"] == "websocket.close"
    return event["code"]


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        ({"type": "room:join", "roomId": "demo", "name": "Ada"}, "unknown_type", "type"),
        ({"type": "video:play"}, "unknown_type", "type"),
        ({"type": "no such type"}, "unknown_type", "type"),
        ("{", "malformed", None),
        ({"type": "time:sync"}, "invalid_field", "clientTimestamp"),
        ('{"type":"time:sync","clientTimestamp":1e999}', "invalid_field", "clientTimestamp"),
        ('{"type":"time:sync","clientTimestamp":NaN}', "malformed", None),
        ({"type": "heartbeat", "extra": 1}, "invalid_field", "extra"),
    ],
)
async def test_what_this_socket_does_not_know_is_answered_and_it_lives(
    socket: WebsocketCommunicator, frame: Any, code: str, field: str | None
) -> None:
    refused = await answer(socket, frame)
    assert (refused["type"], refused["code"], refused.get("field")) == ("error", code, field)
    assert (await answer(socket, PROBE))["type"] == "time:sync:response"


async def test_binary_frame_closes_1003(socket: WebsocketCommunicator) -> None:
    await socket.send_to(bytes_data=b"\x00")
    assert await close_code(socket) == CloseCode.BINARY


async def test_too_long_a_frame_is_told_so_then_closed_1009(socket: WebsocketCommunicator) -> None:
    refused = await answer(socket, " " * (MAX_FRAME_BYTES + 1))
    assert refused["code"] == "too_large"
    assert await close_code(socket) == CloseCode.TOO_LARGE


async def test_ten_senseless_frames_close_1008(socket: WebsocketCommunicator) -> None:
    for _ in range(10):
        assert (await answer(socket, "?"))["code"] == "malformed"
    assert await close_code(socket) == CloseCode.ABUSE


async def test_frames_beyond_sixty_a_second_are_refused(socket: WebsocketCommunicator) -> None:
    for _ in range(60):
        await socket.send_to(text_data=HEARTBEAT)
    refused = await answer(socket, HEARTBEAT)
    assert (refused["type"], refused["action"]) == ("error:ratelimit", "message")
    assert refused["retryIn"] > 0


async def test_nothing_is_read_after_a_close(socket: WebsocketCommunicator) -> None:
    await socket.send_to(bytes_data=b"\x00")
    await socket.send_to(text_data="?")
    assert await close_code(socket) == CloseCode.BINARY
    assert await socket.receive_nothing(timeout=0)


async def test_heartbeats_are_taken_in_silence(socket: WebsocketCommunicator) -> None:
    await socket.send_to(text_data=HEARTBEAT)
    await settle()
    assert await socket.receive_nothing(timeout=0)


async def test_a_probe_spelled_so_that_the_wrapper_misses_it_is_answered_and_limited(
    socket: WebsocketCommunicator,
) -> None:
    odd = r'{"type":"time\u003async","clientTimestamp":7}'
    for _ in range(16):
        told = await answer(socket, odd)
        assert (told["type"], told["clientTimestamp"]) == ("time:sync:response", 7)
    assert (await answer(socket, odd))["action"] == "sync"


async def test_a_newcomer_hears_the_time_at_once_then_everybody_each_second(rig: Rig) -> None:
    sockets = [await rig.open(), await rig.open()]
    rig.clock.advance(1000)
    await rig.sleeper.pass_by()
    for socket in sockets:
        assert await socket.receive_json_from() == {
            "type": "server:time",
            "timestamp": NOW_MS + 1000,
            "civilOffsetMs": -960,
            "generation": 1,
            "errorMs": 0.001,
        }
        await socket.disconnect()
    assert set(rig.sleeper.asked) == {BEAT_S}


async def test_the_time_is_encoded_once_for_all(rig: Rig) -> None:
    ports = [FakePort(), FakePort()]
    for port in ports:
        rig.beat.add(port)
    await settle()
    await rig.sleeper.pass_by()
    first, second = (port.frames[-1] for port in ports)
    assert first is second
    assert first.passing
    for port in ports:
        rig.beat.remove(port)


async def test_the_beat_runs_only_while_somebody_listens(rig: Rig) -> None:
    for _ in range(2):
        socket = await rig.open()
        assert len(rig.beat) == 1
        await socket.disconnect()
        await settle()
        assert len(rig.beat) == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_removing_twice_or_a_stranger_is_harmless(rig: Rig) -> None:
    port = FakePort()
    rig.beat.add(port)
    rig.beat.remove(port)
    rig.beat.remove(port)
    assert len(rig.beat) == 0


HEARTBEAT = '{"type":"heartbeat"}'
PROBE = {"type": "time:sync", "clientTimestamp": 1}


async def test_a_crowd_is_told_in_portions_and_others_get_their_turn_between(rig: Rig) -> None:
    crowd = [FakePort() for _ in range(2 * PORTS_AT_ONCE + 1)]
    for port in crowd:
        rig.beat.add(port)
    await settle()
    told: list[int] = []

    async def watch() -> None:
        while not told or told[-1] < 2 * len(crowd):
            told.append(sum(len(port.frames) for port in crowd))
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    rig.sleeper._wake.set()
    await asyncio.wait_for(watching, 5)
    assert len(crowd) + PORTS_AT_ONCE in told
    assert all(len(port.frames) == 2 for port in crowd)
    for port in crowd:
        rig.beat.remove(port)


@pytest.mark.parametrize("offered", ["csw.v1", "bearer.x"])
async def test_the_only_subprotocol_is_ours(rig: Rig, offered: str) -> None:
    socket = WebsocketCommunicator(rig.app, "/ws/sync/", subprotocols=[offered])
    assert await socket.connect() == (True, "csw.v1" if offered == "csw.v1" else None)
    await socket.disconnect()
