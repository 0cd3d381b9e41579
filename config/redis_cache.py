"""Django's cache behind Sentinel: its own Redis backend, with connections to the present master."""

from typing import Any, Self

from redis.sentinel import Sentinel, SentinelConnectionPool

from sync.redis_place import CONNECT_S, PATIENCE_S, Place


class SentinelPool(SentinelConnectionPool):
    """What Django's RedisCache makes of OPTIONS["pool_class"]; its address is the master's name."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> Self:
        """Connections to the master of this name."""
        place: Place = options.pop("place")
        manager: Any = Sentinel
        made = manager(place.sentinels, sentinel_kwargs=place.sentinel_connection)
        return cls(url, made, **options)


def redis_cache(place: Place) -> dict[str, Any]:
    """An entry of Django's CACHES."""
    bounds = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": CONNECT_S}
    options: dict[str, Any] = {**place.connection, **bounds}
    if not place.url:
        options |= {"pool_class": "config.redis_cache.SentinelPool", "place": place}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": place.url or place.name,
        "KEY_PREFIX": "csw",
        "OPTIONS": options,
    }
