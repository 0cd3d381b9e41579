"""What a server did and how it does, as Prometheus wants it: made of plain numbers at each scrape.

The names are a contract with dashboards and alarms (deploy/grafana, deploy/prometheus,
docs/operations.md). Labels are bounded: codes, limits, states and places, never a room or a person.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any, Final, get_args

from msgspec import Struct
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from sync.core.anchor import ClockState
from sync.core.limits import DEFAULT_LIMITS
from sync.core.wire import CLOSE_MEANINGS, ErrorCode
from sync.tally import Histogram, Tally

MS_PER_S: Final = 1000.0
PPM: Final = 1e-6
CONNECT: Final = "connect"
"""The limit of sockets of one address, which is not among those of actions."""


class Readings(Struct, frozen=True):
    """Where the figures of a moment come from. Called at each scrape, on the loop: never waits."""

    tally: Tally
    hub: Callable[[], Mapping[str, int]]
    """As `Hub.counts`."""
    clock: Callable[[], Mapping[str, Any]]
    """As `timebase` of /api/health."""
    history: Callable[[], Mapping[str, Any]]
    """As `history` of /api/health."""
    archive_waiting: Callable[[], int]
    redis_up: Callable[[], Mapping[str, bool]]
    ready: Callable[[], bool]
    version: str
    server: str
    """Its INSTANCE_ID: which of several workers of one port has answered."""


class PartyCollector(Collector):
    """Every figure of ours; see `registry_of` for those of the process."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Metric]:
        """All of them, now."""
        readings = self._readings
        build = {"version": readings.version, "server": readings.server}
        yield _by_labels("csw_build_info", "What runs here; always 1.", [(build, 1)])
        yield _gauge("csw_ready", "1 while new visitors are welcome.", readings.ready())
        yield from _party(readings.hub(), readings.tally)
        yield from _noes(readings.tally)
        yield from _store(readings)
        yield from _clock(readings.clock(), readings.tally)
        yield from _history(readings.history(), readings.archive_waiting())


def registry_of(readings: Readings) -> CollectorRegistry:
    """Our figures, and memory, processor, files and garbage collection of the process."""
    ours = CollectorRegistry()
    ProcessCollector(registry=ours)
    PlatformCollector(registry=ours)
    GCCollector(registry=ours)
    ours.register(PartyCollector(readings))
    return ours


def _party(hub: Mapping[str, int], tally: Tally) -> Iterator[Metric]:
    yield _gauge("csw_party_connections", "Open party sockets.", hub["connections"])
    yield _gauge("csw_party_rooms", "Rooms that are live here.", hub["rooms"])
    degraded = "Rooms whose store is out of reach."
    yield _gauge("csw_party_degraded_rooms", degraded, hub["degradedRooms"])
    yield _gauge("csw_party_members", "Members whose socket is here.", hub["members"])
    joins = [({"kind": "new"}, tally.joins), ({"kind": "resumed"}, tally.resumes)]
    yield _counts("csw_party_joins", "Members who came in, or back.", joins)
    frames = "Frames given to party sockets, one for each reader."
    yield _count("csw_party_frames_sent", frames, tally.frames)
    yield _count("csw_party_sent_bytes", "Bytes of these frames.", tally.bytes)
    skipped = "Cursors, reactions and statuses that lagging readers were spared."
    yield _count("csw_party_frames_skipped", skipped, tally.skipped)
    batch = "Cursors and reactions in one batch of a room."
    yield _histogram("csw_party_batch_size", batch, tally.batches)
    drift = "How far viewers are from the playhead, as they tell."
    yield _histogram("csw_party_drift_seconds", drift, tally.drifts)


def _noes(tally: Tally) -> Iterator[Metric]:
    closes = _known("code", {str(code): n for code, n in tally.closes.items()}, _CODES)
    yield _counts("csw_socket_closes", "Sockets that this server closed, by code.", closes)
    refusals = _known("code", tally.refusals, get_args(ErrorCode))
    yield _counts("csw_refusals", "Coded noes, by code.", refusals)
    limited = _known("action", tally.limited, (*DEFAULT_LIMITS, CONNECT))
    yield _counts("csw_rate_limited", "Refused as too many, by action.", limited)


def _store(readings: Readings) -> Iterator[Metric]:
    tally = readings.tally
    calls = "Answered calls to Redis."
    yield _histogram("csw_redis_call_seconds", calls, tally.redis_calls)
    failures = "Calls to Redis without an answer in time."
    yield _count("csw_redis_failures", failures, tally.redis_failures)
    conflicts = "Commits that another server was faster with."
    yield _count("csw_store_conflicts", conflicts, tally.conflicts)
    dropped = "Messages to other servers that found no place in an outbox."
    yield _count("csw_relay_dropped", dropped, tally.relay_dropped)
    up = [({"place": place}, up) for place, up in readings.redis_up().items()]
    yield _by_labels("csw_redis_up", "1 while a Redis answers, by its place.", up, "place")


def _clock(clock: Mapping[str, Any], tally: Tally) -> Iterator[Metric]:
    states = [({"state": state.value}, state == clock["state"]) for state in ClockState]
    yield _by_labels("csw_clock_state", "How the media clock is kept: 1 for one of them.", states)
    for name, field, meaning in _CLOCK_MS:
        if clock[field] is not None:
            yield _gauge(f"csw_clock_{name}_seconds", meaning, clock[field] / MS_PER_S)
    skew = "Rate of the oscillator against the media clock, less 1."
    yield _gauge("csw_clock_skew_ratio", skew, clock["skewPpm"] * PPM)
    generation = "Identity of the media clock's base; a new one makes clients measure again."
    yield _gauge("csw_clock_generation", generation, clock["generation"])
    yield _gauge("csw_clock_anchor", "Number of the anchor in Redis.", clock["anchor"])
    yield _histogram("csw_loop_lag_seconds", "How late the event loop was.", tally.lags)


def _history(told: Mapping[str, Any], archive_waiting: int) -> Iterator[Metric]:
    waiting = "Events that wait for the database; in a cluster those of all servers."
    yield _gauge("csw_history_waiting_events", waiting, told["waiting"])
    late = "How long the database has taken no events; 0: it does."
    yield _gauge("csw_history_late_seconds", late, told["lateS"])
    passing = "Visits, reactions and samples that wait here."
    yield _gauge("csw_history_passing_waiting", passing, told["passing"])
    written = "Events that this process brought to the database."
    yield _count("csw_history_written", written, told["written"])
    dropped = "Events that are lost: the backlog was full."
    yield _count("csw_history_dropped", dropped, told["dropped"])
    left_out = "Records that no database takes."
    yield _count("csw_history_left_out", left_out, told["leftOut"])
    rooms = "Rooms whose newest state is not in the database yet."
    yield _gauge("csw_archive_waiting_rooms", rooms, archive_waiting)


_CODES: Final = tuple(str(code) for code in CLOSE_MEANINGS)
_CLOCK_MS: Final = (
    ("error", "errorMs", "Bound of the media clock's error."),
    ("redis_offset", "redisOffsetMs", "Redis' TIME minus media clock."),
    ("sample_age", "sampleAgeMs", "Since Redis' TIME was last believed."),
    ("civil_offset", "civilOffsetMs", "UTC of this host minus media clock; it may step."),
)

Labelled = Iterable[tuple[Mapping[str, str], float]]


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=float(value))


def _count(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(name, meaning, value=value)


def _by_labels(name: str, meaning: str, values: Labelled, *labels: str) -> Metric:
    family = GaugeMetricFamily(name, meaning)
    for labelled, value in values:
        family.add_sample(name, dict(labelled), float(value))
    return family


def _counts(name: str, meaning: str, values: Labelled) -> Metric:
    family = CounterMetricFamily(name, meaning)
    for labelled, value in values:
        family.add_sample(f"{name}_total", dict(labelled), value)
    return family


def _known(label: str, counts: Mapping[str, int], names: Iterable[str]) -> Labelled:
    """Every known name, also at 0 so that a first one shows as a rise; the rest as `other`."""
    known = dict.fromkeys(names, 0)
    other = sum(count for name, count in counts.items() if name not in known)
    known |= {name: count for name, count in counts.items() if name in known}
    return [({label: name}, count) for name, count in (known | {"other": other}).items()]


def _histogram(name: str, meaning: str, histogram: Histogram) -> Metric:
    upto = list(accumulate(histogram.counts))
    bounds = [*(str(float(bound)) for bound in histogram.bounds), "+Inf"]
    buckets = list(zip(bounds, upto, strict=True))
    return HistogramMetricFamily(name, meaning, buckets=buckets, sum_value=histogram.total)
