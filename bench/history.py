"""How the admin does with a long past: `python -m bench.history`.

Seeds a database of its own (SQLite in a temporary folder, with `--postgres` a PostgreSQL started
for it, or an empty one that `--database` names) with a thousand rooms and a million events, then
asks for every page of history several times. Ends by itself after some minutes, with 1 where a page
takes more queries than it may; changes no file.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.machine import describe, load
from tests.postgres_server import PostgresServer

MOST_QUERIES: Final = 14
TIMES: Final = 5
HOST: Final = "localhost"


def main() -> int:
    """Seed, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", default="1000")
    parser.add_argument("--events", default="1000000")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--postgres", action="store_true", help="one of its own, ended with it")
    where.add_argument("--database", help="the address of an empty one, as in DATABASE_URL")
    asked = parser.parse_args()
    with ExitStack() as ends:
        if asked.postgres:
            server = PostgresServer()
            ends.callback(server.end)
            server.start()
            address = server.url
        else:
            folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="csw-history-"))
            address = asked.database or f"sqlite:///{Path(folder) / 'db.sqlite3'}"
        os.environ["DATABASE_URL"] = address
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        return measure(asked.rooms, asked.events)


def measure(rooms: str, events: str) -> int:
    """In the database that the environment names; the exit code."""
    import django

    django.setup()
    from django.core.management import call_command

    for line in (*describe(), f"load before {load():.2f}"):
        print(line)
    call_command("migrate", verbosity=0)
    call_command("seed_history", rooms=int(rooms), events=int(events))
    most = 0
    print(f"{'page':<28}{'queries':>8}{'median ms':>11}{'worst ms':>10}")
    for name, address in pages().items():
        queries, took_ms = ask(address)
        most = max(most, queries)
        print(f"{name:<28}{queries:>8}{median(took_ms):>11.0f}{max(took_ms):>10.0f}")
    print(f"load after {load():.2f}")
    if most > MOST_QUERIES:
        print(f"A page takes {most} queries; {MOST_QUERIES} are allowed.")
    return int(most > MOST_QUERIES)


def pages() -> dict[str, str]:
    """Every page of history by name, with what is searched in it."""
    from watchparty.history.retention import AGES
    from watchparty.models import ChatMessage, Room

    rooms = Room.objects.order_by("pk")
    room = rooms[rooms.count() // 2]
    said = ChatMessage.objects.filter(room=room).order_by("pk")[0]
    base = "/admin/watchparty"
    named = {
        "rooms": f"{base}/room/",
        "a room's story": f"{base}/room/{room.pk}/story/",
        "a room's story, searched": f"{base}/room/{room.pk}/story/?q=louder",
        "chat of a person": f"{base}/chatmessage/?q={said.person}",
        "chat with a word": f"{base}/chatmessage/?q=louder",
        "chat with no such word": f"{base}/chatmessage/?q=nowhere",
        "seeks": f"{base}/playbackevent/?kind=seek",
    }
    metas = [model._meta for model in AGES]  # noqa: SLF001 - Django's own public name
    lists = {f"{one.verbose_name_plural}": f"{base}/{one.model_name}/" for one in metas}
    return {**named, **lists}


def ask(address: str) -> tuple[int, list[float]]:
    """Queries of a page, and how long it takes each time."""
    client = staff()
    took_ms = []
    queries = 0
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    for _ in range(TIMES):
        reset_queries()  # a log that is full, as after the seeding, counts nothing any more
        with CaptureQueriesContext(connection) as captured:
            began_s = time.perf_counter()
            response = client.get(address)
            took_ms.append((time.perf_counter() - began_s) * 1000)
        assert response.status_code == 200, (address, response.status_code)
        queries = len(captured)
    return queries, took_ms


def staff() -> Any:
    """Somebody who may see everything."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(SERVER_NAME=HOST)
    boss, _ = User.objects.get_or_create(username="boss", is_staff=True, is_superuser=True)
    client.force_login(boss)
    return client


if __name__ == "__main__":
    sys.exit(main())
