"""One process of a load: visitors arrive at their instants; each second it tells how it goes."""

import asyncio
import random
import signal
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

import uvloop

from bench.load.clock import LoadClock
from bench.load.scenario import Scenario, arrivals, choose
from bench.load.tally import Tally
from bench.load.target import Target
from bench.load.visitor import Visitor, now_ms
from bench.viewers import upgrade

TELL_EVERY_S: Final = 1.0
LAG_EVERY_S: Final = 0.02
FAREWELL_S: Final = 3.0
CONNECT_S: Final = 10.0
FIRST_ADDRESS: Final = 0x7F010000
"""127.1.0.0: viewers that come from addresses of their own begin here."""
ADDRESSES: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Part:
    """What one process is to do."""

    target: Target
    rooms: Sequence[str]
    scenario: Scenario
    number: int
    """Of this process, from 0: names, seeds and addresses differ by it."""
    seed: int
    spread: bool
    """Whether each viewer comes from a loopback address of its own."""


def generate(part: Part, parent: Connection) -> None:
    """Play a part; sends a Tally each second and None at the end. Any word from outside stops it.

    Ctrl-C is the parent's matter.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    uvloop.run(Generator(part, parent).play())


class Generator:
    """The visitors of one process."""

    def __init__(self, part: Part, parent: Connection) -> None:
        self._part = part
        self._parent = parent
        self._tally = Tally()
        self._clock = LoadClock()
        self._chance = random.Random(part.seed + part.number)
        self._tls: ssl.SSLContext | None = part.target.tls()
        self._visitors: set[Visitor] = set()
        self._connecting: set[asyncio.Task[None]] = set()

    async def play(self) -> None:
        """Until all phases are over, or the parent says stop; then everybody leaves."""
        watching = [asyncio.create_task(self._feel_lag()), asyncio.create_task(self._tell())]
        coming = asyncio.create_task(self._come())
        stopped = asyncio.create_task(self._told_to_stop())
        await asyncio.wait({coming, stopped}, return_when=asyncio.FIRST_COMPLETED)
        coming.cancel()
        for task in self._connecting:
            task.cancel()
        for visitor in list(self._visitors):
            visitor.leave()
        until_s = time.monotonic() + FAREWELL_S
        while self._visitors and time.monotonic() < until_s:  # noqa: ASYNC110 - no event to await
            await asyncio.sleep(LAG_EVERY_S)
        for task in (*watching, stopped):
            task.cancel()
        if coming.done() and not coming.cancelled():
            coming.result()  # raises what went wrong
        self._send()
        self._parent.send(None)

    async def _told_to_stop(self) -> None:
        """Until the parent says anything, or is no more."""
        word = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._parent.fileno(), word.set)
        await word.wait()
        asyncio.get_running_loop().remove_reader(self._parent.fileno())

    async def _come(self) -> None:
        began_s = time.perf_counter()
        for number, due_s in enumerate(arrivals(self._part.scenario.phases)):
            wait_s = began_s + due_s - time.perf_counter()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            task = asyncio.create_task(self._one(number))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)
        left_s = began_s + self._part.scenario.seconds - time.perf_counter()
        await asyncio.sleep(max(left_s, 0))

    async def _one(self, number: int) -> None:
        part = self._part
        room = part.rooms[(number + part.number) % len(part.rooms)]
        path = f"{part.target.path}?room={room}"
        self._tally.counts["arrived"] += 1
        visitor = Visitor(
            self._tally,
            self._clock,
            choose(part.scenario.behaviours, self._chance),
            self._chance,
            request=upgrade(path, part.target.authority, part.target.origin),
            room=room,
            name=f"Load {part.number}-{number}",
            visit=(part.scenario.think_s, part.scenario.stay_s),
            over=self._visitors.discard,
        )
        self._visitors.add(visitor)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_S):
                await loop.create_connection(
                    lambda: visitor,
                    part.target.host,
                    part.target.port,
                    ssl=self._tls,
                    server_hostname=part.target.host if self._tls else None,
                    local_addr=(self._address(number), 0) if part.spread else None,
                )
        except ssl.SSLError as problem:
            visitor.fail(f"TLS: {problem.reason or 'not verified'}")
        except (OSError, TimeoutError) as problem:
            visitor.fail(f"no connection ({type(problem).__name__})")

    def _address(self, number: int) -> str:
        own = FIRST_ADDRESS + self._part.number * ADDRESSES // 64 + number % (ADDRESSES // 64)
        return ".".join(str(byte) for byte in own.to_bytes(4))

    async def _feel_lag(self) -> None:
        """How late this process' own timers are: where it is the limit, they are late."""
        while True:
            due_ms = now_ms() + LAG_EVERY_S * 1000
            await asyncio.sleep(LAG_EVERY_S)
            self._tally.times["lag"].note(max(now_ms() - due_ms, 0.0))

    async def _tell(self) -> None:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            now_s, used_s = time.perf_counter(), time.process_time()
            self._tally.busiest_core = (used_s - cpu_s) / (now_s - wall_s)
            wall_s, cpu_s = now_s, used_s
            self._send()

    def _send(self) -> None:
        self._tally.open = len(self._visitors)
        self._tally.cpu_s = time.process_time()
        self._parent.send(self._tally)
