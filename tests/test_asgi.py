"""The composition root: everything joined as a server process joins it, over the real database."""

import importlib
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sync.redis_place import Place
from tests.fakes import FakeClock
from tests.party_rig import later
from tests.party_sockets import Guest
from watchparty import sign_in
from watchparty.history.backlog import MemoryBacklog
from watchparty.history.redis_backlog import RedisBacklog
from watchparty.identity import Account
from watchparty.models import Room
from watchparty.store.memory import MemoryStore
from watchparty.store.redis import RedisStore

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def asgi(transactional_db: None, settings: Any) -> AsyncIterator[Any]:
    """The process's own application, whose hub is put back as it was."""
    settings.DEBUG = True  # as a newcomer runs it: nobody has collected static files
    asgi = importlib.import_module("config.asgi")  # reads the database, so not before the fixture
    before = (asgi.hub._housekeeper, asgi.hub._loop)
    asgi.hub._housekeeper = None
    yield asgi
    await asgi.hub.close()
    asgi.hub._housekeeper, asgi.hub._loop = before


@pytest.fixture(autouse=True)
def party_host(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["party.example"]


async def until(guest: Guest, type_: str) -> dict[str, Any]:
    """Wait for what needs the database's thread."""
    for _ in range(500):
        await guest.listen()
        if any(message["type"] == type_ for message in guest.messages):
            return guest.last(type_)
    raise AssertionError(f"no {type_}: {guest.messages}")


async def test_a_foreign_page_gets_nowhere(asgi: Any) -> None:
    mallory = Guest(asgi.application, "Mallory", origin="https://evil.example")
    await mallory.connect()
    assert (mallory.accepted, mallory.messages) == (False, [])


async def test_two_watch_together_and_the_database_remembers(asgi: Any) -> None:
    film = {"kind": "file", "url": "/media/f.webm", "title": "F", "duration": 90.0}
    await Room.objects.acreate(slug="demo", title="Demo", source=film)
    ada, bo = [Guest(asgi.application, name) for name in ("Ada", "Bo")]
    for guest in (ada, bo):
        await guest.connect()
        await guest.join()
        assert (await until(guest, "room:joined"))["room"]["title"] == "Demo"
    await ada.say("video:seek", time=12, ref="r1")
    assert (await until(bo, "video:state"))["currentTime"] == 12
    assert asgi.hub.counts == {"rooms": 1, "connections": 2, "degradedRooms": 0, "members": 2}
    for guest in (ada, bo):
        await guest.hang_up()
    await asgi.hub.close()
    row = await Room.objects.aget(slug="demo")
    assert (row.seq, row.left_cleanly) == (1, True)
    await later()


async def test_while_a_session_is_looked_up_the_others_go_on(
    asgi: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Room.objects.acreate(slug="demo", title="Demo")
    answer = threading.Event()
    account = Account("a-person", "Ada Lovelace")
    monkeypatch.setattr(sign_in, "_account_of_session", lambda _: answer.wait(30) and account)
    ada, bo = Guest(asgi.application, "Ada", session="x" * 32), Guest(asgi.application, "Bo")
    for guest in (ada, bo):
        await guest.connect()
        await guest.join()
    await until(bo, "room:joined")
    assert (ada.accepted, ada.messages) == (True, [])
    answer.set()
    assert (await until(ada, "user:self"))["name"] == "Ada Lovelace"
    for guest in (ada, bo):
        await guest.hang_up()


async def test_a_database_that_does_not_answer_keeps_nobody_waiting(
    asgi: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = threading.Event()
    monkeypatch.setattr(sign_in, "_account_of_session", lambda _: answer.wait(30))
    monkeypatch.setattr(sign_in, "LOOK_UP_WITHIN_S", 0.05)
    ada = Guest(asgi.application, "Ada", session="x" * 32)
    await ada.connect()
    assert (await until(ada, "error"))["code"] == "unavailable"
    answer.set()
    await ada.hang_up()


async def test_a_kept_film_runs_on_along_one_media_clock(asgi: Any, monkeypatch: Any) -> None:
    assert asgi.clock_id() == asgi.boot_id()
    monkeypatch.setattr(asgi.clock, "timebase", FakeClock().timebase(generation=1_700_000_000))
    assert asgi.clock_id() == "generation 1700000000"


async def test_redis_joins_servers_and_without_it_the_process_is_alone(
    asgi: Any, settings: Any
) -> None:
    assert isinstance(asgi.make_store(), MemoryStore)
    assert asgi.hub._context.alone
    settings.REDIS_PLACES = [Place("nowhere", url="redis://127.0.0.1:1/0")]
    assert isinstance(asgi.make_store(), RedisStore)
    assert not asgi.make_hub()._context.alone


async def test_history_waits_on_each_redis_or_in_a_process_alone(asgi: Any, settings: Any) -> None:
    assert [type(one) for one in asgi.make_backlogs()] == [MemoryBacklog]
    places = [Place(name, url="redis://127.0.0.1:1/0") for name in ("one", "two")]
    settings.REDIS_PLACES = places
    assert [type(one) for one in asgi.make_backlogs()] == [RedisBacklog, RedisBacklog]
    assert asgi.history.report["history"]["dropped"] == 0
