"""The Redis places of a deployment: a room lives on one of them, by its name (ADR 32)."""

from collections.abc import Callable, Sequence

from sync.redis_place import Place, place_of
from watchparty.store.base import Archive
from watchparty.store.redis_calls import RedisCalls, Replicas
from watchparty.store.redis_revival import Revival
from watchparty.store.redis_watch import RedisWatch


class Shard:
    """One Redis, as a server has it."""

    def __init__(
        self,
        place: Place,
        known_as: str,
        archive: Archive,
        replicas: Replicas | None,
        *,
        server: str,
        clock_id: Callable[[], str],
        new_epoch: Callable[[], str],
    ) -> None:
        self.calls = RedisCalls(place, replicas)
        self.revival = Revival(
            self.calls, archive, server=server, clock_id=clock_id, new_epoch=new_epoch
        )
        self.watch = RedisWatch(self.calls, known_as)


class Shards:
    """All of them. Adding one moves rooms: see `RedisWatch` for servers that disagree."""

    def __init__(
        self,
        places: Sequence[Place],
        archive: Archive,
        replicas: Replicas | None = None,
        *,
        server: str,
        clock_id: Callable[[], str],
        new_epoch: Callable[[], str],
    ) -> None:
        self._names = tuple(place.name for place in places)
        # One alone holds every room, by whatever address a server finds it.
        known_as = " ".join(sorted(self._names)) if len(places) > 1 else "one"
        self.all = [
            Shard(
                place,
                known_as,
                archive,
                replicas,
                server=server,
                clock_id=clock_id,
                new_epoch=new_epoch,
            )
            for place in places
        ]

    def of(self, name: str) -> Shard:
        """Where a room, or what a person may still do, is kept."""
        return self.all[place_of(name, self._names)]

    async def close(self) -> None:
        """Hang up everywhere."""
        for shard in self.all:
            await shard.calls.close()
