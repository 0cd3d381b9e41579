"""What waits in a room's queue."""

from collections.abc import Awaitable, Callable
from concurrent.futures import Future

from msgspec import Struct, field

from watchparty.core.protocol import RoomJoin
from watchparty.core.state import Command, RoomState
from watchparty.history.book import Book
from watchparty.hub.connection import Connection
from watchparty.hub.relay import ChannelLayer
from watchparty.passwords import Passwords
from watchparty.store.base import Outcome, RoomStore
from watchparty.store.board import Board, WatchedBoard


class HubContext(Struct, frozen=True):
    """What every room of a process shares."""

    store: RoomStore
    layer: ChannelLayer
    now_ms: Callable[[], float]
    instance: str
    alone: bool
    """No other server can hold a member of any room."""
    listen_again: Callable[[], Awaitable[None]] | None = None
    """What the layer does when a Redis was lost, where it is not the layer of one process."""
    public_board: Board | None = None
    """The public rooms of all servers, where there are others …"""
    live_board: WatchedBoard | None = None
    """… and all live rooms, while staff look at them."""
    book: Book = field(default_factory=Book)
    """Takes what history wants to know of members and reactions."""
    passwords: Passwords = field(default_factory=Passwords)


class Arrive(Struct, frozen=True):
    """Somebody asks to come in."""

    connection: Connection
    join: RoomJoin
    proven: str | None = None
    """The hash of the password that was found to be right."""


class Ask(Struct, frozen=True):
    """A member asks for a change of the room."""

    connection: Connection
    command: Command


class Spend(Struct, frozen=True):
    """A member does what draws on the person's bucket, which is the store's, so it waits here."""

    connection: Connection
    action: str
    then: Callable[[], object]
    """Done if the bucket grants it."""


class Look(Struct, frozen=True):
    """Something of a member's is decided on the newest state, which is the store's."""

    connection: Connection
    then: Callable[[RoomState], object]


class Snapshot(Struct, frozen=True):
    """A member asks for a snapshot."""

    connection: Connection


class Own(Struct, frozen=True):
    """The room's own or an administrator's intent; `done` is told of the outcome."""

    command: Command
    done: Future[Outcome] | None = None


class CatchUp(Struct, frozen=True):
    """Compare what was delivered with what the store holds."""


class Settle(Struct, frozen=True):
    """Members have come, changed or gone: the lease is to say so, then the other servers."""


class Renew(Struct, frozen=True):
    """The lease is due for renewal, and the others' for reading."""


class Vacate(Struct, frozen=True):
    """Nobody has been here for a minute."""


Work = Arrive | Ask | Spend | Look | Snapshot | Own | CatchUp | Settle | Renew | Vacate
