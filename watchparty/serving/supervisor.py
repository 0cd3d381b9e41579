"""The supervisor: does to real processes what the fleet decides, and tells what happens to them."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from watchparty.serving.control import ControlSocket
from watchparty.serving.fleet import Ending, Fleet, Kill, Start, State, Stop, scaled
from watchparty.serving.process import WorkerProcess, ending
from watchparty.serving.shares import over_share
from watchparty.serving.siblings import SERIAL, place_of

SIGNALS: Final = {Stop: signal.SIGTERM, Kill: signal.SIGKILL}

BALANCE_S: Final = 0.5
FRESH_S: Final = 1.5
"""Who has said nothing for so long may be stuck: others must not leave newcomers to it."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Site:
    """What all workers share."""

    instance: str
    """Workers are called after it, with a number that is never used again."""
    port: int
    command: Sequence[str]
    """Of `serve`, after the interpreter's name."""
    control: Path | None
    """Where commands reach the supervisor, and beside it its workers each other."""
    listener: socket.socket
    """Bound once and inherited by each, so that no connection waits for one worker only."""


class Supervisor:
    """Keeps as many workers as are wanted, on one event loop."""

    def __init__(self, site: Site, wanted: int, on_ready: Callable[[], None]) -> None:
        """`on_ready` is called once, when the first worker serves."""
        self._site = site
        self._fleet = Fleet(wanted)
        self._on_ready = on_ready
        self._processes: dict[int, WorkerProcess] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._reloading = False
        self._failed = False

    async def run(self, control: ControlSocket | None) -> bool:
        """Until told to stop and all have ended. Returns whether any worker could start."""
        loop = asyncio.get_running_loop()
        for stop in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(stop, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        answering = await control.serve(self._answer) if control is not None else None
        balancing = loop.create_task(self._balance())
        while not self._fleet.is_over:
            self._act()
            await self._next_news()
        balancing.cancel()
        if answering is not None:
            answering.close()
        return not self._failed

    # --- What is wanted -----------------------------------------------------------------------

    def _stop(self) -> None:
        logger.info("all workers are killed" if self._fleet.stopping else "all workers drain")
        self._fleet.stop()
        self._site.listener.close()  # else newcomers would wait for nobody
        self._news.set()

    def _reload(self) -> None:
        if not self._fleet.stopping:
            logger.info("reload: every worker is replaced, one after another")
            self._reloading = True
            self._fleet.reload(self._now_s())
            self._news.set()

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        match request:
            case {"do": "status"}:
                return self._status()
            case {"do": "scale", "to": str(text)}:
                return self._scale(text)
        return {"error": "The supervisor does not know this request."}

    def _scale(self, text: str) -> dict[str, Any]:
        if self._fleet.stopping:
            return {"error": "The supervisor is about to stop."}
        before = self._fleet.wanted
        try:
            self._fleet.scale(scaled(before, text))
        except ValueError as problem:
            return {"error": str(problem)}
        logger.info("%d workers instead of %d", self._fleet.wanted, before)
        self._act()
        return {**self._status(), "before": before}

    # --- What is done -------------------------------------------------------------------------

    def _act(self) -> None:
        for action in self._fleet.decide(self._now_s()):
            if isinstance(action, Start):
                self._start(action.serial)
            else:
                process = self._processes[action.serial]
                if isinstance(action, Kill):
                    logger.warning(
                        "worker %s takes too long and is killed",
                        process.instance,
                        extra=_of(process),
                    )
                process.send(SIGNALS[type(action)])
        if self._reloading and not self._fleet.is_reloading:
            self._reloading = False
            if not self._fleet.stopping:
                logger.info("reload: done")

    def _start(self, serial: int) -> None:
        process = WorkerProcess(serial, f"{self._site.instance}-{serial}")
        self._processes[serial] = process
        task = asyncio.create_task(self._attend(process), name=process.instance)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _next_news(self) -> None:
        due_at_s = self._fleet.due_at_s()
        within_s = None if due_at_s is None else max(due_at_s - self._now_s(), 0.0)
        try:
            await asyncio.wait_for(self._news.wait(), within_s)
        except TimeoutError:
            return
        self._news.clear()

    async def _balance(self) -> None:
        """The kernel gives most newcomers to a few; those rest until the others have as many."""
        while True:
            await asyncio.sleep(BALANCE_S)
            ready = [self._processes[worker.serial] for worker in self._fleet.serving()]
            heard = [p for p in ready if p.heard_at_s > self._now_s() - FRESH_S]
            over = over_share({process.serial: process.connections for process in heard})
            for process in ready:
                process.rest(process.serial in over)

    # --- What happens -------------------------------------------------------------------------

    async def _attend(self, process: WorkerProcess) -> None:
        said = partial(self._said, process)
        try:
            code = await process.run(
                self._site.command, self._site.listener, said, **self._family_of(process)
            )
        except (OSError, ValueError) as problem:  # no memory, or a listener closed meanwhile
            logger.error("worker %s cannot be started: %s", process.instance, problem)
            code = 1
        del self._processes[process.serial]
        if self._site.control is not None:
            place_of(self._site.control, process.serial).unlink(missing_ok=True)  # if it was killed
        self._tell_of(process, code, self._fleet.ended(process.serial, self._now_s(), code))
        self._news.set()

    def _family_of(self, process: WorkerProcess) -> dict[str, str]:
        """How it finds its siblings; where commands do not reach us, it has none."""
        return {} if self._site.control is None else {SERIAL: str(process.serial)}

    def _said(self, process: WorkerProcess, message: Mapping[str, Any]) -> None:
        if not message.get("ready"):
            return
        if not self._fleet.proven:
            self._on_ready()
        logger.info("worker %s is ready", process.instance, extra=_of(process))
        self._fleet.became_ready(process.serial, self._now_s())
        self._news.set()

    def _tell_of(self, process: WorkerProcess, code: int, end: Ending) -> None:
        name, how, extra = process.instance, ending(code), {**_of(process), "code": code}
        if end.asked:
            logger.info("worker %s has ended %s", name, how, extra=extra)
        elif end.is_hopeless:
            self._failed = True
            logger.error("worker %s ended %s before it was ready", name, how, extra=extra)
        elif end.ends_reload:
            self._reloading = False
            logger.error(
                "reload: given up, as the new worker %s ended %s before it was ready; "
                "the others go on",
                *(name, how),
                extra=extra,
            )
        elif end.again_in_s is None:
            logger.warning("worker %s ended %s; the next is there", name, how, extra=extra)
        elif end.failures:
            logger.error(
                "worker %s ended %s soon after its start (%d in a row); the next starts in %.1f s",
                *(name, how, end.failures, end.again_in_s),
                extra=extra,
            )
        else:
            logger.error("worker %s ended %s; the next starts at once", name, how, extra=extra)

    # --- What is shown ------------------------------------------------------------------------

    def _status(self) -> dict[str, Any]:
        fleet = self._fleet
        serials = sorted(fleet.workers, key=lambda serial: (fleet.workers[serial].slot, serial))
        return {
            "pid": os.getpid(),
            "instance": self._site.instance,
            "port": self._site.port,
            "wanted": fleet.wanted,
            "restarts": fleet.restarts,
            "reloading": fleet.is_reloading,
            "workers": [
                *(self._row(serial) for serial in serials),
                *(self._empty_row(number) for number in fleet.empty_slots()),
            ],
        }

    def _row(self, serial: int) -> dict[str, Any]:
        process, worker = self._processes[serial], self._fleet.workers[serial]
        return {
            "pid": process.pid,
            "serial": serial,
            "instance": process.instance,
            "state": worker.state.value,
            "rests": process.rests and worker.state is State.READY,
            "upSince": f"{process.started_at:%Y-%m-%d %H:%M:%S}",
            "restarts": self._fleet.slot(worker.slot).restarts,
            "connections": process.connections,
        }

    def _empty_row(self, number: int) -> dict[str, Any]:
        slot = self._fleet.slot(number)
        return {
            "state": "waiting",
            "againInS": max(slot.start_at_s - self._now_s(), 0.0),
            "restarts": slot.restarts,
        }

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()


def _of(process: WorkerProcess) -> dict[str, Any]:
    return {"worker": process.instance, "pid": process.pid}
