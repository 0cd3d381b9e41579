"""What the hub tells history: of the whole party, as members and an administrator cause it."""

from collections.abc import AsyncIterator

import pytest

from tests.dict_archive import kept
from tests.party_rig import Party, later
from watchparty.core.presence import GRACE_MS
from watchparty.core.state import CloseRoom, Command
from watchparty.history.book import Book
from watchparty.hub.hub import DIGEST_EVERY
from watchparty.store.records import Record

pytestmark = pytest.mark.virtual_time

STATUS = {
    "driftMs": 3.0,
    "boundMs": 1.0,
    "rttMs": 1.0,
    "rate": 1.0,
    "bufferS": 1.0,
    "startMs": 1.0,
    "droppedFrames": 0,
    "state": "synced",
}


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party(kept("demo"))
    yield party
    await party.close()


def books(party: Party) -> list[Book]:
    return [hub._context.book for hub in party.hubs]


async def test_each_event_is_told_once_with_who_asked_for_it(party: Party) -> None:
    told: list[Record] = []
    party.store._note = told.append
    hub = party.server()
    ada = await party.member(hub, "Ada")
    ada.say("video:play", ref="r1")
    ada.say("video:play", ref="r1")  # a repeat
    ada.say("video:seek", time=1e5, ref="r2")  # refused
    ada.say("chat:send", text="Hello")
    await later()
    hub.command("demo", Command(CloseRoom("Closed by an administrator.")))
    await later()
    assert [(one.about.kind, one.about.name, one.event.seq) for one in told] == [
        ("play", "Ada", 1),
        ("message", "Ada", 2),
        ("closed", "", 3),
    ]


async def test_a_visit_is_told_from_coming_to_going_with_reconnects_and_name(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub, "Ada")
    ada.hang_up()
    await later(2.0)
    again = await party.member(hub, "Ada")
    again.say("member:rename", name="Ada L.", color="#000000")
    await later(DIGEST_EVERY + 1.0)
    (visit,) = books(party)[0].take().visits
    assert (visit.user.name, visit.reconnects, visit.left_ms) == ("Ada L.", 1, None)
    again.hang_up()
    await later(GRACE_MS / 1000 + 2.0)
    (visit,) = books(party)[0].take().visits
    assert visit.left_ms is not None


async def test_who_says_goodbye_has_left_at_once(party: Party) -> None:
    ada = await party.member(party.server(), "Ada")
    ada.say("room:leave")
    await later()
    (visit,) = books(party)[0].take().visits
    assert visit.left_ms is not None


async def test_who_moves_to_another_server_has_left_the_first(party: Party) -> None:
    one, two = (party.server(name, alone=False) for name in ("s1", "s2"))
    await party.member(one, "Ada")
    await party.member(two, "Ada")
    await later(1.0)
    (first,), (second,) = (book.take().visits for book in books(party))
    assert first.left_ms is not None
    assert second.left_ms is None
    assert first.user.id == second.user.id


async def test_how_playback_does_and_reactions_are_told_with_the_film_that_plays(
    party: Party,
) -> None:
    ada = await party.member(party.server(), "Ada")
    for _ in range(12):
        ada.say("member:status", **STATUS)
        await later(1.0)
    ada.say("reaction:send", emoji="🔥", x=1, y=1, videoTime=7.0)
    await later()
    taken = books(party)[0].take()
    assert [sample.last.drift_ms for sample in taken.samples] == [3.0]
    assert taken.visits[0].statuses == 12
    assert taken.reactions == {("demo", "s1", 5, "🔥"): 1}


async def test_a_server_that_stops_ends_the_visits_of_all(party: Party) -> None:
    hub = party.server()
    for name in ("Ada", "Bo"):
        await party.member(hub, name)
    await hub.close()
    visits = books(party)[0].take().visits
    assert len(visits) == 2
    assert all(visit.left_ms is not None for visit in visits)
