"""The simulation of many viewers: its arithmetic, its hash, and who comes back when."""

import json

import pytest

from bench.scale.__main__ import page
from bench.scale.costs import FIGURES, Costs, costs_of
from bench.scale.plan import BUSIEST, BUSY, World, plan, pointers
from bench.scale.returning import returning
from bench.scale.rooms import LARGEST, Ring, room_sizes

COSTS = Costs(
    watch_us=100,
    point_us=1000,
    join_us=1000,
    kib=16,
    watch_bytes=1000,
    point_bytes=8000,
    shared_us=50,
    hold_calls=4,
    batch_calls=22,
    hold_redis_us=200,
    batch_redis_us=500,
)


def test_figures_without_a_measured_part_are_refused():
    with pytest.raises(KeyError):
        costs_of({"parts": {}})


def test_the_figures_in_the_repository_say_how_each_was_measured():
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    assert costs_of(figures).watch_us > 0
    assert all(part["command"].startswith("python -m bench.") for part in figures["parts"].values())


# -- Rooms and servers -----------------------------------------------------------------------


def test_all_viewers_have_a_room_and_most_rooms_are_small():
    sizes = sorted(room_sizes(50_000, 2.0, seed=3))
    assert sum(sizes) == 50_000
    assert sizes[len(sizes) // 2] <= 4
    assert 1000 < sizes[-1] <= LARGEST
    assert sizes == sorted(room_sizes(50_000, 2.0, seed=3)), "the same seed, the same world"


def test_a_server_that_goes_moves_no_room_but_its_own():
    before, after = Ring(range(10)), Ring(range(9))
    moved = [room for room in range(2000) if before.server_of(room) != after.server_of(room)]
    assert {before.server_of(room) for room in moved} == {9}
    assert len(moved) == pytest.approx(200, abs=80)
    assert len({after.server_of(room) for room in moved}) == 9, "over all the others"


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.1, 100), (1.0, 1000)])
def test_so_many_rooms_point_as_the_share_says(share, expected):
    assert sum(pointers([2] * 1000, World(2000, share))) == expected


# -- What it takes ---------------------------------------------------------------------------


def test_servers_are_as_many_as_their_cores_must_be_and_none_is_too_busy():
    one = plan(World(100_000, 0.0), COSTS)
    assert one.servers >= 100_000 * COSTS.watch_us / 1e6 / BUSY
    assert one.busiest_core <= BUSIEST
    assert one.unluckiest > 1
    assert one.mean_core * one.servers == pytest.approx(10)
    assert one.mbit_per_s == pytest.approx(800)


def test_where_a_hash_is_uneven_there_are_more_servers_than_arithmetic_says():
    one = plan(World(20_000, 1.0), COSTS)
    assert one.busiest_core <= BUSIEST
    assert one.servers > 1.1 * 20_000 * COSTS.point_us / 1e6 / BUSY


def test_who_points_costs_more_of_everything():
    watching, pointing = (plan(World(20_000, share), COSTS) for share in (0.0, 1.0))
    assert pointing.servers > watching.servers
    assert pointing.redis_calls_per_s > watching.redis_calls_per_s
    assert pointing.mbit_per_s == pytest.approx(8 * watching.mbit_per_s)


def test_rooms_that_are_apart_cost_redis_more():
    together, apart = (plan(World(20_000, 0.1, affine=affine), COSTS) for affine in (True, False))
    assert apart.redis_calls_per_s > 1.5 * together.redis_calls_per_s


def test_a_few_viewers_need_one_server_and_no_redis():
    one = plan(World(100, 0.0), COSTS)
    assert (one.servers, one.redis) == (1, 0)


# -- Coming back -----------------------------------------------------------------------------


def test_all_are_back_as_soon_as_they_try_where_there_is_room_for_them():
    back = returning(1000, 100, 1000, (0.2, 0.4))
    assert back.last_s < 0.6
    assert back.arrivals_per_s == 1000


def test_survivors_that_take_few_a_second_keep_the_rest_waiting():
    back = returning(1000, 2, 50, (0.2, 0.4))
    assert back.last_s == pytest.approx(10.5, abs=1.0)
    assert back.p50_s == pytest.approx(5.3, abs=0.5)


def test_who_is_told_when_to_come_back_comes_in_no_wave():
    died, replaced = returning(1000, 4, 100, (0.2, 0.4)), returning(1000, 4, 100, (0.2, 4.2))
    assert replaced.arrivals_per_s < died.arrivals_per_s / 3
    assert replaced.p99_s < 4.5


def a_part(viewer_cpu_us, **calls):
    ones = ("frame_cpu_us", "frames_per_s", "bytes_per_s", "join_cpu_us", "kib_each")
    return {
        **dict.fromkeys((*ones, "probe_p50_ms"), 1.0),
        "probe_p99_ms": None,
        "acts_per_s": 50.0,
        "viewers": 500,
        "viewer_cpu_us": viewer_cpu_us,
        "redis_calls": calls,
    }


def test_the_page_says_all_of_it_and_whence_it_comes():
    parts = {
        "rooms of 10 that watch": a_part(200),
        "rooms of 10, all pointing at 10 Hz": a_part(1500),
        "rooms of 10 that watch, 2 servers": a_part(400, evalsha=50, publish=100),
        "rooms of 10, one controls each s, 2 servers": a_part(500, evalsha=200, publish=150),
    }
    text = page({"setting": ["a machine"], "parts": parts}, COSTS, [2000])
    assert text.startswith("<!-- bench.scale")
    assert "- a machine" in text
    assert "| a room held by a server, each second | 0.5 | 1.0 |" in text
    assert "| a control | 3.0 | 1.0 |" in text
    assert "| ~40,000 | 4 processes and Redis | 40,000 | 12,000 | 1,600 |" in text
    assert "| 2,000 | all watch |" in text
    assert "| 2,000 | ten of each room point |" in text
