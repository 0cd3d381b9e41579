"""The real databases: SQLite in WAL with IMMEDIATE transactions, and a PostgreSQL of our own."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.database import parse_database_url, sqlite
from tests.commands import manage
from tests.postgres_server import PostgresServer

ROUND_TRIP = """
from django.db import connection
from watchparty.models import Room
room = Room.objects.create(slug="round-trip", title="Hin & zurück 🎬", epoch="e1", seq=2**40,
                           settings={"onEnd": "loop"}, state={"room": {"x": [1.5, None]}})
again = Room.objects.get(slug="round-trip", is_public=False, closed_at=None)
assert (again.title, again.seq, again.state) == (room.title, room.seq, room.state), again
assert again.source is None and again.left_cleanly
print("round trip on", connection.vendor)
"""

TWO_WRITERS = """
import threading
from django.db import connection, transaction
from watchparty.models import Room
Room.objects.get_or_create(slug="counter", defaults={"title": "0", "epoch": "e"})
failures = []
def count():
    try:
        for _ in range(25):
            with transaction.atomic():
                room = Room.objects.get(slug="counter")
                room.seq += 1
                room.save()
    except Exception as error:
        failures.append(error)
    finally:
        connection.close()
threads = [threading.Thread(target=count) for _ in range(4)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print("failures", failures, "seq", Room.objects.get(slug="counter").seq)
"""


@pytest.mark.parametrize(
    "url", ["sqlite:///", "sqlite://host/x", "mysql://h/n", "postgres://h", "postgresql:///", "x"]
)
def test_a_database_address_of_another_form_is_refused(url, tmp_path):
    with pytest.raises(ValueError, match="postgresql://user"):
        parse_database_url(url, tmp_path)


def test_an_address_is_taken_apart_and_unquoted(tmp_path):
    url = "postgres://me%40x:p%2Fw@db.example:6543/my%20name?sslmode=require"
    parsed = parse_database_url(url, tmp_path)
    assert [parsed[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        *("me@x", "p/w", "db.example", "6543", "my name")
    ]
    assert parsed["OPTIONS"]["sslmode"] == "require"
    pool = parsed["OPTIONS"]["pool"]
    assert pool["max_size"] >= 1
    assert pool["reconnect_timeout"] <= pool["timeout"], "one that is back is noticed soon"
    assert parsed["CONN_MAX_AGE"] == 0


def test_a_sqlite_path_is_relative_to_the_project_or_absolute(tmp_path):
    assert (
        parse_database_url("sqlite:///var/a%20b.db", tmp_path)["NAME"] == f"{tmp_path}/var/a b.db"
    )
    assert parse_database_url("sqlite:////data/x.db", tmp_path) == sqlite(Path("/data/x.db"))


def test_sqlite_keeps_rooms_in_wal_and_loses_no_write_of_four_threads(tmp_path):
    file = tmp_path / "rooms.sqlite3"
    url = f"sqlite:///{file}"
    assert manage("migrate", "--verbosity", "0", DATABASE_URL=url).returncode == 0
    done = manage("shell", "--verbosity", "0", "-c", ROUND_TRIP, DATABASE_URL=url)
    assert "round trip on sqlite" in done.stdout, done.stderr
    done = manage("shell", "--verbosity", "0", "-c", TWO_WRITERS, DATABASE_URL=url)
    assert "failures [] seq 100" in done.stdout, done.stdout + done.stderr
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    postgres = PostgresServer()
    try:
        postgres.start()
        yield postgres.url
    finally:
        postgres.end()


def test_postgresql_takes_every_migration_and_keeps_rooms(postgres_url):
    started = time.monotonic()
    done = manage("migrate", "--verbosity", "0", DATABASE_URL=postgres_url)
    assert done.returncode == 0, done.stderr
    done = manage("shell", "--verbosity", "0", "-c", ROUND_TRIP, DATABASE_URL=postgres_url)
    assert "round trip on postgresql" in done.stdout, done.stderr
    done = manage("demo_room", DATABASE_URL=postgres_url)
    assert "made" in done.stdout, done.stderr
    assert time.monotonic() - started < 60, "the pool must not keep a command from ending"
