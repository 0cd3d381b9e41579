"""What a measurement keeps of each finished part, one JSON line each, to go on from."""

from pathlib import Path
from typing import Generic, TypeVar

import msgspec

R = TypeVar("R")


class Records(Generic[R]):
    """The file with all that was finished."""

    def __init__(self, path: Path, decoder: msgspec.json.Decoder[R]) -> None:
        self._path = path
        self._decoder = decoder

    def read(self) -> list[R]:
        """In the order they were measured in; a line that was cut off is none."""
        if not self._path.exists():
            return []
        records: list[R] = []
        for line in self._path.read_bytes().splitlines():
            try:
                records.append(self._decoder.decode(line))
            except msgspec.DecodeError:
                continue
        return records

    def add(self, record: R) -> None:
        """Keep one more, on a line of its own though the one before was cut off."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        before = self._path.read_bytes() if self._path.exists() else b""
        with self._path.open("ab") as file:
            if before and not before.endswith(b"\n"):
                file.write(b"\n")
            file.write(msgspec.json.encode(record) + b"\n")

    def forget(self) -> None:
        """Begin anew."""
        self._path.unlink(missing_ok=True)
