"""Every setting, read from the environment (table: README.md, example: .env.example).

Wrong values stop the import with one sentence each; unsafe ones are refused by config.checks.
"""

from __future__ import annotations

import re
import secrets
import socket
import sys
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import env as environment
from config.csp import NONCE, SAME_HOST_SOCKETS
from config.database import parse_database_url, sqlite
from config.isolation import isolate_workers
from config.logging import logging_config
from config.redis import redis_places
from config.redis_cache import redis_cache
from config.sync_config import parse_sync_config
from sync.core.limits import parse_limits
from sync.redis_place import common_place

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
STATIC_ROOT = VAR_DIR / "static"
with suppress(OSError):  # A read-only machine keeps its data elsewhere.
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)

env = environment.load(BASE_DIR / ".env")

VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]


# --- How values are written ------------------------------------------------------------------

NONE: list[str] = []
ORIGINS_FORM = "origins such as https://example.org"


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}".lower()


def _origins(text: str) -> list[str]:
    return [_origin(item.strip()) for item in text.split(",") if item.strip()]


def _limits(overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    parse_limits(overrides)  # The app reads them again; here a wrong one is told with all others.
    return overrides


def _content(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        raise ValueError("this file cannot be read") from None


def _networks(text: str) -> list[str]:
    return [str(ip_network(item.strip())) for item in text.split(",") if item.strip()]


# --- What kind of process this is ------------------------------------------------------------

# The seed's NODE_ENV counts where DEBUG itself is not given.
_node_env = env.choice("NODE_ENV", "development", ("development", "production", "test"))
DEBUG = env.flag("DEBUG", _node_env != "production")
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, 1, 65_535)
# Containers set HOSTNAME to their id: it is shown, never bound.
HOSTNAME = env.text("HOSTNAME", socket.gethostname())
INSTANCE_ID = env.text("INSTANCE_ID", secrets.token_hex(4))
if not re.fullmatch(r"[\w.-]{1,64}", INSTANCE_ID, re.ASCII):
    env.problem("INSTANCE_ID", "may hold up to 64 letters, digits, dots, dashes and underscores")
# Where a supervisor of several workers is asked and told things (`serve status`, `serve scale`).
SERVE_SOCKET = Path(env.text("SERVE_SOCKET", str(VAR_DIR / f"serve-{PORT}.sock")))
# Who may read /metrics; empty: this machine alone.
METRICS_TOKEN = env.text("METRICS_TOKEN")
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))


# --- Trust -----------------------------------------------------------------------------------


def _development_key() -> str:
    """A key of this copy, kept in a file so that cookies survive restarts."""
    file = VAR_DIR / "secret_key"
    with suppress(OSError):  # It exists, or nothing can be kept here.
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    with suppress(OSError):
        if kept := file.read_text(encoding="ascii"):
            return kept
    return secrets.token_urlsafe(48)


SECRET_KEY = env.text("SECRET_KEY") or (_development_key() if DEBUG else "")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS")
# Origins besides the page's own host that may open sockets and post forms.
ALLOWED_ORIGINS = env.parsed("ALLOWED_ORIGINS", NONE, _origins, ORIGINS_FORM)
CORS_ORIGINS = env.parsed("CORS_ORIGINS", NONE, _origins, ORIGINS_FORM)
TRUSTED_PROXIES = env.parsed("TRUSTED_PROXIES", NONE, _networks, "addresses such as 10.0.0.0/8")
HTTPS = env.flag("HTTPS", not DEBUG)
HSTS_SECONDS = env.integer("HSTS_SECONDS", 365 * 24 * 3600, 0, 10 * 365 * 24 * 3600)

# Who may enter rooms, and by what tokens, besides Django's own sessions, people sign in.
WS_AUTH = env.choice("WS_AUTH", "anonymous", ("anonymous", "required"))
LOGIN_URL = env.text("LOGIN_URL", "/admin/login/")
JWT_ALGORITHM = env.choice("JWT_ALGORITHM", "HS256", ("HS256", "RS256"))
JWT_KEY = env.text("JWT_KEY") or env.parsed("JWT_KEY_FILE", "", _content)
JWT_AUDIENCE = env.text("JWT_AUDIENCE")
JWT_ISSUER = env.text("JWT_ISSUER")

CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [
    r"^(api/(health|ready)|healthz|readyz)$"
]  # asked by orchestrators from inside, without TLS
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
# Django's own "same-origin" breaks YouTube's player, which refuses pages that do not say who asks.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
# Isolation is for clock pages alone (finer clocks); it would break what rooms embed.
SECURE_CROSS_ORIGIN_OPENER_POLICY = None

# Django 6's name and shape, so that its own middleware can take over one day.
SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'", NONCE],
    "style-src": ["'self'", NONCE],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'", SAME_HOST_SOCKETS],
    "worker-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


# --- Figures ---------------------------------------------------------------------------------

LIMITS = env.table("LIMITS", _limits)
SYNC_CONFIG = env.table("SYNC_CONFIG", parse_sync_config)
ADDRESS_SOCKETS_PER_S = env.integer("ADDRESS_SOCKETS_PER_S", 20, 1, 100_000)
ADDRESS_SOCKETS_OPEN = env.integer("ADDRESS_SOCKETS_OPEN", 200, 1, 1_000_000)


# --- Data ------------------------------------------------------------------------------------

# Rooms are shared out over these by their names; without any one process is the whole deployment.
REDIS_PLACES = redis_places(env)
REDIS_WAIT_REPLICAS = env.integer("REDIS_WAIT_REPLICAS", 0, 0, 16)
REDIS_WAIT_MS = env.integer("REDIS_WAIT_MS", 100, 1, 400)

# How long history is kept (`manage.py prune_history`; 0: for ever), and how many events may wait
# while the database is away.
HISTORY_DAYS = env.integer("HISTORY_DAYS", 0, 0, 36_500)
HISTORY_BACKLOG = env.integer("HISTORY_BACKLOG", 50_000, 1000, 10_000_000)

DATABASES = {
    "default": env.parsed(
        "DATABASE_URL",
        sqlite(VAR_DIR / "db.sqlite3"),
        lambda url: parse_database_url(url, BASE_DIR),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_PLACES:
    CHANNEL_LAYERS = {
        "default": {
            # Survives a Redis restart and keeps no order by senders' clocks, unlike the queueing
            # layer; our own (epoch, seq) does the ordering.
            "BACKEND": "watchparty.hub.layer.RoomLayer",
            "CONFIG": {"places": REDIS_PLACES, "prefix": "csw"},
        }
    }
    CACHES = {"default": redis_cache(common_place(REDIS_PLACES))}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SILENCED_SYSTEM_CHECKS = [
    # HSTS for subdomains and browsers' preload lists binds names that are not ours to bind.
    "security.W005",
    "security.W021",
    # "Not officially supported" means Django's RedisCache too, whose `incr` is Redis' own INCR and
    # whose `add` is SET NX: atomic and shared, which is all that django-ratelimit needs.
    "django_ratelimit.W001",
]
if not REDIS_PLACES:
    # "Not a shared cache": true, and right, while one process is the whole deployment. With Redis
    # the cache is shared, and this check speaks again.
    SILENCED_SYSTEM_CHECKS.append("django_ratelimit.E003")


# --- Django ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before daphne, whose runserver would otherwise serve static files without Range requests,
    # and without those Chromium cannot seek.
    "whitenoise.runserver_nostatic",
    # It is all that daphne is for, and Twisted is a fifth of a server's memory and of its start.
    *(["daphne"] if "runserver" in sys.argv else []),
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.static.StaticFilesWithoutFilms",
    "django_ratelimit",
    "config.apps.FrameConfig",
    "sync",
    "watchparty",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.csp.ContentSecurityPolicyMiddleware",
    "config.static.StaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "watchparty.identity.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "config.csp.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = isolate_workers
STATICFILES_DIRS = [BASE_DIR / "static"]
BUNDLE = env.flag("BUNDLE", True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static.HashedStorage"
    },
}
FILM_ROOT = BASE_DIR / "static" / "media"

LOGGING = logging_config(debug=DEBUG, level=LOG_LEVEL, instance=INSTANCE_ID)

env.finish()
