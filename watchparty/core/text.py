"""Text of people as others may see it: nothing invisible that could imitate, reorder or flood."""

import unicodedata
from typing import Final

BLANKS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Hangul fillers and the empty Braille cell: letters and symbols that show nothing."""

JOINERS: Final = "\u200c\u200d"
"""Needed inside words of some scripts and inside emoji."""

MOST_MARKS: Final = 4
"""More marks than this on one letter climb over the neighbouring lines; no script needs them."""


def without_tricks(text: str, *, keep: str = JOINERS) -> str:
    """Without controls, overrides of direction, tags and towers of marks.

    `keep`: invisible characters that stay all the same.
    """
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            marks += 1
            if marks > MOST_MARKS:
                continue
        elif _shows(character):
            marks = 0
        if character in keep or character.isprintable():
            kept.append(character)
        elif category in ("Zl", "Zp", "Zs", "Cc"):
            kept.append(" ")
    return "".join(kept)


def _shows(character: str) -> bool:
    """Whether a mark after it stands on it, and not on what stood before."""
    return character.isprintable() and character not in BLANKS


def has_visible(text: str) -> bool:
    """Whether anything of it can be seen."""
    return any(_is_visible(character) for character in text)


def _is_visible(character: str) -> bool:
    """Whether it shows by itself: no mark that needs another, no space, no filler."""
    return unicodedata.category(character)[0] in "LNPS" and character not in BLANKS
