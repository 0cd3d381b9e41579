"""The party's wire: what it refuses and how it says so; then that whatever it accepts survives."""

import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.core.limits import DEFAULT_LIMITS
from sync.core.wire import BadFrame, ClockIntent, Decoder, encode
from tests.wire_examples import any_message, example
from watchparty.core import protocol
from watchparty.core.protocol import ACTIONS, ClientMessage, ServerMessage
from watchparty.hub.admission import TRIES

CLIENT_CLASSES = get_args(ClientMessage)
SERVER_CLASSES = get_args(ServerMessage)

decode_intent: Decoder[Any] = Decoder(ClientMessage)
decode_event: Decoder[Any] = Decoder(ServerMessage)


def refusal(frame: str | bytes) -> tuple[str, str | None]:
    with pytest.raises(BadFrame) as caught:
        decode_intent.decode(frame)
    assert caught.value.message.endswith(".")
    return caught.value.code, caught.value.field


def play(**fields: Any) -> str:
    return json.dumps({"type": "video:play"} | fields)


def join(**fields: Any) -> str:
    return json.dumps({"type": "room:join", "roomId": "demo", "name": "Ada"} | fields)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "no",
        "{",
        "[]",
        "null",
        '"heartbeat"',
        '{"type":"heartbeat"} {"type":"heartbeat"}',
        '{"type":"heartbeat",}',
        "{'type':'heartbeat'}",
        b"\xff\xfe",
        b'{"type":"heartbeat\xff"}',
    ],
)
def test_what_is_no_message_is_malformed(frame: str | bytes) -> None:
    assert refusal(frame) == ("malformed", None)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "01", "1.", "0x1"])
def test_what_json_does_not_call_a_number_is_malformed(number: str) -> None:
    assert refusal(f'{{"type":"time:sync","clientTimestamp":{number}}}') == ("malformed", None)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400])
def test_a_number_beyond_float64_is_refused(number: str) -> None:
    frame = f'{{"type":"time:sync","clientTimestamp":{number}}}'
    assert refusal(frame) == ("invalid_field", "clientTimestamp")


@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        '{"type":"video:explode"}',
        '{"type":""}',
        '{"type":7}',
        '{"type":null}',
        '{"Type":"heartbeat"}',
    ],
)
def test_an_unknown_type_is_refused(frame: str) -> None:
    assert refusal(frame) == ("unknown_type", "type")


@pytest.mark.parametrize("cls", SERVER_CLASSES)
def test_a_client_cannot_speak_as_the_server(cls: type) -> None:
    frame = encode(example(cls, full=True)).data
    assert refusal(frame)[0] in {"unknown_type", "invalid_field"}


@pytest.mark.parametrize("cls", CLIENT_CLASSES)
def test_an_unknown_field_is_refused_in_every_message(cls: type) -> None:
    frame = json.loads(encode(example(cls, full=True)).data) | {"extra": 1}
    assert refusal(json.dumps(frame)) == ("invalid_field", "extra")


@pytest.mark.parametrize("cls", CLIENT_CLASSES)
def test_a_missing_field_is_refused_in_every_message(cls: type) -> None:
    frame = json.loads(encode(example(cls, full=True)).data)
    required = [field.encode_name for field in msgspec.structs.fields(cls) if field.required]
    for missing in required:
        rest = {name: value for name, value in frame.items() if name != missing}
        assert refusal(json.dumps(rest)) == ("invalid_field", missing)


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        (play(ref=7), "ref"),
        (play(ref=None), "ref"),
        (play(ref=""), "ref"),
        (play(ref="r" * 37), "ref"),
        (play(currentTime="12"), "currentTime"),
        (play(currentTime=True), "currentTime"),
        (play(currentTime=-0.001), "currentTime"),
        (play(currentTime=protocol.MAX_POSITION_S + 1), "currentTime"),
        (play(baseSeq=True), "baseSeq"),
        (play(baseSeq=1.5), "baseSeq"),
        (play(baseSeq=-1), "baseSeq"),
        (play(baseSeq=2**53 + 1), "baseSeq"),
        (play(leadMs=protocol.MAX_LEAD_MS + 1), "leadMs"),
        (play(current_time=1), "current_time"),
        ('{"type":"video:seek"}', "time"),
        ('{"type":"video:seek","time":-1}', "time"),
        ('{"type":"video:rate","rate":0}', "rate"),
        ('{"type":"video:rate","rate":4.01}', "rate"),
        ('{"type":"cursor:move","x":100.1,"y":0}', "x"),
        ('{"type":"cursor:move","x":0,"y":-0.1}', "y"),
        ('{"type":"cursor:move","x":false,"y":0}', "x"),
        ('{"type":"reaction:send","emoji":"🍺","x":0,"y":0,"videoTime":0}', "emoji"),
        ('{"type":"member:rename","name":"","color":"#000000"}', "name"),
        ('{"type":"member:rename","name":"Ada","color":"red"}', "color"),
        ('{"type":"video:source","source":{"kind":"ftp","url":"/a","title":""}}', "source.kind"),
        ('{"type":"video:source","source":{"kind":"file","url":"","title":""}}', "source.url"),
        ('{"type":"video:source","source":{"kind":"file","url":"/a","size":1}}', "source.size"),
        (
            '{"type":"video:source","source":{"kind":"file","url":"/a","duration":0}}',
            "source.duration",
        ),
        (join(roomId=""), "roomId"),
        (join(roomId="Demo Room"), "roomId"),
        (join(roomId="demo\n"), "roomId"),
        (join(roomId="d" * 65), "roomId"),
        (join(name="A" * 41), "name"),
        (join(name=None), "name"),
        (join(color="#12345g"), "color"),
        (join(color="#123456\n"), "color"),
        (join(tab="short"), "tab"),
        (join(tab="tab 0001"), "tab"),
        (join(tab="tab_0001\n"), "tab"),
        (join(shareCity=1), "shareCity"),
        (join(ticket="t" * 513), "ticket"),
        (join(resume={"epoch": "e", "seq": -1}), "resume.seq"),
        (join(resume={"epoch": "e"}), "resume.seq"),
        (join(resume=[]), "resume"),
    ],
)
def test_a_field_that_does_not_fit_is_refused_by_its_path(frame: str, field: str) -> None:
    assert refusal(frame) == ("invalid_field", field)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_without_end_is_refused(opening: str) -> None:
    assert refusal('{"type":"heartbeat","a":' + opening * 100_000)[0] in {
        "malformed",
        "invalid_field",
    }
    assert refusal(opening * 100_000)[0] in {"malformed", "unknown_type"}


@pytest.mark.parametrize("half", [r"\ud800", r"\udc00", r"\ud800A", r"\ud800\ud800", "\ud800"])
def test_half_a_surrogate_pair_is_refused(half: str) -> None:
    assert refusal(f'{{"type":"room:join","roomId":"demo","name":"{half}"}}') == ("malformed", None)


@given(st.text() | st.binary())
def test_any_noise_is_refused_in_an_orderly_way(noise: str | bytes) -> None:
    assert refusal(noise)[0] in {"malformed", "unknown_type"}


def test_the_clock_socket_takes_probes_and_heartbeats_only() -> None:
    decoder: Decoder[Any] = Decoder(ClockIntent)
    for cls in CLIENT_CLASSES:
        frame = encode(example(cls, full=True)).data
        if cls in get_args(ClockIntent):
            assert isinstance(decoder.decode(frame), cls)
        else:
            with pytest.raises(BadFrame) as caught:
                decoder.decode(frame)
            assert caught.value.code == "unknown_type"


def test_a_refusal_names_code_and_field_on_the_wire() -> None:
    answer = BadFrame("invalid_field", "time: too small.", "time").answer()
    assert json.loads(encode(answer).data) == {
        "type": "error",
        "code": "invalid_field",
        "message": "time: too small.",
        "field": "time",
    }
    bare = encode(BadFrame("malformed", "No.").answer())
    assert json.loads(bare.data) == {"type": "error", "code": "malformed", "message": "No."}


def test_every_client_message_draws_on_a_known_limit_and_every_limit_is_drawn_on() -> None:
    assert set(ACTIONS) == set(CLIENT_CLASSES)
    assert set(ACTIONS.values()) | {TRIES} == set(DEFAULT_LIMITS)


def test_every_ordered_event_carries_its_place_in_the_order() -> None:
    for cls in get_args(protocol.OrderedEvent):
        assert {"epoch", "seq", "by", "ref"} <= set(cls.__struct_fields__)
        assert cls in SERVER_CLASSES


@pytest.mark.parametrize("cls", CLIENT_CLASSES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_client_message_survives_the_wire(cls: type, data: st.DataObject) -> None:
    message = data.draw(any_message(cls))
    assert decode_intent.decode(encode(message).text) == message


@pytest.mark.parametrize("cls", SERVER_CLASSES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_server_message_survives_the_wire(cls: type, data: st.DataObject) -> None:
    message = data.draw(any_message(cls))
    assert decode_event.decode(encode(message).text) == message
