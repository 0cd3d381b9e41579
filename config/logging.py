"""Logging: short lines on a console while developing, one JSON object per line in production."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from sync.log_ids import log_ids

# What every LogRecord has; whatever else it carries was passed as `extra` and belongs in the line.
STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Objects that frameworks attach for their own handlers.
NOISE = frozenset({"request", "server_time", "color_message", "status_code"})


class JsonFormatter(logging.Formatter):
    """One line per record: time, level, logger, message, instance, whose business it is
    (`log_ids`), the extras and the traceback.
    """

    def __init__(self, instance: str) -> None:
        super().__init__()
        self._instance = instance

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; what JSON does not know is written as text."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "instance": self._instance,
            **log_ids(),
        }
        skipped = STANDARD_FIELDS | NOISE
        line.update({name: value for name, value in vars(record).items() if name not in skipped})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def logging_config(*, debug: bool, level: str, instance: str) -> dict[str, Any]:
    """Django's LOGGING setting."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "console": {
                "format": "{asctime} {levelname:<7} {name}: {message}",
                "datefmt": "%H:%M:%S",
                "style": "{",
            },
            "json": {"()": "config.logging.JsonFormatter", "instance": instance},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "console" if debug else "json",
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would write the same line a second time.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Strangers who call us by another name get 400 and no traceback in the log.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # Our own start and stop lines say it in our words.
            "uvicorn.error": {"level": "WARNING"},
            "daphne": {"level": "WARNING"},
            # "Using selector" and a line per request to the layer help nobody.
            "asyncio": {"level": "WARNING"},
        },
    }
