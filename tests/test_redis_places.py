"""Where Redis is: read from the environment, shown without passwords, shared out among rooms."""

import pytest

from config.env import Env
from config.redis import redis_places
from config.redis_cache import redis_cache
from sync.redis_place import Place, common_place, place_of

ROOMS = [f"room-{number}" for number in range(3000)]
NAMES = ("a:6379/0", "b:6379/0", "c:6379/0")


def places(**settings: str) -> list[Place]:
    env = Env(settings)
    found = redis_places(env)
    env.finish()
    return found


def test_without_any_there_is_none() -> None:
    assert places() == []


def test_several_addresses_are_several_places_without_their_passwords() -> None:
    found = places(REDIS_URL="redis://:secret@a:6379/0, rediss://me:secret@b:6380/1")
    assert [place.name for place in found] == ["a:6379/0", "b:6380/1"]
    assert found[1].url == "rediss://me:secret@b:6380/1"


def test_masters_behind_sentinels_are_places_by_their_names() -> None:
    found = places(
        REDIS_SENTINELS="one:26380, two",
        REDIS_MASTER="rooms,more",
        REDIS_PASSWORD="p1",
        REDIS_SENTINEL_PASSWORD="p2",
    )
    assert [place.name for place in found] == ["rooms", "more"]
    assert found[0].sentinels == (("one", 26380), ("two", 26379))
    assert found[0].connection == {"password": "p1"}
    assert found[0].layer_host()["sentinel_kwargs"]["password"] == "p2"


def test_a_certificate_is_for_those_who_speak_tls() -> None:
    plain, safe = places(REDIS_URL="redis://a:1,rediss://b:1", REDIS_CA_FILE="/ca.pem")
    assert plain.connection == {}
    assert safe.connection == {"ssl_ca_certs": "/ca.pem"}


def test_the_cache_asks_the_same_redis() -> None:
    (plain,) = places(REDIS_URL="redis://a:1")
    assert redis_cache(plain)["LOCATION"] == "redis://a:1"
    (behind,) = places(REDIS_SENTINELS="s", REDIS_MASTER="rooms")
    assert redis_cache(behind)["LOCATION"] == "rooms"
    assert redis_cache(behind)["OPTIONS"]["pool_class"] == "config.redis_cache.SentinelPool"


def test_rooms_are_shared_out_evenly() -> None:
    counts = [0, 0, 0]
    for room in ROOMS:
        counts[place_of(room, NAMES)] += 1
    assert all(900 < count < 1100 for count in counts)


@pytest.mark.parametrize("names", [NAMES[::-1], (NAMES[1], NAMES[2], NAMES[0])])
def test_the_order_of_the_list_means_nothing(names: tuple[str, ...]) -> None:
    assert all(names[place_of(room, names)] == NAMES[place_of(room, NAMES)] for room in ROOMS)
    made = [Place(name) for name in names]
    assert common_place(made).name == NAMES[0]


def test_one_more_place_takes_its_share_and_moves_nothing_else() -> None:
    more = (*NAMES, "d:6379/0")
    before = [NAMES[place_of(room, NAMES)] for room in ROOMS]
    after = [more[place_of(room, more)] for room in ROOMS]
    moved = [new for old, new in zip(before, after, strict=True) if new != old]
    assert set(moved) == {"d:6379/0"}
    assert 0.2 < len(moved) / len(ROOMS) < 0.3
