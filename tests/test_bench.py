"""The benchmarks' own arithmetic: figures that are wrong would be believed."""

import json

import pytest
from channels.testing import WebsocketCommunicator

from bench.figures import (
    Run,
    Summary,
    Tally,
    machine_busy_s,
    percentile,
    process_cpu_s,
    processor,
    summarise,
    tally,
)
from bench.naive_app import application
from bench.report import FANOUT, Arm, Report, as_markdown, as_text, put_into
from bench.viewers import PING, TEXT, Record, client_frame, cursor_move, take_frame

STAT = (
    "4242 (a (strange) na me) S 1 4242 4242 0 -1 4194304 9000 11 12 13 "
    "250 75 999 999 20 0 3 0 12345 1000000 2000 18446744073709551615 1 1 0 0 0 0 0 0 0\n"
)
MACHINE = "cpu  100 20 30 5000 400 5 6 7 80 9\ncpu0 50 10 15 2500 200 2 3 4 40 4\nintr 1\n"


def make_run(*, delivered=1000, missing=0, cpu_s=0.02, latency_ms=(46.0, 47.0, 48.0), others_s=0.0):
    return Run(
        tally=Tally(delivered=delivered, missing=missing, merged=0, duplicated=0),
        refused=0,
        closed=0,
        wall_s=2.0,
        server_cpu_s=cpu_s,
        generator_cpu_s=0.2,
        others_cpu_s=others_s,
        latency_ms=latency_ms,
    )


def make_report(ours: Summary, naive: Summary) -> Report:
    return Report(
        command="python -m bench.fanout",
        setting=["a machine"],
        arms=[(Arm("ours", 20.0, 45.0), ours), (Arm("naive", 5.0, 0.0), naive)],
        trials=[],
        members=200,
        seconds=10.0,
    )


# -- Percentiles -----------------------------------------------------------------------------


def test_nothing_has_no_percentile():
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (50, 50), (95, 95), (99, 99), (99.1, 100), (100, 100)]
)
def test_a_percentile_is_a_value_that_was_measured(percent, value):
    assert percentile(range(1, 101), percent) == value


def test_every_percentile_of_one_value_is_that_value():
    assert [percentile([7.0], percent) for percent in (1, 50, 99)] == [7.0, 7.0, 7.0]


# -- /proc -----------------------------------------------------------------------------------


def test_cpu_time_of_a_process_is_read_past_a_name_with_parentheses():
    assert process_cpu_s(STAT, 100) == pytest.approx(3.25)


def test_a_machine_is_not_busy_while_it_idles_waits_or_counts_guests_twice():
    assert machine_busy_s(MACHINE, 100) == pytest.approx(1.68)


def test_another_first_line_is_not_taken_for_the_whole_machine():
    with pytest.raises(ValueError, match="cpu0"):
        machine_busy_s(MACHINE.partition("\n")[2], 100)


def test_a_processor_without_a_name_is_called_so():
    assert processor("processor\t: 0\nmodel name\t: Fast: Very\n") == "Fast: Very"
    assert processor("processor\t: 0\n") == "unnamed processor"


# -- Deliveries ------------------------------------------------------------------------------


def test_a_cursor_that_some_did_not_get_is_missing_even_where_servers_merge():
    counted = tally(3, 10, {0: 10, 1: 8, 2: 10}, merges=True)
    assert counted == Tally(delivered=28, missing=2, merged=0, duplicated=0)


def test_a_cursor_that_nobody_got_is_merged_only_where_servers_merge():
    received = {0: 10, 2: 10}
    assert tally(3, 10, received, merges=True) == Tally(20, missing=0, merged=1, duplicated=0)
    assert tally(3, 10, received, merges=False) == Tally(20, missing=10, merged=0, duplicated=0)


def test_a_frame_that_came_twice_does_not_hide_one_that_is_missing():
    counted = tally(2, 10, {0: 11, 1: 9}, merges=False)
    assert (counted.missing, counted.duplicated) == (1, 1)


def test_a_run_with_missing_frames_or_none_at_all_is_not_whole():
    assert make_run().is_whole
    assert not make_run(missing=1).is_whole
    assert not make_run(delivered=0).is_whole
    assert make_run(delivered=0).cpu_us == 0.0


def test_a_summary_tells_medians_the_range_and_how_many_runs_were_whole():
    runs = [make_run(cpu_s=cpu_s) for cpu_s in (0.03, 0.01)] + [make_run(cpu_s=0.02, missing=4)]
    summary = summarise(runs)
    assert summary.cpu_us == pytest.approx(20.0)
    assert summary.cpu_us_range == pytest.approx((10.0, 30.0))
    assert (summary.whole_runs, summary.runs, summary.missing) == (2, 3, 4)


# -- Frames ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_is_taken_when_it_is_all_there_and_not_before(size):
    payload = b"x" * size
    frame = bytes([0x81]) + server_size(size) + payload
    assert take_frame(frame + b"\x89", 0) == (TEXT, payload, len(frame))
    assert take_frame(b"\x00\x00" + frame, 2) == (TEXT, payload, len(frame) + 2)
    for there in {0, 1, len(frame) - 1}:
        assert take_frame(frame[:there], 0) is None


def server_size(size: int) -> bytes:
    if size < 126:
        return bytes([size])
    return b"\x7e" + size.to_bytes(2) if size < 65_536 else b"\x7f" + size.to_bytes(8)


def test_clients_frames_are_masked_as_the_protocol_demands():
    assert client_frame(PING, b"hi") == b"\x89\x82\x00\x00\x00\x00hi"
    assert client_frame(TEXT, b"y" * 126)[:4] == b"\x81\xfe\x00\x7e"


def test_a_cursor_is_recognised_by_its_number_and_old_ones_do_not_count():
    record = Record()
    record.published_at_s[17] = 10.0
    batch = b'{"type":"cursors:batch","cursors":[{"userId":"u","x":0.017,"y":50,"timestamp":1}]}'
    record.saw(batch, 10.25)
    assert record.received == {17: 1}
    assert list(record.latencies_ms) == pytest.approx([250.0])
    record.clear()
    record.saw(batch, 10.5)
    assert not record.received
    assert b'"x":0.017' in cursor_move(17)


@pytest.mark.django_db(transaction=True)  # stock dispatch asks the database at every message
async def test_the_naive_party_gives_every_socket_every_cursor():
    sockets = [WebsocketCommunicator(application, "/ws/party/") for _ in range(2)]
    for socket in sockets:
        await socket.connect()
    await sockets[0].send_to(json.dumps({"type": "cursor:move", "x": 1.5, "y": 50}))
    for socket in sockets:
        batch = json.loads(await socket.receive_from())
        assert batch["type"] == "cursors:batch"
        assert batch["cursors"][0]["x"] == 1.5
    for socket in sockets:
        await socket.disconnect()


# -- The report ------------------------------------------------------------------------------


def test_a_report_doubts_runs_that_were_not_whole_or_not_alone():
    ours = summarise([make_run(), make_run(missing=3)])
    naive = summarise([make_run(cpu_s=0.3, others_s=1.0)])
    doubts = make_report(ours, naive).doubts()
    assert len(doubts) == 2
    assert "1 of 2 runs were not whole (3 frames missing)" in doubts[0]
    assert "other programs used 0.50 core" in doubts[1]


def test_a_report_names_both_rates_and_takes_the_tick_off_only_for_whom_it_is():
    text = as_text(make_report(summarise([make_run()]), summarise([make_run(cpu_s=0.3)])))
    assert "naive at 5 Hz ÷ ours at 20 Hz: 15.0" in text
    beyond = next(line for line in text.splitlines() if "beyond the tick" in line)
    assert beyond.split()[3:] == ["1.0", "/", "2.0", "/", "3.0", "46.0", "/", "47.0", "/", "48.0"]


def test_a_page_that_lost_its_mark_is_not_overwritten():
    with pytest.raises(ValueError, match="lost its mark"):
        put_into(f"Mine\n{FANOUT.begin}\nold\n", "new\n")


def test_a_section_replaces_the_older_one_and_nothing_else():
    report = make_report(summarise([make_run()]), summarise([make_run(cpu_s=0.3)]))
    section = as_markdown(report)
    page = put_into("", section)
    assert page.startswith("# Performance\n")
    assert put_into(f"{page}\nMore\n", section) == f"{page}\nMore\n"
    assert (
        put_into(f"Mine\n{FANOUT.begin}\nold\n{FANOUT.end}\nMore\n", section)
        == f"Mine\n{section}More\n"
    )
