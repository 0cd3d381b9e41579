"""Floods and tricks of one who means no good: coded refusals, and the others notice nothing."""

from typing import Any

import pytest
from msgspec import json
from msgspec.inspect import type_info

from sync.core.limits import ALL_FRAMES, DEFAULT_LIMITS, PROBES
from sync.core.wire import CloseCode, Heartbeat, TimeSync
from tests.party_rig import Member, Party, later
from tests.wire_examples import example
from watchparty.core.protocol import ACTIONS, RoomJoin, RoomLeave

pytestmark = pytest.mark.virtual_time

ENDS_IT = (RoomJoin, RoomLeave)
"""The door has its own tests of these; a socket that is in sends neither twice."""
PROBED = (TimeSync, Heartbeat)
"""Answered before the party hears of them; the probes' own tests flood them."""
FLOODS = [kind for kind in ACTIONS if kind not in (*ENDS_IT, *PROBED)]


@pytest.fixture
async def ada(ada: Member) -> Member:
    """Whose room it is, playing."""
    ada.say("video:play", ref="begin")
    await later()
    return ada


@pytest.fixture
async def mallory(party: Party, ada: Member) -> Member:
    return await party.member(ada.hub, "Mallory")


def frame(kind: type, number: int) -> dict[str, Any]:
    """A valid message of a kind, under a ref of its own."""
    fields = json.decode(json.encode(example(kind, full=False)))
    assert isinstance(fields, dict)
    if any(field.encode_name == "ref" for field in type_info(kind).fields):  # type: ignore[attr-defined]
        fields["ref"] = f"m{number}"
    return fields


@pytest.mark.parametrize("kind", FLOODS, ids=lambda kind: kind.__name__)
async def test_a_flood_of_any_event_is_refused_and_the_party_goes_on(
    party: Party, ada: Member, mallory: Member, kind: type
) -> None:
    action = ACTIONS[kind]
    for number in range(int(DEFAULT_LIMITS[action].capacity) + 1):
        fields = frame(kind, number)
        mallory.say(fields.pop("type"), **fields)
    await later()
    assert mallory.last("error:ratelimit")["action"] == action
    assert mallory.closed_with is None
    await later(3)
    ada.say("chat:send", text="Still here.", ref="after")
    await later()
    assert ada.last("chat:message")["ref"] == "after"
    assert ada.closed_with is None
    assert ada.seqs == sorted(set(ada.seqs))


async def test_who_floods_for_ten_seconds_is_sent_away(
    party: Party, ada: Member, mallory: Member
) -> None:
    for _ in range(110):
        for _ in range(7):
            mallory.say("chat:send", text="buy")
        await later(0.1)
        if mallory.closed_with is not None:
            break
    assert mallory.closed_with == CloseCode.ABUSE
    assert ada.closed_with is None


async def test_every_limit_of_an_event_is_flooded_here_or_by_the_probes() -> None:
    flooded = {ACTIONS[kind] for kind in FLOODS}
    assert flooded | {ALL_FRAMES, PROBES, "roomJoin"} == set(ACTIONS.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * 501, "invalid_field"), ("x" * 10_000, "invalid_field"), ("", "invalid_field")],
)
async def test_a_message_of_the_wrong_length_is_refused(
    ada: Member, mallory: Member, text: str, code: str
) -> None:
    ada.news()
    mallory.say("chat:send", text=text, ref="m")
    await later()
    assert (mallory.last("error")["code"], mallory.last("error")["field"]) == (code, "text")
    assert ada.news() == []


async def test_tricks_with_direction_and_nothing_are_taken_out_before_anybody_sees_them(
    ada: Member, mallory: Member
) -> None:
    mallory.say("chat:send", text="\u202etxt.exe\u202c \u200b\u2066hi\u2069" + "\u0336" * 50)
    await later()
    text = ada.last("chat:message")["text"]
    assert text.startswith("txt.exe hi")
    assert len(text) < 20


async def test_an_emoji_that_is_not_one_of_the_twelve_is_refused(
    ada: Member, mallory: Member
) -> None:
    ada.news()
    for emoji in ("🍆", "x", "❤️❤️", "<b>", "❤"):
        mallory.say("reaction:send", emoji=emoji, x=1, y=1, videoTime=0)
    await later(0.1)
    assert {one["field"] for one in mallory.heard("error")} == {"emoji"}
    assert not ada.heard("reactions:batch")


async def test_a_person_asks_for_control_once_in_five_seconds_in_all_tabs(
    party: Party, ada: Member, mallory: Member
) -> None:
    ada.say("room:settings", control="ask")
    second = Member(ada.hub, "Mallory", tab="second-tab")
    party.members.append(second)
    await second.join()
    mallory.say("member:ask")
    second.say("member:ask")
    await later()
    assert second.last("error:ratelimit")["action"] == "memberAsk"
    assert [one["userId"] for one in ada.heard("member:asked")] == [mallory.id]
    await later(5)
    second.say("member:ask")
    await later()
    assert ada.last("member:asked")["userId"] == second.id


async def test_snapshots_cost_little_whoever_asks_for_them_in_however_many_tabs(
    party: Party, ada: Member, mallory: Member
) -> None:
    tabs = [mallory] + [Member(ada.hub, "Mallory", tab=f"another-tab-{n}") for n in range(4)]
    party.members += tabs[1:]
    for tab in tabs[1:]:
        await tab.join()
    for second in range(20):
        ada.say("chat:send", text=f"Busy {second}.")
        for tab in tabs:
            tab.say("room:sync")
        await later(1)
    limit = DEFAULT_LIMITS["roomSync"]
    snapshots = sum(len(tab.heard("room:joined")) - 1 for tab in tabs)
    assert snapshots <= limit.capacity + 20_000 * limit.per_ms
    assert snapshots > 10, "and who has missed something gets it"
    assert ada.closed_with is None


async def test_a_person_has_one_bucket_for_chat_in_all_tabs(
    party: Party, ada: Member, mallory: Member
) -> None:
    second = Member(ada.hub, "Mallory", tab="second-tab")
    party.members.append(second)
    await second.join()
    for number in range(5):
        mallory.say("chat:send", text=f"a {number}")
        second.say("chat:send", text=f"b {number}")
    await later()
    assert len(ada.heard("chat:message")) == 5
    assert second.heard("error:ratelimit")
