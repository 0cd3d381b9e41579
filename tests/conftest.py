"""What every test may count on."""

import asyncio
import gc
from collections.abc import Callable, Iterator, Mapping

import pytest
import uvloop
from django.core.cache import cache

from tests.cluster.shared import cluster, in_front  # noqa: F401 - started where first asked for
from tests.owned_room import ada, hub, party  # noqa: F401 - fixtures for every file
from tests.redis_server import RedisServer
from tests.virtual_time import VirtualTimeLoop


@pytest.fixture(autouse=True)
def nothing_is_remembered_in_the_cache() -> Iterator[None]:
    """Rate limits of one test must not meet the next one."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A Redis of one file's own."""
    server = RedisServer()
    server.start()
    yield server
    server.end()


def pytest_collection_finish() -> None:
    """As servers do: to look for garbage in all that was loaded stops a test for up to 0.4 s."""
    gc.collect()
    gc.freeze()


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """`virtual_time` runs on a loop that waits for nothing, `both_loops` on uvloop too."""
    if item.get_closest_marker("virtual_time"):
        return {"virtual": VirtualTimeLoop}
    if item.get_closest_marker("both_loops"):
        return {"real": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    return {"real": asyncio.new_event_loop}
