"""A party of a test's own on the shared cluster: an owner, a room, and who is in it."""

import asyncio
from itertools import pairwise
from typing import Any

from tests.cluster.ordering import Position, position_of
from tests.cluster.person import Person
from tests.cluster.viewer import Place, Places, Viewer


class Party:
    """Everybody comes in through one front unless a test names another place."""

    def __init__(self, front: Place, title: str = "Ours", **form: str) -> None:
        self.front = front
        self.owner = Person.meet(front)
        self.room = self.owner.open_room(front, title, **form)
        self.viewers: list[Viewer] = []
        self.servers = 3
        """Over how many a party of three lives."""

    def viewer(self, name: str, place: Places | None = None, **how: Any) -> Viewer:
        """One who has not come yet."""
        self.viewers.append(Viewer(place or self.front, name, self.room, **how))
        return self.viewers[-1]

    async def join(self, name: str, place: Places | None = None, **how: Any) -> Viewer:
        """One who is let in; the first one to come is the owner."""
        if not self.viewers:
            how.setdefault("cookie", self.owner.cookie)
        viewer = self.viewer(name, place, **how)
        await viewer.come_in()
        return viewer

    async def three(self) -> tuple[Viewer, Viewer, Viewer]:
        """Ada, whose room it is, Ben and Cy, one after the other; each has heard of the others."""
        three = await self.join("Ada"), await self.join("Ben"), await self.join("Cy")
        for viewer in three:
            await viewer.meet(*three)
        return three

    async def end(self) -> None:
        """Everybody goes."""
        await asyncio.gather(*(viewer.end() for viewer in self.viewers))


def shown_to(viewer: Viewer) -> set[Position]:
    """Where the snapshots stood that it took over."""
    entries = viewer.timeline.of("joined", "shown")
    return {position_of(entry.seen) for entry in entries if "videoState" in entry.seen}


async def agree(*viewers: Viewer) -> list[Position]:
    """All come to stand at the newest event that one of them knows, and see the same there.

    Each event was the same bytes for everybody, and everybody applied them in the same order
    without a gap. Returns the places of the events that all applied.
    """
    newest = max(viewers, key=lambda viewer: viewer.order.position or ("", 0)).order.position
    assert newest is not None
    for viewer in viewers:
        await viewer.reach(newest)
    first, *others = viewers
    for other in others:
        assert other.seen.compared() == first.seen.compared(), (first.name, other.name)
        for place, text in other.texts.items():
            assert first.texts.get(place, text) == text, (first.name, other.name)
    places = [[position_of(event) for event in viewer.applied] for viewer in viewers]
    for viewer, applied in zip(viewers, places, strict=True):
        for (epoch, seq), after in pairwise(applied):
            # Beyond what was missed, as a new epoch begins, there is a snapshot.
            follows = after[0], after[1] - 1
            is_next = after == (epoch, seq + 1) or follows in shown_to(viewer)
            assert is_next, (viewer.name, (epoch, seq), after)
            assert after[1] > seq
    return [place for place in places[0] if all(place in applied for applied in places)]
