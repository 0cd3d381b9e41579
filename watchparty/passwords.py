"""Passwords of rooms: kept as a salted scrypt hash, compared off the event loop."""

from django.contrib.auth.hashers import check_password, make_password

HASHER = "scrypt"
"""Some 60 ms and 16 MB a try; `Limit` "password" says how many tries there are."""


def hash_password(password: str) -> str:
    """What is kept of a room's password; nothing of none. Slow by design: not on the loop."""
    return make_password(password, hasher=HASHER) if password else ""


def is_password(password: str, kept: str) -> bool:
    """Whether this is the password. Slow by design: not on the event loop."""
    return check_password(password, kept)
