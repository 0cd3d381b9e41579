"""How the workers of one supervisor ask each other: each answers on a unix socket of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from watchparty.serving.control import MAX_LINE_BYTES, ControlFault, ControlSocket, asked

PATIENCE_S: Final = 1.0
"""Whoever has not answered by then has not answered: who asks us waits for us as well."""

SERIAL: Final = "WORKER_SERIAL"
"""The variable by which a worker knows its number; who is alone has none."""

logger = logging.getLogger(__name__)


def place_of(control: Path, serial: int) -> Path:
    """Where the worker of that number answers: beside the socket of its supervisor."""
    return control.with_name(f"{control.name}.{serial}")


@dataclass(frozen=True, slots=True)
class Family:
    """What the supervisor says of its workers, and what those said who serve or will."""

    status: Mapping[str, Any] | None = None
    """As `serve status` shows it; None: the supervisor does not answer."""
    answers: Mapping[str, bytes | None] = field(default_factory=dict)
    """By the names of the others; None: silence."""


class Siblings:
    """One worker's way to the others."""

    def __init__(self, control: Path, serial: int, *, patience_s: float = PATIENCE_S) -> None:
        """`control` is the supervisor's socket, `serial` the number that it gave this worker."""
        self._control = control
        self._serial = serial
        self._patience_s = patience_s
        self._answering: tuple[ControlSocket, asyncio.Server] | None = None

    async def serve(self, answer: Callable[[str], bytes]) -> None:
        """Answer the others from now on; where that cannot be, they miss us and all else works."""
        path = place_of(self._control, self._serial)
        try:
            if path.is_socket():
                path.unlink()  # of a supervisor before ours, whose workers may still drain
            place = ControlSocket(path)
        except (ControlFault, OSError) as problem:
            logger.warning("%s The other workers' figures will lack ours.", problem)
            return
        self._answering = place, await place.answer(lambda line: answer(line.decode().rstrip("\n")))

    def close(self) -> None:
        """Answer no more."""
        if self._answering is not None:
            place, server = self._answering
            server.close()
            place.close()

    async def ask(self, question: str) -> Family:
        """Ask all others, at the same time."""
        try:
            async with asyncio.timeout(self._patience_s):
                status = await asked(self._control, {"do": "status"})
        except (ControlFault, TimeoutError) as problem:
            logger.warning("the supervisor does not tell of the other workers: %s", problem)
            return Family()
        others = {
            str(worker["instance"]): int(worker["serial"])
            for worker in status["workers"]
            if worker.get("serial", self._serial) != self._serial
        }
        answers = await asyncio.gather(
            *(self._answer_of(serial, question) for serial in others.values())
        )
        return Family(status, dict(zip(others, answers, strict=True)))

    async def _answer_of(self, serial: int, question: str) -> bytes | None:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(self._patience_s):
                reader, writer = await asyncio.open_unix_connection(
                    place_of(self._control, serial), limit=MAX_LINE_BYTES
                )
                try:
                    writer.write(question.encode() + b"\n")
                    return await reader.read() or None
                finally:
                    writer.close()
        return None
