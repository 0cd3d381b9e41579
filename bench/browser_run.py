"""A real Chromium whose clocks are wrong, and the clock's page read in it beside the true clock."""

import json
import time
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import CDPSession, Page, Playwright, Route

from bench.accuracy import Law, Reading, Watched
from bench.host_clock import Pair, compare_clocks, monotonic_ms
from bench.probe_client import Probe
from tests.browser.viewer import ARGUMENTS, CHROMIUM

HERE: Final = Path(__file__).parent
BENT: Final = (HERE / "bent.js").read_text(encoding="utf-8").rstrip().rstrip(";")
CLOCK_READING: Final = (HERE / "clock_reading.js").read_text(encoding="utf-8")
WORKER_SCRIPT: Final = "**/socket-worker*.js"
NOW: Final = "performance.timeOrigin + performance.now()"
WORKER_APART_MAX_MS: Final = 2000.0
"""Between two questions on a busy machine; clocks are bent by far more."""
START_MS: Final = 20_000
SECOND_MS: Final = 1000.0


def bending_script(law: Law, step_after_s: float) -> str:
    """What goes before every script; the law's step comes so long after now."""
    now_ms = time.time() * SECOND_MS
    numbers = {
        "anchorMs": now_ms,
        "offsetMs": law.offset_ms,
        "ppm": law.ppm,
        "stepAtMs": now_ms + step_after_s * SECOND_MS,
        "stepMs": law.step_ms,
    }
    return f"{BENT}({json.dumps(numbers)});\n"


class BentBrowser:
    """A browser of its own with one page, bent in the window and in the Worker.

    `reading` goes behind what bends the window: it reads the page beside the true clock.
    """

    def __init__(
        self,
        playwright: Playwright,
        law: Law,
        reading: str,
        *,
        step_after_s: float = 0.0,
        bend_worker: bool = True,
    ) -> None:
        self._browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        self.page: Page = self._browser.new_page(viewport={"width": 960, "height": 700})
        # A script that was not fetched by Chromium itself has no address; its Worker counts as a
        # stranger from the Internet, who may not open sockets to this machine unless allowed to.
        self.page.context.grant_permissions(["local-network-access"])
        self.step_at_ms = monotonic_ms() + step_after_s * SECOND_MS
        self._script = bending_script(law, step_after_s)
        self.page.add_init_script(self._script + reading)
        if bend_worker:
            self.page.route(WORKER_SCRIPT, self._bend)
        self.debugger: CDPSession = self.page.context.new_cdp_session(self.page)

    def go(self, url: str) -> None:
        """Open a page; `origin_ms` is the zero of its performance.now() on CLOCK_MONOTONIC."""
        self.debugger.send("Performance.enable", {"timeDomain": "timeTicks"})
        self.page.goto(url, timeout=START_MS)
        told = self.debugger.send("Performance.getMetrics")["metrics"]
        began_s: float = next(m["value"] for m in told if m["name"] == "NavigationStart")
        self.origin_ms = began_s * SECOND_MS

    def check_worker(self) -> None:
        """A Worker on the true clock would be taken for one more oscillator, and go unnoticed."""
        self.page.wait_for_selector("html[data-link=worker]")
        told = [float(context.evaluate(NOW)) for context in (self.page, self.page.workers[0])]
        if abs(told[0] - told[1]) > WORKER_APART_MAX_MS:
            raise RuntimeError(f"the Worker is not bent as its window is: {told}")

    def close(self) -> None:
        """End the browser."""
        self._browser.close()

    def _bend(self, route: Route) -> None:
        """Init scripts do not reach Workers: the same law goes before the Worker's own script."""
        response = route.fetch()
        route.fulfill(response=response, body=self._script + response.text())


class BentPage(BentBrowser):
    """The page of the clock in such a browser."""

    def __init__(
        self, playwright: Playwright, law: Law, step_after_s: float, *, bend_worker: bool = True
    ) -> None:
        super().__init__(
            playwright, law, CLOCK_READING, step_after_s=step_after_s, bend_worker=bend_worker
        )
        self._pairs: list[Pair] = [compare_clocks()]

    def open(self, url: str) -> None:
        """Go to the clock's page."""
        self.go(f"{url}/clock/party/")
        self.page.wait_for_function("globalThis.readClock !== undefined", timeout=START_MS)
        self.check_worker()

    def watch(self, seconds: float) -> None:
        """Let time pass, then compare the kernel's clocks."""
        self.page.wait_for_timeout(seconds * SECOND_MS)
        self._pairs.append(compare_clocks())

    def take(self) -> Watched:
        """Every reading so far."""
        told: dict[str, Any] = self.page.evaluate("ruler.take()")
        self._pairs.append(compare_clocks())
        return Watched(
            [Reading(self.origin_ms + at, *rest) for at, *rest in told["readings"]],
            self.origin_ms + told["openedMs"][0],
            self.step_at_ms,
            list(self._pairs),
        )

    def refer(self, count: int) -> list[Probe]:
        """Probes of a socket in the window, on its true clock and straight to the server."""
        told: list[list[float]] = self.page.evaluate(
            "count => ruler.refer(`ws://${location.host}/ws/sync/`, count)", count
        )
        self._pairs.append(compare_clocks())
        return [Probe(self.origin_ms + t1, t2, t3, self.origin_ms + t4) for t1, t2, t3, t4 in told]
