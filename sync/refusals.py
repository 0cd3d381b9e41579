"""How a refusal is carried out on a socket."""

from sync.core.guard import Refuse
from sync.core.wire import encode
from sync.ports import WritePort


def carry_out(refusal: Refuse, port: WritePort) -> None:
    """Tell the sender, then close if the refusal says so."""
    if refusal.answer is not None:
        port.write(encode(refusal.answer))
    if refusal.close is not None:
        port.close(refusal.close)
