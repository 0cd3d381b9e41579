"""The clock's socket."""

from django.urls import URLPattern, path

from sync.apps import SyncConfig
from sync.clock import utc_ms
from sync.consumers import ClockBeat, ClockConsumer


def websocket_urlpatterns(clock: SyncConfig) -> list[URLPattern]:
    """The route of the clock's socket, telling this process's media clock."""
    beat = ClockBeat(clock.timebase, utc_ms)
    clock.add_health_report("clock sockets", lambda: {"clockSockets": len(beat)})
    consumer = ClockConsumer.as_asgi(timebase=clock.timebase, limits=clock.limits, beat=beat)
    return [path("ws/sync/", consumer)]
