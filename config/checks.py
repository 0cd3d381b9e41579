"""System checks that refuse unsafe settings, for commands and for servers started by any name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured

from config import sync_config
from watchparty import tokens

TAG = "config"
LOCAL_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
# Django's own figures for a key worth its name (security.W009).
KEY_LENGTH = 50
KEY_DISTINCT_CHARACTERS = 5
MAKE_A_KEY = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"

logger = logging.getLogger(__name__)


def refuse_unsafe_start() -> None:
    """What every server runs before it serves: raises with all sentences, or returns.

    Commands run the same checks by themselves; a bare ASGI server would not.
    """
    found = sorted(run_checks(tags=[TAG]), key=lambda message: str(message.id))
    messages = [message for message in found if not message.is_silenced()]
    for message in messages:
        if not message.is_serious():
            logger.warning("%s", message.msg)
    problems = [_sentence(message) for message in messages if message.is_serious()]
    if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        problems.append("Static files are not collected. Run: python manage.py collectstatic")
    if problems:
        raise ImproperlyConfigured("Refusing to start. " + " ".join(problems))


def _sentence(message: CheckMessage) -> str:
    return f"{message.msg} {message.hint}" if message.hint else str(message.msg)


def check(function: Callable[[], Iterable[CheckMessage]]) -> Callable[[], Iterable[CheckMessage]]:
    """Register a check that needs nothing but the settings."""

    def run(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
        return list(function())

    run.__name__ = function.__name__
    register(run, TAG)
    return function


@check
def production_has_a_key() -> Iterable[CheckMessage]:
    """The key signs every identity: a known or short one lets anybody be anybody."""
    if settings.DEBUG:
        return
    try:
        key = str(settings.SECRET_KEY)
    except ImproperlyConfigured:
        yield Error("SECRET_KEY is missing.", hint=MAKE_A_KEY, id="config.E001")
        return
    short = len(key) < KEY_LENGTH or len(set(key)) < KEY_DISTINCT_CHARACTERS
    if short or key.startswith("django-insecure-"):
        yield Error("SECRET_KEY is too short or known.", hint=MAKE_A_KEY, id="config.E002")


@check
def production_knows_its_hosts() -> Iterable[CheckMessage]:
    """Hosts are the base of the Origin check: '*' would switch it off."""
    if settings.DEBUG:
        return
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS must name the hosts of this site, without '*'.",
            hint="For example: ALLOWED_HOSTS=example.org",
            id="config.E003",
        )


@check
def sync_config_can_settle() -> Iterable[CheckMessage]:
    """Thresholds out of order or bounds make every player hunt."""
    for problem in sync_config.problems(settings.SYNC_CONFIG):
        yield Error(f"SYNC_CONFIG: {problem}", id="config.E004")


@check
def tokens_can_be_trusted() -> Iterable[CheckMessage]:
    """A key that can be guessed, or of the wrong kind, lets anybody be anybody."""
    for problem in tokens.problems():
        yield Error(problem, id="config.E005")


@check
def debug_stays_at_home() -> Iterable[CheckMessage]:
    """Error pages of DEBUG show settings and source to whoever meets an error."""
    if settings.DEBUG and settings.HOST not in LOCAL_HOSTS:
        yield CheckWarning(
            f"DEBUG is on while HOST={settings.HOST} listens to other machines. "
            "Error pages then show the program to everybody: set DEBUG=0.",
            id="config.W001",
        )
