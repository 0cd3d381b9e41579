"""`manage.py serve`: the production server, in one process or in several under a supervisor."""

from __future__ import annotations

import asyncio
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from watchparty.serving.address import CannotListen, greeting, listen
from watchparty.serving.control import ControlFault, ControlSocket, ask
from watchparty.serving.cores import usable_cores
from watchparty.serving.fleet import MAX_WORKERS
from watchparty.serving.server import Server, uvicorn_config
from watchparty.serving.supervisor import Site, Supervisor
from watchparty.serving.table import table
from watchparty.serving.worker import work

logger = logging.getLogger(__name__)

CANNOT_START = "The server could not start; see above."


class Command(BaseCommand):
    """Checks first, then listens on HOST and PORT until told to stop."""

    help = (
        "Run the production server on HOST and PORT: a worker for each core under a supervisor "
        "where there is Redis, one process alone where there is none. SIGTERM drains, SIGHUP "
        "replaces one worker after another."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workers",
            type=int,
            metavar="N",
            help="1 is this process alone, without a supervisor; more need REDIS_URL",
        )
        actions = parser.add_subparsers(dest="action", metavar="status | scale")
        actions.add_parser("status", help="show the workers of a running supervisor")
        scale = actions.add_parser("scale", help="have more or fewer workers: +2, -1 or 4")
        scale.add_argument("number", metavar="+2 | -1 | 4")
        worker = actions.add_parser("worker")  # what the supervisor starts
        worker.add_argument("descriptors", type=int, nargs=2)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve; returns after a drain. Or talk to a supervisor that does."""
        try:
            match options["action"]:
                case "status":
                    self.stdout.write(table(ask(settings.SERVE_SOCKET, {"do": "status"})))
                case "scale":
                    self._scale(options["number"])
                case "worker":
                    _ran(work(*options["descriptors"]))
                case _:
                    self._serve(_workers(options["workers"]))
        except (CannotListen, ControlFault) as problem:
            raise CommandError(str(problem)) from None

    def _scale(self, number: str) -> None:
        answer = ask(settings.SERVE_SOCKET, {"do": "scale", "to": number})
        self.stdout.write(f"{answer['wanted']} workers wanted, {answer['before']} before.")
        self.stdout.write(table(answer))

    def _serve(self, workers: int) -> None:
        if workers == 1:
            alone()
        else:
            supervise(workers)
        print("Stopped.", flush=True)


def alone() -> None:
    """Serve in this process until told to stop."""
    listener = listen(settings.HOST, settings.PORT)
    server = Server(uvicorn_config(), on_ready=_greet(1))
    server.run(sockets=[listener])
    _ran(server.started)


def supervise(workers: int) -> None:
    """Serve in several processes until told to stop."""
    listener = listen(settings.HOST, settings.PORT)
    control = _control()
    command = [str(Path(sys.argv[0])), "serve"]
    reached_at = None if control is None else settings.SERVE_SOCKET
    site = Site(settings.INSTANCE_ID, settings.PORT, command, reached_at, listener)

    async def run() -> bool:
        return await Supervisor(site, workers, _greet(workers)).run(control)

    try:
        _ran(asyncio.run(run()))
    finally:
        if control is not None:
            control.close()


def _control() -> ControlSocket | None:
    """Serving matters more than being asked about it."""
    try:
        return ControlSocket(settings.SERVE_SOCKET)
    except ControlFault as problem:
        logger.warning("%s `serve status` and `serve scale` will not work.", problem)
        return None


def _workers(asked: int | None) -> int:
    """How many to start: what is asked for, if it can work, or what suits the machine."""
    if asked is None:
        return usable_cores() if settings.REDIS_PLACES else 1
    if not 1 <= asked <= MAX_WORKERS:
        raise CommandError(f"--workers may be 1 to {MAX_WORKERS}, not {asked}.")
    if asked > 1 and not settings.REDIS_PLACES:
        raise CommandError(
            f"{asked} workers need REDIS_URL: without Redis each would keep rooms of its own."
        )
    return asked


def _greet(workers: int) -> Callable[[], None]:
    return lambda: print(greeting(workers), flush=True)


def _ran(could_start: bool) -> None:
    if not could_start:
        raise CommandError(CANNOT_START)
