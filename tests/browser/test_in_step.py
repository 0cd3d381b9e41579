"""Three separate browsers with clocks that are wrong by seconds see the same frame."""

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.steps import assert_in_step
from tests.browser.viewer import Viewer, eventually

pytestmark = pytest.mark.browser

OFFSETS_MS = (0.0, 30_000.0, -7_000.0)
SETTLE_S = 3.0


@pytest.fixture
def trio(new_viewer: NewViewer, room: str) -> list[Viewer]:
    """Three viewers of one room, two of them with wrong clocks."""
    names = ("Ada", "Ben", "Cleo")
    return [
        new_viewer(clock_offset_ms=offset).enter(room, name)
        for name, offset in zip(names, OFFSETS_MS, strict=True)
    ]


def watch(viewers: list[Viewer], rate: float = 1.0) -> None:
    assert_in_step(viewers, SETTLE_S, rate)


def assert_same_still(viewers: list[Viewer]) -> int:
    """All stand, and show the very same frame."""
    eventually(lambda: all(viewer.paused for viewer in viewers), "all stand")
    indices = eventually(
        lambda: same([viewer.still_index() for viewer in viewers]), "one frame in all pictures"
    )
    return indices[0]


def same(indices: list[int | None]) -> list[int]:
    known = [index for index in indices if index is not None]
    return known if len(known) == len(indices) and len(set(known)) == 1 else []


def test_play_from_any_of_them_puts_all_in_step(trio: list[Viewer]) -> None:
    trio[1].toggle()
    watch(trio)


def test_pause_from_any_of_them_shows_all_the_same_frame(trio: list[Viewer]) -> None:
    trio[0].toggle()
    watch(trio)
    trio[2].toggle()
    assert assert_same_still(trio) > 0


def test_seek_from_any_of_them_brings_all_along(trio: list[Viewer]) -> None:
    trio[0].toggle()
    watch(trio)
    trio[2].seek(60)
    watch(trio)
    assert all(60 <= viewer.position_s < 70 for viewer in trio)


def test_seek_while_paused_shows_all_the_same_frame(trio: list[Viewer]) -> None:
    trio[1].seek(31.5)
    index = assert_same_still(trio)
    assert abs(index / 60 - 31.5) < 0.05


def test_another_rate_is_everyones_rate(trio: list[Viewer]) -> None:
    trio[0].toggle()
    watch(trio)
    trio[1].set_rate(1.5)
    watch(trio, rate=1.5)


def test_who_comes_late_or_reloads_lands_in_step(new_viewer: NewViewer, room: str) -> None:
    ada = new_viewer().enter(room, "Ada")
    ben = new_viewer(clock_offset_ms=-12_345.0).enter(room, "Ben")
    ada.toggle()
    watch([ada, ben])
    late = new_viewer(clock_offset_ms=5_000.0).open(f"/rooms/{room}/?name=Late")
    late.page.wait_for_selector("html[data-phase=joined]")
    watch([ada, ben, late])
    ben.page.reload()
    ben.page.wait_for_selector("html[data-phase=joined]")
    watch([ada, ben, late])
    assert ada.part("member").count() == 3


@pytest.mark.parametrize("first", range(3))
def test_play_and_pause_from_three_at_once_end_in_one_state(trio: list[Viewer], first: int) -> None:
    if first == 1:  # once they begin from a running film
        trio[0].toggle()
        watch(trio)
    together_ms = trio[0].true_now_ms() + 400
    for viewer in trio[first:] + trio[:first]:
        viewer.page.evaluate(
            """at => setTimeout(
                () => document.querySelector("[data-testid=play]").click(), at - window.ruler.now()
            )""",
            together_ms,
        )
    # Long after the last click has been answered, all play or all stand.
    eventually(lambda: trio[0].true_now_ms() > together_ms + 2500, "all is said")
    assert len({viewer.paused for viewer in trio}) == 1
    if trio[0].paused:
        assert_same_still(trio)
    else:
        watch(trio)
