"""What every frame must pass before anybody acts on it."""

import json
from typing import Annotated, Any

import pytest
from msgspec import UNSET, Meta, UnsetType

from sync.core.guard import MAX_ERRORS, FrameGuard, Limiter, Refuse, is_too_large
from sync.core.limits import ALL_FRAMES, parse_limits
from sync.core.wire import (
    MAX_FRAME_BYTES,
    CloseCode,
    Decoder,
    ErrorMessage,
    Heartbeat,
    Message,
    RateLimited,
    Reference,
)


class Seek(Message, frozen=True, tag="seek"):
    time: Annotated[float, Meta(ge=0)]
    ref: Reference | UnsetType = UNSET


HEARTBEAT = '{"type":"heartbeat"}'
LIMITS = parse_limits({})


def guard(**overrides: Any) -> FrameGuard[Seek | Heartbeat]:
    decoder: Decoder[Seek | Heartbeat] = Decoder(Seek | Heartbeat)
    return FrameGuard(decoder, parse_limits(overrides), 0)


def refusal(result: object) -> Refuse:
    assert isinstance(result, Refuse)
    return result


def error(result: object) -> ErrorMessage:
    answer = refusal(result).answer
    assert isinstance(answer, ErrorMessage)
    return answer


@pytest.mark.parametrize(("text", "data"), [(None, b"{}"), (None, None), (HEARTBEAT, b"")])
def test_binary_frame_closes_1003_without_an_answer(text: str | None, data: bytes | None) -> None:
    assert guard().read(text, data, 0) == Refuse(None, CloseCode.BINARY)


def test_too_long_a_frame_is_told_so_and_closed_1009() -> None:
    result = guard().read("x" * (MAX_FRAME_BYTES + 1), None, 0)
    assert refusal(result).close == CloseCode.TOO_LARGE
    assert error(result).code == "too_large"


def test_length_is_counted_in_bytes_of_utf8() -> None:
    assert not is_too_large("x" * MAX_FRAME_BYTES)
    assert not is_too_large("é" * (MAX_FRAME_BYTES // 2))
    assert is_too_large("é" * (MAX_FRAME_BYTES // 2 + 1))
    assert is_too_large("🔥" * (MAX_FRAME_BYTES // 4 + 1))
    assert is_too_large("\ud800" * (MAX_FRAME_BYTES + 1))


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        ("", "malformed", None),
        ("[" * 10_000, "malformed", None),
        ('{"type":"seek","time":NaN}', "malformed", None),
        ('{"type":"room:join"}', "unknown_type", "type"),
        ('{"type":"seek","time":-1}', "invalid_field", "time"),
        ('{"type":"seek","time":1e999}', "invalid_field", "time"),
        ('{"type":"heartbeat","extra":1}', "invalid_field", "extra"),
    ],
)
def test_frame_without_sense_is_answered_and_the_connection_lives(
    frame: str, code: str, field: str | None
) -> None:
    result = guard().read(frame, None, 0)
    assert error(result).code == code
    assert error(result).field == (UNSET if field is None else field)
    assert refusal(result).close is None


def test_refused_frame_gets_its_ref_back_however_wrong_the_rest_is() -> None:
    assert error(guard().read('{"type":"seek","time":-1,"ref":"r1"}', None, 0)).ref == "r1"
    assert error(guard().read('{"type":"nonsense","ref":"r1"}', None, 0)).ref == "r1"


@pytest.mark.parametrize("ref", ["", "x" * 37, 5, None])
def test_a_ref_that_is_none_does_not_come_back(ref: object) -> None:
    frame = json.dumps({"type": "seek", "time": -1, "ref": ref})
    assert error(guard().read(frame, None, 0)).ref is UNSET


def test_tenth_senseless_frame_within_ten_seconds_closes_1008_after_its_answer() -> None:
    watched = guard()
    for n in range(MAX_ERRORS - 1):
        assert refusal(watched.read("?", None, n * 1000)).close is None
    last = watched.read("?", None, 10_000)
    assert error(last).code == "malformed"
    assert refusal(last).close == CloseCode.ABUSE


def test_ten_senseless_frames_in_a_longer_time_are_forgiven() -> None:
    watched = guard()
    assert all(refusal(watched.read("?", None, n * 1200)).close is None for n in range(50))


def test_frames_that_callers_find_senseless_count_too() -> None:
    watched = guard()
    no_such_zone = ErrorMessage(code="invalid_field", message="There is no such zone.")
    closes = [watched.refuse(no_such_zone, 0).close for _ in range(MAX_ERRORS)]
    assert closes == [None] * (MAX_ERRORS - 1) + [CloseCode.ABUSE]


def test_frames_beyond_the_limit_of_all_are_refused_with_their_ref_and_a_time_to_wait() -> None:
    watched = guard()
    for _ in range(60):
        assert isinstance(watched.read(HEARTBEAT, None, 0), Heartbeat)
    excess = refusal(watched.read('{"type":"seek","time":1,"ref":"r1"}', None, 0))
    assert excess.close is None
    assert excess.answer == RateLimited(action=ALL_FRAMES, retry_in=16.667, ref="r1")
    assert isinstance(watched.read(HEARTBEAT, None, 17), Heartbeat)


def test_senseless_frames_draw_on_the_limit_of_all_frames() -> None:
    watched = guard(message={"max": 1})
    watched.read("?", None, 0)
    assert isinstance(refusal(watched.read(HEARTBEAT, None, 0)).answer, RateLimited)


def test_action_beyond_its_limit_is_refused_by_name() -> None:
    watched = guard()
    assert [watched.limit("reaction", 0) for _ in range(5)] == [None] * 5
    excess = refusal(watched.limit("reaction", 0, "r1"))
    assert excess.answer == RateLimited(action="reaction", retry_in=200, ref="r1")
    assert watched.limit("cursor", 0) is None


def test_all_frames_own_limit_is_not_drawn_twice() -> None:
    watched = guard(message={"max": 1})
    assert isinstance(watched.read(HEARTBEAT, None, 0), Heartbeat)
    assert watched.limit(ALL_FRAMES, 0) is None


def test_an_action_nobody_limits_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        Limiter(LIMITS).take("no such action", 0)


def test_asking_far_too_often_for_ten_seconds_closes_1008() -> None:
    limiter = Limiter(LIMITS)
    closes = [
        second
        for second in range(20)
        for n in range(100)
        if (refused := limiter.take("cursor", second * 1000 + n * 10)) and refused.close
    ]
    assert closes[0] == 10


def test_a_frame_with_sense_comes_through_typed() -> None:
    assert guard().read('{"type":"seek","time":1.5}', None, 0) == Seek(time=1.5)
