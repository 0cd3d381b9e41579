"""The loop that tests wait on: exact, ordered, and quick."""

import asyncio
import time

import pytest

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def began_s() -> float:
    return asyncio.get_running_loop().time()


async def test_a_minute_passes_in_no_time(began_s: float) -> None:
    real_s = time.monotonic()
    await asyncio.sleep(60)
    assert asyncio.get_running_loop().time() == pytest.approx(began_s + 60, abs=1e-6)
    assert time.monotonic() - real_s < 5


async def test_timers_fire_in_their_order() -> None:
    loop, fired = asyncio.get_running_loop(), list[int]()
    for delay in (3, 1, 2):
        loop.call_later(delay, fired.append, delay)
    await asyncio.sleep(2.5)
    assert fired == [1, 2]


async def test_time_stands_while_a_thread_works(began_s: float) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(1, lambda: None)
    await asyncio.to_thread(time.sleep, 0.02)
    assert loop.time() == began_s
