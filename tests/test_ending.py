"""Tasks end for certain: those that lose a cancellation are asked again."""

import asyncio

import pytest

from sync.ending import AGAIN_S, end

pytestmark = pytest.mark.virtual_time


async def for_ever(losing: int = 0) -> None:
    """A loop that loses so many cancellations."""
    lost = 0
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            lost += 1
            if lost > losing:
                raise


async def failing() -> None:
    raise ValueError


async def took_s(*tasks: "asyncio.Task[None] | None") -> float:
    """How long the end of these took, once they have begun."""
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await end(*tasks)
    assert all(task.done() for task in tasks if task is not None)
    return loop.time() - began_s


async def test_nothing_to_end_is_ended_at_once() -> None:
    assert await took_s() == 0
    assert await took_s(None) == 0


async def test_what_has_ended_or_failed_is_left_as_it_is() -> None:
    done, failed = asyncio.create_task(asyncio.sleep(0)), asyncio.create_task(failing())
    await asyncio.wait({done, failed})
    assert await took_s(done, failed) == 0
    assert not done.cancelled()
    assert isinstance(failed.exception(), ValueError)


async def test_one_that_loses_its_cancellation_is_asked_again() -> None:
    tasks = [asyncio.create_task(for_ever(losing)) for losing in (0, 2)]
    assert await took_s(*tasks) == pytest.approx(2 * AGAIN_S)
    assert all(task.cancelled() for task in tasks)
