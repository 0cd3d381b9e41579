"""Probes are answered before anything else; everything else reaches the app as it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from sync import ports, probes
from sync.core.limits import parse_limits
from sync.core.wire import MAX_FRAME_BYTES, CloseCode, Heartbeat, encode
from sync.probes import MAX_WAITING_FRAMES, ProbeWrapper
from tests.fakes import NOW_MS, FakeClock, FakeServer, scope, settle

Handler = Callable[[Any, Any, Any], Awaitable[None]]


class App:
    """Accepts when told to, then keeps what it hears until it is disconnected."""

    def __init__(self) -> None:
        self.accept = asyncio.Event()
        self.accept.set()
        self.read = asyncio.Event()
        self.read.set()
        self.heard: list[dict[str, Any]] = []
        self.port: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.port = scope["port"]
        self.heard.append(await receive())
        await self.accept.wait()
        await send({"type": "websocket.accept"})
        while self.heard[-1]["type"] != "websocket.disconnect":
            await self.read.wait()
            self.heard.append(await receive())

    @property
    def texts(self) -> list[str]:
        return [e["text"] for e in self.heard if e["type"] == "websocket.receive"]


class Rig:
    """One socket through a ProbeWrapper, all times by a fake clock."""

    def __init__(self, app: Handler) -> None:
        self.clock = FakeClock()
        self.server = FakeServer()
        wrapper = ProbeWrapper(app, self.clock.timebase(), parse_limits({}))
        self.server.connect()
        self.task = asyncio.create_task(wrapper(scope(), self.server.receive, self.server.send))

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [m for m in self.server.messages if m["type"] == "time:sync:response"]


@pytest.fixture(autouse=True)
async def nothing_is_left_running() -> AsyncIterator[None]:
    yield
    await settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
async def rig(app: App) -> AsyncIterator[Rig]:
    rig = Rig(app)
    await settle()
    yield rig
    if not rig.task.done():
        rig.server.writable.set()
        app.read.set()
        app.accept.set()
        rig.server.disconnect()
        await rig.task


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "CLOSE_GRACE_S", 0)
    monkeypatch.setattr(probes, "FAREWELL_S", 0)


# -- Refused, or left to the app to refuse ------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"time:sync"}',
        '{"type":"time:sync","clientTimestamp":NaN}',
        '{"type":"time:sync","clientTimestamp":"1"}',
        '{"type":"time:sync","clientTimestamp":1,"more":1}',
        '{"type":"room:join","name":"\\"time:sync\\""}',
        '["time:sync"]',
        '"time:sync"',
        '{"type":"time:sync","clientTimestamp":1}' + " " * MAX_FRAME_BYTES,
    ],
)
async def test_what_only_looks_like_a_probe_is_left_to_the_app(
    rig: Rig, app: App, text: str
) -> None:
    rig.server.say(text)
    await settle()
    assert app.texts == [text]
    assert rig.server.messages == []


async def test_a_probe_in_a_binary_frame_is_left_to_the_app(rig: Rig, app: App) -> None:
    event = {"type": "websocket.receive", "bytes": b'{"type":"time:sync","clientTimestamp":1}'}
    rig.server.incoming.put_nowait(event)
    await settle()
    assert app.heard[-1] is event
    assert rig.answers == []


async def test_probes_beyond_their_limit_are_refused_with_a_time_to_wait(rig: Rig) -> None:
    for n in range(20):
        rig.server.probe(n)
    await settle()
    refused = [m for m in rig.server.messages if m["type"] == "error:ratelimit"]
    assert len(rig.answers) == 16
    assert refused == [{"type": "error:ratelimit", "action": "sync", "retryIn": 100}] * 4
    rig.clock.advance(100)
    rig.server.probe()
    await settle()
    assert len(rig.answers) == 17


async def test_whoever_keeps_flooding_probes_is_closed_1008(rig: Rig) -> None:
    for _ in range(12):
        for _ in range(40):
            rig.server.probe()
        await settle()
        rig.clock.advance(1000)
    assert rig.server.close_code == CloseCode.ABUSE


async def test_no_probe_is_answered_before_the_app_accepts() -> None:
    app = App()
    app.accept.clear()
    rig = Rig(app)
    rig.server.probe()
    await settle()
    assert rig.server.sent == []
    rig.clock.advance(50)
    app.accept.set()
    await settle()
    assert rig.server.sent[0] == {"type": "websocket.accept"}
    assert rig.answers[0]["serverReceiveTime"] == NOW_MS
    assert rig.answers[0]["serverSendTime"] == NOW_MS + 50
    rig.server.disconnect()
    await rig.task


async def test_no_probe_is_answered_after_a_close_was_asked_for(rig: Rig, app: App) -> None:
    rig.server.writable.clear()
    app.port.close(CloseCode.LEFT)
    rig.server.probe()
    await settle()
    rig.server.writable.set()
    await settle()
    assert rig.answers == []
    assert rig.server.close_code == CloseCode.LEFT


async def test_a_denied_socket_gets_the_denial_and_nothing_else() -> None:
    async def deny(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.close", "code": 4403})

    rig = Rig(deny)
    rig.server.probe()
    await rig.task
    assert rig.server.sent == [{"type": "websocket.close", "code": 4403}]


async def test_reading_stops_while_the_app_has_too_much_before_it(rig: Rig, app: App) -> None:
    app.read.clear()
    for n in range(MAX_WAITING_FRAMES + 50):
        rig.server.say(str(n))
    await settle()
    assert not rig.server.receiving
    assert rig.server.incoming.qsize() > 0
    app.read.set()
    for _ in range(20):
        await settle()
    assert app.texts == [str(n) for n in range(MAX_WAITING_FRAMES + 50)]


# -- Ends -----------------------------------------------------------------------------------------


async def test_a_fault_of_the_app_closes_1011_and_comes_out() -> None:
    async def fail(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        raise TimeoutError("a fault")

    rig = Rig(fail)
    with pytest.raises(TimeoutError, match="a fault"):
        await rig.task
    assert rig.server.close_code == CloseCode.INTERNAL


async def test_a_fault_before_accepting_is_left_to_the_server() -> None:
    async def fail(_scope: Any, _receive: Any, _send: Any) -> None:
        raise RuntimeError("a fault")

    rig = Rig(fail)
    with pytest.raises(RuntimeError, match="a fault"):
        await rig.task
    assert rig.server.sent == []


async def test_a_server_whose_receive_fails_ends_the_app(rig: Rig, app: App) -> None:
    rig.server.incoming.put_nowait({})
    await rig.task
    assert app.heard[-1]["type"] == "websocket.disconnect"


@pytest.mark.usefixtures("no_patience")
async def test_a_reader_who_never_takes_its_close_ends_the_app(rig: Rig, app: App) -> None:
    rig.server.writable.clear()
    app.port.write(encode(Heartbeat()))
    await settle()
    app.port.close(CloseCode.TOO_SLOW)
    await rig.task
    assert app.heard[-1] == {"type": "websocket.disconnect", "code": 1006}


@pytest.mark.usefixtures("no_patience")
async def test_an_app_that_ignores_the_end_is_stopped(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "APP_GRACE_S", 0)

    async def stubborn(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        scope["port"].close(CloseCode.LEFT)
        await asyncio.Event().wait()

    rig = Rig(stubborn)
    await rig.task
    assert rig.server.close_code == CloseCode.LEFT
    assert "ignored the end" in caplog.text


async def test_a_server_that_stops_ends_everything_at_once(rig: Rig) -> None:
    rig.server.writable.clear()
    rig.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rig.task


async def test_an_answer_that_its_sender_no_longer_takes_hurts_nobody(rig: Rig, app: App) -> None:
    rig.server.broken = True
    rig.server.probe()
    rig.server.say("last words")
    rig.server.disconnect(1006)
    await rig.task
    assert app.texts == ["last words"]
    assert app.heard[-1] == {"type": "websocket.disconnect", "code": 1006}


async def test_what_was_said_before_leaving_is_heard_before_the_leaving(rig: Rig, app: App) -> None:
    app.read.clear()
    for n in range(10):
        rig.server.say(str(n))
    rig.server.disconnect(1001)
    await settle()
    assert app.port.closed
    app.read.set()
    await rig.task
    assert app.texts == [str(n) for n in range(10)]
    assert app.heard[-1] == {"type": "websocket.disconnect", "code": 1001}


async def test_an_app_may_close_with_its_own_send_after_what_its_port_holds() -> None:
    async def leave(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        scope["port"].write(encode(Heartbeat()))
        await send({"type": "websocket.close", "code": 4404, "reason": "no such room"})

    rig = Rig(leave)
    await rig.task
    assert [event["type"] for event in rig.server.sent] == [
        "websocket.accept",
        "websocket.send",
        "websocket.close",
    ]
    assert rig.server.close_code == CloseCode.NO_SUCH_ROOM


async def test_an_app_that_returns_without_closing_leaves_that_to_the_server() -> None:
    async def leave(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})

    rig = Rig(leave)
    await rig.task
    assert rig.server.sent == [{"type": "websocket.accept"}]


# -- Answered -------------------------------------------------------------------------------------


async def test_a_probe_is_answered_while_the_app_is_busy_with_another_frame(
    rig: Rig, app: App
) -> None:
    app.read.clear()
    rig.server.say("work")
    rig.server.probe(12.5)
    await settle()
    assert rig.answers == [
        {
            "type": "time:sync:response",
            "clientTimestamp": 12.5,
            "serverReceiveTime": NOW_MS,
            "serverSendTime": NOW_MS,
            "generation": 1,
            "errorMs": 0.001,
        }
    ]


async def test_the_app_sees_no_probe_and_every_other_event_as_it_was(rig: Rig, app: App) -> None:
    events: list[dict[str, Any]] = [
        {"type": "websocket.receive", "text": '{"type":"heartbeat"}'},
        {"type": "websocket.receive", "bytes": b"\x00", "text": None},
    ]
    for event in events:
        rig.server.probe()
        rig.server.incoming.put_nowait(event)
    await settle()
    assert app.heard[1:] == events
    assert all(heard is sent for heard, sent in zip(app.heard[1:], events, strict=True))
    assert len(rig.answers) == 2


async def test_a_probe_is_known_however_it_is_spaced(rig: Rig) -> None:
    rig.server.say(json.dumps({"clientTimestamp": 1, "type": "time:sync"}, indent=4))
    await settle()
    assert len(rig.answers) == 1


async def test_writes_before_accepting_wait_for_it() -> None:
    async def eager(scope: Any, receive: Any, send: Any) -> None:
        scope["port"].write(encode(Heartbeat()))
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    rig = Rig(eager)
    await settle()
    assert [event["type"] for event in rig.server.sent] == ["websocket.accept", "websocket.send"]
    rig.server.disconnect()
    await rig.task


async def test_other_kinds_of_scope_pass_untouched() -> None:
    seen: list[Any] = []

    async def app(*args: Any) -> None:
        seen.extend(args)

    server = FakeServer()
    http = {"type": "http"}
    wrapper = ProbeWrapper(app, FakeClock().timebase(), parse_limits({}))
    await wrapper(http, server.receive, server.send)
    assert seen == [http, server.receive, server.send]
