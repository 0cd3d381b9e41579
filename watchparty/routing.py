"""The party's socket."""

from collections.abc import Mapping

from django.urls import URLPattern, path

from sync.core.bucket import Limit
from sync.core.timebase import Timebase
from watchparty.consumers import PartyConsumer
from watchparty.hub.hub import Hub


def websocket_urlpatterns(
    hub: Hub, timebase: Timebase, limits: Mapping[str, Limit]
) -> list[URLPattern]:
    """The route of the party's socket, served by this hub."""
    return [path("ws/party/", PartyConsumer.as_asgi(hub=hub, timebase=timebase, limits=limits))]
