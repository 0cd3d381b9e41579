"""One server's view of a store that several share: presence leases and holds, without Redis."""

from collections.abc import Callable, Iterable

from tests.faulty_store import FaultyStore
from watchparty.core.protocol import OrderedEvent, User
from watchparty.core.state import Command, RoomState
from watchparty.store.base import LEASE_MS, Outcome, RoomRecord

Leases = dict[str, dict[str, tuple[float, dict[str, User]]]]
"""Room → server → (end of its lease, its members)."""


class LeasedStore:
    """As RedisStore promises it, over one FaultyStore for all servers."""

    def __init__(self, shared: FaultyStore, server: str, leases: Leases) -> None:
        self._shared = shared
        self._server = server
        self._leases = leases

    def watch(self, changed: Callable[[], None], now_ms: Callable[[], float]) -> None:
        self._shared.watch(changed, now_ms)

    def away_since(self, slug: str) -> float | None:
        return self._shared.away_since(slug)

    async def open(self, slug: str, now_ms: float) -> tuple[RoomRecord, RoomState]:
        opened = await self._shared.open(slug, now_ms)
        _, members = self._lease(slug)
        self._leases[slug][self._server] = (now_ms + LEASE_MS, members)
        return opened

    async def apply(self, slug: str, command: Command, now_ms: float) -> Outcome:
        return await self._shared.apply(slug, command, now_ms)

    async def since(self, slug: str, epoch: str, seq: int) -> list[OrderedEvent] | None:
        return await self._shared.since(slug, epoch, seq)

    async def take(self, person: str, action: str, now_ms: float) -> float:
        return await self._shared.take(person, action, now_ms)

    async def give_back(self, person: str, action: str) -> None:
        await self._shared.give_back(person, action)

    async def attend(
        self,
        slug: str,
        users: Iterable[User],
        gone: Iterable[str],
        now_ms: float,
        *,
        whole: bool = False,
    ) -> int:
        await self._shared._travel(lossy=False)
        members = {} if whole else self._lease(slug)[1]
        members |= {user.id: user for user in users}
        for user_id in gone:
            members.pop(user_id, None)
        self._leases.setdefault(slug, {})[self._server] = (now_ms + LEASE_MS, members)
        return len(self._others(slug, now_ms))

    async def others(self, slug: str, now_ms: float) -> list[User]:
        await self._shared._travel(lossy=False)
        return self._others(slug, now_ms)

    async def release(self, slug: str, now_ms: float) -> None:
        self._leases.get(slug, {}).pop(self._server, None)
        if not any(ends_ms > now_ms for ends_ms, _ in self._leases.get(slug, {}).values()):
            await self._shared.release(slug, now_ms)

    async def close(self, now_ms: float) -> None:
        for slug in list(self._leases):
            await self.release(slug, now_ms)

    def _lease(self, slug: str) -> tuple[float, dict[str, User]]:
        return self._leases.setdefault(slug, {}).get(self._server, (0.0, {}))

    def _others(self, slug: str, now_ms: float) -> list[User]:
        return [
            user
            for server, (ends_ms, members) in self._leases.get(slug, {}).items()
            if server != self._server and ends_ms > now_ms
            for user in members.values()
        ]
