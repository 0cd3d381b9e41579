"""Drawings of a room's past: rows as shapes in percent."""

from datetime import UTC, datetime, timedelta

import pytest

from watchparty.history import charts
from watchparty.models import PlaybackEvent, Visit

BEGIN = datetime(2026, 1, 2, 20, 3, tzinfo=UTC)


def later(**how: float) -> datetime:
    return BEGIN + timedelta(**how)


def control(kind: str, second: float, position_s: float, **how: object) -> PlaybackEvent:
    values = {"playing": kind != "pause", "rate": 1.0, "duration_s": 200.0, "name": "Ada", **how}
    return PlaybackEvent(kind=kind, at=later(seconds=second), position_s=position_s, **values)


def test_what_lies_outside_a_span_lies_at_its_edge() -> None:
    span = charts.Span(BEGIN, later(seconds=100))
    assert [span.x(later(seconds=s)) for s in (-5, 0, 25, 100, 900)] == [0, 0, 25, 100, 100]


def test_a_span_of_one_instant_can_be_drawn() -> None:
    assert charts.Span(BEGIN, BEGIN).x(BEGIN) == 0


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (timedelta(seconds=20), ["20:03:05", "20:03:10", "20:03:15"]),
        (timedelta(minutes=40), ["20:10", "20:20", "20:30", "20:40"]),
        (timedelta(hours=30), ["03 Jan 00:00", "03 Jan 12:00", "04 Jan 00:00"]),
        (timedelta(days=30), ["08 Jan", "14 Jan", "20 Jan", "26 Jan", "01 Feb"]),
    ],
)
def test_times_at_the_foot_are_round_and_few(length: timedelta, labels: list[str]) -> None:
    assert [tick.label for tick in charts.Span(BEGIN, BEGIN + length).ticks()] == labels


def test_a_film_that_nobody_touched_is_not_drawn() -> None:
    assert charts.film([], charts.Span(BEGIN, later(seconds=100))) is None


def test_a_playhead_climbs_while_it_plays_stands_while_it_does_not_and_leaps_when_sought() -> None:
    span = charts.Span(BEGIN, later(seconds=100))
    told = charts.film(
        [control("play", 0, 0.0), control("pause", 50, 50.0), control("seek", 60, 150.0, rate=2.0)],
        span,
    )
    assert told is not None
    # By two seconds of film a second it would be at 230 s: it stops at the end of the film.
    assert told.playing == ["0.0,100.0 50.0,75.0", "60.0,25.0 100.0,0.0"]
    assert told.standing == ["50.0,75.0 60.0,75.0"]
    assert told.top == "3:20"
    assert [mark.title for mark in told.marks] == [
        "20:03:00 Ada plays at 0:00",
        "20:03:50 Ada pauses at 0:50",
        "20:04:00 Ada goes to 2:30",
    ]


def test_a_film_whose_length_nobody_knows_is_as_long_as_it_was_seen() -> None:
    told = charts.film(
        [control("play", 0, 10.0, duration_s=None)], charts.Span(BEGIN, later(seconds=100))
    )
    assert told is not None
    assert told.top == "0:10"
    assert told.playing == ["0.0,0.0 100.0,0.0"]


def test_each_member_has_one_line_with_a_bar_for_each_stay_and_the_first_are_drawn() -> None:
    stays = [
        Visit(
            member=f"m{number % 70}", name=f"N{number % 70}", role="guest", instance="one",
            joined_at=later(seconds=number), seen_at=later(seconds=number + 10),
        )
        for number in range(90)
    ]  # fmt: skip
    lines = charts.presence(stays, charts.Span(BEGIN, later(seconds=100)))
    assert [line.name for line in lines] == [f"N{number}" for number in range(charts.BARS)]
    assert [len(line.bars) for line in lines[:21]] == [2] * 20 + [1]
    assert (lines[5].bars[0].x, lines[5].bars[0].width) == (5.0, 10.0)
    assert "to after 20:03:15 at one" in lines[5].bars[0].title


def test_reactions_are_as_high_as_they_are_many() -> None:
    bars = charts.columns([(0, "🔥", 1), (5, "😂", 1), (5, "🔥", 3)], bucket_s=5)
    assert [(bar.x, bar.width, bar.y, bar.height) for bar in bars] == [
        (0.0, 50.0, 75.0, 25.0),
        (50.0, 50.0, 0.0, 100.0),
    ]
    assert bars[1].title == "0:05: 🔥 3 😂 1"
    assert charts.columns([], bucket_s=5) == []


def test_a_film_s_own_foot_begins_with_its_start() -> None:
    assert [tick.label for tick in charts.film_ticks(5400)] == [
        *("0:00", "15:00", "30:00", "45:00", "1:00:00", "1:15:00"),
    ]
