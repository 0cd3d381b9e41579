"""The film's index strip in Python: its geometry, from the JavaScript reader, and its code."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

READER = Path(__file__).resolve().parent.parent / "static/js/playback/frame-index.js"
GUARD = (1, 0)


@dataclass(frozen=True)
class Ruler:
    """Where the strip lies in a `width` x `height` picture, in pixels, and how it is coded."""

    width: int
    height: int
    strip_x: int
    strip_y: int
    cell_width: int
    cell_height: int
    index_rate: int
    index_count: int
    index_bits: int
    check_bits: int
    check_polynomial: int
    check_mask: int
    min_contrast: float
    dark_below: float
    lit_above: float

    @property
    def code_bits(self) -> int:
        return self.index_bits + self.check_bits

    @property
    def cell_count(self) -> int:
        return self.code_bits + 2 * len(GUARD)

    @property
    def duration_s(self) -> float:
        return self.index_count / self.index_rate


def load() -> Ruler:
    """Reads the one definition, a strict JSON literal in the JavaScript module."""
    found = re.search(r"RULER = Object\.freeze\((\{.*?\})\)", READER.read_text("utf-8"), re.DOTALL)
    if found is None:
        raise ValueError(f"{READER.name} no longer defines RULER as a JSON literal")
    return Ruler(**json.loads(found[1]))


def encode(ruler: Ruler, index: int) -> tuple[int, ...]:
    """The cells of an index from left to right, guards included: 1 is lit, 0 is dark."""
    word = _with_check(ruler, index ^ (index >> 1))
    code = ((word >> bit) & 1 for bit in reversed(range(ruler.code_bits)))
    return (*GUARD, *code, *GUARD)


def decode(ruler: Ruler, levels: Sequence[float]) -> int | None:
    """The index that cell brightnesses (0 to 255) stand for, or None when any of it is doubtful."""
    if len(levels) != ruler.cell_count:
        return None
    start_lit, start_dark, *code, end_lit, end_dark = levels
    if min(start_lit, end_lit) - max(start_dark, end_dark) < ruler.min_contrast:
        return None
    dark = (start_dark + end_dark) / 2
    span = (start_lit + end_lit) / 2 - dark
    word = 0
    for level in code:
        share = (level - dark) / span
        if ruler.dark_below <= share <= ruler.lit_above:
            return None
        word = word << 1 | (share > ruler.lit_above)
    gray = word >> ruler.check_bits
    if _with_check(ruler, gray) != word:
        return None
    index = _from_gray(gray)
    return index if index < ruler.index_count else None


def sample(ruler: Ruler, grey: bytes, width: int, height: int) -> list[float]:
    """The mean brightness of each cell's middle quarter in a raw 8-bit grey picture of any size."""
    if len(grey) != width * height:
        raise ValueError("not a raw grey picture of this size")
    scale_x, scale_y = width / ruler.width, height / ruler.height
    top = ruler.strip_y + ruler.cell_height * 3 / 8
    rows = range(round(top * scale_y), round((top + ruler.cell_height / 4) * scale_y))
    levels = []
    for cell in range(ruler.cell_count):
        left = ruler.strip_x + (cell + 3 / 8) * ruler.cell_width
        columns = range(round(left * scale_x), round((left + ruler.cell_width / 4) * scale_x))
        total = sum(grey[row * width + column] for row in rows for column in columns)
        levels.append(total / (len(rows) * len(columns)))
    return levels


def _with_check(ruler: Ruler, gray: int) -> int:
    rest = gray << ruler.check_bits
    divisor = 1 << ruler.check_bits | ruler.check_polynomial
    for bit in reversed(range(ruler.index_bits)):
        if rest & 1 << (bit + ruler.check_bits):
            rest ^= divisor << bit
    return gray << ruler.check_bits | (rest ^ ruler.check_mask)


def _from_gray(gray: int) -> int:
    index = 0
    while gray:
        index ^= gray
        gray >>= 1
    return index
