"""The last seconds of a server: everybody is told to come back, is closed 1012, and is let go."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from sync.core.wire import CloseCode, ServerDraining, encode, wire_ms
from sync.ports import WritePort

RETRY_MS: Final = (200.0, 4200.0)
"""Returns are spread evenly over this: at most a quarter of them in a second, all within 5 s."""

NOTICE_S: Final = 0.3
"""Between the word and the close, so that what was asked before is still answered."""

FLUSH_S: Final = 3.0
"""How long readers may take to accept their close; who takes nothing is dropped after it."""

POLL_S: Final = 0.05
PORTS_AT_ONCE: Final = 100
"""Between so many the loop does other work: probes are answered to the end."""


class DrainedPort(WritePort, Protocol):
    """A write port whose connection can be dropped."""

    def abort(self) -> None:
        """Drop the connection with all that it has not taken."""
        ...


async def drain(
    open_ports: Callable[[], Iterable[DrainedPort]],
    random: Callable[[], float],
    hurry: Callable[[], bool] = lambda: False,
) -> None:
    """Tell all to come back later, close them, and wait until they are gone, but not for long.

    `open_ports` gives those whose connection is not over yet, closed or not. Returns at the latest
    NOTICE_S + FLUSH_S after the telling, or when asked to `hurry`.
    """
    told: set[DrainedPort] = set()
    await _tell(open_ports, told, random)
    if told and not hurry():
        await asyncio.sleep(NOTICE_S)
    loop = asyncio.get_running_loop()
    give_up_at_s = loop.time() + FLUSH_S
    while ports := list(open_ports()):
        if hurry() or loop.time() >= give_up_at_s:
            break
        await _tell(open_ports, told, random)  # those who came in through an open connection
        await _close(ports)
        await asyncio.sleep(POLL_S)
    for port in list(open_ports()):
        port.abort()


async def _tell(
    open_ports: Callable[[], Iterable[DrainedPort]],
    told: set[DrainedPort],
    random: Callable[[], float],
) -> None:
    """One slot of the window for each, and chance within the slot."""
    newcomers = [port for port in open_ports() if port not in told]
    earliest_ms, latest_ms = RETRY_MS
    slot_ms = (latest_ms - earliest_ms) / max(len(newcomers), 1)
    for n, port in enumerate(newcomers):
        retry_in_ms = earliest_ms + (n + random()) * slot_ms
        port.write(encode(ServerDraining(retry_in=wire_ms(retry_in_ms))))
        told.add(port)
        await _breathe(n)


async def _close(ports: Iterable[DrainedPort]) -> None:
    for n, port in enumerate(ports):
        port.close(CloseCode.DRAINING, "this server is about to stop")
        await _breathe(n)


async def _breathe(n: int) -> None:
    if n % PORTS_AT_ONCE == PORTS_AT_ONCE - 1:
        await asyncio.sleep(0)
