"""One party socket as the hub sees it."""

from itertools import count
from typing import Final

from msgspec import Struct

from sync.core.wire import Frame, encode
from sync.ports import WritePort
from sync.tally import TALLY
from watchparty.core.session import Session
from watchparty.identity import Account

FRESH_MS: Final = 5000.0
"""So long a snapshot is not told again to one who cannot have missed anything: a socket keeps its
order, so whoever was told the newest state has it, or will in a moment."""


_numbers = count(1)


class Connection:
    """A socket, who is behind it, and which member of which room it has become."""

    __slots__ = (
        "account",
        "address",
        "has_asked",
        "is_proved",
        "knows_time",
        "number",
        "person",
        "port",
        "room",
        "session",
        "snapshot",
        "user_id",
    )

    def __init__(
        self,
        port: WritePort,
        session: Session,
        person: str,
        *,
        is_proved: bool = True,
        address: str = "",
    ) -> None:
        self.number = next(_numbers)
        """Among the party sockets of this process, for its log."""
        self.port = port
        self.session = session
        self.person = person
        """Public id of the person behind the cookie, or of the account."""
        self.is_proved = is_proved
        """By cookie or account; else the person is drawn, unless a ticket says who it was."""
        self.address = address
        """What counts as one visitor of the network; empty where the server does not tell."""
        self.account: Account | None = None
        """Of who has signed in."""
        self.has_asked = False
        """Whether it has asked to join: since then it is settled who it is."""
        self.knows_time = False
        """Whether it was told the civil offset."""
        self.room: str | None = None
        self.user_id: str | None = None
        self.snapshot: tuple[str, int, float] | None = None
        """Epoch and seq of the last snapshot it was told, and when."""

    def sign_in(self, account: Account) -> None:
        """Be the person of an account from now on."""
        self.account = account
        self.person = account.person
        self.is_proved = True

    def has_fresh(self, epoch: str, seq: int, now_ms: float) -> bool:
        """Whether it was told this very state a moment ago."""
        if self.snapshot is None:
            return False
        told_epoch, told_seq, told_ms = self.snapshot
        return (told_epoch, told_seq) == (epoch, seq) and now_ms - told_ms < FRESH_MS

    def tell(self, message: Struct) -> None:
        """Write one message to this socket alone."""
        TALLY.refused(message)
        self.write(encode(message))

    def write(self, frame: Frame) -> None:
        """Write a frame that was encoded for many."""
        TALLY.sent(len(frame))
        self.port.write(frame)

    def end(self, code: int, message: Struct | None = None) -> None:
        """Say why, then close."""
        if message is not None:
            self.tell(message)
        self.port.close(code)
