"""Typed settings from the environment and an optional .env file; gathers what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


def load(default_file: Path) -> Env:
    """The process environment over the file that ENV_FILE names (by default `.env`, if any)."""
    named = os.environ.get("ENV_FILE")
    file = Path(named) if named else default_file
    lines = file.read_text(encoding="utf-8").splitlines() if named or file.is_file() else []
    return Env({**parse_lines(lines), **os.environ})


def parse_lines(lines: Sequence[str]) -> dict[str, str]:
    """`NAME=value` lines; blank ones and # comments are skipped, one pair of quotes comes off."""
    values: dict[str, str] = {}
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name.strip()] = value
    return values


class Env:
    """Typed look-ups that never raise: problems gather, so that all are told at once by `finish`.

    An empty value counts as not given, as container files write it.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The value as it stands."""
        return self._values.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        """1/0, true/false, yes/no, on/off in any case."""
        return self.parsed(name, default, _flag, "1 or 0")

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        """A whole number within bounds that belong to the allowed values."""

        def parse(text: str) -> int:
            number = int(text)
            if not lowest <= number <= highest:
                raise ValueError(text)
            return number

        return self.parsed(name, default, parse, f"a whole number from {lowest} to {highest}")

    def items(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """A list parted by commas, without empty items."""
        found = [item.strip() for item in self.text(name).split(",")]
        return [item for item in found if item] or list(default)

    def choice(self, name: str, default: str, allowed: Sequence[str]) -> str:
        """One word of a few."""
        value = self.text(name, default)
        if value not in allowed:
            self.problem(name, f"is {value!r}; use one of {', '.join(allowed)}")
            return default
        return value

    def parsed(self, name: str, default: T, parse: Callable[[str], T], expected: str = "") -> T:
        """What `parse` makes of the text; its ValueError becomes a problem under this name."""
        text = self.text(name)
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            # An address may hold a password, and problems end up in logs.
            shown = "cannot be read" if name.endswith("_URL") else f"is {text!r}"
            self.problem(name, f"{shown}; use {expected}" if expected else f"{shown}: {error}")
            return default

    def table(self, name: str, parse: Callable[[Mapping[str, Any]], T]) -> T:
        """What `parse` makes of a JSON object; an empty one where nothing is given."""

        def read(text: str) -> T:
            try:
                table = json.loads(text)
            except ValueError as error:
                raise ValueError(f"not JSON, {error}") from None
            if not isinstance(table, dict):
                raise ValueError('not a JSON object such as {"name": 1}')
            return parse(table)

        return self.parsed(name, parse({}), read)

    def problem(self, name: str, sentence: str) -> None:
        """Note what is wrong with a variable."""
        self._problems.append(f"{name} {sentence}.")

    def finish(self) -> None:
        """Refuse to go on if anything was wrong, naming every problem."""
        if self._problems:
            raise ImproperlyConfigured("Wrong settings: " + " ".join(self._problems))


def _flag(text: str) -> bool:
    word = text.lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError(text)
    return word in TRUE_WORDS
