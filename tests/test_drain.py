"""A server that stops tells everybody to come back, closes them, and waits for nobody long."""

import asyncio
from itertools import pairwise

import pytest

from sync import drain as drains
from sync.core.wire import CloseCode
from sync.drain import FLUSH_S, NOTICE_S, RETRY_MS, drain
from tests.fakes import FakePort

pytestmark = pytest.mark.virtual_time


class Peer(FakePort):
    """A member's port; its connection is over some time after the close, or never."""

    def __init__(self, takes_s: float | None = 0.0) -> None:
        super().__init__()
        self.takes_s = takes_s
        self.closed_at_s = 0.0
        self.aborted = False

    def close(self, code: int, reason: str = "") -> None:
        if not self.closed:
            self.closed_at_s = now_s()
        super().close(code, reason)

    def abort(self) -> None:
        self.aborted = True

    @property
    def is_over(self) -> bool:
        if self.takes_s is None or not self.closed:
            return False
        return now_s() >= self.closed_at_s + self.takes_s

    @property
    def retry_in(self) -> float:
        assert [message["type"] for message in self.messages] == ["server:draining"]
        return self.messages[0]["retryIn"]


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def drained(peers: list[Peer], hurry=lambda: False) -> float:
    """Seconds that it took."""
    began_s = now_s()
    await drain(lambda: [peer for peer in peers if not peer.is_over], lambda: 0.5, hurry)
    return now_s() - began_s


async def test_a_stuck_reader_holds_nobody_and_is_dropped():
    healthy, stuck = Peer(), Peer(takes_s=None)
    assert await drained([healthy, stuck]) < NOTICE_S + FLUSH_S + 0.1
    assert (stuck.close_code, stuck.aborted) == (CloseCode.DRAINING, True)
    assert (healthy.close_code, healthy.aborted) == (CloseCode.DRAINING, False)


async def test_a_hurried_drain_tells_and_drops_at_once():
    peers = [Peer(takes_s=None), Peer(takes_s=None)]
    assert await drained(peers, hurry=lambda: True) == 0
    assert all(peer.aborted for peer in peers)


async def test_nobody_there_takes_no_time():
    assert await drained([]) == 0


async def test_everybody_is_told_before_a_close_that_leaves_time_for_answers():
    peers = [Peer(takes_s=0.2) for _ in range(drains.PORTS_AT_ONCE + 5)]
    began_s = now_s()
    assert await drained(peers) < NOTICE_S + 0.4
    assert all(peer.closed_at_s >= began_s + NOTICE_S for peer in peers)
    assert not any(peer.aborted for peer in peers)


async def test_returns_are_spread_evenly_over_the_window():
    peers = [Peer() for _ in range(100)]
    await drained(peers)
    times = sorted(peer.retry_in for peer in peers)
    assert RETRY_MS[0] <= times[0]
    assert times[-1] <= RETRY_MS[1]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert max(gaps) - min(gaps) < 0.01


async def test_a_late_comer_is_told_too():
    peers = [Peer(takes_s=0.5)]
    late = Peer()
    asyncio.get_running_loop().call_later(NOTICE_S + 0.1, peers.append, late)
    await drained(peers)
    assert late.retry_in > 0
    assert late.close_code == CloseCode.DRAINING
