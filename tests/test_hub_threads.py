"""The hub's one way in for other threads, such as an administrator's request."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future

import pytest

from sync.core.wire import CloseCode
from tests.party_rig import Party, later
from tests.rooms import play
from watchparty.core.protocol import ChangeSettings
from watchparty.core.state import Applied, CloseRoom, Command
from watchparty.hub.hub import Hub
from watchparty.store.base import NoSuchRoom, Outcome, RoomIsClosed

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    party = Party()
    yield party
    await party.close()


async def in_thread(hub: Hub, slug: str, command: Command) -> Future[Outcome]:
    """Ask from a thread as the admin does, and let the loop run until it is answered."""
    asked: list[Future[Outcome]] = []
    thread = threading.Thread(target=lambda: asked.append(hub.command(slug, command)))
    thread.start()
    thread.join(5)
    await later()
    return asked[0]


async def test_an_administrator_closes_a_room_from_another_thread(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    done = await in_thread(hub, "demo", Command(CloseRoom(reason="Good night.")))
    assert isinstance(done.result(0).answer, Applied)
    for member in (ada, bo):
        assert member.last("room:closed")["reason"] == "Good night."
        assert member.closed_with == CloseCode.ROOM_CLOSED


async def test_a_room_without_anybody_is_closed_too(party: Party) -> None:
    hub = party.server()
    done = await in_thread(hub, "demo", Command(CloseRoom(reason="")))
    assert isinstance(done.result(0).answer, Applied)
    await later(70)
    assert hub.counts["rooms"] == 0
    assert party.archive.rooms["demo"].record.closed


@pytest.mark.parametrize(("slug", "problem"), [("nowhere", NoSuchRoom), ("over", RoomIsClosed)])
async def test_what_is_not_there_is_said_without_alarm(
    party: Party, caplog: pytest.LogCaptureFixture, slug: str, problem: type[Exception]
) -> None:
    hub = party.server()
    done = await in_thread(hub, slug, Command(CloseRoom(reason="")))
    assert isinstance(done.exception(0), problem)
    assert hub.counts["rooms"] == 0
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


async def test_who_waits_no_longer_disturbs_nothing(party: Party) -> None:
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    early = hub.command("demo", Command(play(), user_id="admin"))
    assert early.cancel()
    late = hub.command("demo", Command(play(), user_id="admin"))
    await asyncio.sleep(0)
    late.cancel()
    await later()
    ada.say("video:pause", ref="r2")
    await later()
    assert bo.last("video:state")["ref"] == "r2"


async def test_before_anything_runs_a_command_is_refused(party: Party) -> None:
    hub = Hub(party.context("s1", alone=True), None)  # type: ignore[arg-type]
    assert isinstance(hub.command("demo", Command(play())).exception(0), RuntimeError)


async def test_what_an_administrator_sets_is_told_to_a_live_room(party: Party) -> None:
    hub = party.server()
    ada = await party.member(hub, "Ada")
    await in_thread(hub, "demo", Command(ChangeSettings(title="Film night", max_users=3)))
    told = ada.last("room:settings")
    assert (told["title"], told["maxUsers"], told["by"]) == ("Film night", 3, None)
