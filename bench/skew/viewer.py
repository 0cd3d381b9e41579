"""One viewer of a measured room: a bent Chromium whose page is steered by a given law."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Playwright, Route

from bench.accuracy import Law as Bend
from bench.browser_run import START_MS, BentBrowser
from bench.server import ROOT
from bench.skew.networks import Configuration
from bench.skew.records import Seen

HERE: Final = Path(__file__).parent
EYE: Final = (HERE / "eye.js").read_text(encoding="utf-8")
OURS: Final = "ours"
LAWS: Final = (OURS, "original", "jellyfin")
FOLLOWER: Final = "**/playback/follower*.js"
ROOM_PAGE: Final = "**/pages/room.*js"
MODULES: Final = "**/bench/skew/laws/*.js"
JAVASCRIPT: Final = "text/javascript"
LEND: Final = "\nglobalThis.party = party;\n"
"""Behind the room's own module: the page itself lends its party to nobody."""


class SkewViewer(BentBrowser):
    """A viewer, and what was seen of it."""

    def __init__(self, playwright: Playwright, bend: Bend, law: str) -> None:
        super().__init__(playwright, bend, EYE)
        self._law = law
        self._modules: list[str] = []
        self.page.route(ROOM_PAGE, _lend)
        if law != OURS:
            # Only the law's own module is another one; the rest of the page is as it ships.
            self.page.route(FOLLOWER, self._replace)
            self.page.route(MODULES, self._serve)

    def enter(self, url: str, name: str) -> None:
        """Join a room; returns at once, before the page has its clock."""
        self.go(f"{url}?name={name}")
        self.page.wait_for_selector("html[data-phase=joined]", timeout=START_MS)
        if self._law != OURS and not any(self._law in name for name in self._modules):
            raise RuntimeError(f"the page did not load the law {self._law}, but ours")

    def handicap(self, configuration: Configuration) -> None:
        """What makes it hard for this viewer to follow."""
        if configuration.refuses_rates:
            self.page.evaluate("eye.refuseRates()")
        if configuration.slowdown > 1:
            self.debugger.send("Emulation.setCPUThrottlingRate", {"rate": configuration.slowdown})

    def await_ready(self) -> None:
        """The clock knows the time, and the film could play."""
        self.check_worker()
        self.page.wait_for_selector("html[data-sync=synced]", timeout=START_MS)
        self.page.wait_for_function(
            "document.querySelector('video').readyState >= 3", timeout=START_MS
        )

    def say(self, control: str, *arguments: object) -> float:
        """Let this viewer control the party; when, in CLOCK_MONOTONIC ms."""
        at_ms: float = self.page.evaluate(
            "([control, given]) => { party[control](...given); return eye.now(); }",
            [control, list(arguments)],
        )
        return self.origin_ms + at_ms

    def disturb(self, by_s: float) -> float:
        """Move the film without the player's knowledge; when, in CLOCK_MONOTONIC ms."""
        at_ms: float = self.page.evaluate("by => eye.disturb(by)", by_s)
        return self.origin_ms + at_ms

    def still(self) -> int | None:
        """The index in the picture that stands there."""
        index: int | None = self.page.evaluate("eye.still()")
        return index

    def take(self, still: int | None) -> Seen:
        """Everything that was seen, on CLOCK_MONOTONIC."""
        told: dict[str, Any] = self.page.evaluate("eye.take()")
        at = {
            name: [(round(self.origin_ms + at_ms, 3), *rest) for at_ms, *rest in told[name]]
            for name in ("positions", "frames", "seeks", "rates", "counts")
        }
        return Seen(**at, joined_ms=self.origin_ms + told["joinedMs"], still=still)

    def _replace(self, route: Route) -> None:
        body = f'export {{ Follower }} from "/bench/skew/laws/{self._law}.js";\n'
        route.fulfill(body=body, content_type=JAVASCRIPT)

    def _serve(self, route: Route) -> None:
        """The address of a law's module is its place in the project, so that its imports hold."""
        path = route.request.url.partition("/bench/")[2]
        self._modules.append(path)
        route.fulfill(path=ROOT / "bench" / path, content_type=JAVASCRIPT)


def _lend(route: Route) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=response.text() + LEND)
