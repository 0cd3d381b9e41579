"""What members say in tests of waiting, over a socket of a virtual party."""

from typing import Any

from msgspec import to_builtins

from tests.party_rig import Member, later
from tests.viewers import doing
from watchparty.core.protocol import PlaybackStatus

SOON_S = 0.05
"""Long enough for a look, its store and its news."""


def tell(member: Member, state: PlaybackStatus = "synced", **fields: Any) -> None:
    """Say how playback does."""
    member.say("member:status", **to_builtins(doing(state, **fields)))


def be_ready(*members: Member) -> None:
    """Be ready to play on from the newest event heard."""
    for member in members:
        seq = member.seqs[-1] if member.seqs else member.last("room:joined")["seq"]
        member.say("video:ready", seq=seq)


async def open_gate(asker: Member, lead_ms: float = 500.0) -> dict[str, Any]:
    """Ask for a start together; returns what the room says to it."""
    asker.say("video:play", leadMs=lead_ms, ref="together")
    await later()
    return asker.last("video:waiting")


def told(member: Member) -> list[tuple[str, Any]]:
    """The ordered events: what the film does, and for whom it waits."""
    return [
        (event["type"], event["userIds"] if "userIds" in event else event.get("isPlaying"))
        for event in member.applied
    ]
