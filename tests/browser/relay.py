"""A TCP relay between a browser and the server, in a thread: the bad network of the tests."""

import asyncio
import selectors
import threading
from collections.abc import Coroutine
from contextlib import suppress
from random import Random
from typing import Any

from bench.paths import Direction, Network

CHUNK_BYTES = 64 * 1024
CHUNKS_KEPT = 256  # under way in one direction of one connection; beyond, the sender waits
STALL_MS = (200, 400)
BETWEEN_STALLS_MS = (100, 700)

Kept = asyncio.Queue[tuple[float, float, bytes] | None]
"""What is under way: when it came, when it goes on, and None at the end."""


class Relay:
    """Passes bytes on between its own port and the server's, as long as the network is whole.

    The page is opened through the relay's port, so that page, film and socket share its fate.
    With a network the bytes are kept as it says; all connections share its two directions.
    """

    def __init__(
        self, target_port: int, seed: int | str = 0, network: Network | None = None
    ) -> None:
        self.port = 0
        self._target_port = target_port
        self._random = Random(seed)
        self.up = Direction(network.up, Random(f"{seed} up")) if network else None
        self.down = Direction(network.down, Random(f"{seed} down")) if network else None
        # Not epoll, whose timers tick in milliseconds.
        self._loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._joined: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._swallowing = False
        self._stalling: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where browsers find the site through this network."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, with a whole network."""
        self._thread.start()
        self._flowing.set()
        self._run(self._listen())

    def lead_to(self, target_port: int) -> None:
        """Connections from now on end there."""
        self._target_port = target_port

    def stop(self) -> None:
        """End every connection and the thread."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Every connection breaks, and none can be made."""
        self._run(self._close())

    def swallow(self) -> None:
        """Half-open: connections stand and can be made, but not one byte arrives anywhere."""
        self._loop.call_soon_threadsafe(setattr, self, "_swallowing", True)

    def stall(self) -> None:
        """Again and again nothing moves for 200–400 ms; nothing is lost."""
        self._run(self._begin_stalling())

    def heal(self) -> None:
        """The network is whole again; what was swallowed stays lost, with its connections."""
        self._run(self._heal())

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        await self._end_stalling()
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def _end(self) -> None:
        await self._close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _heal(self) -> None:
        await self._end_stalling()
        self._swallowing = False
        if self._server is None:
            await self._listen()

    async def _begin_stalling(self) -> None:
        self._stalling = asyncio.create_task(self._stall_again_and_again())

    async def _end_stalling(self) -> None:
        if self._stalling is not None:
            self._stalling.cancel()
            self._stalling = None
        self._flowing.set()

    async def _stall_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(self._random.uniform(*BETWEEN_STALLS_MS) / 1000)
            self._flowing.clear()
            await asyncio.sleep(self._random.uniform(*STALL_MS) / 1000)
            self._flowing.set()

    def _accept(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._join(near, back))
        self._joined.add(task)
        task.add_done_callback(self._joined.discard)

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._writers.add(back)
        with suppress(OSError):
            far, out = await asyncio.open_connection("127.0.0.1", self._target_port)
            self._writers.add(out)
            await asyncio.gather(self._pass(near, out, self.up), self._pass(far, back, self.down))
            self._writers.discard(out)
        self._writers.discard(back)
        back.close()

    async def _pass(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        direction: Direction | None,
    ) -> None:
        if direction is None:
            await self._hand_on(source, sink)
            return
        kept: Kept = asyncio.Queue(CHUNKS_KEPT)
        delivery = asyncio.create_task(self._deliver(kept, sink, direction))
        with suppress(OSError):
            while chunk := await source.read(CHUNK_BYTES):
                at_ms = self._now_ms()
                await kept.put((at_ms, direction.leaves_ms(at_ms, len(chunk)), chunk))
        await kept.put(None)
        await delivery

    async def _hand_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        lossy = False
        with suppress(OSError):
            while chunk := await source.read(CHUNK_BYTES):
                await self._flowing.wait()
                lossy = lossy or self._swallowing  # a stream with a hole is good for nothing
                if not lossy:
                    sink.write(chunk)
                    await sink.drain()
        # The end of one direction is the end of the other; who was swallowed hears nothing of it.
        if not lossy:
            sink.close()

    async def _deliver(self, kept: Kept, sink: asyncio.StreamWriter, direction: Direction) -> None:
        while (item := await kept.get()) is not None:
            at_ms, due_ms, chunk = item
            if (wait_ms := due_ms - self._now_ms()) > 0:
                await asyncio.sleep(wait_ms / 1000)
            left_ms = self._now_ms()  # first: the peer may have it while we are still writing
            sink.write(chunk)
            direction.passed(at_ms, due_ms, left_ms, len(chunk))
            with suppress(OSError):
                await sink.drain()
        sink.close()

    def _now_ms(self) -> float:
        return self._loop.time() * 1000
