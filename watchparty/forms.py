"""What a visitor fills in to start a room, and the address the room gets."""

from __future__ import annotations

import secrets
from typing import Final

from django import forms

from watchparty.models import TITLE_LENGTH

# Friendly to read out; 30 × 30 pairs are no secret, the random end is.
ADJECTIVES: Final = (
    *("amber", "brisk", "calm", "clear", "cosy", "dapper", "eager", "early", "fair", "gentle"),
    *("golden", "happy", "keen", "kind", "late", "lively", "lucky", "mellow", "merry", "neat"),
    *("noble", "open", "plain", "quick", "quiet", "silver", "steady", "sunny", "warm", "wise"),
)
NOUNS: Final = (
    *("balcony", "beacon", "candle", "chapter", "comet", "compass", "cricket", "curtain"),
    *("ember", "ferry", "garden", "harbor", "lantern", "meadow", "matinee", "orbit", "otter"),
    *("parlor", "pendulum", "picnic", "projector", "quartz", "river", "screen", "sparrow"),
    *("studio", "summit", "tempo", "theater", "willow"),
)
# Without letters and digits that are taken for one another.
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
RANDOM_DIGITS: Final = 8
"""About 39 bits beside the words' ten: an address can be read, and cannot be guessed."""


def new_slug() -> str:
    """An address such as "quiet-lantern-4f7k-m2xp"."""
    end = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_DIGITS))
    half = RANDOM_DIGITS // 2
    words = (secrets.choice(ADJECTIVES), secrets.choice(NOUNS))
    return "-".join((*words, end[:half], end[half:]))


class RoomForm(forms.Form):
    """A title, and whether the room is listed."""

    title = forms.CharField(
        max_length=TITLE_LENGTH,
        error_messages={
            "required": "Give the room a title, so that your guests know where they are.",
            "max_length": f"A title has up to {TITLE_LENGTH} characters.",
        },
    )
    public = forms.BooleanField(required=False)
