"""uvicorn's sockets with our way to the transport: the port's contract, probes, pings, ends."""

import asyncio
import gc
import json
import weakref
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bench.viewers import CLOSE, PING, client_frame
from sync import sockets
from sync.core.limits import parse_limits
from sync.core.wire import CloseCode, Heartbeat, encode
from sync.ports import TOO_SLOW_BYTES, AsgiPort
from sync.probes import ProbeWrapper
from sync.transport_port import TransportPort
from tests.fakes import NOW_MS, FakeClock
from tests.port_contract import KIB, Peer, PortContract, frame
from tests.raw_sockets import RawClient, until, uvicorn_here

pytestmark = pytest.mark.both_loops


class App:
    """Accepts, then keeps what it hears until it is disconnected."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.port: Any = None
        self.ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.ended.clear()
        self.heard = [await receive()]
        await send({"type": "websocket.accept"})
        self.port = scope["port"]
        while self.heard[-1]["type"] != "websocket.disconnect":
            self.heard.append(await receive())
        self.ended.set()

    @property
    def texts(self) -> list[str]:
        return [e["text"] for e in self.heard if e["type"] == "websocket.receive"]


class Rig:
    """A server, its app behind a ProbeWrapper, and clients."""

    def __init__(self, app: Any, port: int, state: Any) -> None:
        self.app = app
        self.port = port
        self.state = state
        self.clients: list[RawClient] = []

    async def client(self, *, small: bool = True) -> RawClient:
        client = RawClient(self.port, small=small)
        self.clients.append(client)
        client.ask()
        await client.drain()
        return client

    async def is_empty(self) -> None:
        await until(lambda: not self.state.connections and not self.state.tasks)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    app = App()
    wrapper = ProbeWrapper(app, FakeClock().timebase(), parse_limits({}))
    async with uvicorn_here(wrapper, ws_ping_interval=None) as (port, state):
        rig = Rig(app, port, state)
        yield rig
        for client in rig.clients:
            client.socket.close()


def probe(t1: float = 1.0) -> str:
    return json.dumps({"type": "time:sync", "clientTimestamp": t1})


class TransportPeer(Peer):
    def __init__(self, client: RawClient, port: TransportPort) -> None:
        self.client = client
        self.port: TransportPort = port

    async def drain(self) -> None:
        await self.client.drain()

    def stop_reading(self) -> None:
        self.client.reading = False

    def read_again(self) -> None:
        self.client.reading = True

    def vanish(self) -> None:
        self.client.vanish()

    @property
    def received(self) -> list[str]:
        return self.client.texts

    @property
    def close_code(self) -> int | None:
        assert self.client.after_close == 0
        return self.client.close_code


class TestTransportPort(PortContract):
    @pytest.fixture
    async def peer(self, rig: Rig) -> Peer:
        client = await rig.client()
        assert isinstance(rig.app.port, TransportPort)
        return TransportPeer(client, rig.app.port)


# -- Ends -----------------------------------------------------------------------------------------


async def test_a_reader_who_never_takes_its_close_is_dropped(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "CLOSE_GRACE_S", 0.05)
    await rig.client()
    while rig.app.port.write(frame(size=8 * KIB)):
        pass
    assert rig.app.port.closed
    await rig.is_empty()
    assert rig.app.heard[-1]["code"] == CloseCode.TOO_SLOW


async def test_an_app_that_leaves_a_stuck_reader_does_not_keep_its_socket(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "CLOSE_GRACE_S", 0.05)

    async def leave(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        scope["port"].write(frame(size=TOO_SLOW_BYTES))

    wrapper = ProbeWrapper(leave, FakeClock().timebase(), parse_limits({}))
    async with uvicorn_here(wrapper) as (port, state):
        client = RawClient(port, small=True)
        client.ask()
        await asyncio.sleep(0.01)
        assert state.connections
        await until(lambda: not state.connections)
        client.socket.close()


async def test_a_reader_who_answers_no_ping_and_takes_nothing_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "CLOSE_GRACE_S", 0.05)
    app = App()
    wrapper = ProbeWrapper(app, FakeClock().timebase(), parse_limits({}))
    async with uvicorn_here(wrapper, ws_ping_interval=0.1, ws_ping_timeout=0.1) as (port, state):
        client = RawClient(port, small=True)
        client.ask()
        await asyncio.sleep(0.02)
        app.port.write(frame(size=TOO_SLOW_BYTES))
        await until(app.ended.is_set)
        assert not state.connections
        assert app.heard[-1]["type"] == "websocket.disconnect"
        client.socket.close()


async def test_a_fault_of_the_app_closes_1011() -> None:
    async def fail(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        raise TimeoutError("a fault")

    wrapper = ProbeWrapper(fail, FakeClock().timebase(), parse_limits({}))
    async with uvicorn_here(wrapper) as (port, _):
        client = RawClient(port)
        client.ask()
        await client.drain()
        assert client.close_code == CloseCode.INTERNAL
        client.socket.close()


async def test_a_denied_socket_gets_403() -> None:
    async def deny(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.close", "code": 4403})

    wrapper = ProbeWrapper(deny, FakeClock().timebase(), parse_limits({}))
    async with uvicorn_here(wrapper) as (port, _):
        client = RawClient(port)
        client.ask()
        await client.drain()
        assert client.status == "HTTP/1.1 403 Forbidden"
        client.socket.close()


async def test_what_is_written_and_closed_before_accepting_waits_for_it() -> None:
    async def eager(scope: Any, receive: Any, send: Any) -> None:
        scope["port"].write(encode(Heartbeat()))
        scope["port"].close(CloseCode.NO_SUCH_ROOM)
        assert scope["port"].write(encode(Heartbeat())) is False
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    wrapper = ProbeWrapper(eager, FakeClock().timebase(), parse_limits({}))
    async with uvicorn_here(wrapper) as (port, _):
        client = RawClient(port)
        client.ask()
        await client.drain()
        assert (client.texts, client.close_code) == (
            ['{"type":"heartbeat"}'],
            CloseCode.NO_SUCH_ROOM,
        )
        client.socket.close()


async def test_the_peers_own_close_ends_the_port(rig: Rig) -> None:
    client = await rig.client()
    client.socket.sendall(client_frame(CLOSE, CloseCode.PAGE_GONE.to_bytes(2)))
    await client.drain()
    assert client.close_code == CloseCode.PAGE_GONE
    assert rig.app.port.closed
    assert rig.app.heard[-1]["code"] == CloseCode.PAGE_GONE


async def test_a_socket_that_is_over_leaves_nothing_behind(rig: Rig) -> None:
    client = await rig.client()
    socket = weakref.ref(next(iter(rig.state.connections)))
    client.socket.close()
    await rig.is_empty()
    rig.app.port = None
    gc.collect()
    assert socket() is None


# -- Probes ---------------------------------------------------------------------------------------


async def test_what_only_looks_like_a_probe_reaches_the_app(rig: Rig) -> None:
    client = await rig.client()
    texts = ['{"type":"time:sync"}', '{"type":"room:join","name":"\\"time:sync\\""}']
    for text in texts:
        client.send(text)
    await client.drain()
    assert rig.app.texts == texts
    assert client.texts == []


async def test_probes_beyond_their_limit_are_refused_and_flooders_closed_1008(rig: Rig) -> None:
    client = await rig.client(small=False)
    for n in range(17):
        client.send(probe(n))
    await client.drain()
    assert len(client.texts) == 17
    assert json.loads(client.texts[-1])["type"] == "error:ratelimit"
    assert rig.app.texts == []


async def test_a_probe_is_answered_at_its_arrival_and_the_app_sees_none(rig: Rig) -> None:
    client = await rig.client()
    client.send(probe(12.5))
    client.send('{"type":"heartbeat"}')
    client.send(probe(13.5))
    await client.drain()
    assert [json.loads(text)["clientTimestamp"] for text in client.texts] == [12.5, 13.5]
    assert json.loads(client.texts[0]) == {
        "type": "time:sync:response",
        "clientTimestamp": 12.5,
        "serverReceiveTime": NOW_MS,
        "serverSendTime": NOW_MS,
        "generation": 1,
        "errorMs": 0.001,
    }
    assert rig.app.texts == ['{"type":"heartbeat"}']


async def test_pings_between_our_frames_are_answered_whole(rig: Rig) -> None:
    client = await rig.client()
    for n in range(20):
        rig.app.port.write(frame(n, size=n * 100))
        client.send(f"ping {n}", opcode=PING)
        client.send(probe(n))
        await asyncio.sleep(0)
    await client.drain()
    assert client.pongs == [f"ping {n}".encode() for n in range(20)]
    numbers = [told["n"] for told in map(json.loads, client.texts) if "n" in told]
    assert numbers == list(range(20))


async def test_a_server_without_the_extension_gets_the_plain_port(rig: Rig) -> None:
    seen: list[Any] = []

    async def plain(scope: Any, receive: Any, send: Any) -> None:
        await ProbeWrapper(rig.app, FakeClock().timebase(), parse_limits({}))(
            {**scope, "extensions": {}}, receive, send
        )
        seen.append(rig.app.port)

    async with uvicorn_here(plain) as (port, _):
        client = RawClient(port)
        client.ask()
        await client.drain()
        assert isinstance(rig.app.port, AsgiPort)
        client.socket.close()
