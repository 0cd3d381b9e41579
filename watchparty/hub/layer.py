"""The channel layer of several servers: channels_redis' pub/sub, each room on its own Redis."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.utils import _wrap_close
from redis.exceptions import RedisError

from sync.redis_place import Place, place_of

GROUP: Final = "room."

RETRY_S: Final = 0.2


def group_of(slug: str) -> str:
    """The Channels group of a room."""
    return f"{GROUP}{slug}"


class RoomLoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]
    """Its part for one event loop."""

    def __init__(self, places: Sequence[Place], **options: Any) -> None:
        super().__init__(hosts=[place.layer_host() for place in places], **options)
        self._names = tuple(place.name for place in places)
        self._of_rooms = self._get_group_channel_name(GROUP)

    def _get_shard(self, channel_or_group_name: str) -> Any:
        """A room's messages pass through the Redis that holds the room: they are lost together."""
        name = channel_or_group_name.removeprefix(self._of_rooms)
        return self._shards[place_of(name, self._names)]

    async def listen_again(self) -> None:
        """Take new lines to every Redis, and hear on them what is to be heard.

        A line to a master that hangs stays open and silent when Sentinels have chosen another one.
        """
        for shard in self._shards:
            await shard.flush()
        for name in [*self.channels, *self.groups]:
            while name in self.channels or name in self.groups:
                try:
                    await self._get_shard(name).subscribe(name)
                    break
                except (RedisError, OSError):
                    await asyncio.sleep(RETRY_S)


class RoomLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """CHANNEL_LAYERS' backend. CONFIG: `places`, `prefix`."""

    def _get_layer(self) -> RoomLoopLayer:
        loop = asyncio.get_running_loop()
        layer: RoomLoopLayer | None = self._layers.get(loop)
        if layer is None:
            layer = self._layers[loop] = RoomLoopLayer(**self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return layer

    async def listen_again(self) -> None:
        """See RoomLoopLayer."""
        await self._get_layer().listen_again()
