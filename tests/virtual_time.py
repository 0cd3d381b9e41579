"""An event loop whose time stands until nothing is left to do, then jumps to the next timer.

Tests marked `virtual_time` run on it: `await asyncio.sleep(60)` takes no time and is exact.
"""

import asyncio
import selectors
from typing import Any


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Selects as ever, but passes the time instead of spending it."""

    def __init__(self) -> None:
        self.passed_s = 1000.0
        super().__init__(_Impatient(self))

    def time(self) -> float:
        return self.passed_s


class _Impatient(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self._loop.passed_s += max(timeout, 0.0)
        return ready
