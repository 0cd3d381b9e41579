"""Where a Redis is: an address, or the master that Sentinels name; and how to connect to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff

PATIENCE_S: Final = 0.5
"""DESIGN section 6: every call to Redis is bounded."""

CONNECT_S: Final = 0.25
"""A part of the patience, so that a call survives one address that does not answer."""


@dataclass(frozen=True)
class Place:
    """One Redis. Of two places with the same name the rooms are the same."""

    name: str
    """Without passwords: it is shown in logs, and says which rooms live there."""
    url: str = ""
    """redis://, rediss:// or unix://; empty where Sentinels name the master."""
    sentinels: tuple[tuple[str, int], ...] = ()
    password: str = ""
    sentinel_password: str = ""
    ca_file: str = ""
    """Certificates that a rediss:// server is believed by; empty: the machine's."""

    @property
    def connection(self) -> dict[str, Any]:
        """What every connection is told beside the address."""
        told: dict[str, Any] = {"password": self.password} if self.password else {}
        if self.ca_file and self.url.startswith("rediss:"):
            told["ssl_ca_certs"] = self.ca_file
        return told

    def pool(self) -> ConnectionPool:
        """Connections whose calls end in time. Nothing is retried: a lost call may have happened.

        redis-py 8 would send a commit up to four times.
        """
        told = {
            **self.connection,
            "socket_timeout": PATIENCE_S,
            "socket_connect_timeout": CONNECT_S,
            "retry": Retry(NoBackoff(), 0),
        }
        if self.url:
            return ConnectionPool.from_url(self.url, **told)
        manager = Sentinel(list(self.sentinels), sentinel_kwargs=self.sentinel_connection)  # type: ignore[no-untyped-call]
        return SentinelConnectionPool(self.name, manager, **told)  # type: ignore[no-untyped-call]

    @property
    def sentinel_connection(self) -> dict[str, Any]:
        """What a connection to a Sentinel is told."""
        told = {"socket_timeout": CONNECT_S, "socket_connect_timeout": CONNECT_S}
        return told | ({"password": self.sentinel_password} if self.sentinel_password else {})

    def layer_host(self) -> dict[str, Any]:
        """The place as channels_redis wants it.

        redis-py 8 gives up a silent socket after 5 s unless told otherwise.
        """
        told = {**self.connection, "socket_timeout": 15, "socket_connect_timeout": CONNECT_S}
        if self.url:
            return {"address": self.url, **told}
        return {
            "sentinels": list(self.sentinels),
            "master_name": self.name,
            "sentinel_kwargs": self.sentinel_connection,
            **told,
        }


@lru_cache(maxsize=4096)
def place_of(room: str, names: tuple[str, ...]) -> int:
    """Which of these places a room lives on: the one that draws the highest lot for it.

    Rendezvous hashing (Thaler and Ravishankar, 1998): the order of the names means nothing, and of
    n places one more takes only every (n+1)th room from each.
    """
    if len(names) == 1:
        return 0
    lots = [blake2b(f"{name} {room}".encode(), digest_size=8).digest() for name in names]
    return lots.index(max(lots))


def common_place(places: Sequence[Place]) -> Place:
    """Where that is kept which is one for all rooms, such as the media clock's anchor."""
    return min(places, key=lambda place: place.name)
