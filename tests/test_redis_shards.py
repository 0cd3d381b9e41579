"""Several Redis: the store's promises hold over two, a room and its messages lie on one of them."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis

from config.env import Env
from config.redis import redis_places
from sync.redis_place import Place
from tests.dict_archive import kept
from tests.ports import port_of, reserve_port
from tests.redis_server import RedisServer
from tests.rooms import NOW_MS, play
from tests.store_contract import StoreContract
from tests.store_house import House, applied, state_of
from tests.test_redis_store import RedisHouse, know_run
from watchparty.hub.layer import RoomLayer, group_of
from watchparty.store.base import StoreUnavailable
from watchparty.store.redis import RedisStore
from watchparty.store.redis_calls import RedisCalls
from watchparty.store.redis_watch import RedisWatch

PASSWORD = "a-word-for-tests"
ROOMS = [f"room-{number}" for number in range(12)]


@pytest.fixture(scope="module")
def pair() -> Iterator[list[RedisServer]]:
    servers = [RedisServer(), RedisServer()]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.end()


@pytest.fixture
async def house(pair: list[RedisServer]) -> AsyncIterator[RedisHouse]:
    house = RedisHouse(pair[0])
    house.places = [server.place for server in pair]
    for server in pair:
        server.empty()
        know_run(server)
    yield house
    for store in house.stores:
        await store._shards.close()


class TestTwoRedis(StoreContract):
    @pytest.fixture
    def house(self, house: RedisHouse, pair: list[RedisServer]) -> House:
        return TwoHouse(house, pair)


class TwoHouse(House):
    """Both go down together."""

    def __init__(self, house: RedisHouse, pair: list[RedisServer]) -> None:
        super().__init__()
        self._house, self._pair = house, pair
        house.archive, house.epochs = self.archive, self.epochs

    def start(self, boot_id: str = "b1") -> RedisStore:
        return self._house.start(boot_id)

    def crash(self) -> None:
        for server in self._pair:
            server.kill()
            server.start()


def words(server: RedisServer) -> Redis:
    """A client that is answered in words."""
    return Redis.from_url(server.url, decode_responses=True)


def rooms_on(server: RedisServer) -> set[str]:
    with closing(words(server)) as client:
        keys = map(str, client.keys("csw:room:{*}"))
    return {key.removeprefix("csw:room:{").removesuffix("}") for key in keys}


async def test_each_room_lies_on_one_of_them(house: RedisHouse, pair: list[RedisServer]) -> None:
    for slug in ROOMS:
        house.archive.rooms[slug] = kept(slug)
    stores = [house.start(), house.start()]
    for slug in ROOMS:
        await stores[0].open(slug, NOW_MS)
        assert (await state_of(stores[1], slug)).slug == slug
    shared = [rooms_on(server) for server in pair]
    assert shared[0] | shared[1] == set(ROOMS)
    assert not shared[0] & shared[1]
    assert all(shared)


async def test_the_loss_of_one_leaves_the_rooms_of_the_other_alone(
    house: RedisHouse, pair: list[RedisServer]
) -> None:
    for slug in ROOMS:
        house.archive.rooms[slug] = kept(slug)
    store = house.start()
    for slug in ROOMS:
        await store.open(slug, NOW_MS)
    lost, left = rooms_on(pair[0]), rooms_on(pair[1])
    pair[0].kill()
    try:
        with pytest.raises(StoreUnavailable):
            await store.open(min(lost), NOW_MS)
        assert (await applied(store, play(), slug=min(left))).seq == 1
    finally:
        pair[0].start()


async def test_a_room_s_messages_pass_through_the_redis_that_holds_it(
    house: RedisHouse, pair: list[RedisServer]
) -> None:
    for slug in ROOMS:
        house.archive.rooms[slug] = kept(slug)
    store, layer = house.start(), RoomLayer(places=house.places, prefix="csw")
    channel = await layer.new_channel()
    for slug in ROOMS:
        await store.open(slug, NOW_MS)
        await layer.group_add(group_of(slug), channel)
    for server in pair:
        with closing(words(server)) as client:
            names = list(map(str, client.pubsub_channels("*room.*")))
        assert {name.rpartition("room.")[2] for name in names} == rooms_on(server)
    await layer.flush()


async def test_servers_that_know_other_places_wait_until_the_last_of_the_others_has_gone(
    pair: list[RedisServer], house: RedisHouse, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = (RedisWatch(RedisCalls(pair[0].place), name) for name in ("one", "a b"))
    told = asyncio.Event()
    old.start(told.set, lambda: NOW_MS)
    await looks(old)
    new.start(told.set, lambda: NOW_MS)
    await asyncio.wait_for(told.wait(), 5)
    assert is_away(new)
    assert not is_away(old)
    assert "other Redis places" in caplog.text
    await old.close()
    with closing(pair[0].client()) as client:
        assert 0 < client.pttl("csw:places") <= 15_000
        client.delete("csw:places")  # which 15 s would do
    told.clear()
    await asyncio.wait_for(told.wait(), 5)
    assert not is_away(new)
    await new.close()


def is_away(watch: RedisWatch) -> bool:
    return watch.away_since_ms is not None


async def looks(watch: RedisWatch) -> None:
    before = watch.looks
    async with asyncio.timeout(5):
        while watch.looks == before:  # noqa: ASYNC110 - a look that finds all well says nothing
            await asyncio.sleep(0.01)


# -- Passwords and TLS


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of an authority of our own, which signs itself for 127.0.0.1."""
    openssl = shutil.which("openssl")
    assert openssl, "openssl is missing: sudo apt-get install openssl"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return tmp_path / "cert.pem"


def place(**settings: str) -> Place:
    env = Env(settings)
    (found,) = redis_places(env)
    env.finish()
    return found


async def answers(place: Place) -> bool:
    client = RedisCalls(place)
    try:
        return bool(await client.run("return 1", []))
    except StoreUnavailable:
        return False
    finally:
        await client.close()


async def test_a_password_opens_and_none_or_another_does_not() -> None:
    server = RedisServer()
    server.start()
    try:
        with closing(server.client()) as client:
            client.config_set("requirepass", PASSWORD)
        address = f"127.0.0.1:{server.port}"
        assert not await answers(place(REDIS_URL=f"redis://{address}"))
        assert not await answers(place(REDIS_URL=f"redis://:wrong@{address}"))
        assert await answers(place(REDIS_URL=f"redis://:{PASSWORD}@{address}"))
        assert await answers(place(REDIS_URL=f"redis://{address}", REDIS_PASSWORD=PASSWORD))
    finally:
        server.end()


async def test_a_line_with_tls_believes_only_whom_the_file_names(certificate: Path) -> None:
    key = certificate.with_name("key.pem")
    server = RedisServer()
    server.start()
    try:
        with closing(Redis(port=server.port)) as client:
            client.config_set("tls-cert-file", str(certificate))
            client.config_set("tls-key-file", str(key))
            client.config_set("tls-ca-cert-file", str(certificate))
            client.config_set("tls-auth-clients", "no")
            with closing(reserve_port()) as free:
                tls = port_of(free)
            client.config_set("tls-port", tls)
        address = f"rediss://127.0.0.1:{tls}"
        assert not await answers(place(REDIS_URL=address))
        assert await answers(place(REDIS_URL=address, REDIS_CA_FILE=str(certificate)))
    finally:
        server.end()
