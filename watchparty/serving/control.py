"""The unix socket by which commands talk to a running supervisor: a line of JSON each way.

Workers answer their siblings on such sockets, too (siblings.py).
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

MAX_LINE_BYTES: Final = 64 * 1024
PATIENCE_S: Final = 5.0
OWNER_ONLY: Final = 0o177
"""The umask that leaves a socket of mode 0600."""

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class ControlFault(Exception):  # noqa: N818 - what is told, in a sentence
    """Nobody answers there, or the place cannot be used."""


class ControlSocket:
    """The end of who answers: a supervisor, or one of its workers."""

    def __init__(self, path: Path) -> None:
        """Take the place. Raises ControlFault when it is another's, or none for a socket."""
        self._path = path
        self._socket = _bound(path)
        self._inode = path.stat().st_ino

    async def serve(self, answer: Answer) -> asyncio.Server:
        """Answer JSON with JSON from now on."""
        return await self.answer(lambda line: json.dumps(answer(json.loads(line))).encode() + b"\n")

    async def answer(self, answer: Callable[[bytes], bytes]) -> asyncio.Server:
        """Answer each line from now on; a ValueError ends that connection alone."""

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, ValueError, TimeoutError):
                line = await asyncio.wait_for(reader.readline(), PATIENCE_S)
                writer.write(answer(line))
                await asyncio.wait_for(writer.drain(), PATIENCE_S)
            writer.close()

        return await asyncio.start_unix_server(connected, sock=self._socket, limit=MAX_LINE_BYTES)

    def close(self) -> None:
        """Leave nothing behind, but let a successor's socket be."""
        self._socket.close()
        with suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()


def ask(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The supervisor's answer. Raises ControlFault with a sentence."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(PATIENCE_S)
        try:
            asking.connect(str(path))
            asking.sendall(json.dumps(request).encode() + b"\n")
            with asking.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
        except (OSError, ValueError) as error:
            raise _fault(path, error) from None
    if "error" in answer:
        raise ControlFault(str(answer["error"]))
    return answer


async def asked(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    """As `ask`, for who must not wait: the caller sets the time."""
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=MAX_LINE_BYTES)
        try:
            writer.write(json.dumps(request).encode() + b"\n")
            answer: dict[str, Any] = json.loads(await reader.readline())
        finally:
            writer.close()
    except (OSError, ValueError) as error:
        raise _fault(path, error) from None
    return answer


def _fault(path: Path, error: Exception) -> ControlFault:
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return ControlFault(
            f"No supervisor answers at {path}. One process alone has none; with several, "
            "PORT or SERVE_SOCKET must be as the server has it."
        )
    return ControlFault(f"The supervisor at {path} cannot be asked: {error}.")


def _bound(path: Path) -> socket.socket:
    place = socket.socket(socket.AF_UNIX)
    mask = os.umask(OWNER_ONLY)
    try:
        if path.is_socket() and not _answers(path):
            path.unlink()  # of a supervisor that was killed
        place.bind(str(path))
        place.listen()
    except OSError as error:
        place.close()
        raise ControlFault(f"Cannot listen at {path}: {error.strerror or error}.") from None
    finally:
        os.umask(mask)
    place.setblocking(False)
    return place


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.settimeout(PATIENCE_S)
        try:
            knocking.connect(str(path))
        except ConnectionRefusedError:
            return False
    return True
