"""A party that acts without a pause while something goes wrong, and what must be true after.

Whatever was acknowledged is in the room afterwards, once; everybody sees the same.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count

from tests.cluster.asking import Refused
from tests.cluster.ordering import Message, Position, position_of
from tests.cluster.party import agree
from tests.cluster.seen import VIDEO_FIELDS
from tests.cluster.viewer import Viewer

SEEK_EVERY_S = 0.25
CHAT_EVERY_S = 1.0
FILM_S = 100.0
ANSWERED_WITHIN_S = 60.0
CHAT_KEPT = 100


class Storm:
    """Everybody of a party acts; all that was acknowledged is remembered."""

    def __init__(self, viewers: Sequence[Viewer]) -> None:
        self.viewers = list(viewers)
        self.acknowledged: list[tuple[float, Message]] = []
        """When (time.monotonic), and the event."""
        self._over = asyncio.Event()
        self._acting = [
            asyncio.create_task(act(viewer))
            for viewer in self.viewers
            for act in (self._seek, self._write)
        ]

    async def acknowledged_by_all(self, since_s: float, within_s: float) -> float:
        """Seconds from then until everybody has had a control acknowledged that was asked later."""
        missing = {viewer.name for viewer in self.viewers}
        async with asyncio.timeout(within_s):
            while missing:
                missing -= {
                    str(event["ref"]).split("-")[0]
                    for at_s, event in self.acknowledged
                    if at_s > since_s and event["type"] == "video:state"
                }
                await asyncio.sleep(0.02)
        return time.monotonic() - since_s

    async def end(self) -> None:
        """Nobody begins anything any more; what was begun is answered."""
        self._over.set()
        await asyncio.gather(*self._acting)

    async def check(self, *newcomers: Viewer) -> None:
        """All agree with who has just come; what was acknowledged is neither lost nor doubled."""
        await agree(*self.viewers, *newcomers)
        events = [event for _, event in self.acknowledged]
        assert len(events) > len(self.viewers)
        self._check_once(events)
        for newcomer in newcomers:
            self._check_words(events, newcomer)
            self._check_film(events, newcomer)

    def _check_once(self, events: list[Message]) -> None:
        """No intent was applied twice, in whatever epoch; each position names one event."""
        at: dict[Position, str | None] = {}
        for event in [*events, *(e for viewer in self.viewers for e in viewer.applied)]:
            place, ref = position_of(event), event.get("ref")
            assert at.setdefault(place, ref) == ref, place
        twice = [ref for ref, times in Counter(at.values()).items() if ref and times > 1]
        assert not twice

    def _check_words(self, events: list[Message], newcomer: Viewer) -> None:
        """Everything that was said, once; of more than a room keeps, the newest."""
        texts = Counter(line["text"] for line in newcomer.seen.chat)
        said = sorted(
            (int(event["seq"]), str(event["text"]))
            for event in events
            if event["type"] == "chat:message"
        )
        assert [text for _, text in said[-CHAT_KEPT:] if texts[text] != 1] == []

    def _check_film(self, events: list[Message], newcomer: Viewer) -> None:
        """The newest control holds: seqs rise over epochs, too."""
        applied = [event for viewer in self.viewers for event in viewer.applied]
        controls = [e for e in [*events, *applied] if e["type"] == "video:state"]
        newest = max(controls, key=lambda event: int(event["seq"]))
        assert newcomer.seen.video == {field: newest[field] for field in VIDEO_FIELDS}

    async def _seek(self, viewer: Viewer) -> None:
        for number in count(1):
            if await self._is_over_after(SEEK_EVERY_S):
                return
            await self._ask(viewer, "video:seek", time=number * 0.37 % FILM_S)

    async def _write(self, viewer: Viewer) -> None:
        for number in count(1):
            if await self._is_over_after(CHAT_EVERY_S):
                return
            await self._ask(viewer, "chat:send", text=f"{viewer.name} says {number}")

    async def _ask(self, viewer: Viewer, type_: str, **fields: object) -> None:
        try:
            event = await viewer.ask(type_, ANSWERED_WITHIN_S, **fields)
        except Refused as refused:
            if refused.answer["type"] == "error:ratelimit":
                return  # many repeats at once, as the store comes back
            raise
        self.acknowledged.append((time.monotonic(), event))

    async def _is_over_after(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return False
        return True
