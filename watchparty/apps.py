"""The watch party as a Django app, and where the rest of Django finds the running hub."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class WatchpartyConfig(AppConfig):
    """Rooms that watch together."""

    name = "watchparty"
    verbose_name = "Watch party"
    # Set by the composition root of a server process; None in commands.
    hub: Any = None
