"""One tick: the latest cursors and all reactions, each kind encoded once."""

import json
from typing import Any

from sync.core.wire import Frame
from watchparty.core.protocol import Cursor, Reaction
from watchparty.hub.batch import Batch


def cursor(user_id: str, x: float) -> Cursor:
    return Cursor(user_id=user_id, x=x, y=0.0, timestamp=1.0)


def reaction(number: int) -> Reaction:
    return Reaction(
        id=str(number), user_id="ada", emoji="🔥", x=1, y=1, video_time=1, timestamp=1.0
    )


def read(frames: list[Frame]) -> list[dict[str, Any]]:
    assert all(frame.passing for frame in frames), "a reader who lags may be spared these"
    return [json.loads(frame.text) for frame in frames]


def test_nothing_happened_and_nothing_is_sent() -> None:
    assert Batch().take() == []


def test_who_stopped_pointing_is_not_shown() -> None:
    batch = Batch()
    batch.move(cursor("ada", 1))
    assert not batch.remove("ada")
    assert not batch.remove("nobody")
    assert batch.take() == []


def test_each_cursor_is_there_once_where_it_was_last() -> None:
    batch = Batch()
    for x in (1, 2, 3):
        batch.move(cursor("ada", x))
    batch.move(cursor("bo", 9))
    (message,) = read(batch.take())
    assert message["type"] == "cursors:batch"
    assert [(one["userId"], one["x"]) for one in message["cursors"]] == [("ada", 3), ("bo", 9)]


def test_every_reaction_is_sent_in_its_turn() -> None:
    batch = Batch()
    for number in range(3):
        batch.react(reaction(number))
    (message,) = read(batch.take())
    assert message["type"] == "reactions:batch"
    assert [one["id"] for one in message["reactions"]] == ["0", "1", "2"]


def test_what_was_taken_is_not_sent_again() -> None:
    batch = Batch()
    batch.move(cursor("ada", 1))
    batch.react(reaction(1))
    assert [message["type"] for message in read(batch.take())] == [
        "cursors:batch",
        "reactions:batch",
    ]
    assert batch.take() == []
