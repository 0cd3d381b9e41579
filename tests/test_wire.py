"""Frames as such: strict reading, coded refusals, encoding once."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.wire import (
    CLOSE_MEANINGS,
    BadFrame,
    ClockIntent,
    CloseCode,
    Decoder,
    ErrorMessage,
    Frame,
    Heartbeat,
    RateLimited,
    TimeSync,
    TimeSyncResponse,
    encode,
    wire_ms,
)

decoder: Decoder[ClockIntent] = Decoder(ClockIntent)


def refusal(frame: str | bytes) -> BadFrame:
    with pytest.raises(BadFrame) as caught:
        decoder.decode(frame)
    return caught.value


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "null",
        "1",
        "[]",
        '"time:sync"',
        "[" * 100_000,
        '{"type":"heartbeat"} {"type":"heartbeat"}',
        '{"type":"time:sync","clientTimestamp":NaN}',
        '{"type":"time:sync","clientTimestamp":Infinity}',
        "\ud800",
        b"\xff\xfe",
        b'{"type":"\xff"}',
    ],
)
def test_what_is_no_json_object_is_malformed(frame: str | bytes) -> None:
    assert refusal(frame).code == "malformed"
    assert refusal(frame).field is None


@pytest.mark.parametrize(
    "frame",
    ["{}", '{"type":1}', '{"type":"nonsense"}', '{"type":"room:join"}', '{"TYPE":"heartbeat"}'],
)
def test_unknown_type_is_named(frame: str) -> None:
    assert (refusal(frame).code, refusal(frame).field) == ("unknown_type", "type")


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        ('{"type":"time:sync"}', "clientTimestamp"),
        ('{"type":"time:sync","clientTimestamp":"1"}', "clientTimestamp"),
        ('{"type":"time:sync","clientTimestamp":true}', "clientTimestamp"),
        ('{"type":"time:sync","clientTimestamp":null}', "clientTimestamp"),
        ('{"type":"time:sync","clientTimestamp":1e999}', "clientTimestamp"),
        ('{"type":"time:sync","clientTimestamp":1' + "0" * 400 + "}", "clientTimestamp"),
        ('{"type":"time:sync","client_timestamp":1}', "client_timestamp"),
        ('{"type":"time:sync","clientTimestamp":1,"more":{}}', "more"),
    ],
)
def test_field_that_does_not_fit_is_named(frame: str, field: str) -> None:
    assert (refusal(frame).code, refusal(frame).field) == ("invalid_field", field)


@pytest.mark.parametrize("key", ["type", "x"])
def test_an_answer_does_not_repeat_all_that_a_hostile_frame_says(key: str) -> None:
    hostile = json.dumps({"type": "heartbeat"} | {key: "a" * 16_000, "b" * 16_000: 1})
    assert len(encode(refusal(hostile).answer())) < 1000


def test_the_answer_to_a_bad_frame_carries_code_message_and_field() -> None:
    answer = BadFrame("invalid_field", "x: too much.", "x").answer()
    assert answer == ErrorMessage(code="invalid_field", message="x: too much.", field="x")
    assert json.loads(encode(BadFrame("malformed", "No.").answer()).text) == {
        "type": "error",
        "code": "malformed",
        "message": "No.",
    }


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_nothing_but_a_coded_refusal_ever_comes_out(frame: str | bytes) -> None:
    assert refusal(frame).code in ("malformed", "unknown_type", "invalid_field")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_client_timestamp_comes_back_as_it_was(t1: float) -> None:
    probe = decoder.decode(json.dumps({"type": "time:sync", "clientTimestamp": t1}))
    assert probe == TimeSync(client_timestamp=t1)
    answer = TimeSyncResponse(
        client_timestamp=t1,
        server_receive_time=1,
        server_send_time=2,
        generation=1,
        error_ms=0,
    )
    assert json.loads(encode(answer).text)["clientTimestamp"] == t1


def test_type_may_stand_anywhere_in_the_frame() -> None:
    assert decoder.decode('{"clientTimestamp":5,"type":"time:sync"}') == TimeSync(
        client_timestamp=5
    )
    assert decoder.decode(b'{"type":"heartbeat"}') == Heartbeat()


def test_wire_names_are_camel_case_and_what_is_unset_is_absent() -> None:
    frame = encode(RateLimited(action="cursor", retry_in=12.5))
    assert json.loads(frame.text) == {
        "type": "error:ratelimit",
        "action": "cursor",
        "retryIn": 12.5,
    }


def test_a_frame_holds_the_same_text_and_bytes_and_counts_bytes() -> None:
    frame = Frame("❤️".encode(), passing=True)
    assert frame.text.encode() == frame.data
    assert len(frame) == 6
    assert frame.passing
    assert not encode(Heartbeat()).passing


def test_times_keep_microseconds() -> None:
    assert wire_ms(1_700_000_000_123.4567) == 1_700_000_000_123.457


def test_every_close_code_has_a_meaning_and_44xx_stays_away() -> None:
    codes = {code for name, code in vars(CloseCode).items() if name.isupper()}
    assert codes == set(CLOSE_MEANINGS)
    for code, (_, client) in CLOSE_MEANINGS.items():
        assert (code // 100 == 44) == client.startswith("stays away")


def test_a_frame_is_framed_once_and_shared() -> None:
    one = Frame(b'{"n":1}')
    assert one.wire is one.wire
    assert one.wire == b'\x81\x07{"n":1}'


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_header_tells_the_length_of_every_size(size: int, header: bytes) -> None:
    assert Frame(b"x" * size).wire == header + b"x" * size
