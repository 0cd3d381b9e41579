"""The archive in the database: what is kept, when it is written, and what cannot be read."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.db import OperationalError
from msgspec import structs

from tests.party_rig import later
from tests.rooms import FILM, NOW_MS, room
from watchparty.core.keeping import SavedRoom
from watchparty.core.protocol import RoomSettings
from watchparty.core.state import RoomState
from watchparty.models import Room
from watchparty.store import archive as archive_module
from watchparty.store.archive import FLUSH_AFTER_S, RETRY_AFTER_S, DatabaseArchive
from watchparty.store.base import Kept, NoSuchRoom

pytestmark = [pytest.mark.virtual_time, pytest.mark.django_db(transaction=True)]

FIRST_FILM = {"kind": "file", "url": "/media/f.webm", "title": "F", "duration": 90.0}


@pytest.fixture
async def archive() -> AsyncIterator[DatabaseArchive]:
    archive = DatabaseArchive()
    yield archive
    await written(archive)
    archive._thread.shutdown()


async def make_room(slug: str = "demo", **fields: Any) -> None:
    await Room.objects.acreate(slug=slug, **{"title": slug.title(), "source": FIRST_FILM} | fields)


async def row(slug: str = "demo") -> Room:
    return await Room.objects.aget(slug=slug)


async def written(archive: DatabaseArchive) -> None:
    """Let the writing that has begun come to its end."""
    await asyncio.gather(*archive._tasks)


def saved(state: RoomState, *, clean: bool = False) -> SavedRoom:
    return SavedRoom(state=state, saved_at_ms=NOW_MS, boot_id="b1", clean=clean)


class Trouble:
    """A database that fails until it is repaired."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.attempts = 0
        self.broken = True
        self._write = archive_module._write
        monkeypatch.setattr(archive_module, "_write", self)

    def __call__(self, one: SavedRoom) -> None:
        self.attempts += 1
        if self.broken:
            raise OperationalError("database is locked")
        self._write(one)


# -- Reading


async def test_a_room_nobody_made_is_not_there(archive: DatabaseArchive) -> None:
    with pytest.raises(NoSuchRoom):
        await archive.load("nowhere")


async def test_a_room_nobody_played_in_has_its_first_film(archive: DatabaseArchive) -> None:
    await make_room(owner_person="person-ada", is_public=True, max_users=7)
    kept = await archive.load("demo")
    made_ms = (await row()).created_at.timestamp() * 1000
    assert isinstance(kept, Kept)
    assert (kept.record.slug, kept.record.title, kept.record.created_by) == (
        "demo",
        "Demo",
        "person-ada",
    )
    assert (kept.record.max_users, kept.record.is_public, kept.record.closed) == (7, True, False)
    assert kept.record.created_at_ms == made_ms
    assert kept.source is not None
    assert (kept.source.url, kept.source.duration) == (FILM.url, 90)
    assert (kept.settings, kept.saved) == (RoomSettings(), None)


async def test_a_room_without_a_film_has_none(archive: DatabaseArchive) -> None:
    await make_room(source=None, settings={"onEnd": "loop"})
    kept = await archive.load("demo")
    assert (kept.source, kept.settings.on_end) == (None, "loop")


@pytest.mark.parametrize(
    "state",
    [
        {},
        [],
        "text",
        {"room": {}, "saved_at_ms": 1},
        {"room": {"slug": "demo", "epoch": 5}, "saved_at_ms": 1},
        {"room": {"slug": "demo", "epoch": "e1"}},
        {"room": {"slug": "demo", "epoch": "e1"}, "saved_at_ms": "soon"},
    ],
)
async def test_a_state_that_cannot_be_read_is_as_none(
    archive: DatabaseArchive, state: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await make_room(state=state)
    assert (await archive.load("demo")).saved is None
    assert "demo" in caplog.text


@pytest.mark.parametrize(
    "fields",
    [
        {"settings": {"onEnd": "explode"}},
        {"settings": {"unknown": 1}},
        {"settings": []},
        {"source": {"kind": "file"}},
        {"source": {"kind": "vhs", "url": "/f"}},
        {"source": "f.webm"},
    ],
)
async def test_what_an_administrator_mistyped_does_not_lock_the_room(
    archive: DatabaseArchive, fields: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    await make_room(**fields)
    kept = await archive.load("demo")
    assert kept.settings == RoomSettings()
    assert "demo" in caplog.text
    if "source" in fields:
        assert kept.source is None


# -- Writing


async def test_what_is_kept_comes_back_as_it_was(archive: DatabaseArchive) -> None:
    await make_room()
    state = room(by="ada", ref="r1", ended=True)
    archive.keep(saved(state, clean=True))
    await archive.flush()
    kept = await row()
    assert (kept.epoch, kept.seq, kept.left_cleanly, kept.boot_id) == ("e1", 40, True, "b1")
    assert (await archive.load("demo")).saved == saved(state, clean=True)


async def test_a_room_s_columns_say_what_its_people_have_set(archive: DatabaseArchive) -> None:
    await make_room()
    settings = RoomSettings(title="Film night", public=True, max_users=7)
    archive.keep(saved(room(epoch="e", settings=settings)))
    await archive.flush()
    kept = await row()
    assert (kept.title, kept.is_public, kept.max_users) == ("Film night", True, 7)


async def test_who_dies_right_after_opening_has_not_left_cleanly(archive: DatabaseArchive) -> None:
    await make_room()
    archive.keep(saved(room(), clean=True))
    await archive.load("demo")
    killed = await DatabaseArchive().load("demo")
    assert killed.saved == saved(room(), clean=False)


async def test_a_room_that_cannot_be_written_holds_up_no_other(
    archive: DatabaseArchive, caplog: pytest.LogCaptureFixture
) -> None:
    await make_room()
    await make_room("other")
    archive.keep(saved(structs.replace(room(), epoch="\ud800")))  # no database takes half a letter
    archive.keep(saved(room(slug="other")))
    await later(FLUSH_AFTER_S + 0.001)
    await written(archive)
    assert (await row("other")).seq == 40
    assert (await archive.load("other")).saved is not None
    assert "not written" in caplog.text


async def test_a_change_reaches_the_database_within_a_quarter_of_a_second(
    archive: DatabaseArchive,
) -> None:
    await make_room()
    archive.keep(saved(room()))
    assert (await row()).seq == 0, "nobody waits for it"
    await later(FLUSH_AFTER_S + 0.001)
    await written(archive)
    assert (await row()).seq == 40


async def test_of_many_changes_only_the_last_is_written(
    archive: DatabaseArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_room()
    await make_room("other")
    trouble = Trouble(monkeypatch)
    trouble.broken = False
    for seq in range(41, 61):
        archive.keep(saved(room(seq=seq)))
        archive.keep(saved(room(slug="other", seq=seq + 100)))
    await later(FLUSH_AFTER_S + 0.001)
    await written(archive)
    assert trouble.attempts == 2, "once for each room"
    assert ((await row()).seq, (await row("other")).seq) == (60, 160)


async def test_what_another_server_wrote_later_is_not_overwritten_by_older_news(
    archive: DatabaseArchive,
) -> None:
    await make_room()
    archive.keep(saved(room(seq=42), clean=True))
    await archive.flush()
    archive.keep(saved(room(seq=41)))
    await archive.flush()
    assert ((await row()).seq, (await row()).left_cleanly) == (42, True)
    archive.keep(saved(room(seq=7, epoch="e2")))
    await archive.flush()
    assert (await row()).seq == 7, "another epoch counts anew"


async def test_reading_waits_for_what_was_noted(archive: DatabaseArchive) -> None:
    await make_room()
    archive.keep(saved(room()))
    assert (await archive.load("demo")).saved == saved(room())


async def test_a_room_that_was_closed_stays_closed(archive: DatabaseArchive) -> None:
    await make_room()
    archive.keep(saved(room(closed=True)))
    await archive.flush()
    closed_at = (await row()).closed_at
    assert closed_at is not None
    assert (await archive.load("demo")).record.closed
    archive.keep(saved(room(closed=True), clean=True))
    await archive.flush()
    assert (await row()).closed_at == closed_at, "the instant of closing is the first one's"


async def test_a_room_that_was_deleted_meanwhile_is_not_made_again(
    archive: DatabaseArchive,
) -> None:
    archive.keep(saved(room(slug="deleted")))
    await archive.flush()
    assert not await Room.objects.filter(slug="deleted").aexists()


async def test_nothing_noted_is_nothing_written(
    archive: DatabaseArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Trouble(monkeypatch)
    await archive.flush()
    assert trouble.attempts == 0


# -- A database in trouble


async def test_a_failing_database_is_tried_again_until_it_takes_the_newest(
    archive: DatabaseArchive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await make_room()
    trouble = Trouble(monkeypatch)
    archive.keep(saved(room(seq=41)))
    await later(FLUSH_AFTER_S + 0.001)
    await written(archive)
    assert trouble.attempts == 1
    assert "trying again" in caplog.text
    archive.keep(saved(room(seq=42)))
    await later(RETRY_AFTER_S + 0.001)
    await written(archive)
    assert trouble.attempts == 2
    trouble.broken = False
    await later(RETRY_AFTER_S + 0.001)
    await written(archive)
    assert (await row()).seq == 42


async def test_who_waits_for_the_writing_hears_of_the_failure_and_nothing_is_lost(
    archive: DatabaseArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_room()
    trouble = Trouble(monkeypatch)
    archive.keep(saved(room(seq=41)))
    with pytest.raises(OperationalError):
        await archive.flush()
    with pytest.raises(OperationalError):
        await archive.load("demo")
    trouble.broken = False
    await archive.flush()
    assert (await row()).seq == 41


async def test_a_newer_state_is_not_overwritten_by_the_one_that_failed(
    archive: DatabaseArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_room()
    trouble = Trouble(monkeypatch)
    archive.keep(saved(room(seq=41)))
    flushing = asyncio.ensure_future(archive.flush())
    await asyncio.sleep(0)
    archive.keep(saved(room(seq=42)))
    with pytest.raises(OperationalError):
        await flushing
    trouble.broken = False
    await archive.flush()
    assert (await row()).seq == 42
