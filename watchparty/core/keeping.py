"""How a room is kept while nobody is in it, and with which state it comes back."""

from typing import Final

from msgspec import Struct, structs

from watchparty.core.state import RoomState

LOST_AT_MOST: Final = 1000
"""More events than a store can have delivered and not kept when it is stopped uncleanly."""


class SavedRoom(Struct, frozen=True):
    """A room's state as it was kept, and what is known about how it was kept."""

    state: RoomState
    saved_at_ms: float
    boot_id: str
    clean: bool
    """Every event that was delivered is in it: it left memory in good order."""


def restore(saved: SavedRoom, *, boot_id: str, new_epoch: str) -> RoomState:
    """The state with which a kept room comes back (PROTOCOL.md: Order, and the end of Controls).

    A clean one continues its epoch. After an unclean stop the epoch is new, and its first seq is
    beyond every client's base, so no control repeated from the lost history counts. The vector
    runs on within one boot, or one generation of a cluster's clock (`boot_id` names either); after
    another the film stands where it was last known to be. One that stood for some viewers stands
    on, and nobody is waited for. What comes back different has a seq of its own: one (epoch, seq)
    never names two states.
    """
    state = saved.state
    if saved.boot_id == boot_id and saved.clean and state.waiting is None:
        return state
    seq = state.seq + (1 if saved.clean else LOST_AT_MOST)
    state = structs.replace(state, seq=seq, seek_seq=seq, by=None, ref=None, waiting=None)
    if saved.boot_id != boot_id:
        state = structs.replace(
            state,
            playhead=state.playhead.moved(
                position_s=state.position_at(saved.saved_at_ms), at_ms=0.0, playing=False
            ),
            last_control_ms=0.0,
            spared_until_ms={},
        )
    if saved.clean:
        return state
    return structs.replace(state, epoch=new_epoch, source_seq=seq if state.source else 0)
