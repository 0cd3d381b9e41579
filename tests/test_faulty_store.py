"""The contract over a store with delays, conflicts and losses, as any store far away has them."""

import asyncio

import pytest

from tests.faulty_store import Faults, FaultyStore
from tests.rooms import NOW_MS, pause, play, seek
from tests.store_contract import StoreContract
from tests.store_house import LIMITS, House, applied, ask, state_of, toggle
from watchparty.core.state import Command
from watchparty.store.base import MAX_ATTEMPTS, StoreUnavailable

BAD_LINE = Faults(lost_request=0.1, lost_answer=0.2, conflict=0.3, most_turns=5)
SEEDS = range(5)


class FaultyHouse(House):
    def __init__(self, faults: Faults = BAD_LINE, seed: int = 0) -> None:
        super().__init__()
        self.faults = faults
        self.seed = seed

    def start(self, boot_id: str = "b1") -> FaultyStore:
        return FaultyStore(
            self.archive,
            LIMITS,
            boot_id=boot_id,
            new_epoch=lambda: next(self.epochs),
            faults=self.faults,
            seed=self.seed,
        )


@pytest.mark.parametrize("house", SEEDS, indirect=True)
class TestFaultyStore(StoreContract):
    @pytest.fixture
    def house(self, request: pytest.FixtureRequest) -> House:
        return FaultyHouse(seed=request.param)


async def started(faults: Faults, seed: int = 0) -> FaultyStore:
    store = FaultyHouse(faults, seed).start()
    await store.open("demo", NOW_MS)
    return store


async def test_a_lost_request_changes_nothing() -> None:
    store = await started(Faults(lost_request=1.0))
    with pytest.raises(StoreUnavailable):
        await store.apply("demo", Command(play(), user_id="ada"), NOW_MS)
    assert (await state_of(store)).seq == 0


async def test_a_lost_answer_is_told_to_who_asks_again() -> None:
    store = await started(Faults(lost_answer=1.0))
    command = Command(play(), user_id="ada")
    with pytest.raises(StoreUnavailable):
        await store.apply("demo", command, NOW_MS)
    assert (await state_of(store)).seq == 1
    outcome = await store.apply("demo", command, NOW_MS)
    assert outcome.repeated
    assert (await state_of(store)).seq == 1


async def test_a_store_that_is_never_the_first_gives_up() -> None:
    store = await started(Faults(conflict=1.0))
    with pytest.raises(StoreUnavailable, match=str(MAX_ATTEMPTS)):
        await store.apply("demo", Command(play(), user_id="ada"), NOW_MS)
    assert (await state_of(store)).seq == 0


async def test_who_was_overtaken_decides_again_on_what_is_there_now() -> None:
    store = await started(Faults())
    await applied(store, play("r1", at=NOW_MS))
    store.sneak = Command(seek(50.0, "s1", at=NOW_MS), user_id="bo")
    own = pause("r2", at=NOW_MS + 50, current_time=0.05, base_seq=1)
    after = await applied(store, own, now_ms=NOW_MS + 50)
    assert after.seq == 3
    assert after.playhead.position_s == 50.05, "the seek came first: its position holds"


async def test_a_repeat_that_arrives_between_read_and_commit_is_applied_once() -> None:
    store = await started(Faults())
    store.sneak = Command(play("r1"), user_id="ada")
    outcome = await ask(store, play("r1"))
    assert outcome.repeated
    assert (await state_of(store)).seq == 1


async def test_a_store_that_is_down_says_so_everywhere() -> None:
    store = await started(Faults())
    store.down = True
    with pytest.raises(StoreUnavailable):
        await store.open("demo", NOW_MS)
    with pytest.raises(StoreUnavailable):
        await store.take("ada", "videoControl", NOW_MS)
    with pytest.raises(StoreUnavailable):
        await store.apply("demo", Command(play(), user_id="ada"), NOW_MS)


@pytest.mark.parametrize("seed", range(20))
async def test_however_bad_the_line_each_command_happens_exactly_once(seed: int) -> None:
    store = await started(BAD_LINE, seed)
    epoch = (await state_of(store)).epoch
    asked = [ask(store, toggle(n), user=f"u{n % 3}") for n in range(30)]
    await asyncio.gather(*asked)
    events = await store.since("demo", epoch, 0)
    assert events is not None
    assert [event.seq for event in events] == list(range(1, 31))
    assert len({(event.by, event.ref) for event in events}) == 30
    assert store.lost > 0
