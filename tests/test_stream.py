"""The ordered half of a room: gaps are healed in time, and films end."""

from collections.abc import AsyncIterator

import pytest

from sync.core.wire import Frame, encode
from tests.dict_archive import DictArchive, kept
from tests.faulty_store import Faults, FaultyStore
from tests.party_rig import later, media_ms
from tests.rooms import play, room, standing_at
from tests.store_house import LIMITS, applied
from watchparty.core.state import RoomState, video_event
from watchparty.hub.delivery import MAX_HELD, WAIT_FOR_MISSING_S
from watchparty.hub.stream import CATCH_UP_S, OrderedStream

pytestmark = pytest.mark.virtual_time


class Rig:
    def __init__(self) -> None:
        self.store = FaultyStore(
            DictArchive(kept()),
            LIMITS,
            boot_id="b",
            new_epoch=lambda: "e1",
            faults=Faults(),
            seed=0,
        )
        self.told: list[str] = []
        self.ends: list[int] = []
        self.asked_at_ms: list[float] = []
        self.stream = OrderedStream(
            "demo",
            self.store,
            media_ms,
            broadcast=lambda frame: self.told.append(frame.text),
            armed=lambda _: None,
            film_ends=self.ends.append,
            catch_up_due=lambda: self.asked_at_ms.append(media_ms()),
        )

    async def begin(self) -> None:
        _, state = await self.store.open("demo", media_ms())
        self.stream.begin(state)

    async def commit(self, count: int = 1) -> list[RoomState]:
        """Events in the store that nobody has told us of."""
        return [
            await applied(self.store, play(f"r{media_ms()}-{n}"), now_ms=media_ms())
            for n in range(count)
        ]

    def hear(self, state: RoomState) -> None:
        event = video_event(state)
        self.stream.deliver(event.epoch, event.seq, encode(event))

    def waited_ms(self, since_ms: float) -> list[float]:
        return [round(at_ms - since_ms, 3) for at_ms in self.asked_at_ms]


def text(state: RoomState) -> str:
    return encode(video_event(state)).text


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    yield rig
    rig.stream.stop()


async def test_before_it_is_open_nothing_is_delivered(rig: Rig) -> None:
    rig.stream.deliver("e1", 1, Frame(b"{}"))
    assert not rig.stream.is_open
    assert await rig.stream.catch_up(room())
    assert await rig.stream.fill()
    assert rig.told == []


async def test_a_gap_is_waited_for_100_ms_and_no_longer(rig: Rig) -> None:
    await rig.begin()
    _, second = await rig.commit(2)
    began_ms = media_ms()
    rig.hear(second)
    await later(1)
    assert rig.told == []
    assert rig.waited_ms(began_ms) == [WAIT_FOR_MISSING_S * 1000]


async def test_a_gap_does_not_wait_for_a_later_appointment(rig: Rig) -> None:
    await rig.begin()
    _, second = await rig.commit(2)
    began_ms = media_ms()
    rig.stream.catch_up_in(CATCH_UP_S)
    rig.hear(second)
    await later(2)
    assert rig.waited_ms(began_ms) == [WAIT_FOR_MISSING_S * 1000]


async def test_an_earlier_appointment_stands(rig: Rig) -> None:
    began_ms = media_ms()
    rig.stream.catch_up_in(0.05)
    rig.stream.catch_up_in(CATCH_UP_S)
    await later(2)
    assert rig.waited_ms(began_ms) == [50]


async def test_too_many_held_back_are_not_waited_for(rig: Rig) -> None:
    await rig.begin()
    began_ms = media_ms()
    for state in (await rig.commit(MAX_HELD + 2))[1:]:
        rig.hear(state)
    await later(0.01)
    assert rig.waited_ms(began_ms) == [0]


async def test_a_gap_is_filled_from_the_store_in_order(rig: Rig) -> None:
    await rig.begin()
    states = await rig.commit(5)
    rig.hear(states[0])
    rig.hear(states[3])
    assert await rig.stream.catch_up(states[4])
    assert rig.told == [text(state) for state in states]
    rig.hear(states[2])
    assert len(rig.told) == 5, "what was healed may still arrive"


async def test_what_is_held_no_more_needs_a_snapshot(rig: Rig) -> None:
    await rig.begin()
    (state,) = await rig.commit()
    rig.store._rooms["demo"].events.clear()
    assert not await rig.stream.catch_up(state)
    assert rig.told == []
    assert await rig.stream.catch_up(state), "the snapshot stands for it now"


async def test_an_event_of_another_epoch_is_not_believed_but_looked_into(rig: Rig) -> None:
    await rig.begin()
    began_ms = media_ms()
    rig.stream.deliver("e0", 99, Frame(b"{}"))
    await later(0.01)
    assert rig.told == []
    assert rig.waited_ms(began_ms) == [0]


async def test_another_epoch_of_the_store_needs_a_snapshot_and_goes_on_from_there(
    rig: Rig,
) -> None:
    await rig.begin()
    other = room(epoch="e2", seq=1000)
    assert not await rig.stream.catch_up(other)
    after = room(epoch="e2", seq=1001)
    rig.hear(after)
    assert rig.told == [text(after)]


@pytest.mark.parametrize("state", [standing_at(30), room(duration_s=None), room(closed=True)])
async def test_what_has_no_end_does_not_end(rig: Rig, state: RoomState) -> None:
    rig.stream.arm(state)
    await later(200)
    assert rig.ends == []


async def test_a_film_ends_at_its_end(rig: Rig) -> None:
    rig.stream.arm(room())
    await later(58.99)
    assert rig.ends == []
    await later(0.02)
    assert rig.ends == [40]


async def test_only_the_newest_state_ends(rig: Rig) -> None:
    rig.stream.arm(room())
    rig.stream.arm(room(seq=41, duration_s=100.0))
    await later(200)
    assert rig.ends == [41]


async def test_after_the_end_no_timer_fires(rig: Rig) -> None:
    rig.stream.arm(room())
    rig.stream.catch_up_in(1)
    rig.stream.stop()
    await later(200)
    assert (rig.ends, rig.asked_at_ms) == ([], [])
