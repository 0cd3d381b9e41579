"""Servers that follow Redis' TIME in a simulated world: one media clock, whatever happens."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from statistics import median

import pytest

from sync.core.anchor import Anchor, Proposal
from sync.core.discipline import Discipline
from sync.core.timebase import Course
from tests.cluster_world import UTC_MS, Path, SimulatedServer, World

SETTLED_MS = 3000.0
"""By then a burst and some seconds have been heard."""
APART_MS = 0.5
"""In the first seconds, while ±50 ppm are not known yet."""
KNOWN_MS = 30_000.0
STEADY_MS = 0.15
"""From then on, whatever happens to Redis (DESIGN: 0.3 ms)."""
MINUTE_MS = 60_000.0

LAN = Path()
SPIKES = Path(spike_share=0.2, spike_ms=40)
ZONES = Path(floor_ms=0.5, jitter_ms=0.3, spike_share=0.05, spike_ms=20)

every_network = pytest.mark.parametrize(
    "path", [LAN, SPIKES, ZONES], ids=["lan", "spikes", "zones"]
)
more = [pytest.param(seed, marks=[pytest.mark.slow, pytest.mark.beside]) for seed in (2, 3)]
seeds = pytest.mark.parametrize("seed", [1, *more])


def world(seed: int = 1, path: Path = SPIKES) -> World:
    """Three servers of other epochs, walls 4 s apart, and ±50 ppm."""
    return World(
        SimulatedServer("a", epoch_ms=5e8, ppm=50, wall_ms=2000),
        SimulatedServer("b", epoch_ms=5, ppm=-50, wall_ms=-2000),
        SimulatedServer("c", epoch_ms=7e7, ppm=12),
        seed=seed,
        path=path,
    )


def shown(world: World, since: float, until: float = 1e12) -> Iterator[list[tuple[float, float]]]:
    """(media time, stated error) of every server, instant by instant."""
    for at_once in zip(*(server.readings for server in world.servers), strict=True):
        if since <= at_once[0][0] <= until:
            yield [(media_ms, error_ms) for _, media_ms, error_ms in at_once]


def apart_ms(world: World, since: float = SETTLED_MS) -> float:
    """The most that any two were apart."""
    return max(
        max(media for media, _ in clocks) - min(media for media, _ in clocks)
        for clocks in shown(world, since)
    )


def assert_bounds_hold(world: World, since: float = SETTLED_MS) -> None:
    """No two servers are further apart than both say they may be wrong."""
    for clocks in shown(world, since):
        for (one_ms, one_error), (two_ms, two_error) in combinations(clocks, 2):
            assert abs(one_ms - two_ms) <= one_error + two_error


def assert_smooth(world: World, since: float = SETTLED_MS) -> None:
    """Never backwards; per second the rate is within slewing (200 ppm) and its oscillator's own."""
    for server in world.servers:
        seen = [reading for reading in server.readings if reading[0] >= since]
        for (_, before_ms, _), (_, after_ms, _) in pairwise(seen):
            assert after_ms > before_ms
        for (at, before_ms, _), (later, after_ms, _) in pairwise(seen[::50]):
            assert abs((after_ms - before_ms) / (later - at) - 1) < 260e-6


def assert_one_clock(world: World) -> None:
    assert apart_ms(world) < APART_MS
    assert apart_ms(world, KNOWN_MS) < STEADY_MS
    assert_bounds_hold(world)
    assert_smooth(world)
    assert len({server.course.generation for server in world.servers}) == 1
    assert {server.state(world.now) for server in world.servers} == {"locked"}


# -- In good times -----------------------------------------------------------------------------


@every_network
@seeds
def test_servers_of_different_epochs_and_rates_show_one_clock(path: Path, seed: int) -> None:
    party = world(seed, path)
    party.run(2 * MINUTE_MS)
    assert_one_clock(party)
    assert path is not LAN or apart_ms(party) < 0.3
    assert median(max(c)[0] - min(c)[0] for c in shown(party, KNOWN_MS)) < 0.03
    # The true one is what Redis' TIME and the anchor say, and nobody is further off than stated.
    for server in party.servers:
        for at, media_ms, error_ms in server.readings:
            assert at < SETTLED_MS or abs(media_ms - party.redis.true_media_ms(at)) <= error_ms
        assert server.discipline.figures(server.raw_ns(party.now)).skew_ppm == pytest.approx(
            -server.ppm, abs=1.5
        )


def test_within_two_seconds_a_first_server_has_founded_a_clock_near_utc() -> None:
    alone = World(SimulatedServer("a", wall_ms=250))
    alone.run(2000)
    assert alone.servers[0].state(alone.now) == "locked"
    assert alone.servers[0].media_ms(alone.now) == pytest.approx(UTC_MS + alone.now + 250, abs=1)
    assert alone.servers[0].course.generation == UTC_MS // 1000 + 1


def test_a_newcomer_agrees_within_half_a_second() -> None:
    party = world()
    party.join(2, 30_000)
    party.run(30_500)
    assert party.servers[2].state(party.now) == "locked"
    assert abs(party.servers[2].media_ms(party.now) - party.servers[0].media_ms(party.now)) < 1


def test_an_asymmetric_way_is_within_the_stated_error() -> None:
    party = world(path=Path(up_ms=4))
    party.run(MINUTE_MS)
    error_ms = party.servers[0].error_ms(party.now)
    off_ms = party.servers[0].media_ms(party.now) - party.redis.true_media_ms(party.now)
    assert 1.5 < abs(off_ms) < error_ms < 3


# -- When Redis is away ------------------------------------------------------------------------


def gone_for_a_minute(party: World) -> None:
    party.at(MINUTE_MS, lambda: setattr(party.redis, "away", True))
    party.at(2 * MINUTE_MS, lambda: setattr(party.redis, "away", False))


@seeds
def test_without_redis_the_clock_runs_on_by_its_skew_and_says_less(seed: int) -> None:
    party = world(seed)
    gone_for_a_minute(party)
    party.run(MINUTE_MS - 100)
    before_ms = [server.error_ms(party.now) for server in party.servers]
    party.run(2 * MINUTE_MS - 100)
    assert {server.state(party.now) for server in party.servers} == {"hold-over"}
    for server, was_ms in zip(party.servers, before_ms, strict=True):
        off_ms = server.media_ms(party.now) - party.redis.true_media_ms(party.now)
        assert abs(off_ms) < 0.1  # 3 ms without the skew
        assert was_ms + 0.1 < server.error_ms(party.now) < 2
    party.run(3 * MINUTE_MS)
    assert_one_clock(party)
    assert len(party.redis.history) == 1


def test_one_that_was_cut_off_alone_for_ten_minutes_comes_back_by_slewing() -> None:
    party = world()
    lonely = party.servers[0]
    party.run(MINUTE_MS)
    party.join(0, 11 * MINUTE_MS)  # its next exchange is then
    party.run(12 * MINUTE_MS)
    assert_bounds_hold(party)
    assert_smooth(party)
    assert apart_ms(party) < 1
    assert lonely.state(party.now) == "locked"


# -- When Redis is another, or its TIME steps --------------------------------------------------


@seeds
@pytest.mark.parametrize("step_ms", [3000.0, -3000.0, 40.0])
def test_a_step_of_redis_time_is_no_step_of_the_media_clock(seed: int, step_ms: float) -> None:
    party = world(seed)
    party.at(MINUTE_MS, lambda: setattr(party.redis, "offset_ms", UTC_MS + step_ms))
    party.run(2 * MINUTE_MS)
    assert_one_clock(party)
    assert [anchor.number for anchor in party.redis.history] == [1, 2]


@seeds
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "with all keys"])
def test_a_fail_over_to_a_redis_3_s_off_is_no_step_either(seed: int, empty: bool) -> None:
    party = world(seed)
    party.at(MINUTE_MS, lambda: setattr(party.redis, "away", True))
    party.at(
        MINUTE_MS + 5000,
        lambda: party.redis.restart("run-2", empty=empty, offset_ms=UTC_MS - 3000),
    )
    party.at(MINUTE_MS + 5000, lambda: setattr(party.redis, "away", False))
    party.run(2 * MINUTE_MS)
    assert_one_clock(party)
    first, second = party.redis.history
    assert (second.generation, second.number) == (first.generation, 2)
    assert second.base_us - first.base_us == pytest.approx(-3_000_000, abs=300)


def test_who_knows_the_clock_goes_before_who_has_just_come() -> None:
    party = world()
    party.join(2, MINUTE_MS + 10)
    party.at(MINUTE_MS, lambda: party.redis.restart("run-2", empty=True))
    party.run(2 * MINUTE_MS)
    assert {anchor.generation for anchor in party.redis.history} == {
        party.servers[0].course.generation
    }
    assert apart_ms(party, MINUTE_MS + SETTLED_MS) < APART_MS


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "with all keys"])
def test_where_nobody_knows_how_to_go_on_the_generation_is_new(empty: bool) -> None:
    party = world()
    party.run(MINUTE_MS)
    old, media_ms = party.redis.history[0], party.servers[0].media_ms(MINUTE_MS)
    party.redis.restart("run-2", empty=empty, offset_ms=UTC_MS + 700)
    fresh = World(SimulatedServer("x"), SimulatedServer("y", epoch_ms=9, ppm=40))
    fresh.redis, fresh.redis.offset_ms = party.redis, UTC_MS + 700 + MINUTE_MS
    fresh.run(MINUTE_MS)
    assert_one_clock(fresh)
    assert fresh.servers[0].course.generation > old.generation
    if not empty:  # then it is at least as near as the two Redis' clocks are
        assert abs(fresh.readings_at(5000) - media_ms - 5000 - 700) < 5


# -- When a server's own clock is the wrong one -------------------------------------------------


@seeds
@pytest.mark.parametrize("leap_ms", [2000.0, -2000.0, 100.0])
def test_a_server_whose_oscillator_leaps_follows_the_others(seed: int, leap_ms: float) -> None:
    party = world(seed)
    odd, *others = party.servers
    party.at(MINUTE_MS, lambda: setattr(odd, "leap_ms", leap_ms))
    party.run(MINUTE_MS + 9000)
    assert len(party.redis.history) == 1  # nobody went along
    assert abs(odd.media_ms(party.now) - others[0].media_ms(party.now)) < 2
    party.run(2 * MINUTE_MS)
    assert abs(odd.media_ms(party.now) - others[0].media_ms(party.now)) < APART_MS
    # It was put right without a step backwards: one that was ahead has waited.
    steps = [
        later[1] - reading[1]
        for reading, later in pairwise(odd.readings)
        if reading[0] > MINUTE_MS + 40
    ]
    assert min(steps) > 0


def test_a_newcomer_in_the_middle_of_a_step_is_no_evidence() -> None:
    party = world()
    party.join(2, MINUTE_MS + 1500)
    party.at(MINUTE_MS, lambda: setattr(party.redis, "offset_ms", UTC_MS + 3000))
    party.run(MINUTE_MS + 30_000)
    one, two, _ = party.servers
    for server in (one, two):
        off_ms = server.media_ms(party.now) - server.readings[2000][1] - (party.now - 40_020)
        assert abs(off_ms) < 1
    assert apart_ms(party, MINUTE_MS + 20_000) < APART_MS


# -- Anchors -----------------------------------------------------------------------------------


def test_of_two_proposals_only_the_first_counts() -> None:
    redis = world().redis
    assert redis.propose(Proposal(Anchor(7, 1, "run-1", 1), expected=0))
    assert not redis.propose(Proposal(Anchor(8, 2, "run-1", 1), expected=0))
    assert not redis.propose(Proposal(Anchor(7, 2, "run-0", 2), expected=1))


def test_before_anything_is_heard_the_clock_is_its_own() -> None:
    own = Course(0, UTC_MS)
    discipline = Discipline(own)
    assert discipline.steer(1_000_000) is own
    assert discipline.proposal(1_000_000) is None
    figures = discipline.figures(1_000_000)
    assert (figures.state, figures.redis_offset_ms, figures.sample_age_ms) == (
        "acquiring",
        None,
        None,
    )
