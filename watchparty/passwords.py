"""Passwords of rooms: kept as salted scrypt hashes, made and compared on threads of their own."""

import asyncio
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from django.contrib.auth.hashers import check_password, make_password

HASHER: Final = "scrypt"
"""As OWASP asks: some 300 ms of a core and 16 MB. `Limit` "password" says how many wrong tries."""

THREADS: Final = 2
"""Apart from the loop's own threads, which read films: many guesses must not make a film stand."""

REMEMBERED_ROOMS: Final = 1000

T = TypeVar("T")

_threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="passwords")


class Passwords:
    """Hashes and compares. Of the right ones it remembers that they were, so that the hundred who
    come to a party cost one hash: as digests under a key that never leaves this process.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[str, bytes] = OrderedDict()

    async def hash(self, password: str) -> str:
        """What is kept of a room's password; nothing of none."""
        return await aside(make_password, password, None, HASHER) if password else ""

    async def is_right(self, password: str, kept: str) -> bool:
        """Whether this is the password of which `kept` was made."""
        return self._was_right(password, kept) or await aside(self._compare, password, kept)

    def _compare(self, password: str, kept: str) -> bool:
        if self._was_right(password, kept):  # Who came first was compared meanwhile.
            return True
        is_right = check_password(password, kept)
        if is_right:
            self._right[kept] = self._digest(password)
            while len(self._right) > REMEMBERED_ROOMS:
                self._right.popitem(last=False)
        return is_right

    def _was_right(self, password: str, kept: str) -> bool:
        digest = self._right.get(kept)
        return digest is not None and hmac.compare_digest(digest, self._digest(password))

    def _digest(self, password: str) -> bytes:
        return hmac.digest(self._key, password.encode(), "sha256")


async def aside(function: Callable[..., T], *arguments: object) -> T:
    """Call what takes its time, beside the event loop and beside all else that waits for a file."""
    return await asyncio.get_running_loop().run_in_executor(_threads, function, *arguments)
