"""Two real servers with wrong clocks and a real Redis: what they show is one media clock."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from bench.probe_client import ProbeClient
from sync.redis_time import KEYS
from tests.cluster.cluster import Bent, Cluster

pytestmark = [pytest.mark.slow, pytest.mark.beside]  # clocks are watched for a minute and more

NAMES = ("one", "two")
QUICK_MS = 1.5
"""A round trip that says where a clock stands within half of it."""
TOLD_WITHIN_S = 12.0
CLOSE_MS = 3.0
"""Asked of media clocks on a machine that others use too; what was seen is in docs/accuracy.md."""


class Pair:
    """Both servers of the cluster, seen through their sockets by one who knows the true time."""

    def __init__(self, cluster: Cluster) -> None:
        self.redis = cluster.redis
        self.servers = cluster.servers
        self.apart_ms: list[float] = []
        """How far the second was ahead of the first, at every look."""
        self._cluster = cluster

    def look(self) -> list[float]:
        """Media time of both minus one true clock, ms, each by a quick probe."""
        offsets = []
        for server in self.servers:
            with ProbeClient(server.port) as client:
                quick = client.probe_until(lambda probe: probe.delay_ms < QUICK_MS)
            offsets.append(quick.bias_ms(0.0))
        self.apart_ms.append(offsets[1] - offsets[0])
        return offsets

    def watch(self, for_s: float) -> list[list[float]]:
        """Look every second or so."""
        seen, until = [], time.monotonic() + for_s
        while time.monotonic() < until:
            seen.append(self.look())
            time.sleep(0.8)
        return seen

    def told(self) -> list[dict[str, Any]]:
        """What /api/health of both says of the clock."""
        return [self._cluster.health(name)["timebase"] for name in self._cluster.by_name]

    def until(
        self, such: Callable[[dict[str, Any]], bool], within_s: float = TOLD_WITHIN_S
    ) -> None:
        """Wait until both say something of their clocks."""
        deadline = time.monotonic() + within_s
        while not all(map(such, self.told())):
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.05)

    def step(self, index: int) -> None:
        """Let a server's clock leap, as its settings say."""
        self._cluster.leap(NAMES[index])


def is_(state: str) -> Callable[[dict[str, Any]], bool]:
    return lambda told: told["state"] == state


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Pair]]:
    """Starts a pair; ends all of it."""
    pairs: list[Pair] = []

    def start(*clocks: Bent) -> Pair:
        bent = dict(zip(NAMES, clocks, strict=True))
        cluster = Cluster(tmp_path, NAMES, rooms=(), postgres=False, clocks=bent)
        pairs.append(Pair(running.enter_context(cluster)))
        return pairs[0]

    with ExitStack() as running:
        yield start
        for pair in pairs:
            print("apart, ms:", *(f"{apart:.3f}" for apart in pair.apart_ms))


def test_servers_whose_clocks_are_two_seconds_apart_show_one_media_clock(start: Any) -> None:
    fast = {"rawMs": 5000, "utcMs": 2000, "ppm": 50, "utcStepMs": -5000}
    pair = start(fast, {"rawMs": -3000, "ppm": -50})
    pair.until(is_("locked"))
    one, two = pair.told()
    assert one["generation"] == two["generation"] > 1_700_000_000
    assert abs(one["civilOffsetMs"] - two["civilOffsetMs"] - 2000) < 50  # their UTCs do differ
    pair.watch(20)
    assert max(map(abs, pair.apart_ms)) < CLOSE_MS

    # The host's clock is set: UTC is told to have stepped, the media clock knows nothing of it.
    before = pair.look()
    pair.step(0)
    after = pair.look()
    assert abs(after[0] - before[0]) < CLOSE_MS
    assert abs(pair.told()[0]["civilOffsetMs"] - one["civilOffsetMs"] + 5000) < 50

    # The skews are known by now, and are what was bent (beside what the host itself is off).
    one, two = pair.told()
    assert abs(two["skewPpm"] - one["skewPpm"] - 100) < 25
    assert max(told["errorMs"] for told in (one, two)) < CLOSE_MS


def test_redis_may_hang_restart_empty_and_change_its_time(start: Any) -> None:
    pair = start({"utcMs": 2000, "ppm": 50}, {"ppm": -50})
    pair.until(is_("locked"))
    generation = pair.told()[0]["generation"]
    pair.watch(15)
    mark = pair.look()[0]

    # It hangs: both hold over.
    pair.redis.pause()
    pair.until(is_("hold-over"))
    pair.watch(15)
    pair.redis.resume()
    pair.until(is_("locked"))
    pair.watch(3)

    # It is killed and comes back empty: one of them ties the same media clock to it.
    pair.redis.kill()
    pair.redis.start()
    pair.until(lambda told: told["state"] == "locked" and told["anchor"] == 2)
    pair.watch(3)

    # Its TIME leaps by 3 s, as it does to whoever subtracts the base.
    with closing(pair.redis.client()) as client:
        client.hincrby(KEYS[0], "base", 3_000_000)
    pair.until(is_("hold-over"))
    pair.until(lambda told: told["state"] == "locked" and told["anchor"] == 3)
    seen = pair.watch(5)

    assert max(map(abs, pair.apart_ms)) < CLOSE_MS
    assert {told["generation"] for told in pair.told()} == {generation}
    # Through all of it the media clock went on as it did: our own clock has not drifted far off.
    assert max(abs(look - mark) for look in seen[-1]) < 30


def test_a_server_whose_oscillator_leaps_follows_the_others(start: Any) -> None:
    pair = start({"utcMs": -2000, "rawStepMs": 2000}, {"ppm": 50})
    pair.until(is_("locked"))
    time.sleep(11)  # until each one's word is evidence
    true = pair.look()
    pair.step(0)
    assert pair.look()[0] - true[0] > 1000
    deadline = time.monotonic() + 20
    while abs(pair.look()[0] - true[0]) > CLOSE_MS + 3:
        assert time.monotonic() < deadline, pair.told()
        time.sleep(0.3)  # an address may not open sockets without end
    assert abs(pair.look()[1] - true[1]) < CLOSE_MS + 3  # nobody went along
    assert {told["anchor"] for told in pair.told()} == {1}


def test_a_server_that_restarts_finds_the_media_clock_where_it_would_be(start: Any) -> None:
    pair = start({"utcMs": 2000}, {"utcMs": -2000})
    pair.until(is_("locked"))
    before = pair.look()
    assert pair.servers[1].interrupt(signal.SIGTERM) == 0
    pair.servers[1].start()
    after = pair.look()
    assert abs(after[1] - before[1]) < CLOSE_MS
    # Both stop, one comes back: what Redis holds is enough to go on by.
    for server in pair.servers:
        assert server.interrupt(signal.SIGTERM) == 0
    for server in pair.servers:
        server.start()
    pair.until(is_("locked"))
    assert max(abs(look - old) for look, old in zip(pair.look(), before, strict=True)) < CLOSE_MS
