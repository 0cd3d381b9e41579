"""Settings as a whole: what refuses to start, what is derived from what."""

import os
import runpy
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from config import sync_config
from config.sync_config import DEFAULT_SYNC_CONFIG, parse_sync_config
from tests.commands import PRODUCTION, ROOT, SAFE_KEY, environment, manage, run


@pytest.fixture
def read(monkeypatch):
    """Reads the settings module anew in an environment of exactly these variables."""

    def read_settings(**variables: str) -> SimpleNamespace:
        for name in list(os.environ):
            monkeypatch.delenv(name)
        for name, value in environment(**variables).items():
            monkeypatch.setenv(name, value)
        return SimpleNamespace(**runpy.run_path(str(ROOT / "config" / "settings.py")))

    return read_settings


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"LIMITS": '{"cursor": {"max": 0}}'}, "cursor.max: 0 is not positive"),
        ({"LIMITS": '{"curser": {"max": 1}}'}, "no limit called 'curser'"),
        ({"LIMITS": "cursor=20"}, "not JSON"),
        ({"SYNC_CONFIG": '{"SPEED": 1}'}, "there is no 'SPEED'"),
        ({"SYNC_CONFIG": '{"MAX_SPEEDUP": true}'}, "MAX_SPEEDUP is True, not a number"),
        ({"DATABASE_URL": "mysql://u:p@h/n"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_URL": "postgresql://host"}, "DATABASE_URL cannot be read"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL cannot be read"),
        ({"REDIS_URL": "redis-cluster://h:6379"}, "REDIS_URL cannot be read"),
        ({"REDIS_URL": "redis://a:6379,redis://:x@a:6379"}, "REDIS_URL names the same Redis twice"),
        ({"REDIS_MASTER": "rooms"}, "REDIS_SENTINELS is missing"),
        ({"REDIS_SENTINELS": "a,b"}, "REDIS_MASTER is missing"),
        ({"REDIS_SENTINELS": "a:x", "REDIS_MASTER": "rooms"}, "REDIS_SENTINELS is 'a:x'; use"),
        (
            {"REDIS_SENTINELS": "a", "REDIS_MASTER": "rooms,rooms"},
            "REDIS_MASTER names the same Redis twice",
        ),
        (
            {"REDIS_URL": "redis://a", "REDIS_SENTINELS": "a", "REDIS_MASTER": "rooms"},
            "give one of them",
        ),
        ({"ALLOWED_ORIGINS": "example.org"}, "use origins such as https://example.org"),
        ({"CORS_ORIGINS": "*"}, "use origins such as https://example.org"),
        ({"TRUSTED_PROXIES": "*"}, "use addresses such as 10.0.0.0/8"),
        ({"INSTANCE_ID": "a b"}, "INSTANCE_ID may hold up to 64 letters"),
        ({"NODE_ENV": "prod"}, "NODE_ENV is 'prod'; use one of"),
        ({"WS_AUTH": "yes"}, "use one of anonymous, required"),
        ({"JWT_ALGORITHM": "none"}, "use one of HS256, RS256"),
        ({"JWT_KEY_FILE": "/nowhere/key"}, "this file cannot be read"),
        ({"PORT": "http"}, "use a whole number from 1 to 65535"),
        ({"ADDRESS_SOCKETS_OPEN": "0"}, "use a whole number from 1 to"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(read, change, sentence):
    with pytest.raises(ImproperlyConfigured, match="Wrong settings: ") as refusal:
        read(**PRODUCTION, **change)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short or known."),
        ({"SECRET_KEY": "django-insecure-" + SAFE_KEY}, "SECRET_KEY is too short or known."),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is too short or known."),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the hosts"),
        ({"ALLOWED_HOSTS": "example.org,*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"SYNC_CONFIG": '{"MAX_SPEEDUP": 9}'}, "MAX_SPEEDUP must lie from 1 to 2."),
        ({"SYNC_CONFIG": '{"SYNC_INTERVAL": NaN}'}, "SYNC_INTERVAL must lie from 20 to 1000."),
        ({"JWT_KEY": "short", "JWT_AUDIENCE": "us"}, "JWT_KEY is too short for HS256."),
        ({"JWT_KEY": SAFE_KEY}, "JWT_AUDIENCE is missing"),
        ({"JWT_KEY": SAFE_KEY, "JWT_ALGORITHM": "RS256"}, "JWT_KEY is no public key for RS256."),
    ],
)
def test_an_unsafe_value_is_refused_by_a_check(read, settings, change, sentence):
    unsafe = read(**{**PRODUCTION, **change})
    jwt = ("JWT_ALGORITHM", "JWT_KEY", "JWT_AUDIENCE")
    for name in ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "SYNC_CONFIG", *jwt):
        setattr(settings, name, getattr(unsafe, name))
    told = [message for message in run_checks(tags=["config"]) if message.is_serious()]
    assert [message.msg for message in told if sentence in message.msg]


def test_commands_refuse_in_words_and_not_in_tracebacks():
    for wrong in ({"PORT": "http"}, {"SECRET_KEY": ""}):
        done = manage("check", **{**PRODUCTION, **wrong})
        assert done.returncode != 0
        assert next(iter(wrong)) in done.stderr
        assert "Traceback" not in done.stderr


START = (
    "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings';"
    "import django; django.setup();"
    "from config.checks import refuse_unsafe_start; refuse_unsafe_start()"
)


def test_a_server_that_was_not_started_by_manage_refuses_too():
    done = run([sys.executable, "-c", START], environment(DEBUG="0"))
    assert done.returncode != 0
    assert "Refusing to start. SECRET_KEY is missing." in done.stderr
    assert "ALLOWED_HOSTS must name the hosts" in done.stderr


def test_a_development_server_starts_without_any_setting():
    done = run([sys.executable, "-c", START], environment())
    assert done.returncode == 0, done.stderr


def test_debug_on_a_public_address_warns():
    done = manage("check", HOST="0.0.0.0")
    assert done.returncode == 0
    assert "DEBUG is on while HOST=0.0.0.0 listens to other machines." in done.stderr


def test_safe_production_settings_pass_every_deployment_check():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_production_with_redis_passes_every_deployment_check():
    settings = {**PRODUCTION, "REDIS_URL": "redis://127.0.0.1:6379/0"}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **settings)
    assert done.returncode == 0, done.stderr


def test_sockets_are_anonymous_and_no_token_counts_unless_asked_for(read):
    settings = read()
    assert (settings.WS_AUTH, settings.JWT_KEY) == ("anonymous", "")
    assert read(WS_AUTH="required").WS_AUTH == "required"


def test_a_key_of_several_lines_is_read_from_a_file(read, tmp_path):
    file = tmp_path / "key.pem"
    file.write_text("-----BEGIN\nAAAA\n-----END\n")
    assert read(JWT_KEY_FILE=str(file)).JWT_KEY == "-----BEGIN\nAAAA\n-----END"
    assert read(JWT_KEY_FILE=str(file), JWT_KEY=SAFE_KEY).JWT_KEY == SAFE_KEY


def test_the_seeds_node_env_turns_debug_off_unless_debug_is_given(read):
    assert read(NODE_ENV="production", SECRET_KEY=SAFE_KEY).DEBUG is False
    assert read(NODE_ENV="production", DEBUG="1").DEBUG is True
    assert read().DEBUG is True


def secured(settings: Any) -> list[bool]:
    return [
        settings.SESSION_COOKIE_SECURE,
        settings.CSRF_COOKIE_SECURE,
        settings.SECURE_SSL_REDIRECT,
        settings.SECURE_HSTS_SECONDS > 0,
    ]


def test_https_follows_debug_and_secures_cookies_and_redirects(read):
    assert secured(read(**PRODUCTION)) == [True] * 4
    assert secured(read(**PRODUCTION, HTTPS="0")) == [False] * 4
    assert secured(read()) == [False] * 4


def test_the_development_key_survives_restarts(read):
    assert read().SECRET_KEY == read().SECRET_KEY
    assert len(read().SECRET_KEY) >= 50


def test_hostname_is_shown_and_never_bound(read):
    settings = read(HOSTNAME="3f2a")
    assert (settings.HOST, settings.HOSTNAME) == ("127.0.0.1", "3f2a")


def test_every_process_has_an_instance_of_its_own_unless_named(read):
    assert read().INSTANCE_ID != read().INSTANCE_ID
    assert read(INSTANCE_ID="blue-1").INSTANCE_ID == "blue-1"


def test_redis_switches_layer_and_cache_and_lets_the_cache_check_speak_again(read):
    alone, joined = read(), read(REDIS_URL="redis://127.0.0.1:6379")
    assert alone.CHANNEL_LAYERS["default"]["BACKEND"].endswith("InMemoryChannelLayer")
    assert "django_ratelimit.E003" in alone.SILENCED_SYSTEM_CHECKS
    assert joined.CHANNEL_LAYERS["default"]["BACKEND"].endswith("RoomLayer")
    assert "django_ratelimit.E003" not in joined.SILENCED_SYSTEM_CHECKS


def test_origins_and_proxies_are_read_in_one_form(read):
    settings = read(
        ALLOWED_ORIGINS="https://Example.org/, http://localhost:3000",
        TRUSTED_PROXIES="10.0.0.1,2001:db8::/32",
    )
    assert settings.ALLOWED_ORIGINS == ["https://example.org", "http://localhost:3000"]
    assert settings.CSRF_TRUSTED_ORIGINS == settings.ALLOWED_ORIGINS
    assert settings.TRUSTED_PROXIES == ["10.0.0.1/32", "2001:db8::/32"]


def test_sync_config_changes_only_what_is_named():
    config = parse_sync_config({"DRIFT_THRESHOLD_SEEK": 2})
    assert config == {**DEFAULT_SYNC_CONFIG, "DRIFT_THRESHOLD_SEEK": 2}
    assert sync_config.problems(config) == []


def test_thresholds_in_the_wrong_order_are_a_problem():
    config = {**DEFAULT_SYNC_CONFIG, "DRIFT_THRESHOLD_ADJUST": 2}
    assert sync_config.problems(config) == [
        "DRIFT_THRESHOLD_ADJUST must be below DRIFT_THRESHOLD_SEEK."
    ]
