"""One party socket as the hub sees it."""

from msgspec import Struct

from sync.core.wire import Frame, encode
from sync.ports import WritePort
from watchparty.core.session import Session


class Connection:
    """A socket, who is behind it, and which member of which room it has become."""

    __slots__ = (
        *("address", "has_cookie", "knows_time", "person", "port", "room", "session", "user_id"),
    )

    def __init__(
        self,
        port: WritePort,
        session: Session,
        person: str,
        *,
        has_cookie: bool = True,
        address: str = "",
    ) -> None:
        self.port = port
        self.session = session
        self.person = person
        """Public id of the person behind the cookie."""
        self.has_cookie = has_cookie
        """Without one the person is drawn for this socket, unless a ticket says who it was."""
        self.address = address
        """What counts as one visitor of the network; empty where the server does not tell."""
        self.knows_time = False
        """Whether it was told the civil offset."""
        self.room: str | None = None
        self.user_id: str | None = None

    def tell(self, message: Struct) -> None:
        """Write one message to this socket alone."""
        self.port.write(encode(message))

    def write(self, frame: Frame) -> None:
        """Write a frame that was encoded for many."""
        self.port.write(frame)

    def end(self, code: int, message: Struct | None = None) -> None:
        """Say why, then close."""
        if message is not None:
            self.tell(message)
        self.port.close(code)
