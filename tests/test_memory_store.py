"""The memory store: the contract, and what only one process can get wrong."""

import asyncio
from typing import Any

import pytest

from tests.dict_archive import DictArchive, kept
from tests.rooms import NOW_MS, play
from tests.store_contract import StoreContract
from tests.store_house import LIMITS, House, applied, ask, state_of, toggle
from watchparty.core.protocol import VideoPlay
from watchparty.core.state import Applied
from watchparty.store.base import HELD_EVENTS
from watchparty.store.memory import SWEEP_EVERY, MemoryStore


class MemoryHouse(House):
    def start(self, boot_id: str = "b1") -> MemoryStore:
        return MemoryStore(
            self.archive, LIMITS, boot_id=boot_id, new_epoch=lambda: next(self.epochs)
        )


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def house(self) -> House:
        return MemoryHouse()


@pytest.fixture
def house() -> MemoryHouse:
    return MemoryHouse()


async def test_commands_without_a_reference_are_each_applied(house: MemoryHouse) -> None:
    store = house.start()
    await store.open("demo", NOW_MS)
    for seq in (1, 2):
        outcome = await ask(store, VideoPlay())
        assert isinstance(outcome.answer, Applied)
        assert outcome.answer.state.seq == seq


async def test_only_so_many_events_are_held(house: MemoryHouse) -> None:
    store = house.start()
    epoch = (await state_of(store)).epoch
    for number in range(HELD_EVENTS + 1):
        await applied(store, toggle(number))
    assert await store.since("demo", epoch, 0) is None
    held = await store.since("demo", epoch, 1)
    assert held is not None
    assert len(held) == HELD_EVENTS


async def test_every_change_is_noted_and_not_in_good_order_yet(house: MemoryHouse) -> None:
    store = house.start()
    await store.open("demo", NOW_MS)
    state = await applied(store, play())
    saved = house.archive.pending["demo"]
    assert (saved.state, saved.clean, saved.boot_id) == (state, False, "b1")


async def test_a_room_without_a_film_begins_empty() -> None:
    house = MemoryHouse()
    house.archive = DictArchive(kept("bare", source=None))
    state = await state_of(house.start(), "bare")
    assert (state.source, state.duration_s) == (None, None)


async def test_full_buckets_are_forgotten(house: MemoryHouse) -> None:
    store = house.start()
    for number in range(SWEEP_EVERY - 1):
        await store.take(f"p{number}", "videoControl", NOW_MS)
    await store.take("late", "videoControl", NOW_MS + 5000)
    assert len(store._buckets) == 1


async def test_rooms_that_are_not_there_leave_nothing_behind(house: MemoryHouse) -> None:
    store = house.start()
    for number in range(3):
        with pytest.raises(LookupError):
            await _open_nowhere(store, number)
    assert len(store._locks) == 0


async def _open_nowhere(store: MemoryStore, number: int) -> None:
    try:
        await store.open(f"nowhere-{number}", NOW_MS)
    except Exception as problem:
        raise LookupError from problem


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("late_by", range(12))
async def test_a_room_is_never_live_twice_however_opening_meets_release(
    house: MemoryHouse, turns: int, late_by: int
) -> None:
    store = house.start()
    await store.open("demo", NOW_MS)
    house.archive.turns = turns

    async def come(wait: int) -> Any:
        for _ in range(wait):
            await asyncio.sleep(0)
        await store.open("demo", NOW_MS)
        return await ask(store, play(f"r{wait}"))

    outcomes = await asyncio.gather(
        store.release("demo", NOW_MS), come(0), come(late_by), come(late_by + 2)
    )
    seqs = sorted(outcome.answer.state.seq for outcome in outcomes[1:] if not outcome.repeated)
    assert seqs == list(range(1, len(seqs) + 1))
