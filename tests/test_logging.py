"""Log lines of production: one JSON object each, which say whose business they are."""

import json
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from config.logging import JsonFormatter
from sync.log_ids import ROOM, SPEAKER, context_of
from tests.dict_archive import kept
from tests.party_rig import Party, later
from tests.party_sockets import Evening, Guest


def formatted(**extra: object) -> dict[str, object]:
    record = logging.LogRecord("party", logging.INFO, "", 0, "room %s", ("a\nb",), None)
    vars(record).update(extra)
    line = JsonFormatter("i-1").format(record)
    assert "\n" not in line
    parsed: dict[str, object] = json.loads(line)
    return parsed


def test_a_record_is_one_line_whatever_it_says():
    line = formatted()
    assert line["message"] == "room a\nb"
    assert (line["level"], line["logger"], line["instance"]) == ("INFO", "party", "i-1")


def test_extras_are_fields_and_strangers_are_text():
    line = formatted(room="demo", thing=object(), request=object())
    assert line["room"] == "demo"
    assert str(line["thing"]).startswith("<object")
    assert "request" not in line


def test_a_traceback_is_a_field():
    try:
        raise ValueError("broken")
    except ValueError:
        line = formatted(exc_info=sys.exc_info())
    assert "ValueError: broken" in str(line["traceback"])


# -- Whose business a line is ---------------------------------------------------------------------


class Kept(logging.Handler):
    """Formats as production does, in the context of whoever logs, and keeps the lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.setFormatter(JsonFormatter("i-1"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def kept_lines() -> Iterator[list[dict[str, Any]]]:
    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


@pytest.fixture
async def evening() -> AsyncIterator[Evening]:
    evening = Evening(Party(kept("demo")))
    yield evening
    await evening.close()


def ids(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("connection", "room", "member") if name in line}


def test_a_line_of_nobody_has_no_ids() -> None:
    assert ids(formatted()) == {}


def test_a_task_of_a_room_knows_the_room_and_nobody_in_it() -> None:
    class Ada:
        number: int = 7
        room: str | None = "other"
        user_id: str | None = "u7"

    before = SPEAKER.set(Ada())
    try:
        assert ids(formatted()) == {"connection": 7, "room": "other", "member": "u7"}
        assert ids(context_of("demo").run(formatted)) == {"room": "demo"}
        assert ids(context_of(None).run(formatted)) == {}
    finally:
        SPEAKER.reset(before)
    assert ROOM.get() is None


@pytest.mark.virtual_time
async def test_a_fault_is_logged_with_socket_room_and_member_and_without_their_words(
    evening: Evening, kept_lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bo = await evening.member("Ada"), await evening.member("Bo")
    hub = evening.party.hubs[0]
    room = hub._rooms["demo"]
    numbers = {one.user_id: one.number for one in hub._connections}

    def broken(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(room.company, "point", broken)
    monkeypatch.setattr(room, "_decide", broken)
    await bo.say("cursor:move", x=1, y=2)
    await ada.say("chat:send", text="between us", ref="r1")
    await later()
    assert [(line["logger"], ids(line)) for line in kept_lines if line["level"] == "ERROR"] == [
        (logger, {"connection": numbers[member], "room": "demo", "member": member})
        for logger, member in (
            ("watchparty.consumers", of(bo)),
            ("watchparty.hub.room_hub", of(ada)),
        )
    ]
    assert "between us" not in str(kept_lines)
    kept_lines.clear()
    monkeypatch.setattr(room, "_renew", broken)
    monkeypatch.setattr(room, "_catch_up", broken)
    room._catch_up_due()
    await later()
    assert [ids(line) for line in kept_lines if line["level"] == "ERROR"] == [{"room": "demo"}]


def of(guest: Guest) -> str:
    """The id that a member was greeted with."""
    return str(guest.last("user:self")["id"])


@pytest.mark.virtual_time
async def test_what_the_layer_refuses_is_not_the_business_of_who_came_first(
    kept_lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    party = Party(kept("demo"))
    ada = await party.member(party.server(alone=False), "Ada")

    async def refuses(*_: object) -> None:
        raise ConnectionResetError("the layer is gone")

    monkeypatch.setattr(party.layer, "group_send", refuses)
    ada.say("cursor:move", x=1, y=2)
    await later(0.1)
    assert [ids(line) for line in kept_lines if line["level"] == "ERROR"] == [{"room": "demo"}]
    await party.close()
