"""The members of a room and what they show each other."""

from collections.abc import AsyncIterator

import pytest

from sync.core.limits import DEFAULT_LIMITS
from sync.core.wire import CloseCode, Frame
from tests.fakes import FakePort
from tests.party_rig import frame, later, media_ms, numbers
from tests.test_presence import status, user
from watchparty.core.presence import GRACE_MS
from watchparty.core.protocol import (
    STATUSES_IN_FULL,
    CursorMove,
    MemberRename,
    MemberStatus,
    ReactionSend,
    Status,
    User,
)
from watchparty.core.session import Session
from watchparty.history.book import Book
from watchparty.hub.company import TICK_S, Company
from watchparty.hub.connection import Connection

pytestmark = pytest.mark.virtual_time


class Rig:
    def __init__(self) -> None:
        self.published: list[Frame] = []
        self.news: list[Frame] = []
        self.statuses: list[Frame] = []
        self.company = Company(
            "s1",
            media_ms,
            publish=self.published.append,
            news=self.news.append,
            statuses=self.statuses.append,
            book=Book().room("demo"),
        )

    def seat(self, one: User) -> tuple[Connection, FakePort]:
        port = FakePort()
        connection = Connection(port, Session(DEFAULT_LIMITS, media_ms()), one.person)
        self.company.seat(one, connection)
        return connection, port


def status_of(drift_ms: float) -> MemberStatus:
    one = status(drift_ms)
    return MemberStatus(**{name: getattr(one, name) for name in Status.__struct_fields__})


def types(port: FakePort) -> list[str]:
    return [message["type"] for message in port.messages]


def fire(video_time: float = 1.0) -> ReactionSend:
    return ReactionSend(emoji="🔥", x=1, y=2, video_time=video_time)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    yield rig
    rig.company.stop()


# -- Refusals


@pytest.mark.parametrize("name", ["\u200b\u200d", "   ", "\u3164", "\ufe0f"])
async def test_nobody_takes_a_name_that_cannot_be_seen(rig: Rig, name: str) -> None:
    ada, port = rig.seat(user("ada"))
    _, others = rig.seat(user("bo"))
    rig.company.rename(ada, "ada", MemberRename(name=name, color="#000000"))
    assert (port.messages[0]["code"], port.messages[0]["field"]) == ("invalid_field", "name")
    assert others.messages == []


async def test_a_stranger_s_farewell_or_name_is_nobody_s_news(rig: Rig) -> None:
    ada, port = rig.seat(user("ada"))
    rig.company.leave(ada, "bo")
    rig.company.lost(ada, "bo")
    rig.company.rename(ada, "bo", MemberRename(name="Bo", color="#000000"))
    rig.company.report("bo", status_of(1))
    assert port.messages == []


async def test_the_end_of_a_replaced_socket_is_no_farewell(rig: Rig) -> None:
    older, older_port = rig.seat(user("ada"))
    rig.seat(user("ada"))
    assert older_port.close_code == CloseCode.OPEN_ELSEWHERE
    assert older.user_id is None
    rig.company.leave(older, "ada")
    rig.company.lost(older, "ada")
    assert len(rig.company.roster) == 1


# -- Writing


async def test_everybody_gets_the_very_same_frame(rig: Rig) -> None:
    ports = [rig.seat(user(name))[1] for name in ("ada", "bo", "cy")]
    one = frame(7)
    rig.company.broadcast(one)
    assert all(port.frames == [one] and port.frames[0] is one for port in ports)


async def test_somebody_may_be_left_out(rig: Rig) -> None:
    ada, port = rig.seat(user("ada"))
    _, others = rig.seat(user("bo"))
    rig.company.broadcast(frame(7), but=ada)
    assert (numbers(port), numbers(others)) == ([], [7])


async def test_somebody_without_a_socket_is_passed_over(rig: Rig) -> None:
    ada, port = rig.seat(user("ada"))
    rig.company.lost(ada, "ada")
    rig.company.broadcast(frame(7))
    assert numbers(port) == []


async def test_dismissing_closes_all_with_the_reason(rig: Rig) -> None:
    ports = [rig.seat(user(name))[1] for name in ("ada", "bo")]
    rig.company.dismiss(CloseCode.ROOM_CLOSED)
    assert [port.close_code for port in ports] == [CloseCode.ROOM_CLOSED] * 2


# -- Cursors and reactions


async def test_cursors_of_one_tick_travel_together(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    for x in (1, 2, 3):
        rig.company.point("ada", CursorMove(x=x, y=0))
    rig.company.point("bo", CursorMove(x=9, y=0))
    assert port.messages == [], "before the tick"
    await later(TICK_S + 0.001)
    (message,) = port.messages
    assert [(one["userId"], one["x"]) for one in message["cursors"]] == [("ada", 3), ("bo", 9)]
    assert [one.text for one in rig.published] == [port.frames[0].text]


async def test_without_news_there_is_no_tick(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    rig.company.point("ada", CursorMove(x=1, y=0))
    await later(10 * TICK_S)
    assert types(port) == ["cursors:batch"]


async def test_a_cursor_nobody_has_seen_leaves_without_a_word(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    rig.company.unpoint("bo")
    rig.company.point("bo", CursorMove(x=1, y=0))
    rig.company.unpoint("bo")
    await later(2 * TICK_S)
    assert port.messages == []
    assert rig.published == []


async def test_a_cursor_that_leaves_is_gone_here_and_elsewhere_with_the_tick(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    rig.company.point("bo", CursorMove(x=1, y=0))
    await later(2 * TICK_S)
    for _ in range(3):
        rig.company.unpoint("bo")
    await later(2 * TICK_S)
    assert types(port) == ["cursors:batch", "cursor:remove"]
    assert len(rig.published) == 2


@pytest.mark.parametrize("goodbye", ["leave", "lost"])
async def test_nobody_s_cursor_outlives_its_owner(rig: Rig, goodbye: str) -> None:
    ada, _ = rig.seat(user("ada"))
    _, port = rig.seat(user("bo"))
    rig.company.point("ada", CursorMove(x=1, y=0))
    await later(2 * TICK_S)
    rig.company.point("ada", CursorMove(x=2, y=0))
    getattr(rig.company, goodbye)(ada, "ada")
    await later(2 * TICK_S)
    assert types(port).count("cursors:batch") == 1
    assert "cursor:remove" in types(port)


async def test_each_reaction_has_an_id_of_its_own(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    for _ in range(3):
        rig.company.react("ada", fire())
    await later(2 * TICK_S)
    (message,) = port.messages
    assert len({one["id"] for one in message["reactions"]}) == 3
    assert message["reactions"][0]["timestamp"] == round(media_ms() - 2 * TICK_S * 1000, 3)


async def test_after_the_end_no_tick_fires(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    rig.company.react("ada", fire())
    rig.company.stop()
    await later(2 * TICK_S)
    assert port.messages == []


# -- Each second


async def test_a_farewell_is_said_after_the_grace(rig: Rig) -> None:
    ada, _ = rig.seat(user("ada"))
    _, port = rig.seat(user("bo"))
    rig.company.lost(ada, "ada")
    rig.company.each_second(media_ms() + GRACE_MS - 1, digest=False)
    assert "user:left" not in types(port)
    rig.company.each_second(media_ms() + GRACE_MS, digest=False)
    assert port.messages[-1] == {"type": "user:left", "userId": "ada"}


async def test_a_goodbye_is_said_at_once(rig: Rig) -> None:
    ada, _ = rig.seat(user("ada"))
    _, port = rig.seat(user("bo"))
    rig.company.leave(ada, "ada")
    assert port.messages[-1] == {"type": "user:left", "userId": "ada"}


async def test_the_instant_of_desertion_is_the_last_one_s(rig: Rig) -> None:
    ada, _ = rig.seat(user("ada"))
    bo, _ = rig.seat(user("bo"))
    await later(1)
    rig.company.leave(ada, "ada")
    assert rig.company.deserted_since_ms < media_ms()
    await later(1)
    rig.company.lost(bo, "bo")
    assert rig.company.deserted_since_ms == media_ms()


async def test_statuses_are_told_once_they_changed(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    rig.company.each_second(media_ms(), digest=False)
    assert port.messages == []
    rig.company.report("ada", status_of(12.5))
    rig.company.each_second(media_ms(), digest=False)
    rig.company.each_second(media_ms(), digest=False)
    (message,) = port.messages
    assert message["statuses"]["ada"]["driftMs"] == 12.5
    assert port.frames[0].passing


async def test_a_large_room_gets_a_summary(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    for number in range(STATUSES_IN_FULL + 1):
        rig.seat(user(f"u{number}"))
        rig.company.report(f"u{number}", status_of(float(number)))
    rig.company.each_second(media_ms(), digest=False)
    message = port.messages[-1]
    assert "statuses" not in message
    assert message["summary"]["worst"][0] == f"u{STATUSES_IN_FULL}"


async def test_the_digest_comes_when_it_is_due(rig: Rig) -> None:
    _, port = rig.seat(user("ada"))
    rig.company.each_second(media_ms(), digest=False)
    assert port.messages == []
    rig.company.each_second(media_ms(), digest=True)
    count, hash_ = rig.company.roster.digest()
    assert port.messages == [{"type": "users:digest", "count": count, "hash": hash_}]


async def test_a_new_name_is_everybody_s_news(rig: Rig) -> None:
    ada, _ = rig.seat(user("ada"))
    _, port = rig.seat(user("bo"))
    rig.company.rename(ada, "ada", MemberRename(name=" Ada\u202e  L. ", color="#ABCDEF"))
    (message,) = port.messages
    assert (message["type"], message["name"], message["color"]) == (
        "user:updated",
        "Ada L.",
        "#abcdef",
    )
    assert rig.company.listed().users[0].name == "Ada L."
