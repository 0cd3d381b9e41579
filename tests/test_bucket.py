"""Token buckets and the watch for abuse."""

import pytest

from sync.core.bucket import ABUSE_SECONDS, AbuseWatch, Limit, TokenBucket

TEN_PER_S = Limit(max=10, window_ms=1000)


def granted(bucket: TokenBucket, now_ms: float, tries: int) -> int:
    return sum(bucket.take(now_ms) == 0 for _ in range(tries))


def test_empty_bucket_refuses_and_tells_when_the_next_token_comes() -> None:
    bucket = TokenBucket(TEN_PER_S, 0)
    assert granted(bucket, 0, 10) == 10
    assert bucket.take(0) == pytest.approx(100)
    assert bucket.take(60) == pytest.approx(40)


def test_the_announced_wait_is_enough() -> None:
    bucket = TokenBucket(Limit(max=3, window_ms=7000), 0)
    granted(bucket, 0, 3)
    wait_ms = bucket.take(0)
    assert bucket.take(wait_ms + 0.001) == 0


def test_refused_attempts_cost_nothing() -> None:
    bucket = TokenBucket(TEN_PER_S, 0)
    granted(bucket, 0, 1000)
    assert bucket.take(100) == 0


def test_a_long_rest_never_fills_above_capacity() -> None:
    bucket = TokenBucket(TEN_PER_S, 0)
    assert granted(bucket, 1e9, 100) == 10


def test_a_clock_that_runs_backwards_gives_nothing_and_takes_nothing() -> None:
    bucket = TokenBucket(TEN_PER_S, 1000)
    granted(bucket, 1000, 10)
    assert bucket.take(0) == pytest.approx(100)
    assert bucket.take(100) == 0


def test_what_is_given_back_is_granted_again_and_never_more_than_fits() -> None:
    bucket = TokenBucket(TEN_PER_S, 0)
    bucket.give_back()
    assert granted(bucket, 0, 100) == 10
    bucket.give_back()
    assert granted(bucket, 0, 100) == 1


def test_a_burst_is_granted_once_then_the_steady_rate() -> None:
    bucket = TokenBucket(Limit(max=10, window_ms=1000, burst=16), 0)
    assert granted(bucket, 0, 100) == 16
    assert granted(bucket, 1000, 100) == 10


def test_exactly_max_pass_per_window_in_the_long_run() -> None:
    bucket = TokenBucket(TEN_PER_S, 0)
    assert sum(granted(bucket, ms, 1) for ms in range(10, 10_010, 10)) in range(109, 112)


def test_bucket_is_full_only_when_it_may_be_forgotten() -> None:
    bucket = TokenBucket(TEN_PER_S, 0)
    assert bucket.is_full(0)
    bucket.take(0)
    assert not bucket.is_full(99)
    assert bucket.is_full(100)


def refusals_until_abuse(per_s: int, seconds: int) -> int | None:
    """Second in which so many refusals per second were one too many."""
    watch = AbuseWatch(TEN_PER_S)
    for second in range(seconds):
        for n in range(per_s):
            if watch.refused(second * 1000 + n * 1000 / per_s):
                return second
    return None


def test_more_than_three_times_the_limit_for_ten_seconds_is_abuse() -> None:
    assert refusals_until_abuse(per_s=21, seconds=30) == ABUSE_SECONDS


def test_three_times_the_limit_is_not_abuse() -> None:
    assert refusals_until_abuse(per_s=20, seconds=60) is None


def test_a_pause_forgives() -> None:
    watch = AbuseWatch(TEN_PER_S)
    seconds = [*range(9), *range(10, 19)]
    assert not any(watch.refused(s * 1000 + n) for s in seconds for n in range(50))


def test_a_calm_second_forgives() -> None:
    watch = AbuseWatch(TEN_PER_S)
    for second in range(40):
        for n in range(5 if second % 9 == 8 else 50):
            assert not watch.refused(second * 1000 + n)
