"""axe-core and the width of a page, by night and by day, wide and narrow."""

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.commands import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
GRAVE = ("serious", "critical")
ASK_AXE = """async ([theme, within]) => {
    document.documentElement.dataset.theme = theme;
    const passing = document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(passing.map((one) => one.finished));
    const {violations} = await axe.run(within, {resultTypes: ["violations"]});
    return violations.map(({id, impact, nodes}) => ({
        id, impact,
        nodes: nodes.map(({target, failureSummary}) => `${target}: ${failureSummary}`),
    }));
}"""


def assert_no_grave_findings(
    page: Page, state: str, *, within: str = "html", themes: Sequence[str] = ("night", "day")
) -> None:
    """No serious or critical finding of axe-core: wide and narrow, by night and by day.

    Of Django's admin, which is not ours, a part is looked at, in its own `themes`.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))  # not bound by the page's CSP
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for theme in themes:
            found: list[dict[str, Any]] = page.evaluate(ASK_AXE, [theme, within])
            grave = [finding for finding in found if finding["impact"] in GRAVE]
            assert not grave, f"{state}, {size['width']} px, {theme}: {grave}"
    page.set_viewport_size(DESKTOP)


def overflow_px(page: Page) -> int:
    """How far the page reaches beyond the right edge of its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
