"""The load test's own judgement: whom it loads, who arrives when, what was missed."""

import itertools
import json
import random
import signal
import ssl
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.load.__main__ import main
from bench.load.clock import LoadClock
from bench.load.report import as_json, hints, progress, summary
from bench.load.scenario import (
    BadScenario,
    Behaviour,
    Phase,
    Scenario,
    arrivals,
    checked,
    choose,
    part_of,
    read,
)
from bench.load.tally import Tally, Times, missed
from bench.load.target import BadTarget, target_of
from tests.browser.server import Server
from tests.certificates import self_signed
from tests.commands import ROOT

# -- Whom it loads ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("localhost:8000", "begins with"),
        ("ftp://localhost", "begins with"),
        ("http://", "begins with"),
        ("http://localhost:99999", "Port"),
        ("http://localhost/?room=demo", "--room"),
        ("https://watch.example.org", "consent"),
        ("http://10.0.0.7", "--mine"),
        ("http://localhost.example.org", "another machine"),
    ],
)
def test_an_address_that_is_none_or_somebody_elses_is_refused(url, why):
    with pytest.raises(BadTarget, match=why):
        target_of(url)


def test_another_machine_is_loaded_by_whom_it_belongs_to():
    target = target_of("wss://watch.example.org", mine=True)
    assert (target.host, target.port, target.path) == ("watch.example.org", 443, "/ws/party/")
    assert target.origin == "https://watch.example.org"
    assert target.authority == "watch.example.org"
    context = target.tls()
    assert context is not None
    assert context.check_hostname


def test_a_load_names_host_and_origin_as_a_page_of_that_address_does():
    target = target_of("ws://[::1]:8000/there/ws/party/")
    assert target.authority == "[::1]:8000"
    assert target.origin == "http://[::1]:8000"
    assert target.path == "/there/ws/party/"
    assert target.tls() is None


# -- Who arrives when ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no phase"),
        ("phases = 3", "tables"),
        ("[[phases]]\nseconds = 5", "rate is missing"),
        ("[[phases]]\nseconds = 0\nrate = 1", "longer than 0"),
        ("[[phases]]\nseconds = 5\nrate = -1", "less than nothing"),
        ("[[phases]]\nseconds = inf\nrate = 1", "no end"),
        ('[[phases]]\nseconds = "5"\nrate = 1', "not a number"),
        ("[[phases]]\nseconds = 5\nrate = 0", "all rates are 0"),
        ("[[phases]]\nseconds = 5\nrate = 1\ncolour = 1", "colour is not known"),
        ("[[phases]]\nseconds = 5\nrate = 1\n[[behaviours]]\nweight = 1", "name is missing"),
        ("[[phases]]\nseconds = 5\nrate = 1\n[visit]\nthink = 1", "think_s and stay_s"),
        ("[people]", "no \\[people\\]"),
        ("[[", "not TOML"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_refused_in_a_sentence(text, why):
    with pytest.raises(BadScenario, match=why):
        read(text)


def test_the_example_can_be_played():
    scenario = read((ROOT / "bench" / "load" / "example.toml").read_text())
    assert scenario.seconds == 60
    assert scenario.arrivals == 20 * (2 + 15) / 2 + 30 * 15


def test_arrivals_are_even_and_go_on_where_the_phase_before_ended():
    assert list(arrivals((Phase(1, 2), Phase(1, 0), Phase(2, 1)))) == [0, 0.5, 2, 3]
    halves = list(arrivals((Phase(1, 1.5), Phase(1, 1.5))))
    assert halves == pytest.approx([0, 2 / 3, 4 / 3])


def test_arrivals_of_a_growing_phase_come_ever_closer():
    instants = list(arrivals((Phase(10, 0, to_rate=10),)))
    gaps = [after - before for before, after in itertools.pairwise(instants)]
    assert len(instants) == 50
    assert gaps == sorted(gaps, reverse=True)
    assert instants[-1] < 10


def test_several_processes_together_bring_as_many_as_one():
    whole = Scenario((Phase(10, 30), Phase(10, 30, to_rate=0)))
    assert sum(part_of(whole, 3).arrivals for _ in range(3)) == whole.arrivals == 450


def test_behaviours_are_chosen_as_often_as_their_weights_say():
    chance = random.Random(7)
    behaviours = (Behaviour("often", 3), Behaviour("never", 0), Behaviour("seldom", 1))
    chosen = [choose(behaviours, chance).name for _ in range(4000)]
    assert chosen.count("never") == 0
    assert chosen.count("often") == pytest.approx(3000, abs=100)


def test_behaviours_that_nobody_has_are_refused():
    with pytest.raises(BadScenario, match="weight 0"):
        checked(Scenario((Phase(1, 1),), behaviours=(Behaviour("none", 0),)))


# -- What is measured ------------------------------------------------------------------------


def test_nothing_measured_has_no_percentile():
    assert Times().percentile(99) is None


def test_percentiles_are_right_to_two_per_cent_whatever_the_size():
    times = Times()
    for number in range(1, 1001):
        times.note(number / 10)
    for percent in (1, 50, 95, 99, 100):
        assert times.percentile(percent) == pytest.approx(percent, rel=0.02)


def test_times_of_processes_add_up_and_a_second_is_what_came_since():
    early, late = Times(), Times()
    early.note(10)
    late.note(10)
    late.note(1000)
    assert (late - early).percentile(50) == pytest.approx(1000, rel=0.02)
    assert len(late + early) == 3


def test_a_delivery_is_measured_by_the_probe_with_the_shortest_way():
    clock = LoadClock()
    assert clock.at(0) is None
    clock.heard(1000, 6010, 6010, 1200, 0.1)  # 200 ms, and all of it on the way back
    assert clock.heard(1300, 6302, 6303, 1305, 0.1) == pytest.approx(4)
    media_ms, bound_ms = clock.at(1305) or (0.0, 0.0)
    assert media_ms == pytest.approx(6305)
    assert bound_ms == pytest.approx(2.1)


def test_an_old_probe_is_forgotten_for_a_worse_one():
    clock = LoadClock()
    clock.heard(0, 5000, 5000, 1, 0)
    clock.heard(20_000, 25_050, 25_050, 20_100, 0)
    _, bound_ms = clock.at(20_100) or (0.0, 0.0)
    assert bound_ms == pytest.approx(50)


# -- What it says ----------------------------------------------------------------------------


def a_tally(*, joined=100, spoilt=0, lag_ms=0.5, cpu_s=1.0):
    tally = Tally(cpu_s=cpu_s)
    tally.counts.update(arrived=100, joined=joined, failed=100 - joined, spoilt=spoilt, frames=50)
    tally.times["join"].note(20)
    tally.times["lag"].note(lag_ms)
    return tally


def test_thresholds_that_are_missed_are_named():
    spoilt = a_tally(spoilt=2)
    assert missed(spoilt, max_error_rate=0.01, p99_ms={}) == ["2.00% of the visits met an error"]
    assert missed(spoilt, max_error_rate=0.02, p99_ms={"join": 25}) == []
    assert "join p99 is 20" in missed(spoilt, max_error_rate=None, p99_ms={"join": 10})[0]


def test_a_time_that_was_never_measured_and_a_site_that_let_nobody_in_are_missed():
    assert missed(a_tally(), max_error_rate=None, p99_ms={"echo": 1}) == ["echo was never measured"]
    assert missed(a_tally(joined=0), max_error_rate=None, p99_ms={}) == ["nobody came in"]


def test_a_generator_that_was_the_limit_says_so():
    assert list(hints(a_tally(), 10, 1)) == []
    assert "limit itself" in next(hints(a_tally(cpu_s=9.5), 10, 1))
    assert "limit itself" in next(hints(a_tally(lag_ms=80), 10, 1))
    assert list(hints(a_tally(cpu_s=9.5), 10, 2)) == []


def test_a_refusal_for_the_limits_of_an_address_is_explained():
    tally = a_tally()
    tally.refusals["ratelimit connect"] = 3
    assert "ADDRESS_SOCKETS_PER_S" in next(hints(tally, 10, 1))


def test_a_line_tells_of_its_own_second_and_the_summary_of_all():
    earlier, now = a_tally(), a_tally() + a_tally(spoilt=1)
    now.open = 7
    now.closes.update({"1000": 4, "1012": 2})
    line = progress(3, now, earlier).split()
    assert line[:6] == ["3", "7", "100", "50", "0", "2"]
    told = "\n".join(summary(now, 10.0))
    assert "200 arrived in 10.0 s, 200 came in, 0 did not; 0.50%" in told
    assert "closes by code:   1000 4, 1012 2" in told
    assert as_json(now, 10.0, ["x"])["timesMs"]["join"]["count"] == 2
    assert as_json(now, 10.0, ["x"])["timesMs"]["echo"]["p99"] is None


def test_an_address_that_must_not_be_loaded_ends_with_two(capsys):
    assert main(["--url", "https://watch.invalid"]) == 2
    assert "--mine" in capsys.readouterr().err


# -- A real server ---------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path):
    server = Server(tmp_path, DEBUG="1")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def loading(site, *arguments):
    # Who runs tests in the background may have them ignore Ctrl-C, and so their children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.load", "--url", site.url, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.beside
def test_a_real_server_is_loaded_judged_and_let_go_by_ctrl_c(site, tmp_path):
    site.make_rooms("load-1", "load-2")
    scenario = tmp_path / "short.toml"
    scenario.write_text(
        "[[phases]]\nseconds = 2\nrate = 15\n[[phases]]\nseconds = 1\nrate = 0\n"
        "[visit]\nthink_s = 0\nstay_s = 9\n"
        '[[behaviours]]\nname = "all"\nmoves_per_s = 5\nchats_per_min = 60\ncontrols_per_min = 20\n'
    )
    summary_file = tmp_path / "load.json"
    judged = loading(
        site,
        *("--scenario", str(scenario), "--rooms", "2", "--processes", "2", "--spread"),
        *("--json", str(summary_file), "--max-error-rate", "0", "--p99-ms", "join=0.001"),
    )
    endless = loading(site, "--rate", "15", "--seconds", "600", "--room", "load-1", "nowhere")
    told = judged.communicate(timeout=30)[0]
    endless.send_signal(signal.SIGINT)
    ended = endless.communicate(timeout=30)[0]

    figures = json.loads(summary_file.read_text())
    assert figures["counts"]["joined"] == 30, told
    assert figures["refusals"] == {}, told
    assert figures["closes"] == {"1000": 30}, told
    for name in ("join", "probe", "echo", "delivery", "bound"):
        assert figures["timesMs"][name]["count"] > 0, (name, told)
    assert judged.returncode == 1
    assert [sentence.split()[0] for sentence in figures["missed"]] == ["join"]
    assert endless.returncode == 0, ended
    assert "no_such_room" in ended
    assert "demo_room --slug" in ended


@pytest.fixture
def tls_site(tmp_path):
    """A site with a certificate of its own, which has no party socket."""
    certificate, key = self_signed(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"wss://127.0.0.1:{server.server_port}", certificate
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
@pytest.mark.beside
def test_certificates_are_verified_against_whom_one_trusts(tls_site, tmp_path):
    url, certificate = tls_site
    refusals = []
    for trusted in ([], ["--ca-file", str(certificate)]):
        told = tmp_path / "told.json"
        assert main(["--url", url, "--seconds", "0.5", "--json", str(told), *trusted]) == 1
        refusals.append(json.loads(told.read_text())["refusals"])
    # How many arrive in half a second is the machine's business.
    assert [set(told) for told in refusals] == [{"TLS: CERTIFICATE_VERIFY_FAILED"}, {"HTTP 404"}]
