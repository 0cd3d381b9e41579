"""The clock's socket. Import it when Django's apps are loaded."""

from django.urls import path

from sync.apps import sync_config
from sync.clock import utc_ms
from sync.consumers import ClockBeat, ClockConsumer

_config = sync_config()
_beat = ClockBeat(_config.timebase, utc_ms)
_config.add_health_report("clock sockets", lambda: {"clockSockets": len(_beat)})

websocket_urlpatterns = [
    path(
        "ws/sync/",
        ClockConsumer.as_asgi(timebase=_config.timebase, limits=_config.limits, beat=_beat),
    ),
]
