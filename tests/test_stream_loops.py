"""A gap is looked after on production's event loop, whose timers know less than Python's."""

import asyncio

import pytest

from sync.core.wire import Frame
from tests.rooms import room
from watchparty.core.state import RoomState
from watchparty.hub.gatekeeper import Gatekeeper
from watchparty.hub.stream import OrderedStream

pytestmark = pytest.mark.both_loops


async def test_what_is_due_at_once_is_asked_for_once_however_often_it_is_due() -> None:
    asked = asyncio.Event()
    times: list[float] = []

    def due() -> None:
        times.append(asyncio.get_running_loop().time())
        asked.set()

    stream = OrderedStream(
        "demo",
        None,  # type: ignore[arg-type]
        lambda: 0.0,
        broadcast=lambda _: None,
        armed=lambda _: None,
        film_ends=lambda _: None,
        catch_up_due=due,
    )
    state: RoomState = room(seq=1)
    stream.begin(state)
    for delay_s in (0.0, 0.0, 0.1, 0.0):
        stream.catch_up_in(delay_s)
    stream.deliver(state.epoch, 3, Frame(b"{}"))  # a gap
    await asyncio.wait_for(asked.wait(), 2)
    assert len(times) == 1
    stream.stop()


async def test_a_gate_is_looked_at_once_however_often_it_is_due() -> None:
    gatekeeper = Gatekeeper.__new__(Gatekeeper)
    gatekeeper._timer, gatekeeper._due_s = None, 0.0
    looked: list[None] = []
    gatekeeper._look = lambda: looked.append(None)  # type: ignore[method-assign]
    for delay_s in (0.0, 0.0, 0.05, 0.0):
        gatekeeper._look_in(delay_s)
    await asyncio.sleep(0.02)
    assert len(looked) == 1
