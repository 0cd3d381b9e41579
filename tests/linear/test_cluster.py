"""Five viewers control a film over three real servers while those, and Redis, fail: linearizable.

LINEAR_S says for how long, LINEAR_SEEDS with how many seeds (`make linear`).
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from random import Random

import pytest

from tests.cluster.asking import Refused, Unanswered
from tests.cluster.cluster import Cluster
from tests.cluster.party import Party
from tests.cluster.viewer import Viewer
from tests.linear.acting import some_control
from tests.linear.checker import check
from tests.linear.history import history_of

pytestmark = [pytest.mark.slow, pytest.mark.beside]

ACTING_S = float(os.environ.get("LINEAR_S", "12"))
SEEDS = range(int(os.environ.get("LINEAR_SEEDS", "1")))
NAMES = ("Ada", "Ben", "Cy", "Dee", "Eve")
ANSWERED_WITHIN_S = 60.0
PAUSE_S = 0.02
MANY = 500
NO_LIMIT = '{"videoControl": {"max": 1000, "windowMs": 1000}}'


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Servers that let everybody ask as often as they like."""
    folder = tmp_path_factory.mktemp("linear")
    with Cluster(folder, postgres=False, LIMITS=NO_LIMIT, ADDRESS_SOCKETS_OPEN="100") as cluster:
        yield cluster


@pytest.mark.parametrize("seed", SEEDS)
async def test_through_every_fault_what_was_seen_can_have_happened_one_after_the_other(
    cluster: Cluster, seed: int
) -> None:
    party, homes = Party(cluster["one"]), cluster.servers
    for number, name in enumerate(NAMES):
        first = number % len(homes)
        await party.join(name, [*homes[first:], *homes[:first]])
    over = asyncio.Event()
    acting = [
        asyncio.create_task(act(viewer, Random(f"{viewer.name} {seed}"), over))
        for viewer in party.viewers
    ]
    try:
        await fail(cluster)
    finally:
        over.set()
        await asyncio.gather(*acting)
    for server in homes:  # who comes now sees what the last one left
        await party.join(f"Late-{server.port}", server)
    history = history_of((viewer.name, viewer.timeline) for viewer in party.viewers)
    await party.end()
    epochs = {sight.place[0] for sight in history.sights}
    unknown = sum(operation.answer is None for operation in history.operations)
    told = f"{len(history.operations)} operations, {unknown} unanswered, {len(epochs)} epochs"
    print(told)
    assert len(history.operations) >= MANY
    assert len(epochs) == 2, "Redis was lost once"
    assert check(history) == [], told


async def fail(cluster: Cluster) -> None:
    """One fault after the other, each for a part of the time."""
    part_s = ACTING_S / 6
    await asyncio.sleep(part_s)
    cluster["two"].kill()
    await asyncio.sleep(part_s)
    await asyncio.to_thread(cluster["two"].start)
    cluster.redis.pause()
    await asyncio.sleep(1.0)
    cluster.redis.resume()
    await asyncio.sleep(part_s)
    cluster["three"].pause()
    await asyncio.sleep(part_s)
    cluster["three"].resume()
    cluster.redis.kill()
    cluster.redis.start()
    await asyncio.sleep(part_s)
    assert await asyncio.to_thread(cluster["one"].interrupt, signal.SIGTERM) == 0
    await asyncio.to_thread(cluster["one"].start)
    await asyncio.sleep(part_s)


async def act(viewer: Viewer, random: Random, over: asyncio.Event) -> None:
    for number in count(1):
        if over.is_set():
            return
        intent = some_control(random)
        ref = f"{viewer.name}-{number}"
        with suppress(Refused, Unanswered):  # the history has it
            await viewer.ask(intent.pop("type"), ANSWERED_WITHIN_S, ref=ref, **intent)
        await asyncio.sleep(random.random() * PAUSE_S)
