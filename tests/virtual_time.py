"""An event loop whose time stands until nothing is left to do, then jumps to the next timer.

Tests marked `virtual_time` run on it: `await asyncio.sleep(60)` takes no time and is exact. While a
thread of an executor works, time stands too.
"""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

THREAD_PATIENCE_S = 0.05
"""Real time: a thread that is done wakes the loop earlier."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Selects as ever, but passes the time instead of spending it."""

    def __init__(self) -> None:
        self.passed_s = 1000.0
        self.threads = 0
        super().__init__(_Impatient(self))

    def time(self) -> float:
        return self.passed_s

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = super().run_in_executor(executor, func, *args)
        self.threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self.threads -= 1


class _Impatient(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            return super().select(None)
        if timeout > 0 and self._loop.threads:
            return super().select(THREAD_PATIENCE_S)
        ready = super().select(0)
        if not ready:
            self._loop.passed_s += max(timeout, 0.0)
        return ready
