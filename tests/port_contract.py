"""What every write port promises (sync/ports.py), as tests that each adapter's test file inherits.

An adapter's test class derives from PortContract and gives `peer`: a Peer that holds the port under
test and plays the other end of its socket.
"""

import json
from abc import ABC, abstractmethod

import pytest

from sync.core.wire import CloseCode, Frame
from sync.ports import SKIP_PASSING_BYTES, TOO_SLOW_BYTES, WritePort

KIB = 1024


class Peer(ABC):
    """The other end of the socket."""

    port: WritePort

    @abstractmethod
    async def drain(self) -> None:
        """Let the adapter send whatever the peer takes."""

    @abstractmethod
    def stop_reading(self) -> None:
        """Take nothing any more, as a suspended phone does."""

    @abstractmethod
    def read_again(self) -> None:
        """Take everything again."""

    @abstractmethod
    def vanish(self) -> None:
        """Be gone without a word, so that sending fails."""

    @property
    @abstractmethod
    def received(self) -> list[str]:
        """Frames in the order in which they came."""

    @property
    @abstractmethod
    def close_code(self) -> int | None:
        """The close that came, and nothing after it."""


def frame(n: int = 0, size: int = 0, *, passing: bool = False) -> Frame:
    return Frame(json.dumps({"n": n, "filling": "x" * size}).encode(), passing=passing)


class PortContract:
    """Inherit and define the fixture `peer`."""

    @pytest.fixture
    def peer(self) -> Peer:
        raise NotImplementedError

    async def test_after_close_nothing_more_is_sent(self, peer: Peer) -> None:
        peer.port.close(CloseCode.ABUSE)
        assert peer.port.closed
        assert peer.port.write(frame()) is False
        peer.port.close(CloseCode.LEFT)
        await peer.drain()
        assert peer.received == []
        assert peer.close_code == CloseCode.ABUSE

    async def test_frames_of_a_gone_peer_are_dropped_without_complaint(self, peer: Peer) -> None:
        peer.vanish()
        peer.port.write(frame())
        await peer.drain()
        assert peer.port.closed
        assert peer.port.write(frame()) is False
        peer.port.close(CloseCode.LEFT)
        await peer.drain()
        assert peer.port.buffered_bytes == 0

    async def test_lagging_peer_is_spared_passing_frames_only(self, peer: Peer) -> None:
        peer.stop_reading()
        n = 0
        while peer.port.buffered_bytes <= SKIP_PASSING_BYTES:
            assert peer.port.write(frame(n, KIB, passing=True))
            n += 1
        assert peer.port.write(frame(-1, KIB, passing=True)) is False
        assert peer.port.write(frame(n, KIB))
        peer.read_again()
        await peer.drain()
        assert [json.loads(text)["n"] for text in peer.received] == list(range(n + 1))

    async def test_too_slow_a_peer_is_closed_4008(self, peer: Peer) -> None:
        peer.stop_reading()
        written = 0
        while peer.port.write(frame(written, 8 * KIB)):
            written += 1
            assert peer.port.buffered_bytes <= TOO_SLOW_BYTES + 9 * KIB
            assert written < 1000
        assert peer.port.closed
        assert peer.port.buffered_bytes == 0
        peer.read_again()
        await peer.drain()
        assert peer.close_code == CloseCode.TOO_SLOW
        taken = [json.loads(text)["n"] for text in peer.received]
        assert taken == list(range(len(taken)))
        assert len(taken) <= written

    async def test_nothing_awaits_a_peer_that_reads_nothing(self, peer: Peer) -> None:
        peer.stop_reading()
        for n in range(20):
            assert peer.port.write(frame(n))
        peer.port.close(CloseCode.LEFT)
        assert peer.received == []

    async def test_frames_arrive_in_order_and_whole(self, peer: Peer) -> None:
        frames = [frame(n, size=n) for n in range(100)]
        assert all(peer.port.write(one) for one in frames)
        await peer.drain()
        assert peer.received == [one.text for one in frames]
        assert peer.port.buffered_bytes == 0
        assert peer.close_code is None

    async def test_frames_before_a_close_arrive_before_it(self, peer: Peer) -> None:
        peer.port.write(frame(1))
        peer.port.close(CloseCode.ABUSE, "enough")
        await peer.drain()
        assert peer.received == [frame(1).text]
        assert peer.close_code == CloseCode.ABUSE

    async def test_a_peer_that_catches_up_is_served_as_before(self, peer: Peer) -> None:
        peer.stop_reading()
        peer.port.write(frame(1, SKIP_PASSING_BYTES))
        await peer.drain()
        peer.port.write(frame(2, KIB))
        peer.read_again()
        await peer.drain()
        assert peer.port.write(frame(3, passing=True))
        await peer.drain()
        assert [json.loads(text)["n"] for text in peer.received] == [1, 2, 3]
