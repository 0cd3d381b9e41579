"""Limits by name and how settings override them."""

from typing import Any

import pytest
from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from sync.core.bucket import Limit
from sync.core.limits import ALL_FRAMES, DEFAULT_LIMITS, PROBES, parse_limits


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"cursors": {"max": 1}}, "'cursors'"),
        ({"cursor": {"maximum": 1}}, "'maximum'"),
        ({"cursor": 20}, "not a table"),
        ({"cursor": {"max": 0}}, "cursor.max"),
        ({"cursor": {"max": -1}}, "cursor.max"),
        ({"cursor": {"max": 1.5}}, "whole"),
        ({"cursor": {"max": True}}, "not a number"),
        ({"cursor": {"max": "20"}}, "not a number"),
        ({"cursor": {"windowMs": 0}}, "cursor.windowMs"),
        ({"cursor": {"windowMs": float("nan")}}, "positive"),
        ({"cursor": {"windowMs": float("inf")}}, "positive"),
        ({"cursor": {"burst": 0}}, "cursor.burst"),
    ],
)
def test_senseless_override_is_refused_by_name(overrides: Any, said: str) -> None:
    with pytest.raises(ValueError, match="LIMITS") as caught:
        parse_limits(overrides)
    assert said in str(caught.value)


def test_the_app_does_not_start_with_senseless_limits() -> None:
    config = AppConfig.create("sync.apps.SyncConfig")
    with (
        override_settings(LIMITS={"cursor": {"max": 0}}),
        pytest.raises(ImproperlyConfigured, match=r"LIMITS\.cursor\.max"),
    ):
        config.ready()


def test_without_overrides_the_defaults_hold() -> None:
    assert parse_limits({}) == DEFAULT_LIMITS


def test_an_override_changes_only_what_it_names() -> None:
    limits = parse_limits({"cursor": {"max": 40}, "roomJoin": {"windowMs": 60_000}})
    assert limits["cursor"] == Limit(max=40, window_ms=1000)
    assert limits["roomJoin"] == Limit(max=5, window_ms=60_000)
    assert limits["reaction"] == DEFAULT_LIMITS["reaction"]


def test_a_burst_does_not_survive_another_max_unasked() -> None:
    assert parse_limits({PROBES: {"max": 2}})[PROBES].capacity == 2
    assert parse_limits({PROBES: {"windowMs": 2000}})[PROBES].capacity == 16
    assert parse_limits({PROBES: {"max": 2, "burst": 8}})[PROBES].capacity == 8


def test_defaults_are_those_of_the_seed_and_the_protocol() -> None:
    assert DEFAULT_LIMITS["cursor"] == Limit(max=20, window_ms=1000)
    assert DEFAULT_LIMITS["reaction"] == Limit(max=5, window_ms=1000)
    assert DEFAULT_LIMITS["videoControl"] == Limit(max=10, window_ms=1000)
    assert DEFAULT_LIMITS[PROBES] == Limit(max=10, window_ms=1000, burst=16)
    assert DEFAULT_LIMITS[ALL_FRAMES] == Limit(max=60, window_ms=1000)
