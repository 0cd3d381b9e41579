"""History of real servers on real databases: complete, whichever of them goes away for a while.

Times are those of a test; tests/test_recorder.py lets a database be away for a minute.
"""

import asyncio
import json
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.browser.server import Server
from tests.cluster.cluster import Cluster
from tests.cluster.ordering import Message
from tests.cluster.viewer import Viewer

pytestmark = pytest.mark.slow
beside = pytest.mark.beside

TABLES = ("playbackevent", "chatmessage", "houseevent")
RECORDED = " UNION ALL ".join(f"SELECT epoch, seq FROM watchparty_{table}" for table in TABLES)
ENOUGH_S = 30.0
AT_WILL = {"max": 1000, "windowMs": 1000}
LIMITS = json.dumps({"chat": AT_WILL, "videoControl": AT_WILL})

Position = tuple[str, int]


def positions(events: list[Message]) -> list[Position]:
    return sorted((event["epoch"], event["seq"]) for event in events)


def of_sqlite(server: Server) -> list[Position]:
    """What is recorded in a file."""
    with sqlite3.connect(server.database) as connection:
        return sorted(connection.execute(RECORDED).fetchall())


def of_postgres(cluster: Cluster) -> list[Position]:
    """What is recorded in PostgreSQL."""
    assert cluster.postgres is not None
    with cluster.postgres.client() as connection:
        rows: list[Any] = connection.execute(RECORDED).fetchall()
        return sorted(rows)


def history_of(url: str) -> dict[str, Any]:
    """What a server says of its history."""
    with urlopen(f"{url}/api/health", timeout=5) as response:
        told: dict[str, Any] = json.load(response)["history"]
        return told


async def see(look: Callable[[], Any], what: str) -> Any:
    """What `look` finds, as soon as it finds anything."""
    try:
        async with asyncio.timeout(ENOUGH_S):
            while not (found := look()):  # noqa: ASYNC110 - it is in another process
                await asyncio.sleep(0.1)
            return found
    except TimeoutError:
        raise AssertionError(f"{what}: {look()}") from None


async def act(viewer: Viewer, times: int) -> None:
    """Controls and chat of one viewer, each acknowledged."""
    for number in range(times):
        await viewer.ask("video:pause" if number % 2 else "video:play", within_s=20)
        await viewer.ask("chat:send", text=f"{viewer.name} {number}", within_s=20)


# -- Several servers, Redis, PostgreSQL


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("history")
    with Cluster(folder, ["one", "two"], LIMITS=LIMITS) as cluster:
        yield cluster


@pytest.fixture
async def viewers(two: Cluster) -> AsyncIterator[list[Viewer]]:
    """Ada and Bo at one server, Cy at the other; who loses one comes to the other."""
    one, other = two["one"], two["two"]
    there = [
        await Viewer.join([one, other], "Ada"),
        await Viewer.join([one, other], "Bo"),
        await Viewer.join([other, one], "Cy"),
    ]
    yield there
    for viewer in there:
        await viewer.end()


async def recorded(two: Cluster, heard: list[Message]) -> None:
    """Everything that was heard is recorded, and nothing else is."""
    await see(lambda: set(positions(heard)) <= set(of_postgres(two)), "all in the database")
    rows = of_postgres(two)
    assert len(rows) == len(set(rows))
    epochs = {event["epoch"] for event in heard}
    assert [row for row in rows if row[0] in epochs and row >= positions(heard)[0]] == positions(
        heard
    )


@beside
async def test_a_server_killed_in_the_middle_of_the_party_takes_nothing_along(
    two: Cluster, viewers: list[Viewer]
) -> None:
    ada, bo, cy = viewers
    begun = asyncio.gather(act(ada, 12), act(bo, 12), act(cy, 12))
    await see(lambda: len(cy.applied) >= 15, "the party has begun")
    two["one"].kill()
    await begun
    two["one"].start()
    await recorded(two, cy.applied)
    heard = {event.get("ref") for event in cy.applied}
    asked = {entry.ref for viewer in viewers for entry in viewer.timeline.of("asked") if entry.ref}
    assert asked <= heard, "nobody was told what the others never heard"


@beside
async def test_while_the_database_is_away_the_party_goes_on_and_then_all_is_recorded(
    two: Cluster, viewers: list[Viewer]
) -> None:
    assert two.postgres is not None
    ada, bo, cy = viewers
    two.postgres.stop()
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await asyncio.gather(act(ada, 10), act(bo, 10), act(cy, 10))
    assert loop.time() - began_s < 15, "nobody waits for a database"
    warned = await see(
        lambda: [
            told
            for told in (history_of(server.url) for server in two.servers)
            if told["lateS"] > 3 and told["waiting"] >= 60
        ],
        "a warning in /api/health",
    )
    assert warned[0]["dropped"] == 0
    await see(lambda: "history: the database takes nothing" in two.logs(), "a warning in the log")
    two.postgres.start()
    await recorded(two, cy.applied)
    await see(
        lambda: all(not history_of(server.url)["lateS"] for server in two.servers), "all is well"
    )
    assert "takes events again" in two.logs()


@beside
async def test_a_person_of_a_party_is_exported_and_erased_and_the_rest_is_pruned(
    two: Cluster, viewers: list[Viewer]
) -> None:
    ada, bo, _ = viewers
    await act(ada, 2)
    await ada.say("reaction:send", emoji="🔥", x=1, y=1, videoTime=3.0)
    await see(lambda: set(positions(ada.applied)) <= set(of_postgres(two)), "all in the database")
    person = ada.person
    await ada.end()
    theirs = f"visit WHERE person = '{person}'"
    await see(lambda: count_of(two, f"{theirs} AND left_at IS NOT NULL"), "the end of a visit")
    await see(lambda: count_of(two, "reactiontotal"), "a reaction")
    manage = two["one"].manage
    exported = json.loads(await asyncio.to_thread(manage, "export_person", person))
    assert {one["name"] for one in exported["visits"]} == {"Ada"}
    assert "Ada 1" in [one["text"] for one in exported["chat"]]
    said = await asyncio.to_thread(manage, "erase_person", person)
    assert "visits" in said
    assert not count_of(two, theirs)
    assert count_of(two, "visit WHERE name = 'Somebody'")
    assert count_of(two, f"visit WHERE person = '{bo.person}'")
    assert "nothing" in await asyncio.to_thread(manage, "prune_history", "--days=1")


def count_of(two: Cluster, what: str) -> int:
    """How many rows there are."""
    assert two.postgres is not None
    with two.postgres.client() as connection:
        found = connection.execute(f"SELECT count(*) FROM watchparty_{what}").fetchone()
    assert found is not None
    return int(str(found[0]))


# -- A process alone, SQLite


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Server]:
    server = Server(tmp_path, LIMITS=LIMITS)
    server.make_rooms("demo")
    server.start()
    yield server
    server.stop()


@beside
async def test_a_locked_database_costs_a_process_alone_nothing_and_its_end_writes_all(
    alone: Server,
) -> None:
    ada = await Viewer.join(alone, "Ada", comes_back=False)
    with closing(sqlite3.connect(alone.database, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        await act(ada, 6)
        await see(lambda: history_of(alone.url)["lateS"] > 3, "a warning")
    await see(lambda: of_sqlite(alone) == positions(ada.applied), "all in the database")
    await act(ada, 2)
    assert await asyncio.to_thread(alone.interrupt, signal.SIGTERM) == 0
    assert of_sqlite(alone) == positions(ada.applied), "SIGTERM loses nothing"
    with sqlite3.connect(alone.database) as connection:
        visits = connection.execute("SELECT name, left_at IS NULL FROM watchparty_visit").fetchall()
    assert visits == [("Ada", 0)]
    await ada.end()


@beside
async def test_a_process_ends_in_time_though_its_database_does_not_answer_and_says_what_is_lost(
    alone: Server,
) -> None:
    ada = await Viewer.join(alone, "Ada", comes_back=False)
    with closing(sqlite3.connect(alone.database, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        await act(ada, 3)
        async with asyncio.timeout(10):
            assert await asyncio.to_thread(alone.interrupt, signal.SIGTERM) == 0
    assert "6 events are not in the database" in alone.log()
    await ada.end()


async def test_a_process_that_is_killed_has_written_all_but_the_last_quarter_of_a_second(
    alone: Server,
) -> None:
    ada = await Viewer.join(alone, "Ada", comes_back=False)
    loop = asyncio.get_running_loop()
    heard_s: list[float] = []
    for number in range(30):
        await ada.ask("chat:send", text=str(number))
        heard_s.append(loop.time())
        await asyncio.sleep(0.15)
    killed_s = loop.time()
    alone.kill()
    safe = [heard for heard in heard_s if heard < killed_s - 0.25]
    assert len(of_sqlite(alone)) >= len(safe)
    await ada.end()
