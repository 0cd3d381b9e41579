"""The Redis places that the environment names: one, several with commas, or behind Sentinel."""

from dataclasses import replace
from urllib.parse import urlsplit

from config.env import Env
from sync.redis_place import Place

SCHEMES = ("redis", "rediss", "unix")
SENTINEL_PORT = 26379
HIGHEST_PORT = 65_535


def redis_places(env: Env) -> list[Place]:
    """All places, none without Redis. What is wrong becomes a problem of its variable."""
    urls, masters = env.items("REDIS_URL"), env.items("REDIS_MASTER")
    sentinels = _sentinels(env)
    shared = Place(
        name="",
        sentinels=sentinels,
        password=env.text("REDIS_PASSWORD"),
        sentinel_password=env.text("REDIS_SENTINEL_PASSWORD"),
        ca_file=env.text("REDIS_CA_FILE"),
    )
    if urls and (sentinels or masters):
        env.problem("REDIS_URL", "and REDIS_SENTINELS both say where Redis is: give one of them")
        return []
    if bool(sentinels) != bool(masters):
        missing = "REDIS_MASTER" if sentinels else "REDIS_SENTINELS"
        env.problem(missing, "is missing: Sentinels and the names of their masters go together")
        return []
    if sentinels:
        places = [replace(shared, name=name) for name in masters]
    else:
        good = [url for url in urls if _is_address(env, url)]
        places = [replace(shared, name=_name(url), url=url) for url in good]
    if len({place.name for place in places}) < len(places):
        env.problem("REDIS_MASTER" if sentinels else "REDIS_URL", "names the same Redis twice")
    return places


def _is_address(env: Env, url: str) -> bool:
    parts = urlsplit(url)
    good = parts.scheme in SCHEMES and bool(parts.hostname or parts.scheme == "unix")
    if not good:  # the address may hold a password: it is not shown
        env.problem("REDIS_URL", "cannot be read; use redis://host:6379/0, several with commas")
    return good


def _name(url: str) -> str:
    """The address without user and password."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"


def _sentinels(env: Env) -> tuple[tuple[str, int], ...]:
    def parse(text: str) -> tuple[tuple[str, int], ...]:
        return tuple(_address(item.strip()) for item in text.split(",") if item.strip())

    return env.parsed("REDIS_SENTINELS", (), parse, "addresses such as host:26379,other:26379")


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon:
        return text, SENTINEL_PORT
    if not host or not 0 < int(port) <= HIGHEST_PORT:
        raise ValueError(text)
    return host, int(port)
