"""One party socket's rules: what it may say before and after joining, and how often."""

import json
from typing import Any

import pytest

from sync.core.guard import MAX_ERRORS, Refuse
from sync.core.limits import DEFAULT_LIMITS
from sync.core.wire import CloseCode, ErrorMessage, Heartbeat, RateLimited, TimeSync, encode
from tests.wire_examples import example
from watchparty.core.protocol import (
    ACTIONS,
    CursorMove,
    RoomJoin,
    RoomsList,
    VideoPause,
    VideoPlay,
)
from watchparty.core.session import Session, refusal

NOW_MS = 1_000_000.0
BEFORE_JOINING = (RoomJoin, RoomsList, TimeSync, Heartbeat)


def session(*, joined: bool) -> Session:
    made = Session(DEFAULT_LIMITS, NOW_MS)
    made.joined = joined
    return made


def say(one: Session, cls: type, now_ms: float = NOW_MS) -> Any:
    """What becomes of a valid message."""
    return one.read(encode(example(cls, full=True)).text, None, now_ms)


def code_of(answer: Any) -> str:
    assert isinstance(answer, Refuse)
    assert isinstance(answer.answer, ErrorMessage)
    assert answer.close is None
    return answer.answer.code


# -- Refusals


@pytest.mark.parametrize("cls", [cls for cls in ACTIONS if cls not in BEFORE_JOINING])
def test_before_joining_nothing_is_asked_of_a_room(cls: type) -> None:
    assert code_of(say(session(joined=False), cls)) == "not_joined"


def test_a_control_before_joining_gets_its_reference_back() -> None:
    answer = session(joined=False).read('{"type":"video:pause","ref":"r1"}', None, NOW_MS)
    assert isinstance(answer, Refuse)
    assert isinstance(answer.answer, ErrorMessage)
    assert answer.answer.ref == "r1"


def test_nobody_joins_twice() -> None:
    assert code_of(say(session(joined=True), RoomJoin)) == "forbidden"


@pytest.mark.parametrize("cls", list(ACTIONS))
def test_every_message_has_a_limit(cls: type) -> None:
    limit = DEFAULT_LIMITS[ACTIONS[cls]]
    one = session(joined=cls is not RoomJoin)
    for _ in range(limit.capacity):
        assert not isinstance(say(one, cls), Refuse)
    refused = say(one, cls)
    assert isinstance(refused, Refuse)
    assert isinstance(refused.answer, RateLimited)
    assert refused.answer.action == ACTIONS[cls]
    assert refused.answer.retry_in > 0


def test_excess_is_told_with_its_reference() -> None:
    one = session(joined=True)
    for _ in range(DEFAULT_LIMITS["videoControl"].max):
        assert isinstance(say(one, VideoPlay), VideoPlay)
    refused = one.read(json.dumps({"type": "video:pause", "ref": "r9"}), None, NOW_MS)
    assert isinstance(refused, Refuse)
    assert isinstance(refused.answer, RateLimited)
    assert (refused.answer.action, refused.answer.ref) == ("videoControl", "r9")


def test_what_was_refused_is_granted_when_the_time_is_over() -> None:
    one = session(joined=True)
    for _ in range(DEFAULT_LIMITS["videoControl"].max):
        say(one, VideoPlay)
    refused = say(one, VideoPause)
    assert isinstance(refused, Refuse)
    assert isinstance(refused.answer, RateLimited)
    assert isinstance(say(one, VideoPause, NOW_MS + refused.answer.retry_in + 0.01), VideoPause)


def test_play_and_pause_draw_on_one_limit_and_cursors_on_another() -> None:
    one = session(joined=True)
    for _ in range(DEFAULT_LIMITS["videoControl"].max):
        say(one, VideoPlay)
    assert isinstance(say(one, VideoPause), Refuse)
    assert isinstance(say(one, CursorMove), CursorMove)


def test_binary_and_senseless_frames_are_refused_before_all_else() -> None:
    one = session(joined=False)
    assert one.read(None, b"\x00", NOW_MS) == Refuse(None, CloseCode.BINARY)
    assert code_of(one.read("{", None, NOW_MS)) == "malformed"


def test_well_formed_frames_without_sense_count_as_unreadable_ones() -> None:
    one = session(joined=False)
    answer = ErrorMessage(code="invalid_field", message="There is no such time zone.")
    for _ in range(MAX_ERRORS - 1):
        assert one.senseless(answer, NOW_MS) == Refuse(answer)
    assert one.senseless(answer, NOW_MS) == Refuse(answer, CloseCode.ABUSE)


def test_a_refusal_without_a_reference_has_none() -> None:
    refused = refusal("forbidden", "No.")
    assert refused.answer is not None
    assert '"ref"' not in encode(refused.answer).text


# -- What is let through


@pytest.mark.parametrize("cls", BEFORE_JOINING)
def test_before_joining_one_may_look_join_and_keep_time(cls: type) -> None:
    assert say(session(joined=False), cls) == example(cls, full=True)


@pytest.mark.parametrize("cls", [cls for cls in ACTIONS if cls is not RoomJoin])
def test_a_member_may_say_everything_else(cls: type) -> None:
    assert say(session(joined=True), cls) == example(cls, full=True)
