"""What is written to a room: cleaned, kept in order, answered, taken back."""

import unicodedata
from typing import Final

from msgspec import UnsetType, structs

from sync.core.wire import wire_ms
from watchparty.core.protocol import (
    CHAT_KEPT,
    ChatMessage,
    ChatRemove,
    ChatRemoved,
    ChatSend,
    ChatSent,
)
from watchparty.core.state import Applied, Command, Decision, Limited, Refusal, RoomState, stamp
from watchparty.core.text import JOINERS, has_visible, without_tricks

CHAT_KEPT_BYTES: Final = 64 * 1024
"""Of text, UTF-8: a wall of emoji would cost each newcomer, and each change, thrice that."""

MOST_LINES: Final = 12
"""More line breaks than this are spaces: one message is no wall."""


def send(state: RoomState, command: Command, intent: ChatSend, now_ms: float) -> Decision:
    """A message of somebody who may write."""
    person = command.person or ""
    wait_ms = _slow_for_ms(state, person, now_ms)
    if wait_ms > 0:
        return Limited("chat", wait_ms)
    text = clean(intent.text)
    if not has_visible(text):
        return Refusal("invalid_field", "A message needs a visible character.", "text")
    reply_to = None if isinstance(intent.reply_to, UnsetType) else intent.reply_to
    if reply_to is not None and all(one.id != reply_to for one in state.chat):
        return Refusal("stale", "The message you answer is not here any more.", "replyTo")
    seq = state.seq + 1
    message = ChatMessage(
        id=f"m{seq}",
        user_id=command.user_id or "",
        person=person,
        name=command.author.name,
        color=command.author.color,
        text=text,
        reply_to=reply_to,
        video_time=None if isinstance(intent.video_time, UnsetType) else intent.video_time,
        timestamp=wire_ms(now_ms),
    )
    after = structs.replace(
        state,
        seq=seq,
        chat=_kept((*state.chat, message)),
        wrote_ms=_with_word_of(state, person, now_ms),
    )
    return Applied(after, ChatSent(**structs.asdict(message), **stamp(command, after)))


def remove(state: RoomState, command: Command, intent: ChatRemove) -> Decision:
    """Take a message back; one that is not held any more is shown to nobody new anyway."""
    left = tuple(one for one in state.chat if one.id != intent.message_id)
    if len(left) == len(state.chat):
        return Refusal("stale", "This message is not here any more.", "messageId")
    after = structs.replace(state, seq=state.seq + 1, chat=left)
    event = ChatRemoved(message_id=intent.message_id, **stamp(command, after))
    return Applied(after, event)


def without_moments(messages: tuple[ChatMessage, ...]) -> tuple[ChatMessage, ...]:
    """The same, once another film is there: their moments were in the one before."""
    return tuple(
        one if one.video_time is None else structs.replace(one, video_time=None) for one in messages
    )


def clean(text: str) -> str:
    """A message as it is shown: it neither disturbs the screen nor the direction of others."""
    shown = without_tricks(unicodedata.normalize("NFC", text), keep=JOINERS + "\n")
    lines = [" ".join(line.split()) for line in shown.split("\n")]
    while "" in (lines[0], lines[-1]) and len(lines) > 1:
        lines = lines[1:] if lines[0] == "" else lines[:-1]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])]
    return "\n".join(lines)


def _kept(messages: tuple[ChatMessage, ...]) -> tuple[ChatMessage, ...]:
    """The last of them, no more than who comes later can be told in one breath."""
    left = CHAT_KEPT_BYTES
    for number, message in enumerate(reversed(messages)):
        left -= len(message.text.encode())
        if number == CHAT_KEPT or left < 0:
            return messages[len(messages) - number :]
    return messages


def _slow_for_ms(state: RoomState, person: str, now_ms: float) -> float:
    """How long a guest has to wait in a room that is set to slow."""
    if not state.settings.slow_mode_s or state.people.role_of(person) != "guest":
        return 0.0
    wrote_ms = state.wrote_ms.get(person)
    if wrote_ms is None:
        return 0.0
    return wrote_ms + state.settings.slow_mode_s * 1000 - now_ms


def _with_word_of(state: RoomState, person: str, now_ms: float) -> dict[str, float]:
    slow_ms = state.settings.slow_mode_s * 1000
    if not slow_ms:
        return {}
    recent = {one: at_ms for one, at_ms in state.wrote_ms.items() if now_ms - at_ms < slow_ms}
    return recent | {person: wire_ms(now_ms)}
