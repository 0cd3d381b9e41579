"""How a refusal is carried out on a socket."""

from sync.core.guard import Refuse
from sync.core.wire import encode
from sync.ports import WritePort
from sync.tally import TALLY


def carry_out(refusal: Refuse, port: WritePort) -> None:
    """Tell the sender, then close if the refusal says so."""
    if refusal.answer is not None:
        TALLY.refused(refusal.answer)
        port.write(encode(refusal.answer))
    if refusal.close is not None:
        port.close(refusal.close)
