"""One viewer: a Chromium of its own, its page, and the frame index read from its picture."""

import os
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route
from playwright.sync_api import TimeoutError as Timeout

T = TypeVar("T")

CHROMIUM = os.environ.get("TESTS_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # A script that a test has changed comes from nowhere, and so might not talk to this machine.
    # And what drops down from the address bar: two pages of Chromium's own in each window, though
    # nobody sees them, which cost more processor than a room, beside films that are measured.
    "--disable-features=LocalNetworkAccessChecks,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]
RULER = (Path(__file__).parent / "ruler.js").read_text(encoding="utf-8")
SAID = """
globalThis.said = [];
addEventListener("DOMContentLoaded", () => {
    const region = document.querySelector("[data-testid=announcer]");
    if (!region) return;
    const changes = {childList: true, characterData: true, subtree: true};
    new MutationObserver(() => said.push(region.textContent)).observe(region, changes);
});
"""
"""Keeps what a screen reader was given: on the page each sentence stands for a moment only."""
HEARD = """words => {
    const found = said.findIndex((sentence) => sentence.includes(words));
    if (found >= 0) said.splice(0, found);
    return found >= 0;
}"""
INDEX_RATE = 60
WINDOW_MS = 300.0
# A page is told the instants at which its pictures are shown to 0.1 ms.
TOLD_DIGITS = 1
PATIENCE_S = 15.0


def launch(playwright: Playwright) -> Browser:
    """A browser process of its own, as Debian ships it."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


def eventually(probe: Callable[[], T], wanted: str, patience_s: float = PATIENCE_S) -> T:
    """The first truthy result of a probe; fails saying what was wanted and what was seen last."""
    deadline = time.monotonic() + patience_s
    while not (seen := probe()):
        assert time.monotonic() < deadline, f"not within {patience_s:g} s: {wanted}; saw {seen!r}"
        time.sleep(0.05)
    return seen


def prepend(route: Route, script: str) -> None:
    """Let a Worker run something first: init scripts do not reach it."""
    response = route.fetch()
    route.fulfill(response=response, body=f"{script}\n{response.text()}")


class Viewer:
    """A person at a browser."""

    def __init__(
        self,
        context: BrowserContext,
        url: str,
        clock_offset_ms: float = 0.0,
        clock_skew_ppm: float = 0.0,
    ) -> None:
        self.page: Page = context.new_page()
        bend = f"globalThis.ruler.bendClocks({clock_offset_ms}, {clock_skew_ppm});"
        self.page.add_init_script(RULER)
        self.page.add_init_script(SAID)
        self.page.add_init_script(bend)
        if clock_skew_ppm:  # a drifting clock is not told by one of two threads alone
            self.page.route("**/socket-worker*.js", lambda route: prepend(route, RULER + bend))
        self._origin_errors_ms: dict[float, float] = {}
        self.faults: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.url = url

    def open(self, path: str) -> "Viewer":
        """Go to a page of the site."""
        self.page.goto(f"{self.url}{path}")
        return self

    def enter(self, room: str, name: str) -> "Viewer":
        """Join a room under a name, and wait until playback is followed with a locked clock."""
        self.open(f"/rooms/{room}/?name={name}")
        self.await_joined()
        return self

    def await_joined(self) -> None:
        """Wait until the room's snapshot is there and the film can be shown."""
        try:
            self.page.wait_for_selector("html[data-phase=joined][data-sync=synced]")
        except Timeout as timeout:
            raise AssertionError(f"not joined and synced: {self.tells()}") from timeout
        eventually(
            lambda: self.page.evaluate("document.querySelector('video').readyState >= 2"),
            "the film can be shown",
        )

    def leave(self) -> None:
        """Close the page, and all that its context remembers."""
        self.page.context.close()

    def part(self, name: str) -> Any:
        """A part of the page by its test id."""
        return self.page.get_by_test_id(name)

    def press(self, key: str) -> None:
        """Press a key outside any field."""
        self.page.keyboard.press(key)

    def toggle(self) -> None:
        """Play or pause."""
        self.press("k")

    def seek(self, position_s: float) -> None:
        """Drag the seek bar to a position."""
        self.part("seek").evaluate(
            """(bar, position) => {
                bar.value = String(position);
                bar.dispatchEvent(new Event("input", {bubbles: true}));
                bar.dispatchEvent(new Event("change", {bubbles: true}));
            }""",
            position_s,
        )

    def set_rate(self, rate: float) -> None:
        """Choose a rate from the menu."""
        self.part("rate").select_option(str(rate))

    def hears(self, words: str) -> None:
        """A screen reader says it, or has said it since what was last asked for."""
        eventually(lambda: self.page.evaluate(HEARD, words), f"it is said: {words}")

    @property
    def paused(self) -> bool:
        """Whether the element stands."""
        return bool(self.page.evaluate("document.querySelector('video').paused"))

    @property
    def ready(self) -> bool:
        """Whether the film could play at once, and nothing stands over it."""
        can_play = self.page.evaluate(
            "(video => video.readyState >= 3 && !video.seeking)(document.querySelector('video'))"
        )
        return bool(can_play) and not self.part("film-state").is_visible()

    @property
    def position_s(self) -> float:
        """What the element says."""
        return float(self.page.evaluate("document.querySelector('video').currentTime"))

    def still_index(self) -> int | None:
        """The index in the picture that stands there."""
        index: int | None = self.page.evaluate("window.ruler.still()")
        return index

    def start_ruler(self) -> None:
        """Read the index of each frame from now on."""
        self.page.evaluate("window.ruler.start()")

    def true_now_ms(self) -> float:
        """This browser's unbent clock; all browsers of the machine share it."""
        return float(self.page.evaluate("window.ruler.now()"))

    def origin_error_ms(self) -> float:
        """How far off the origin of its instants is that the page is told: to 0.1 ms, as all are.

        Counted from the machine's steady clock, which DevTools tell to the microsecond: only the
        difference between two pages says anything.
        """
        origin_ms: float = self.page.evaluate("window.ruler.originMs")
        if origin_ms not in self._origin_errors_ms:
            session = self.page.context.new_cdp_session(self.page)
            session.send("Performance.enable")
            metrics = session.send("Performance.getMetrics")["metrics"]
            session.detach()
            found = {metric["name"]: metric["value"] for metric in metrics}
            self._origin_errors_ms[origin_ms] = origin_ms - found["NavigationStart"] * 1000
        return self._origin_errors_ms[origin_ms]

    def tells(self) -> str:
        """What the page itself says of its playback: state and drift."""
        told: str = self.page.evaluate(
            """() => {
                const { phase, sync, driftMs } = document.documentElement.dataset;
                const { playbackRate, currentTime, readyState } = document.querySelector("video");
                return `${phase} ${sync} drift ${driftMs} ms, rate ${playbackRate}, `
                    + `at ${currentTime.toFixed(3)} s, ready ${readyState}`;
            }"""
        )
        return told

    def readings(self) -> list[tuple[float, float]]:
        """(true instant in ms, film position in s) of each frame read so far."""
        return [
            (at_ms, index / INDEX_RATE)
            for at_ms, _, index in self.page.evaluate("window.ruler.take()")
            if index is not None
        ]


class Skew:
    """How far apart viewers were, by their pictures, over a stretch of true time."""

    def __init__(self, viewers: list[Viewer], rate: float = 1.0) -> None:
        self._viewers = viewers
        base_ms = viewers[0].origin_error_ms()
        self._readings = [
            [(at_ms - error_ms, position_s) for at_ms, position_s in viewer.readings()]
            for viewer in viewers
            for error_ms in [viewer.origin_error_ms() - base_ms]
        ]
        self._rate = rate

    def at(self, at_ms: float) -> float | None:
        """Largest difference in ms around an instant; None while somebody showed no frame."""
        places = [self._place(readings, at_ms) for readings in self._readings]
        if any(place is None for place in places):
            return None
        known = [place for place in places if place is not None]
        return round((max(known) - min(known)) * 1000, TOLD_DIGITS)

    def settled_after(self, since_ms: float, until_ms: float, within_ms: float) -> float | None:
        """Seconds after `since_ms` from which on the skew stayed within a bound; None: never."""
        steps = range(int((until_ms - since_ms) // 100) + 1)
        skews = [(step * 0.1, self.at(since_ms + step * 100)) for step in steps]
        settled: float | None = None
        for after_s, skew in skews:
            if skew is None or skew > within_ms:
                settled = None
            elif settled is None:
                settled = after_s
        return settled

    def series(self, since_ms: float, until_ms: float) -> str:
        """For the message of a failed test: skew by time, then what each viewer showed."""
        steps = range(int((until_ms - since_ms) // 200) + 1)
        values = [(step * 0.2, self.at(since_ms + step * 200)) for step in steps]
        skews = " ".join(f"{s:.1f}s:{'-' if v is None else round(v, 1)}" for s, v in values)
        middle_ms = (since_ms + until_ms) / 2
        return "\n".join(
            [skews, *(self._account(index, middle_ms) for index in range(len(self._viewers)))]
        )

    def _account(self, index: int, at_ms: float) -> str:
        readings = self._readings[index]
        place = self._place(readings, at_ms)
        shown = "no picture" if place is None else f"showed {place:.3f} s"
        slowest_ms = max(gaps_ms(readings), default=0.0)
        return f"{shown}, longest gap {slowest_ms:.0f} ms; says: {self._viewers[index].tells()}"

    def _place(self, readings: list[tuple[float, float]], at_ms: float) -> float | None:
        """Where this viewer's film was at an instant, from the frames shown around it."""
        near = [
            position_s - self._rate * (shown_ms - at_ms) / 1000
            for shown_ms, position_s in readings
            if abs(shown_ms - at_ms) <= WINDOW_MS / 2
        ]
        return median(near) if len(near) >= 3 else None


def gaps_ms(readings: list[tuple[float, float]]) -> list[float]:
    """Time between neighbouring frames, to tell whether the machine kept up."""
    return [later[0] - earlier[0] for earlier, later in pairwise(readings)]
