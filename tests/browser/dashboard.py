"""The dashboard as a visitor has it: opened with its clock set, read beside the true clock."""

from typing import Any

from tests.browser.viewer import Viewer

BERLIN = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}
"""A visitor's browser, as Playwright emulates it."""
SIX = (
    "Asia/Tokyo",
    "Australia/Sydney",
    "Asia/Dubai",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
)
"""The zones that everybody begins with, besides the own one."""


def visit(viewer: Viewer) -> Viewer:
    """Open it and wait until its clock is set and the others are heard of."""
    viewer.open("/clock/")
    viewer.page.wait_for_selector("html[data-clock=locked][data-phase=joined]")
    return viewer


def reading(viewer: Viewer) -> dict[str, Any]:
    """The page's own figures beside the unbent clock, read in one go."""
    found: dict[str, Any] = viewer.page.evaluate("({...readClock(), rulerMs: ruler.now()})")
    return found
