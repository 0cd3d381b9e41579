"""What a scrape says, and who may read it."""

import json
import re
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from sync import health
from sync.core.anchor import ClockState, Figures
from sync.core.wire import CloseCode, ErrorMessage, RateLimited
from sync.tally import TALLY, Histogram, Tally
from tests.dict_archive import kept
from tests.fakes import FakeClock
from tests.party_rig import Member, Party, later
from watchparty.exposition import Exposition
from watchparty.metrics import Readings, registry_of
from watchparty.scrape import Scrape

Samples = dict[str, float]
HISTORY = {"waiting": 3, "lateS": 4.0, "written": 5, "dropped": 6, "leftOut": 7, "passing": 8}
HUB = {"connections": 3, "rooms": 2, "degradedRooms": 1, "members": 4}


def readings(**changes: Any) -> Readings:
    """A server of two Redis places, of which one is away, in hold-over."""
    figures = Figures(ClockState.HOLD_OVER, -2000.25, -50.0, 12_345.0, 3)
    given: dict[str, Any] = {
        "tally": Tally(),
        "hub": lambda: HUB,
        "clock": lambda: health.clock_report(FakeClock().timebase(), figures),
        "history": lambda: HISTORY,
        "archive_waiting": lambda: 9,
        "redis_up": lambda: {"a:6379": True, "b:6379": False},
        "ready": lambda: True,
        "version": "1.2.3",
        "server": "s1",
    }
    return Readings(**given | changes)


def scraped(registry: CollectorRegistry) -> Samples:
    """Every sample of a scrape, by its name and labels as they are written."""
    samples: Samples = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return samples


@pytest.fixture
def told() -> Samples:
    return scraped(registry_of(readings()))


# -- What is counted ----------------------------------------------------------------------------


def test_a_histogram_counts_each_value_at_its_bound_and_below() -> None:
    histogram = Histogram((1, 2, 5))
    for value in (0, 1, 1.5, 5, 99):
        histogram.add(value)
    assert (histogram.counts, histogram.total) == ([2, 1, 1, 1], 106.5)


def test_only_noes_are_refusals() -> None:
    tally = Tally()
    tally.refused(ErrorMessage(code="stale", message="Old."))
    tally.refused(RateLimited(action="chat", retry_in=5))
    tally.refused(object())
    assert (tally.refusals, tally.limited) == ({"stale": 1}, {"chat": 1})


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """The process' own tally, as new, and put back as it was."""
    for name, fresh in vars(Tally()).items():
        monkeypatch.setattr(TALLY, name, fresh)
    return TALLY


@pytest.mark.virtual_time
async def test_an_evening_is_counted_where_it_happens(counted: Tally) -> None:
    party = Party(kept("demo"))
    hub = party.server()
    ada, bo = [await party.member(hub, name) for name in ("Ada", "Bo")]
    before = counted.frames
    ada.say("cursor:move", x=1, y=2)
    bo.say("cursor:move", x=3, y=4)
    await later(0.1)
    assert counted.frames - before == 2, "one batch, two readers"
    assert (counted.batches.counts[1], counted.batches.total) == (1, 2), "both in one batch"
    bo.say("video:explode")
    report(ada, driftMs=-30)
    await later(2)
    assert counted.drifts.total == pytest.approx(0.03)
    assert sum(counted.drifts.counts) == 1
    assert counted.refusals == {"unknown_type": 1}
    for _ in range(30):
        bo.say("room:sync")
    assert counted.limited["roomSync"] > 1
    assert (counted.joins, counted.resumes) == (2, 0)
    assert sum(counted.lags.counts) == 2
    await party.close()


def report(member: Member, **figures: Any) -> None:
    status = {"driftMs": 0, "boundMs": 1, "rttMs": 5, "rate": 1, "bufferS": 9, "startMs": 100}
    member.say("member:status", **status | {"droppedFrames": 0, "state": "synced"} | figures)


# -- What a scrape says -------------------------------------------------------------------------


def test_names_and_labels_are_bounded_and_know_no_room_and_no_person() -> None:
    tally = Tally()
    tally.closes.update({CloseCode.TOO_SLOW: 2, 4999: 3, 4998: 1})
    tally.limited["made up"] += 1
    told = scraped(registry_of(readings(tally=tally)))
    assert told["csw_socket_closes_total{code=4008}"] == 2
    assert told["csw_socket_closes_total{code=other}"] == 4
    assert told["csw_rate_limited_total{action=other}"] == 1
    labels = {name for sample in told for name in re.findall(r"[{,](\w+)=", sample)}
    assert labels - {"version", "implementation", "major", "minor", "patchlevel", "generation"} == {
        *("server", "kind", "le", "code", "action", "place", "state"),
    }


def test_what_never_happened_is_told_as_0(told: Samples) -> None:
    assert told["csw_refusals_total{code=internal}"] == 0
    assert told["csw_socket_closes_total{code=1012}"] == 0
    assert told["csw_rate_limited_total{action=connect}"] == 0


def test_units_are_seconds_and_ratios(told: Samples) -> None:
    assert told["csw_clock_redis_offset_seconds"] == -2.00025
    assert told["csw_clock_sample_age_seconds"] == 12.345
    assert told["csw_clock_skew_ratio"] == pytest.approx(-50e-6)
    assert told["csw_clock_error_seconds"] == pytest.approx(1e-6)


def test_state_history_and_places_are_told(told: Samples) -> None:
    assert told["csw_clock_state{state=hold-over}"] == 1
    assert told["csw_clock_state{state=locked}"] == 0
    assert (told["csw_redis_up{place=a:6379}"], told["csw_redis_up{place=b:6379}"]) == (1, 0)
    assert told["csw_history_waiting_events"] == 3
    assert told["csw_archive_waiting_rooms"] == 9
    assert told["csw_build_info{server=s1,version=1.2.3}"] == 1
    assert told["csw_party_connections"] == 3
    assert told["process_resident_memory_bytes"] > 10_000_000


def test_a_server_alone_has_no_redis_and_no_offset_to_it() -> None:
    own = readings(
        redis_up=dict, clock=lambda: health.clock_report(FakeClock().timebase(), health.ALONE)
    )
    told = scraped(registry_of(own))
    assert told["csw_clock_state{state=own}"] == 1
    assert not [name for name in told if name.startswith(("csw_redis_up", "csw_clock_redis"))]


def test_buckets_add_up() -> None:
    tally = Tally()
    for lag_s in (0.0001, 0.3, 7):
        tally.lags.add(lag_s)
    told = scraped(registry_of(readings(tally=tally)))
    assert told["csw_loop_lag_seconds_bucket{le=0.001}"] == 1
    assert told["csw_loop_lag_seconds_bucket{le=0.5}"] == 2
    assert told["csw_loop_lag_seconds_bucket{le=+Inf}"] == told["csw_loop_lag_seconds_count"] == 3
    assert told["csw_loop_lag_seconds_sum"] == pytest.approx(7.3001)


# -- Who may read it ----------------------------------------------------------------------------

LOCAL = ("127.0.0.1", 40_000)


async def ask(token: str = "", **how: Any) -> tuple[int, bytes]:
    """Ask a scrape; the answer's status and body."""
    named = {"host": "localhost:8000"} | how.pop("headers", {})
    headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    scope = {"type": "http", "method": "GET", "client": LOCAL, "headers": headers} | how
    sent: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body of a question is nobody's business")

    await Scrape(Exposition(registry_of(readings())), token)(scope, receive, send)
    assert (b"cache-control", b"no-store") in sent[0]["headers"]
    return sent[0]["status"], sent[1]["body"]


REFUSED: dict[str, dict[str, Any]] = {
    "another machine": {"client": ("10.0.0.7", 1)},
    "a mapped address of another machine": {"client": ("::ffff:10.0.0.7", 1)},
    "nobody knows who": {"client": None},
    "by a proxy on this machine": {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    "a page under a name that leads here": {"headers": {"host": "evil.example"}},
    "no host": {"headers": {"host": ""}},
    "posting": {"method": "POST"},
}


@pytest.mark.parametrize("who", REFUSED)
async def test_without_a_token_only_this_machine_may_read(who: str) -> None:
    assert await ask(**REFUSED[who]) == (404, b"Not found.\n")


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic s3cret", "s3cret"]
)
async def test_a_wrong_token_is_told_that_there_is_nothing(given: str) -> None:
    assert (await ask("s3cret", headers={"Authorization": given}))[0] == 404


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "localhost"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_reads_without_one(host: str, peer: str) -> None:
    status, body = await ask(headers={"host": host}, client=(peer, 1))
    assert status == 200
    assert b"\ncsw_party_connections 3.0\n" in body


async def test_the_token_is_enough_from_anywhere_under_any_name() -> None:
    far: dict[str, Any] = {
        "client": ("10.0.0.7", 1),
        "headers": {"Authorization": "bearer s3cret", "host": "10.0.0.1"},
    }
    assert (await ask("s3cret", **far))[0] == 200
    assert await ask("s3cret", method="HEAD", **far) == (200, b"")


def test_no_figure_is_a_secret(told: Samples) -> None:
    assert "s3cret" not in json.dumps(told)
