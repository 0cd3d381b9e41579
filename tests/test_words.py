"""Recorded events as sentences."""

from typing import Any

import pytest

from watchparty.history.words import HOUSE_KINDS, PLAYBACK_KINDS, clock, what, who
from watchparty.models import ChatMessage, HouseEvent, PlaybackEvent
from watchparty.store.records import KINDS


def played(kind: str, **fields: Any) -> PlaybackEvent:
    return PlaybackEvent(
        **{"kind": kind, "position_s": 62.5, "rate": 1.0, "playing": True} | fields
    )


def done(kind: str, **details: Any) -> HouseEvent:
    return HouseEvent(kind=kind, name="Ada", target_name="Bo", details=details)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0:00"), (7.9, "0:07"), (62, "1:02"), (3723, "1:02:03")]
)
def test_moments_of_a_film(seconds: float, told: str) -> None:
    assert clock(seconds) == told


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (played("play"), "plays at 1:02"),
        (played("pause", playing=False), "pauses at 1:02"),
        (played("seek"), "goes to 1:02"),
        (played("rate", rate=1.25), "sets the speed to 1.25× at 1:02"),
        (played("source", source={"title": "G"}), "changes the film to “G”"),
        (played("source", source_id="s4"), "changes the film to “s4”"),
        (played("length", duration_s=90.0), "learns that the film is 1:30 long"),
        (played("end", playing=False), "ends the film"),
        (played("end"), "begins the film again"),
        (played("emptied", playing=False), "pauses at 1:02, as nobody is here"),
        (played("together"), "starts everybody together at 1:02"),
        (played("play", waiting_for=["a"]), "waits at 1:02 for one viewer"),
        (played("wait", waiting_for=["a", "b"]), "waits at 1:02 for 2 viewers"),
        (done("settings", slow_mode_s=30, locked=True), "sets slow mode: 30, lock: on"),
        (done("settings", has_password=False), "sets password: off"),
        (done("role", role="host"), "makes Bo host"),
        (done("succession", role="owner"), "makes Bo owner, as the owner is gone"),
        (done("return", role="owner"), "gives the room back to Bo"),
        (done("control", granted=True), "gives control to Bo"),
        (done("control", granted=False), "takes control from Bo"),
        (done("removed", ban=True, reason="Spoilers."), "bans Bo: Spoilers."),
        (done("removed", ban=False), "removes Bo"),
        (done("unbanned"), "lets Bo in again"),
        (done("unsaid", message_id="m4"), "takes back message m4"),
        (done("ended"), "ends the party"),
        (done("closed"), "closes the room"),
        (done("of a later version"), "of a later version"),
        (ChatMessage(kind="message"), "writes"),
    ],
)
def test_what_was_done(event: Any, sentence: str) -> None:
    assert what(event) == sentence


def test_every_kind_is_one_of_the_film_s_or_of_the_house_or_a_message() -> None:
    assert {"message"} | PLAYBACK_KINDS | HOUSE_KINDS == set(KINDS.values())
    assert not PLAYBACK_KINDS & HOUSE_KINDS


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (PlaybackEvent(kind="play", name="Ada", member="a"), "Ada"),
        (PlaybackEvent(kind="play", member="a"), "Somebody"),
        (PlaybackEvent(kind="end"), "The room"),
        (HouseEvent(kind="closed"), "An administrator"),
    ],
)
def test_who_did_it(event: Any, name: str) -> None:
    assert who(event) == name
