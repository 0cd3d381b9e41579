"""The generated files: fresh, complete, and of one mind with the decoder."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from django.core.management import CommandError, call_command

from sync.core.bucket import Limit
from sync.core.limits import DEFAULT_LIMITS
from sync.core.wire import CLOSE_MEANINGS, CloseCode, encode
from tests.schema_check import fits
from tests.wire_examples import example
from watchparty.core.protocol import ClientMessage, ServerMessage
from watchparty.management.commands import generate_protocol
from watchparty.wiregen import catalogue
from watchparty.wiregen.json_schema import schema
from watchparty.wiregen.outputs import outputs, stale, write
from watchparty.wiregen.wording import choices, limit_text

ROOT = Path(__file__).resolve().parents[1]
FILES = outputs()
SCHEMA = schema()
DEFINITIONS = SCHEMA["$defs"]
MESSAGES = (*catalogue.client_messages(), *catalogue.server_messages())
CLASSES = (*get_args(ClientMessage), *get_args(ServerMessage))

SEED_EVENTS_TO_SERVER = {
    "room:join": {"roomId"},
    "room:leave": set(),
    "video:play": set(),
    "video:pause": set(),
    "video:seek": {"time"},
    "cursor:move": {"x", "y"},
    "reaction:send": {"emoji", "x", "y", "videoTime"},
    "time:sync": {"clientTimestamp"},
    "heartbeat": set(),
}
SEED_EVENTS_TO_CLIENT = {
    "user:self": {"id", "name", "color"},
    "users:list": {"users"},
    "room:joined": {"roomId", "room", "videoState", "users"},
    "video:state": {"isPlaying", "currentTime"},
    "cursors:batch": {"cursors"},
    "reactions:batch": {"reactions"},
    "server:time": {"timestamp"},
    "error:ratelimit": {"action", "retryIn"},
}
SEED_LIMITS = {"cursor": 20, "reaction": 5, "sync": 10, "videoControl": 10}


def test_the_generated_files_are_fresh() -> None:
    assert stale(ROOT) == [], "run manage.py generate_protocol"


def test_the_check_names_every_stale_file_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate_protocol, "ROOT", tmp_path)
    write(tmp_path)
    fresh, changed, gone = FILES
    (tmp_path / changed).write_bytes(b"\xff")
    (tmp_path / gone).unlink()
    with pytest.raises(CommandError) as caught:
        call_command("generate_protocol", "--check")
    assert caught.value.returncode == 1
    assert changed in str(caught.value)
    assert gone in str(caught.value)
    assert fresh not in str(caught.value)
    assert not (tmp_path / gone).exists()


def test_the_command_writes_what_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate_protocol, "ROOT", tmp_path)
    call_command("generate_protocol")
    assert stale(tmp_path) == []
    assert capsys.readouterr().out == "".join(f"Wrote {path}.\n" for path in FILES)
    call_command("generate_protocol", "--check")
    call_command("generate_protocol")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("shape", MESSAGES, ids=lambda shape: shape.name)
def test_every_message_and_field_is_in_every_file(shape: catalogue.Shape) -> None:
    javascript, json_schema, markdown = FILES.values()
    typedef = block(javascript, f"@typedef {{Object}} {shape.name}\n", "*/")
    assert f'@property {{"{shape.tag}"}} type' in typedef
    assert f'"{shape.tag}",' in javascript
    definition = json.loads(json_schema)["$defs"][shape.name]
    assert definition["properties"]["type"] == {"const": shape.tag}
    assert f"### `{shape.tag}`" in markdown
    for field in shape.fields:
        assert re.search(rf"\}} \[?{field.name}\]?( |\n)", typedef)
        assert field.name in definition["properties"]
        assert (field.name in definition["required"]) is not field.optional
        assert f"`{field.name}`" in markdown


def test_every_value_word_and_number_is_in_javascript_and_reference() -> None:
    javascript, json_schema, markdown = FILES.values()
    for shape in catalogue.values():
        assert f"@typedef {{Object}} {shape.name}\n" in javascript
        assert shape.name in json.loads(json_schema)["$defs"]
        assert f"### {shape.name}\n" in markdown
    for constant in catalogue.constants():
        assert f"export const {constant.name} = {json.dumps(constant.value)};" in javascript
        assert f"`{constant.name}`" in markdown
    for words in choices().values():
        assert all(f'"{word}"' in javascript and word in markdown for word in words)
    for action, limit in DEFAULT_LIMITS.items():
        assert f"| `{action}` | {limit_text(limit)} |" in markdown


def test_every_close_code_has_a_meaning() -> None:
    codes = catalogue.close_codes()
    assert set(codes.values()) == set(CLOSE_MEANINGS)
    assert codes["REMOVED"] == CloseCode.REMOVED
    markdown = FILES["docs/protocol.md"]
    assert all(f"| {code} | `{name}` |" in markdown for name, code in codes.items())


def test_every_field_of_time_or_place_has_a_unit() -> None:
    timed = re.compile(r"(Ms|[a-z]Time|[tT]imestamp|^time|^at|At|duration|retryIn|^x|^y)$")
    exempt = {"clientTimestamp"}  # Any number of the client's own.
    for shape in (*MESSAGES, *catalogue.values()):
        for field in shape.fields:
            if timed.search(field.name) and field.name not in exempt:
                assert field.unit, f"{shape.name}.{field.name}"


def test_ordered_messages_alone_are_called_ordered() -> None:
    ordered = {tag for tag, delivery in catalogue.deliveries().items() if delivery == "ordered"}
    assert ordered == {
        *("video:state", "video:waiting", "room:settings", "room:closed"),
        *("member:role", "member:control", "member:removed", "member:unbanned"),
        *("chat:message", "chat:removed"),
    }
    assert {"cursors:batch", "user:left"} <= {
        tag for tag, delivery in catalogue.deliveries().items() if delivery == "passing"
    }


def test_the_seeds_events_and_limits_are_kept() -> None:
    to_server = {shape.tag: shape for shape in catalogue.client_messages()}
    to_client = {shape.tag: shape for shape in catalogue.server_messages()}
    for kept, seed in ((to_server, SEED_EVENTS_TO_SERVER), (to_client, SEED_EVENTS_TO_CLIENT)):
        for tag, fields in seed.items():
            assert fields <= {field.name for field in kept[tag].fields}, tag
    for action, most in SEED_LIMITS.items():
        assert (DEFAULT_LIMITS[action].max, DEFAULT_LIMITS[action].window_ms) == (most, 1000)


def test_the_seeds_bare_events_need_nothing_more() -> None:
    for shape in catalogue.client_messages():
        if shape.tag in SEED_EVENTS_TO_SERVER and shape.tag != "room:join":
            needed = {field.name for field in shape.fields if not field.optional}
            assert needed == SEED_EVENTS_TO_SERVER[shape.tag]


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
@pytest.mark.parametrize("cls", CLASSES)
def test_the_schema_accepts_every_example_once(cls: type, full: bool) -> None:
    frame = json.loads(encode(example(cls, full=full)).data)
    assert fits(frame, SCHEMA, DEFINITIONS)
    assert fits(frame, DEFINITIONS[cls.__name__], DEFINITIONS)
    side = "ClientMessage" if cls in get_args(ClientMessage) else "ServerMessage"
    assert fits(frame, DEFINITIONS[side], DEFINITIONS)


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"type": "video:explode"},
        {"type": "heartbeat", "extra": 1},
        {"type": "video:seek"},
        {"type": "video:seek", "time": -1},
        {"type": "video:seek", "time": True},
        {"type": "video:seek", "time": "1"},
        {"type": "video:play", "ref": "r" * 37},
        {"type": "room:join", "roomId": "demo\n", "name": "Ada"},
        {"type": "reaction:send", "emoji": "🍺", "x": 0, "y": 0, "videoTime": 0},
        {"type": "video:source", "source": {"kind": "file", "url": "/a", "duration": 0}},
    ],
)
def test_the_schema_refuses_what_the_decoder_refuses(frame: dict[str, Any]) -> None:
    assert not fits(frame, SCHEMA, DEFINITIONS)


def test_a_limit_is_told_in_words() -> None:
    assert limit_text(Limit(max=5, window_ms=10_000)) == "5 in 10 s"
    assert limit_text(Limit(max=10, window_ms=1000, burst=16)) == "10 in 1 s, 16 at once"


def block(text: str, start: str, end: str) -> str:
    begin = text.index(start)
    return text[begin : text.index(end, begin)]
