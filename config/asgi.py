"""The composition root of a server process: picks the adapters and joins everything once."""
# ruff: noqa: E402 - Django must be set up before anything of it is imported

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.apps import apps
from django.conf import settings
from django.urls import re_path
from prometheus_client import CollectorRegistry

from config.checks import refuse_unsafe_start
from sync.apps import sync_config
from sync.clock import boot_id, utc_ms
from sync.cluster import ClusterClock
from sync.core.timebase import OWN_GENERATION
from sync.core.wire import CLOCK_ROOM
from sync.health import own_clock_report
from sync.keeping import kept_base_ms
from sync.probes import ProbeWrapper
from sync.redis_place import Place, common_place
from sync.redis_time import RedisTime
from sync.routing import websocket_urlpatterns as clock_urlpatterns
from sync.tally import TALLY
from sync.walls import AddressWall, OriginWall
from watchparty.apps import WatchpartyConfig
from watchparty.exposition import Exposition, FamilyExposition
from watchparty.history.backlog import Backlog, MemoryBacklog
from watchparty.history.book import Book
from watchparty.history.history import History
from watchparty.history.redis_backlog import RedisBacklog
from watchparty.hub.hub import Hub
from watchparty.hub.layer import RoomLayer
from watchparty.hub.live_rooms import MAX_READ
from watchparty.hub.public_rooms import MAX_LISTED
from watchparty.hub.relay import ChannelLayer
from watchparty.hub.work import HubContext
from watchparty.metrics import Readings, registry_of
from watchparty.routing import websocket_urlpatterns as party_urlpatterns
from watchparty.scrape import PATH, Scrape
from watchparty.serving.siblings import SERIAL, Siblings
from watchparty.store.archive import DatabaseArchive
from watchparty.store.base import RoomStore
from watchparty.store.board import RedisBoard
from watchparty.store.memory import MemoryStore
from watchparty.store.records import Note
from watchparty.store.redis import RedisStore
from watchparty.store.redis_calls import RedisCalls, Replicas
from watchparty.store.redis_shards import Shards

refuse_unsafe_start()

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
EPOCH_BYTES = 9
BATCH_NAME_BYTES = 8
KEEP_ROOMS_S = 3.0
"""Of the ten seconds that a server is given to end: a database may not answer."""

logger = logging.getLogger(__name__)

clock = sync_config()
clock.continue_from(kept_base_ms(boot_id(), clock.timebase.base_ms))
if settings.REDIS_PLACES:
    common = common_place(settings.REDIS_PLACES)
    redis_time = RedisTime(common, settings.INSTANCE_ID, clock.timebase.raw_ns)
    clock.cluster = ClusterClock(clock.timebase, redis_time)


def make_hub(store: RoomStore | None = None, book: Book | None = None) -> Hub:
    """The hub of this process over the store and layer that the settings name."""
    places: list[Place] = settings.REDIS_PLACES
    layer = get_channel_layer()
    context = HubContext(
        store=store or make_store(),
        layer=cast("ChannelLayer", layer),
        now_ms=clock.timebase.now_ms,
        instance=settings.INSTANCE_ID,
        alone=not places,
        listen_again=layer.listen_again if isinstance(layer, RoomLayer) else None,
        public_board=RedisBoard(common_place(places), "public", MAX_LISTED) if places else None,
        live_board=RedisBoard(common_place(places), "live", MAX_READ) if places else None,
        book=book or Book(),
    )
    return Hub(context, lambda: clock.timebase.server_time(utc_ms()))


def make_backlogs() -> list[Backlog]:
    """Events that wait for the database: on each Redis, which outlives us, or in our own memory."""
    places: list[Place] = settings.REDIS_PLACES
    if not places:
        return [MemoryBacklog(settings.HISTORY_BACKLOG)]
    return [RedisBacklog(RedisCalls(place), settings.INSTANCE_ID) for place in places]


def make_store(note: Note | None = None) -> RoomStore:
    """Live rooms: in Redis, where other servers find them, or in this process' own memory."""
    limits = clock.limits

    def new_epoch() -> str:
        return secrets.token_urlsafe(EPOCH_BYTES)

    places: list[Place] = settings.REDIS_PLACES
    if not places:
        return MemoryStore(archive, limits, boot_id=boot_id(), new_epoch=new_epoch, note=note)
    count, within_ms = settings.REDIS_WAIT_REPLICAS, settings.REDIS_WAIT_MS
    server = settings.INSTANCE_ID
    shards = Shards(
        places,
        archive,
        Replicas(count, within_ms) if count else None,
        server=server,
        clock_id=clock_id,
        new_epoch=new_epoch,
    )
    return RedisStore(
        shards,
        archive,
        limits,
        server=server,
        clock_id=clock_id,
        history_most=settings.HISTORY_BACKLOG,
    )


def make_exposition(registry: CollectorRegistry) -> Exposition:
    """Of the figures of this process, or of all workers of its supervisor."""
    serial = os.environ.get(SERIAL)
    if serial is None:
        return Exposition(registry)
    siblings = Siblings(settings.SERVE_SOCKET, int(serial))
    return FamilyExposition(registry, settings.INSTANCE_ID, siblings)


def civil_offset_ms() -> float:
    """UTC less the media clock."""
    return clock.timebase.civil_offset_ms(utc_ms())


def clock_id() -> str:
    """Identity of the media clock's line, along which a kept room's vector runs on."""
    generation = clock.timebase.generation
    return boot_id() if generation == OWN_GENERATION else f"generation {generation}"


def redis_up() -> dict[str, bool]:
    """Whether each Redis answers, by the name of its place."""
    return store.places_up if isinstance(store, RedisStore) else {}


async def no_such_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Close a socket of any other address before it is accepted: HTTP 403."""
    await receive()
    await send({"type": "websocket.close"})


backlogs = make_backlogs()
archive = DatabaseArchive()
history = History(
    backlogs,
    Book(settings.INSTANCE_ID, utc_ms, unlisted=CLOCK_ROOM),
    name=secrets.token_hex(BATCH_NAME_BYTES),
    civil_offset_ms=civil_offset_ms,
)
store = make_store(next((one.note for one in backlogs if isinstance(one, MemoryBacklog)), None))
hub = make_hub(store, history.book)
cast("WatchpartyConfig", apps.get_app_config("watchparty")).hub = hub
clock.add_health_report("party", lambda: hub.counts)
clock.add_health_report("history", lambda: history.report)
readings = Readings(
    tally=TALLY,
    hub=lambda: hub.counts,
    clock=own_clock_report,
    history=lambda: history.report["history"],
    archive_waiting=lambda: archive.waiting,
    redis_up=redis_up,
    ready=lambda: clock.welcomes,
    version=settings.VERSION,
    server=settings.INSTANCE_ID,
)
exposition = make_exposition(registry_of(readings))
metrics = Scrape(exposition, settings.METRICS_TOKEN)

# From the outside in: whose page, how many sockets, the clock's probes, then the app.
sockets = OriginWall(
    AddressWall(
        ProbeWrapper(
            URLRouter(
                [
                    *clock_urlpatterns(clock),
                    *party_urlpatterns(hub, clock.timebase, clock.limits),
                    re_path(r"", cast("Any", no_such_socket)),
                ]
            ),
            clock.timebase,
            clock.limits,
        ),
        clock.timebase.now_ms,
        per_s=settings.ADDRESS_SOCKETS_PER_S,
        open_max=settings.ADDRESS_SOCKETS_OPEN,
    ),
    settings.ALLOWED_ORIGINS,
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection, or the process's own beginning and end."""
    hub.start()
    history.start()
    if clock.cluster is not None:
        clock.cluster.start()
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "websocket":
        if clock.cluster is not None:
            await clock.cluster.agreed()  # else its clock would be set under a viewer's eyes
        await sockets(scope, receive, send)
    elif scope["path"] == PATH:
        await metrics(scope, receive, send)
    else:
        await cast("Any", django_application)(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    """Keep every room in good order when the server stops."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await exposition.serve()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            try:
                async with asyncio.timeout(KEEP_ROOMS_S):
                    await hub.close()
            except Exception:
                logger.exception("rooms were not kept in good order")
            await history.close()
            exposition.close()
            if clock.cluster is not None:
                await clock.cluster.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
