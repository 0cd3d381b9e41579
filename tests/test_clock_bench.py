"""The arithmetic of the clock's measurement in browsers: wrong figures would be believed."""

import socket
from math import inf, isnan, nan
from random import Random

import pytest

from bench.accuracy import (
    Law,
    Reading,
    Score,
    Watched,
    assess,
    explained_ms,
    pace_off_ppm,
    reference_strip,
    score,
    stays_close_after,
)
from bench.accuracy_report import MARKS, Report, as_markdown, as_text
from bench.accuracy_rows import best_bias_ms
from bench.clock_browser import LONG, RULER, _options, batches, key, plan
from bench.clock_records import DECODER, BrowserRun, BusyServer, Kept, RelayAlone, kept_by
from bench.figures import family_cpu_s
from bench.host_clock import ahead_ms, raw_ms
from bench.machine import Use
from bench.paths import NAMED, Direction, Network, Passage, Traits
from bench.probe_client import Probe
from bench.records import Records
from bench.report import put_into
from tests.browser.relay import Relay

BASE_MS = 1_700_000_000_000.0
AHEAD_MS = 3.0
"""Of the raw clock in these tests."""
PAIRS = [(0.0, AHEAD_MS), (1e6, AHEAD_MS)]
LAW = Law(30_000.0, -80.0, 40.0)
ALONE = Use(load=0.1, ours=0.3, others=0.0)


def reading(at_ms, error_ms, *, bound_ms=1.0, took_ms=0.02):
    media_ms = at_ms + AHEAD_MS + BASE_MS + error_ms
    return Reading(at_ms, took_ms, media_ms, bound_ms, 80.0, locked=True)


def watched(errors, *, step_ms=100_000.0, bound_ms=1.0):
    """One reading a second from the opening on."""
    readings = [reading(s * 1000.0, e, bound_ms=bound_ms) for s, e in enumerate(errors)]
    return Watched(readings, 0.0, step_ms, PAIRS)


def make_run(name="wan", errors=(0.1,) * 60, *, repeat=0, **more):
    return BrowserRun(
        name=name,
        repeat=repeat,
        seconds=60.0,
        law=LAW,
        watched=watched(errors),
        base_ms=BASE_MS,
        use=ALONE,
        **more,
    )


def probe(up_ms, down_ms, *, base_ms=BASE_MS, t1_ms=1000.0):
    t2_ms = t1_ms + up_ms + base_ms
    return Probe(t1_ms, t2_ms, t2_ms + 0.5, t2_ms + 0.5 + down_ms - base_ms)


# -- The ruler -------------------------------------------------------------------------------


def test_the_raw_clock_is_ahead_by_what_the_comparisons_around_say():
    pairs = [(0.0, 10.0), (100.0, 12.0), (200.0, 12.0)]
    assert [ahead_ms(pairs, at_ms) for at_ms in (0.0, 50.0, 150.0)] == [10.0, 11.0, 12.0]
    assert ahead_ms(pairs, -50.0) == 9.0


def test_an_error_is_what_the_page_says_minus_true_media_time():
    [scored] = score(watched([0.25]), BASE_MS)
    assert scored.error_ms == pytest.approx(0.25, abs=1e-3)
    assert scored.unsure_ms == pytest.approx(0.02)


def test_readings_that_were_interrupted_are_left_out():
    found = Watched([reading(0.0, 9.0, took_ms=4.0), reading(1.0, 0.1)], 0.0, 100.0, PAIRS)
    assert [round(each.error_ms, 2) for each in score(found, BASE_MS)] == [0.1]


def test_probes_bound_the_ruler_by_the_best_of_each_direction():
    raw = BASE_MS + AHEAD_MS
    probes = [probe(0.2, 5.0, base_ms=raw), probe(4.0, 0.4, base_ms=raw)]
    strip = reference_strip(probes, PAIRS, BASE_MS)
    assert strip.middle_ms == pytest.approx(-0.1, abs=1e-3)
    assert strip.half_ms == pytest.approx(0.3, abs=1e-3)
    assert strip.holds_ruler
    assert not reference_strip(probes, PAIRS, BASE_MS + 1).holds_ruler


# -- Figures of a run ------------------------------------------------------------------------


def test_errors_count_once_settled_and_before_the_step():
    errors = [50.0] * 3 + [0.5] * 27 + [-0.1] * 25 + [40.0] * 2 + [0.2] * 3
    figures = assess(watched(errors, step_ms=54_500.0), BASE_MS, LAW, 0.0)
    assert figures.error_ms == pytest.approx((0.1, 0.1, 0.1, 0.1), abs=1e-3)
    assert figures.settled == 25
    assert figures.first_fix_ms == 3000.0
    assert figures.recovery_ms == 2500.0
    assert figures.skew_off_ppm == 0.0


def test_a_violation_is_an_error_beyond_bound_and_ruler_together():
    assert Score(0.0, -1.2, 0.1, 1.0).is_violation
    assert not Score(0.0, 1.05, 0.1, 1.0).is_violation
    assert not Score(0.0, 9.0, 0.1, None).is_violation


def test_violations_are_counted_apart_before_the_clock_has_settled():
    errors = [9.0] * 2 + [2.0] * 3 + [0.1] * 45 + [2.0] * 2
    figures = assess(watched(errors), BASE_MS, LAW, 0.0)
    assert (figures.first_violated, figures.violated, figures.settled) == (3, 2, 22)


def test_what_the_asymmetry_explains_is_told_apart():
    figures = assess(watched([10.1] * 60, bound_ms=21.0), BASE_MS, LAW, explained_ms(30.0, 10.0))
    assert figures.error_ms[1] == pytest.approx(10.1, abs=1e-3)
    assert figures.beyond_ms == pytest.approx(0.1, abs=1e-3)
    assert figures.first_fix_ms == 0.0


def test_a_fix_that_does_not_stay_is_none():
    scores = [Score(at, error, 0.0, 1.0) for at, error in [(0, 1), (1000, 9), (2000, 1)]]
    assert stays_close_after(scores, 0.0, 0.0) == 2000.0
    assert stays_close_after(scores[:2], 0.0, 0.0) == inf


def test_a_pace_is_told_apart_from_corrections():
    drifting = [Score(at, 160e-6 * (at % 2000), 0.0, 1.0) for at in range(0, 20_000, 20)]
    assert pace_off_ppm(drifting, 500) == pytest.approx(160)
    steady = [Score(each.at_ms, 0.3, 0.0, 1.0) for each in drifting]
    assert pace_off_ppm(steady, 500) == 0.0


def test_without_a_step_nothing_recovers():
    assert isnan(assess(watched([0.1] * 40), BASE_MS, Law(), 0.0).recovery_ms)


# -- Networks --------------------------------------------------------------------------------


def leaving(traits, arrivals_ms, size=100):
    direction = Direction(traits, Random(1))
    return [direction.leaves_ms(at_ms, size) for at_ms in arrivals_ms]


def test_a_network_that_adds_nothing_adds_nothing():
    assert leaving(Traits(), [0.0, 1.0, 1.0]) == [0.0, 1.0, 1.0]


@pytest.mark.parametrize("name", NAMED)
def test_no_chunk_is_early_or_overtakes_another(name):
    for traits in (NAMED[name].up, NAMED[name].down):
        arrivals_ms = [n * 7.0 for n in range(5000)]
        leaves_ms = leaving(traits, arrivals_ms)
        assert leaves_ms == sorted(leaves_ms)
        kept = [left - at for at, left in zip(arrivals_ms, leaves_ms, strict=True)]
        assert min(kept) >= traits.delay_ms
        assert min(kept) < traits.delay_ms + 0.5


def test_the_same_seed_gives_the_same_network():
    arrivals_ms = [n * 50.0 for n in range(200)]
    assert leaving(NAMED["wifi"].up, arrivals_ms) == leaving(NAMED["wifi"].up, arrivals_ms)


def test_a_queue_stands_at_the_end_of_each_period_and_never_drains_in_it():
    traits = Traits(bloat_ms=200, bloat_every_ms=20_000, bloat_for_ms=10_000)
    waits = [left - at for at, left in enumerate(leaving(traits, range(20_000)))]
    assert max(waits[:10_000]) == 0
    assert min(waits[10_000:]) >= 60
    assert 195 < max(waits) <= 200


def test_a_slow_link_sends_its_own_bytes_one_after_another():
    assert leaving(Traits(bytes_per_ms=100), [0.0, 0.0], size=200) == [2.0, 4.0]


def test_in_a_stall_nothing_moves_and_afterwards_all_at_once():
    traits = Traits(stall_ms=(200, 200), between_stalls_ms=(500, 500))
    assert leaving(traits, [0.0, 400.0, 501.0, 600.0, 800.0]) == [0.0, 400.0, 700.0, 700.0, 800.0]


def test_a_relay_tells_of_probes_and_not_of_scripts():
    direction = Direction(Traits(20), Random(1))
    assert kept_by(direction) is None
    assert kept_by(None) is None
    direction.passages += [Passage(20.3, 0.3, 90), Passage(20.1, 0.1, 90), Passage(0.0, 9.0, 9000)]
    assert kept_by(direction) == Kept(20.1, (0.1, 0.3, 0.3), 2)


def test_real_bytes_are_kept_as_the_network_says_in_each_direction():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(listener.getsockname()[1], network=Network(Traits(30), Traits(10)))
        relay.start()
        try:
            with socket.create_connection(("127.0.0.1", relay.port)) as near:
                far, _ = listener.accept()
                with far:
                    sent_ms = raw_ms()
                    near.sendall(b"up")
                    assert far.recv(9) == b"up"
                    up_ms = raw_ms() - sent_ms
                    far.sendall(b"down")
                    assert near.recv(9) == b"down"
                    both_ms = raw_ms() - sent_ms
        finally:
            relay.stop()
    assert up_ms >= 30
    assert both_ms >= 40
    kept = kept_by(relay.up)
    assert kept is not None
    assert kept.chunks == 1
    assert 30 <= kept.floor_ms <= up_ms


# -- Probes of a busy server -----------------------------------------------------------------


def test_a_probe_s_bias_is_half_its_path_s_asymmetry():
    assert probe(4.2, 0.2).bias_ms(BASE_MS) == pytest.approx(2.0, abs=1e-3)
    assert probe(4.2, 0.2).delay_ms == pytest.approx(4.4, abs=1e-3)


def test_only_the_quickest_probes_count_for_the_bias():
    probes = [probe(0.3, 0.1)] * 2 + [probe(9.0, 0.1)] * 38
    busy = BusyServer("direct", "blocks", probes, BASE_MS, ALONE)
    assert best_bias_ms(busy) == pytest.approx(0.1, abs=1e-3)


# -- What is kept, and what is still to do ---------------------------------------------------


def test_what_was_finished_is_read_again_without_the_line_that_was_cut(tmp_path):
    path = tmp_path / "var" / "kept.jsonl"
    records = Records(path, DECODER)
    assert records.read() == []
    run = make_run(up=Kept(20.0, (0.1, 0.2, 0.3), 40), reference=[probe(1, 1)])
    alone = RelayAlone(name="null", probes=[probe(1, 1)], base_ms=BASE_MS, use=ALONE)
    busy = BusyServer("pump", "idle", [probe(1, 1)], BASE_MS, ALONE)
    for record in (run, alone, busy):
        records.add(record)
    with path.open("ab") as file:
        file.write(b'{"type":"run","na')
    assert records.read() == [run, alone, busy]
    records.add(busy)
    assert records.read() == [run, alone, busy, busy]
    records.forget()
    assert records.read() == []


def test_every_configuration_is_measured_once_before_any_is_again():
    runs = list(plan(_options(["--repeats", "2", "--long"])))
    assert len(set(runs)) == len(runs) == 17
    assert {repeat for _, _, repeat in runs[:8]} == {0}
    assert runs[-1] == ("run", LONG, 0)
    assert key(make_run("wifi", repeat=1)) in runs


def test_side_by_side_run_only_browsers_that_may():
    runs = list(plan(_options(["--repeats", "1", "--long"])))
    made = list(batches(runs, 4))
    assert [run for together in made for run in together] == runs
    assert [len(together) for together in made] == [1, 4, 3, 1]
    assert [made[0][0][1], made[-1][0][1]] == [RULER, LONG]
    assert all(len(together) == 1 for together in batches(runs, 1))


def test_cpu_time_of_a_family_leaves_strangers_out():
    def stat(pid, parent, ticks):
        return f"{pid} (a) name) S {parent} {'0 ' * 9}{ticks} 0 0 0 20 0"

    stats = {1: stat(1, 0, 1000), 7: stat(7, 1, 100), 8: stat(8, 7, 20), 9: stat(9, 1, 500)}
    assert family_cpu_s(stats, 7, 100) == pytest.approx(1.2)


# -- The report ------------------------------------------------------------------------------


def make_report(*records):
    report = Report("python -m bench.clock_browser", ["a machine"])
    report.take(records)
    return report


def test_a_report_says_which_goals_were_met_and_which_missed():
    report = make_report(make_run("wan"), make_run("wifi", (1.2,) * 60))
    verdicts = "\n".join(report.verdicts())
    assert (
        "wan: p95 of the error (median of 1 runs, 0 beyond): 0.1 ms, goal ≤ 0.5 ms: met" in verdicts
    )
    assert (
        "wifi: p95 of the error (median of 1 runs, 1 beyond): 1.2 ms, goal ≤ 1 ms: **missed**"
        in verdicts
    )
    assert "stated bound violated: 50 %, goal ≤ 0.1 %: **missed**" in verdicts
    assert "a jump" not in verdicts


def test_a_report_doubts_runs_beside_which_others_worked():
    busy = Use(load=5.0, ours=0.4, others=1.2)
    run = make_run()
    shared = BrowserRun(
        name="wan", repeat=1, seconds=60.0, law=LAW, watched=run.watched, base_ms=BASE_MS, use=busy
    )
    [doubt] = make_report(run, shared).doubts()
    assert "in 1 of 2 runs" in doubt
    assert "1.20" in doubt


def test_every_table_is_as_wide_as_its_head_and_stands_between_the_marks():
    ruler = make_run("ruler", reference=[probe(0.1, 0.1, base_ms=BASE_MS + AHEAD_MS)])
    alone = RelayAlone(
        name="null",
        probes=[probe(1, 1)],
        base_ms=BASE_MS,
        use=ALONE,
        up=Kept(0.1, (0.1, 0.1, nan), 3),
        down=Kept(0.1, (0.1, 0.1, 0.1), 3),
    )
    busy = BusyServer("direct", "waits", [probe(0.1, 0.1)], BASE_MS, ALONE)
    report = make_report(ruler, alone, busy, make_run("direct", (0.01,) * 60))
    for _, rows in report.sections():
        assert {len(row) for row in rows} == {len(rows[0])}
        assert len(rows) == 2
    assert "direct" in as_text(report)
    page = put_into("# Accuracy\n\nSimulated.\n", as_markdown(report), MARKS)
    assert page.startswith("# Accuracy\n\nSimulated.\n<!-- bench.clock_browser: written by")
    assert put_into(page, as_markdown(report), MARKS) == page
