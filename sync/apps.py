"""The clock as a Django app: holds the process's media clock and limits."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sync.clock import system_timebase
from sync.cluster import ClusterClock
from sync.core.bucket import Limit
from sync.core.limits import parse_limits
from sync.core.timebase import Timebase

Report = Callable[[], Mapping[str, Any]]
"""Part of what /api/health tells: called for each request, from the event loop, must not wait."""


class SyncConfig(AppConfig):
    """Built once per process, in `ready`."""

    name = "sync"
    verbose_name = "Clock synchronisation"

    timebase: Timebase
    cluster: ClusterClock | None = None
    """What keeps the media clock with other servers', if there are any."""
    limits: dict[str, Limit]
    started_ns: int
    """By the oscillator."""
    draining = False
    """Whether this process is about to stop: /api/ready says so to load balancers."""

    def ready(self) -> None:
        """Start the media clock and read the limits."""
        self.timebase = system_timebase()
        self.started_ns = self.timebase.raw_ns()
        self._reports: dict[str, Report] = {}
        try:
            self.limits = parse_limits(settings.LIMITS)
        except ValueError as problem:
            raise ImproperlyConfigured(str(problem)) from None

    def continue_from(self, base_ms: float) -> None:
        """Run the media clock on a kept base. Before anything reads it."""
        self.timebase = system_timebase(base_ms)

    @property
    def agrees(self) -> bool:
        """Whether the media clock is that of the whole deployment by now."""
        return self.cluster is None or self.cluster.agrees

    @property
    def welcomes(self) -> bool:
        """Whether new visitors should be sent here."""
        return self.agrees and not self.draining

    def add_health_report(self, name: str, report: Report) -> None:
        """Let another app add fields to /api/health; a name given again replaces its report."""
        self._reports[name] = report

    def health_report(self) -> dict[str, Any]:
        """Every report's fields in one table."""
        return {key: value for report in self._reports.values() for key, value in report().items()}


def sync_config() -> SyncConfig:
    """The app's one instance. Django's apps must be loaded."""
    return cast("SyncConfig", apps.get_app_config("sync"))
