"""What samples of Redis' TIME say of the media clock: offset, skew, and how wrong that may be."""

import random

import pytest

from sync.core.estimator import MIN_SAMPLES, Estimator, Sample, Verdict
from sync.core.skew import PPM, quantile

OFFSET_MS = 1_700_000_000_000.0


def sample(
    at_ms: float, *, off_ms: float = 0.0, up_ms: float = 0.1, down_ms: float = 0.1
) -> Sample:
    """An exchange of that instant whose media clock is `off_ms` beside the usual one."""
    return Sample(at_ms, at_ms + up_ms + down_ms, OFFSET_MS + off_ms + at_ms + up_ms)


def heard(count: int = 20, every_ms: float = 1000.0, ppm: float = 0.0) -> Estimator:
    """An estimator that has heard a quiet network."""
    estimator = Estimator()
    for number in range(count):
        at_ms = number * every_ms
        assert estimator.add(sample(at_ms, off_ms=at_ms * ppm * PPM)) is Verdict.ACCEPTED
    return estimator


def test_before_the_first_sample_nothing_is_known() -> None:
    assert Estimator().estimate(0) is None


@pytest.mark.parametrize("t4_ms", [-0.001, 3000.001])
def test_an_exchange_that_cannot_be_is_refused(t4_ms: float) -> None:
    assert Estimator().add(Sample(0, t4_ms, OFFSET_MS)) is Verdict.INVALID


def test_one_sample_is_known_to_half_its_round_trip() -> None:
    estimator = Estimator()
    estimator.add(sample(0, up_ms=3, down_ms=1))
    estimate = estimator.estimate(4)
    assert estimate is not None
    assert estimate.offset_ms == pytest.approx(OFFSET_MS + 1, abs=0.01)
    assert 2 <= estimate.bound_ms < 2.01


@pytest.mark.parametrize("ppm", [-50, 0, 50])
def test_the_skew_is_found_and_carried_on(ppm: float) -> None:
    estimator = heard(60, ppm=ppm)
    estimate = estimator.estimate(119_000)
    assert estimate is not None
    assert estimate.skew / PPM == pytest.approx(ppm, abs=0.1)
    off_ms = abs(estimate.offset_ms - OFFSET_MS - 119_000 * ppm * PPM)
    assert off_ms < 0.01 < estimate.bound_ms


def test_a_queue_on_one_way_costs_nothing_as_long_as_it_drains_now_and_then() -> None:
    chance = random.Random(3)
    estimator = Estimator()
    for number in range(100):
        queue_ms = chance.choice([0.0, chance.uniform(5, 40), chance.uniform(5, 40)])
        estimator.add(sample(number * 1000.0, up_ms=0.1 + queue_ms))
    estimate = estimator.estimate(100_000)
    assert estimate is not None
    assert estimate.offset_ms == pytest.approx(OFFSET_MS, abs=0.05)


@pytest.mark.parametrize("off_ms", [-3000, -2, 2, 3000])
def test_what_contradicts_all_others_is_doubted_and_not_taken(off_ms: float) -> None:
    estimator = heard()
    before = estimator.estimate(20_000)
    assert estimator.add(sample(20_000, off_ms=off_ms)) is Verdict.DOUBTFUL
    assert estimator.estimate(20_000) == before


def test_a_slow_answer_refutes_no_doubt() -> None:
    assert heard().add(sample(20_000, up_ms=30, down_ms=0.1)) is Verdict.SLOW


def test_a_slow_answer_that_is_too_far_aside_is_dropped() -> None:
    assert heard().add(sample(20_000, off_ms=1.15, up_ms=10)) is Verdict.DROPPED


def test_after_a_long_absence_the_old_samples_still_judge() -> None:
    estimator = heard()
    assert len(estimator) == 20
    assert estimator.add(sample(3_600_000, off_ms=3000)) is Verdict.DOUBTFUL
    assert estimator.add(sample(3_600_000)) is Verdict.ACCEPTED
    assert len(estimator) == MIN_SAMPLES


def test_other_samples_tell_an_offset_if_they_agree_among_themselves() -> None:
    estimator = heard()
    at_ms = (20_000, 20_100, 20_200)
    agreeing = [sample(at, off_ms=3000) for at in at_ms]
    assert estimator.offset_told_by(agreeing, 20_200) == pytest.approx(OFFSET_MS + 3000, abs=0.1)
    running_away = [sample(at, off_ms=3000 + 10 * n) for n, at in enumerate(at_ms)]
    assert estimator.offset_told_by(running_away, 20_200) is None
    assert estimator.offset_told_by([], 20_200) is None


def test_a_restart_keeps_the_rate_and_doubts_it() -> None:
    estimator = heard(60, ppm=50)
    known = estimator.estimate(60_000)
    estimator.restart(10)
    assert len(estimator) == 0
    assert estimator.skew / PPM == pytest.approx(50, abs=0.1)
    estimator.add(sample(60_000))
    again = estimator.estimate(60_000)
    assert known is not None
    assert again is not None
    assert known.growth < 10 * PPM < again.growth < 30 * PPM


def test_quantiles_lie_between_their_neighbours() -> None:
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile([0, 1], 0.25) == 0.25
    assert quantile([7], 0.9) == 7
