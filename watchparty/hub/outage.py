"""A store that a room cannot reach: all are told, nobody waits in vain, and it ends at once."""

from collections.abc import Callable
from typing import Final

from sync.core.wire import encode, wire_ms
from watchparty.core.protocol import ServerDegraded
from watchparty.hub.answers import error
from watchparty.hub.company import Company
from watchparty.hub.work import Arrive, Ask, HubContext, Snapshot, Spend, Work

REASON: Final = "The room's memory cannot be reached."
REFUSED: Final = "The room cannot decide anything just now. The film goes on."

MAX_ARRIVALS: Final = 1024
"""Who came during an outage waits for its end; of more the oldest hears that it takes too long."""


class Outage:
    """What a room hub asks before it asks the store. Everything returns at once."""

    def __init__(
        self,
        slug: str,
        context: HubContext,
        company: Company,
        *,
        recover: Callable[[], object],
        again: Callable[[Arrive], object],
    ) -> None:
        self._slug = slug
        self._context = context
        self._company = company
        self._recover = recover
        self._again = again
        self._since_ms = context.store.away_since(slug)
        self._arrivals: list[Arrive] = []

    @property
    def is_on(self) -> bool:
        """Whether the store is known to be out of reach."""
        return self._since_ms is not None

    def check(self) -> None:
        """The store was lost or is back: what the room has missed is due at once."""
        since_ms, was_on = self._context.store.away_since(self._slug), self.is_on
        self._since_ms = since_ms
        if since_ms is None:
            self._recover()
            arrivals, self._arrivals = self._arrivals, []
            for arrival in arrivals:
                arrival.connection.tell(self._message(None))
                self._again(arrival)
        if was_on != self.is_on:
            self._company.broadcast(encode(self._message(since_ms)))

    def takes(self, work: Work) -> bool:
        """Whether there is an outage, and whoever asks has been answered or waits for its end."""
        if not self.is_on:
            return False
        match work:
            case Arrive():
                self._hold(work)
            case Ask(connection, command):
                connection.tell(error("unavailable", REFUSED, command.ref))
            case Spend(connection) | Snapshot(connection):
                connection.tell(error("unavailable", REFUSED))
            case _:
                return False
        return True

    def _hold(self, arrival: Arrive) -> None:
        arrival.connection.tell(self._message(self._since_ms))
        self._arrivals = [one for one in self._arrivals if not one.connection.port.closed]
        if len(self._arrivals) >= MAX_ARRIVALS:
            oldest = self._arrivals.pop(0)
            oldest.connection.tell(error("unavailable", REFUSED))
        self._arrivals.append(arrival)

    def _message(self, since_ms: float | None) -> ServerDegraded:
        over = since_ms is None
        at_ms = self._context.now_ms() if since_ms is None else since_ms
        return ServerDegraded(reason=None if over else REASON, since=wire_ms(at_ms))
