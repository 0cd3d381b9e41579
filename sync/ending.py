"""Ends tasks for certain, though a library may lose the cancellation that asks them to."""

import asyncio
from typing import Any, Final

AGAIN_S: Final = 0.5
"""After so long without an end the tasks are asked again."""


async def end(*tasks: "asyncio.Task[Any] | None") -> None:
    """Cancel these tasks and return once all have ended, however they did.

    `asyncio.wait_for` before Python 3.12 can swallow a cancellation that comes just as its call is
    done, and redis-py uses it: a loop around such a call would go on for ever. None is no task.
    """
    going_on = {task for task in tasks if task is not None and not task.done()}
    while going_on:
        for task in going_on:
            task.cancel()
        _, going_on = await asyncio.wait(going_on, timeout=AGAIN_S)
