"""How the Redis store names its keys and writes its values.

csw:room:{slug}                hash: run, epoch, seq, state, record
csw:room:{slug}:events         stream of ordered events, each under the id <seq>-0
csw:room:{slug}:answer:U:REF   the answer remembered for (user, ref)
csw:room:{slug}:servers        sorted set: server → end of its lease
csw:room:{slug}:at:SERVER      hash: user id → User, the members at that server
csw:room:{slug}:offer          hash: seq, state, the newest copy offered to a Redis that lost it
csw:room:{slug}:offered        hash: answers that were given before it was lost
csw:room:{slug}:lock           one server fetches the room from the archive
csw:person:PERSON:ACTION       hash: a token bucket
csw:run                        the run_id that its servers know
csw:offering                   there while servers offer what they hold
csw:history                    stream of the events of all rooms that wait for the database
csw:history:written            how many of them the database has
"""

from typing import Final

import msgspec
from msgspec import Struct

from watchparty.core.protocol import OrderedEvent, User
from watchparty.core.state import Applied, Command, Refusal, RoomState
from watchparty.store.base import Answer, RoomRecord, Told
from watchparty.store.records import about

HISTORY_KEY: Final = "csw:history"
"""On each Redis there is one, beside the rooms that it holds."""


class _Remembered(Struct, frozen=True):
    event: OrderedEvent | None = None
    refusal: Refusal | None = None


read_state: Final = msgspec.json.Decoder(RoomState).decode
read_record: Final = msgspec.json.Decoder(RoomRecord).decode
read_event: Final = msgspec.json.Decoder[OrderedEvent](OrderedEvent).decode
read_user: Final = msgspec.json.Decoder(User).decode
write: Final = msgspec.json.encode
_remembered: Final = msgspec.json.Decoder(_Remembered)


def room_key(slug: str, part: str = "") -> str:
    """A key of one room; the braces keep them all on one Redis."""
    return f"csw:room:{{{slug}}}{part}"


def answer_key(slug: str, user_id: str | None, ref: str | None) -> str:
    """Where the answer to a user's command is remembered."""
    return room_key(slug, f":answer:{user_id}:{ref}")


def bucket_key(person: str | None, action: str | None) -> str:
    """A person's bucket for one action."""
    return f"csw:person:{person}:{action}"


def is_remembered(user_id: str | None, ref: str | None) -> bool:
    """Whether a repeat of this user's command can be told from a new one."""
    return user_id is not None and ref is not None


def write_answer(answer: Told) -> bytes:
    """An answer as it is remembered."""
    if isinstance(answer, Refusal):
        return write(_Remembered(refusal=answer))
    return write(_Remembered(event=answer))


def read_answer(kept: bytes) -> Told:
    """An answer that was remembered."""
    remembered = _remembered.decode(kept)
    answer = remembered.event or remembered.refusal
    assert answer is not None  # noqa: S101 - write_answer writes one of them
    return answer


def origin(slug: str, command: Command, now_ms: float) -> bytes:
    """What history wants to know of an event and the event does not say."""
    return write(about(slug, command, now_ms))


def change(answer: Answer) -> tuple[bytes | str, bytes | str, int]:
    """State, event and seq that an answer brings; nothing for a refusal."""
    if isinstance(answer, Applied):
        return write(answer.state), write(answer.event), answer.event.seq
    return "", "", 0
