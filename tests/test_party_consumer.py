"""Bad input at the party's socket: a coded answer or close each, and no effect on others."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sync.core.guard import MAX_ERRORS
from sync.core.wire import CloseCode
from tests.dict_archive import kept
from tests.party_rig import Party
from tests.party_sockets import Evening, Guest, control

pytestmark = pytest.mark.virtual_time

MEGABYTE = 1_000_000


@pytest.fixture
async def evening() -> AsyncIterator[Evening]:
    evening = Evening(Party(kept("demo"), kept("over", closed=True)))
    yield evening
    await evening.close()


@pytest.fixture
async def ada(evening: Evening) -> Guest:
    """A member who watches, 30 s into the film, which is paused."""
    ada = await evening.member("Ada")
    await ada.say("video:seek", time=30, ref="begin")
    ada.news()
    return ada


@pytest.fixture
async def mallory(evening: Evening, ada: Guest) -> Guest:
    """Another member, who means no good."""
    mallory = await evening.member("Mallory")
    ada.news()
    return mallory


def source(url: str, **fields: Any) -> str:
    return control("video:source", source={"kind": "file", "url": url} | fields)


# -- Frames that are refused; the connection lives

FRAMES = {
    "no JSON": ("{", "malformed", None),
    "no object": ("[]", "malformed", None),
    "no type": ("{}", "unknown_type", "type"),
    "unknown type": (control("video:explode"), "unknown_type", "type"),
    "the server's own type": (control("video:state"), "unknown_type", "type"),
    "unknown field": (control("video:play", loud=True), "invalid_field", "loud"),
    "wrong type": (control("video:seek", time="5"), "invalid_field", "time"),
    "missing field": (control("video:seek"), "invalid_field", "time"),
    "NaN": ('{"type":"video:seek","time":NaN,"ref":"m1"}', "malformed", None),
    "Infinity": ('{"type":"video:seek","time":Infinity}', "malformed", None),
    "1e999": ('{"type":"video:seek","time":1e999,"ref":"m1"}', "invalid_field", "time"),
    "seek to -1": (control("video:seek", time=-1), "invalid_field", "time"),
    "seek past the end": (control("video:seek", time=90.001), "invalid_field", "time"),
    "seek of another history": (control("video:seek", time=5, baseSeq=99), "stale", None),
    "rate 0": (control("video:rate", rate=0), "invalid_field", "rate"),
    "rate 100": (control("video:rate", rate=100), "invalid_field", "rate"),
    "lead of an hour": (control("video:play", leadMs=3_600_000), "invalid_field", "leadMs"),
    "ref too long": (control("video:play", ref="x" * 37), "invalid_field", "ref"),
    "ref empty": (control("video:play", ref=""), "invalid_field", "ref"),
    "javascript: source": (source("javascript:alert(1)"), "bad_source", "source.url"),
    "data: source": (source("data:video/mp4,x"), "bad_source", "source.url"),
    "file: source": (source("file:///etc/passwd"), "bad_source", "source.url"),
    "//host source": (source("//evil.example/f"), "bad_source", "source.url"),
    "bad poster": (source("/f", poster="javascript:1"), "bad_source", "source.poster"),
    "unknown kind": (source("/f", kind="vhs"), "invalid_field", "source.kind"),
    "source too long": (source("/" + "x" * 2048), "invalid_field", "source.url"),
    "cursor outside": (control("cursor:move", x=101, y=0), "invalid_field", None),
    "unknown emoji": (
        json.dumps({"type": "reaction:send", "emoji": "🍿", "x": 1, "y": 1, "videoTime": 1}),
        "invalid_field",
        "emoji",
    ),
    "invisible name": (
        json.dumps({"type": "member:rename", "name": "\u200b", "color": "#000000"}),
        "invalid_field",
        "name",
    ),
    "second join": (control("room:join", roomId="demo", name="M"), "invalid_field", "ref"),
    "second join, well-formed": (
        json.dumps({"type": "room:join", "roomId": "demo", "name": "M"}),
        "forbidden",
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FRAMES)
async def test_a_bad_frame_is_answered_to_its_sender_alone(
    evening: Evening, ada: Guest, mallory: Guest, case: str
) -> None:
    frame, code, field = FRAMES[case]
    await mallory.send(frame)
    answer = mallory.messages[-1]
    assert (answer["type"], answer["code"]) == ("error", code)
    assert field is None or answer["field"] == field
    if '"ref": "m1"' in frame and case not in ("unknown field", "cursor outside"):
        assert answer["ref"] == "m1"
    assert mallory.closed_with is None
    await evening.untouched(ada)


async def test_what_is_refused_can_be_done_right_afterwards(ada: Guest, mallory: Guest) -> None:
    await mallory.send(control("video:seek", time=-1))
    await mallory.say("video:seek", time=5, ref="m2")
    await ada.listen()
    assert ada.last("video:state")["ref"] == "m2"


# -- Frames that end the connection


async def test_a_frame_of_a_megabyte_ends_1009(
    evening: Evening, ada: Guest, mallory: Guest
) -> None:
    await mallory.send(control("video:play", filling="x" * MEGABYTE))
    assert mallory.messages[-1]["code"] == "too_large"
    assert mallory.closed_with == CloseCode.TOO_LARGE
    await evening.untouched(ada)


async def test_a_megabyte_that_looks_like_a_probe_ends_1009_too(
    evening: Evening, ada: Guest, mallory: Guest
) -> None:
    await mallory.send('{"type":"time:sync","clientTimestamp":' + "1" * MEGABYTE + "}")
    assert mallory.closed_with == CloseCode.TOO_LARGE
    await evening.untouched(ada)


@pytest.mark.parametrize("data", [b"\x00\xff", b'{"type":"video:play"}', b""])
async def test_a_binary_frame_ends_1003(
    evening: Evening, ada: Guest, mallory: Guest, data: bytes
) -> None:
    await mallory.send_bytes(data)
    assert mallory.closed_with == CloseCode.BINARY
    await evening.untouched(ada)


async def test_nothing_counts_after_the_end(evening: Evening, ada: Guest, mallory: Guest) -> None:
    await mallory.send_bytes(b"\x00")
    await mallory.say("video:play", ref="m1")
    await evening.untouched(ada)


async def test_too_much_nonsense_ends_1008(evening: Evening, ada: Guest, mallory: Guest) -> None:
    for _ in range(MAX_ERRORS):
        assert mallory.closed_with is None
        await mallory.send("{")
    assert mallory.closed_with == CloseCode.ABUSE
    await evening.untouched(ada)


async def test_a_flood_is_refused_and_reaches_nobody(
    evening: Evening, ada: Guest, mallory: Guest
) -> None:
    for number in range(11):
        await mallory.say("video:seek", time=number, ref=f"m{number}")
    answer = mallory.last("error:ratelimit")
    assert (answer["action"], answer["ref"]) == ("videoControl", "m10")
    await ada.listen()
    assert [message["ref"] for message in ada.news()] == [f"m{n}" for n in range(10)]
    await evening.untouched(ada)
