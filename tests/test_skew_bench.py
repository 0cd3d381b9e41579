"""The arithmetic of the skew's measurement: a planted skew must come out as the figure it is."""

from dataclasses import replace
from math import inf

import pytest

from bench.accuracy import Law as Bend
from bench.machine import Use
from bench.records import Records
from bench.report import put_into
from bench.skew.__main__ import LONG, _options, plan
from bench.skew.figures import NothingSeen, assess
from bench.skew.goals import verdicts
from bench.skew.networks import CONFIGURATIONS
from bench.skew.plots import cumulated, over_time, shares, thinned
from bench.skew.records import DECODER, Frame, Marks, Seen, SkewRun
from bench.skew.report import MARKS, Report, as_markdown, as_text
from bench.skew.session import bends_of
from bench.skew.tracks import (
    Track,
    picture_skews,
    position_skews,
    settled_after_ms,
    wraps_ms,
)

BORN_MS = 1_000_000.0
"""Of the kernel's clock when these runs begin."""
JOINED_MS = BORN_MS + 3000
STEADY_MS, DISTURBED_MS, SOUGHT_MS = JOINED_MS + 12_000, JOINED_MS + 32_000, JOINED_MS + 40_000
PAUSED_MS, TOGETHER_MS, ENDED_MS = JOINED_MS + 48_000, JOINED_MS + 51_000, JOINED_MS + 60_000
STARTED_MS = TOGETHER_MS + 1000
MARKS_OF_RUN = Marks(STEADY_MS, DISTURBED_MS, SOUGHT_MS, PAUSED_MS, TOGETHER_MS, ENDED_MS)
REFRESH_MS = 1000 / 60


def film_s(at_ms):
    """Where the room's film is: it is sought to 12 s, and stands from the pause to the start."""
    if at_ms >= STARTED_MS:
        return film_s(PAUSED_MS) + (at_ms - STARTED_MS) / 1000
    if at_ms >= PAUSED_MS:
        return film_s(PAUSED_MS - 1e-6)
    if at_ms >= SOUGHT_MS:
        return 12 + (at_ms - SOUGHT_MS) / 1000
    return (at_ms - BORN_MS) / 1000


def moves_at(at_ms):
    seeking = SOUGHT_MS <= at_ms < SOUGHT_MS + 300
    return not seeking and not PAUSED_MS <= at_ms < STARTED_MS


def seen(ahead_ms=lambda at_ms: 0.0, *, frames_late=0, still=1300, rate=lambda at_ms: 1.0, **more):
    """A viewer who is ahead of the room by so much at each instant."""
    times = [JOINED_MS + 20 * step for step in range(3000)]
    positions = [
        (at, 0.1, film_s(at) + ahead_ms(at) / 1000, rate(at), moves_at(at)) for at in times
    ]
    pictures: list[Frame] = [
        (JOINED_MS + REFRESH_MS * (2 * step + frames_late), 2 * step, step / 30)
        for step in range(1700)
    ]
    counts = [(JOINED_MS + 500 * step, 0, 15 * step) for step in range(120)]
    given = {"seeks": [], "rates": [], "counts": counts, "joined_ms": JOINED_MS, **more}
    return Seen(positions=positions, frames=pictures, still=still, **given)


def make_run(second=None, *, name="40 ms", law="ours", repeat=0, first=None, marks=MARKS_OF_RUN):
    return SkewRun(
        name=name,
        law=law,
        repeat=repeat,
        seconds=60.0,
        abreast=1,
        bends=list(bends_of(repeat)),
        marks=marks,
        seen=[first or seen(), second or seen()],
        use=Use(load=0.5, ours=0.9, others=0.02),
    )


# -- Instants --------------------------------------------------------------------------------


def test_a_position_between_two_readings_is_on_the_line_through_them():
    track = Track([(0.0, 0.1, 5.0, 1.0, True), (20.0, 0.1, 5.02, 1.0, True)])
    assert track.at(5.0) == pytest.approx(5.005)


@pytest.mark.parametrize(
    "positions",
    [
        [],
        [(0.0, 0.1, 5.0, 1.0, True)],
        [(0.0, 0.1, 5.0, 1.0, True), (150.0, 0.1, 5.15, 1.0, True)],
        [(0.0, 0.1, 5.0, 1.0, True), (20.0, 0.1, 5.0, 1.0, False)],
        [(0.0, 0.1, 5.0, 1.0, True), (20.0, 0.1, 1.0, 1.0, True)],
    ],
    ids=["none", "one", "too far apart", "it stands", "it went back"],
)
def test_nothing_is_said_where_nobody_looked_or_nothing_moved(positions):
    assert Track(positions).at(10.0) is None


def test_a_planted_skew_is_found_with_its_sign():
    pair = [seen(), seen(lambda _: 7.5)]
    skews = position_skews(pair, STEADY_MS, DISTURBED_MS)
    assert len(skews) == 200
    assert {round(skew_ms, 6) for _, skew_ms in skews} == {7.5}


def test_pictures_are_compared_by_the_instant_of_the_same_frame():
    late = picture_skews([seen(), seen(frames_late=2)], STEADY_MS, DISTURBED_MS)
    assert {round(skew_ms, 3) for _, skew_ms in late} == {round(-2 * REFRESH_MS, 3)}
    early = picture_skews([seen(frames_late=1), seen()], STEADY_MS, DISTURBED_MS)
    assert {round(skew_ms, 3) for _, skew_ms in early} == {round(REFRESH_MS, 3)}


def test_a_picture_that_was_already_the_next_one_is_left_out():
    frames = [(at, index + (2 if index % 40 == 0 else 0), s) for at, index, s in seen().frames]
    skews = picture_skews([seen(), replace(seen(), frames=frames)], STEADY_MS, DISTURBED_MS)
    assert {round(skew_ms, 6) for _, skew_ms in skews} == {0.0}
    assert assess(make_run(replace(seen(), frames=frames))).unread == 85


def test_a_frame_of_another_time_round_is_not_the_same():
    again = replace(seen(), frames=[(at + 90_000, index, s) for at, index, s in seen().frames])
    assert picture_skews([seen(), again], STEADY_MS, DISTURBED_MS + 90_000) == []


def test_a_skew_that_comes_back_has_not_settled():
    skews = [(at, 5.0 if at < 1000 or at >= 1500 else 30.0) for at in range(0, 4000, 100)]
    assert settled_after_ms(skews, 0.0, 20.0, 2000.0) == 1500.0
    assert settled_after_ms(skews[:30], 0.0, 20.0, 2000.0) is None


def test_a_film_that_begins_anew_is_noticed_and_a_small_step_back_is_not():
    positions = [(0.0, 0.1, 89.9, 1.0, True), (20.0, 0.1, 0.01, 1.0, True)]
    assert wraps_ms(replace(seen(), positions=positions), 0.0, 100.0) == [20.0]
    back = [(0.0, 0.1, 20.0, 1.0, True), (20.0, 0.1, 19.75, 1.0, True)]
    assert wraps_ms(replace(seen(), positions=back), 0.0, 100.0) == []


# -- Figures ---------------------------------------------------------------------------------


def test_two_in_step_have_figures_of_nothing():
    figures = assess(make_run())
    assert figures.rms_ms == pytest.approx(0.0, abs=1e-6)
    assert figures.picture_ms == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)
    assert (figures.settle_s, figures.recovered_s) == pytest.approx((0.1, 0.0))
    assert figures.is_same_picture
    assert (figures.seeks_per_min, figures.writes_per_min, figures.away_s) == (0.0, 0.0, 0.0)
    assert figures.ruler_ms == 0.05


def test_percentiles_and_rms_are_of_the_steady_part_alone():
    def ahead(at_ms):
        steady = STEADY_MS <= at_ms < DISTURBED_MS
        late = at_ms >= STEADY_MS + 12_010
        return (-4.0 if late else 3.0) if steady else 90.0

    figures = assess(make_run(seen(ahead)))
    assert figures.position_ms[0] == pytest.approx(3.0, abs=0.01)
    assert figures.position_ms[1] == pytest.approx(4.0, abs=0.01)
    assert figures.rms_ms == pytest.approx((0.6 * 9 + 0.4 * 16) ** 0.5, rel=0.02)
    assert figures.end_ms == pytest.approx(4.0, abs=0.01)


def test_settling_is_counted_from_the_second_viewers_coming():
    figures = assess(make_run(seen(lambda at: 300.0 if at < JOINED_MS + 2450 else 1.0)))
    assert figures.settle_s == pytest.approx(2.5, abs=0.11)


def test_a_disturbance_that_stays_is_never_recovered_from():
    figures = assess(make_run(seen(lambda at: -250.0 if at >= DISTURBED_MS else 0.0)))
    assert figures.recovered_s == inf
    closing = seen(lambda at: min(0.0, (at - DISTURBED_MS) / 20 - 250) if at > DISTURBED_MS else 0)
    assert assess(make_run(closing)).recovered_s == pytest.approx(4.6, abs=0.11)


def test_what_a_seek_leaves_is_measured_after_both_move_again():
    def ahead(at_ms):
        return 35.0 if SOUGHT_MS + 300 <= at_ms < SOUGHT_MS + 2000 else 0.0

    figures = assess(make_run(seen(ahead)))
    assert figures.residual_ms == pytest.approx(35.0, abs=0.01)
    assert figures.after_seek_s == pytest.approx(2.0, abs=0.11)


def test_a_start_is_judged_one_and_six_seconds_after_the_first_moves():
    def ahead(at_ms):
        return 30.0 if STARTED_MS <= at_ms < STARTED_MS + 3000 else 2.0

    figures = assess(make_run(seen(ahead)))
    assert figures.start_ms == pytest.approx((30.0, 2.0), abs=0.01)


def test_writes_and_seeks_are_those_of_the_steady_part_a_minute():
    busy = seen(
        seeks=[(STEADY_MS + 5000, 20.0), (DISTURBED_MS + 10, 30.0)],
        rates=[(STEADY_MS - 10, 1.01)] + [(STEADY_MS + 1000 * n, 1.0) for n in range(1, 5)],
    )
    figures = assess(make_run(busy))
    assert figures.seeks_per_min == pytest.approx(3.0)
    assert figures.writes_per_min == pytest.approx(12.0)


def test_seconds_away_from_the_rooms_rate_are_counted():
    hunting = seen(rate=lambda at: 1.05 if STEADY_MS <= at < STEADY_MS + 4000 else 1.009)
    assert assess(make_run(hunting)).away_s == pytest.approx(4.0, abs=0.05)


def test_dropped_frames_are_a_share_of_the_steady_parts_frames():
    counts = [(JOINED_MS + 500 * step, 3 * step, 15 * step) for step in range(120)]
    assert assess(make_run(seen(counts=counts))).dropped == pytest.approx(0.2)


def test_other_pictures_after_the_pause_are_seen_and_so_are_unread_ones():
    assert not assess(make_run(seen(still=1302))).is_same_picture
    blind = make_run(seen(still=None), first=seen(still=None))
    assert not assess(blind).is_same_picture


@pytest.mark.parametrize("what", ["positions", "frames", "counts"])
def test_a_run_without_readings_has_no_figures(what):
    with pytest.raises(NothingSeen):
        assess(make_run(replace(seen(), **{what: []})))


def test_a_viewer_who_never_started_again_has_no_figures():
    stays = replace(
        seen(),
        positions=[p if p[0] < PAUSED_MS else (*p[:4], False) for p in seen().positions],
    )
    with pytest.raises(NothingSeen):
        assess(make_run(stays, first=stays))


def test_what_a_new_beginning_of_the_film_disturbs_is_not_steady():
    wrap_ms = STEADY_MS + 8000

    def turned(ahead_ms):
        base = seen(ahead_ms)
        return replace(
            base,
            positions=[
                (at, took, s - (12 if wrap_ms <= at < SOUGHT_MS else 0), rate, moves)
                for at, took, s, rate, moves in base.positions
            ],
        )

    apart = turned(lambda at: 400.0 if wrap_ms <= at < wrap_ms + 3000 else 1.0)
    figures = assess(make_run(apart, first=turned(lambda _: 0.0)))
    assert figures.position_ms[3] == pytest.approx(1.0, abs=0.01)


# -- Plan, records, report -------------------------------------------------------------------


def test_every_law_is_measured_in_every_situation_before_the_next_repeat():
    jobs = list(plan(_options(["--repeats", "2"]), set()))
    names = [name for name in CONFIGURATIONS if name != LONG]
    assert [job.laws for job in jobs[:3]] == [("ours",), ("original",), ("jellyfin",)]
    assert {job.name for job in jobs[:3]} == {"direct"}
    assert len(jobs) == 2 * 3 * len(names)
    assert [job.repeat for job in jobs] == sorted(job.repeat for job in jobs)


def test_laws_may_be_measured_together():
    jobs = list(plan(_options(["--repeats", "1", "--abreast", "3"]), set()))
    assert {job.laws for job in jobs} == {("ours", "original", "jellyfin")}


def test_laws_and_networks_may_be_chosen():
    chosen = ["--repeats", "1", "--laws", "ours", "--networks", "slow", "40 ms"]
    jobs = list(plan(_options(chosen), set()))
    assert [(job.name, job.laws) for job in jobs] == [("40 ms", ("ours",)), ("slow", ("ours",))]


def test_what_is_done_is_not_measured_again():
    done = {("direct", "ours", 0), ("direct", "jellyfin", 0)}
    jobs = list(plan(_options(["--repeats", "1"]), done))
    assert (jobs[0].name, jobs[0].laws) == ("direct", ("original",))


def test_the_long_run_is_ours_alone_and_last():
    jobs = list(plan(_options(["--repeats", "1", "--long"]), set()))
    assert (jobs[-1].name, jobs[-1].laws, jobs[-1].repeat) == (LONG, ("ours",), 0)
    assert list(plan(_options(["--repeats", "0", "--long"]), {(LONG, "ours", 0)})) == []


def test_a_run_too_short_to_be_steady_is_refused(capsys):
    with pytest.raises(SystemExit):
        _options(["--seconds", "30"])
    assert "steady" in capsys.readouterr().err


def test_a_run_longer_than_the_film_is_refused(capsys):
    with pytest.raises(SystemExit):
        _options(["--seconds", "120"])
    assert "film" in capsys.readouterr().err


def test_clocks_are_wrong_both_ways_and_change_places():
    assert bends_of(0) == (Bend(30_000.0, -80.0), Bend(-30_000.0, 80.0))
    assert bends_of(1) == (Bend(-30_000.0, 80.0), Bend(30_000.0, -80.0))


def test_runs_are_kept_as_they_were(tmp_path):
    records = Records(tmp_path / "kept.jsonl", DECODER)
    records.add(make_run())
    with (tmp_path / "kept.jsonl").open("ab") as file:
        file.write(b'{"name": "dir')  # as a stop in the middle leaves it
    [kept] = records.read()
    assert assess(kept) == assess(make_run())


def make_report(*runs):
    report = Report("python -m bench.skew", ["a machine"])
    report.take(runs)
    return report


def test_the_report_holds_each_law_and_every_run():
    laws = ("ours", "original", "jellyfin")
    report = make_report(*(make_run(law=law, repeat=r) for law in laws for r in range(2)))
    text, page = as_text(report), as_markdown(report)
    assert len(report.sections()[0][1]) == 1 + 3
    assert len(report.sections()[2][1]) == 1 + 6
    for word in ("Jellyfin's", "the original's", "after a pause the same picture"):
        assert word in text
        assert word in page
    assert put_into("before\n", page, MARKS).count(MARKS.begin) == 1


def test_of_a_run_made_twice_the_later_counts():
    report = make_report(make_run(seen(lambda _: 9.0)), make_run(seen(lambda _: 0.5)))
    assert len(report.runs) == 1
    assert report.runs[0][1].rms_ms == pytest.approx(0.5, abs=0.01)


def test_a_missed_goal_is_called_missed_and_a_met_one_met():
    good, bad = make_report(make_run()), make_report(make_run(seen(lambda _: 9.0, still=2)))
    assert not any("missed" in line for line in verdicts(good.runs))
    missed = [line for line in verdicts(bad.runs) if "missed" in line]
    assert any("rms" in line and "9 ms" in line for line in missed)
    assert any("same picture" in line for line in missed)


def test_half_of_the_paths_asymmetry_is_allowed_for():
    run = make_run(seen(lambda _: 31.0), name="asymmetric")
    [line] = [line for line in verdicts(make_report(run).runs) if "p99" in line]
    assert "goal ≤ 35 ms: met" in line


def test_a_skew_that_never_closes_is_not_called_a_number():
    never = make_report(make_run(seen(lambda at: -250.0 if at >= DISTURBED_MS else 0.0)))
    [line] = [line for line in verdicts(never.runs) if "disturbance" in line]
    assert "missed" in line
    assert "inf" not in as_text(never)


# -- Plots -----------------------------------------------------------------------------------


def test_a_line_over_time_breaks_where_nothing_was_seen():
    assert thinned([(0.0, 1.0), (100.0, -3.0), (600.0, 2.0)], 0.0) == [
        (0.0, 3.0),
        None,
        (0.5, 2.0),
    ]


def test_shares_rise_to_the_whole():
    points = cumulated([5.0, 1.0, 2.0, 4.0])
    assert points[0] == (1.0, 0.25)
    assert points[-1] == (5.0, 1.0)
    assert cumulated([]) == []


def test_every_drawing_holds_a_line_for_each_law():
    runs = [make_run(law=law) for law in ("ours", "original", "jellyfin")]
    every = (over_time(runs), *(shares(runs, "x", of) for of in (picture_skews, position_skews)))
    for drawing in every:
        assert drawing.count("<path") == 3
        assert "nan" not in drawing
        assert len(drawing) < 40_000
