"""The plain ASGI write port keeps the contract, and gives up on who never takes its close."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sync import ports
from sync.core.wire import CloseCode
from sync.ports import AsgiPort
from tests.fakes import FakeServer, settle
from tests.port_contract import KIB, Peer, PortContract, frame


class AsgiPeer(Peer):
    def __init__(self) -> None:
        self.server = FakeServer()
        self.port: AsgiPort = AsgiPort(self.server.send)
        self.task = asyncio.create_task(self.port.run())

    async def drain(self) -> None:
        await settle()

    def stop_reading(self) -> None:
        self.server.writable.clear()

    def read_again(self) -> None:
        self.server.writable.set()

    def vanish(self) -> None:
        self.server.broken = True

    @property
    def received(self) -> list[str]:
        return [event["text"] for event in self.server.sent if event["type"] == "websocket.send"]

    @property
    def close_code(self) -> int | None:
        return self.server.close_code


@pytest.fixture
async def asgi_peer() -> AsyncIterator[AsgiPeer]:
    peer = AsgiPeer()
    yield peer
    peer.port.gone()
    await settle()
    assert peer.task.done()


class TestAsgiPort(PortContract):
    @pytest.fixture
    def peer(self, asgi_peer: AsgiPeer) -> Peer:
        return asgi_peer


async def test_what_a_too_slow_reader_has_not_taken_is_dropped(asgi_peer: AsgiPeer) -> None:
    asgi_peer.stop_reading()
    while asgi_peer.port.write(frame(size=8 * KIB)):
        pass
    asgi_peer.read_again()
    await asgi_peer.task
    assert asgi_peer.received == []
    assert asgi_peer.close_code == CloseCode.TOO_SLOW


async def test_a_reader_who_never_takes_its_close_is_given_up(
    asgi_peer: AsgiPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "CLOSE_GRACE_S", 0)
    asgi_peer.stop_reading()
    asgi_peer.port.write(frame())
    await settle()
    asgi_peer.port.close(CloseCode.DRAINING)
    await asgi_peer.task
    assert asgi_peer.close_code is None
    assert asgi_peer.port.closed


@pytest.mark.parametrize(
    ("code", "sent"), [(1000, 1000), (1003, 4003), (1008, 4008), (1012, 4012), (4404, 4404)]
)
async def test_a_server_that_refuses_a_code_is_given_a_private_one(
    asgi_peer: AsgiPeer, code: int, sent: int
) -> None:
    asgi_peer.server.picky_about_codes = True
    asgi_peer.port.close(code)
    await asgi_peer.task
    assert asgi_peer.close_code == sent


async def test_what_is_written_before_the_task_runs_is_sent_when_it_does() -> None:
    server = FakeServer()
    port = AsgiPort(server.send)
    port.write(frame(1))
    port.close(CloseCode.LEFT)
    await port.run()
    assert len(server.messages) == 1
    assert server.close_code == CloseCode.LEFT


async def test_a_port_whose_peer_left_before_it_ran_sends_nothing() -> None:
    server = FakeServer()
    port = AsgiPort(server.send)
    port.write(frame(1))
    port.gone()
    await port.run()
    assert server.sent == []


async def test_cancelling_its_task_from_outside_is_not_swallowed(asgi_peer: AsgiPeer) -> None:
    await settle()
    asgi_peer.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asgi_peer.task
    assert asgi_peer.port.closed
