"""The chapters of the page Learn, in their order; a key is its address, its file and its figure."""

from typing import Final, TypedDict


class Chapter(TypedDict):
    """One screen of the course."""

    key: str
    title: str
    template: str


def chapter(key: str, title: str) -> Chapter:
    """A chapter, whose text lies in templates/sync/learn/."""
    return {"key": key, "title": title, "template": f"sync/learn/_{key}.html"}


CHAPTERS: Final = (
    chapter("drift", "Why clocks drift"),
    chapter("timestamps", "Four timestamps"),
    chapter("asymmetry", "What two ways hide"),
    chapter("filtering", "Trust the quick ones"),
    chapter("skew", "A line, not a number"),
    chapter("slewing", "Slew, don’t step"),
    chapter("ntp", "NTP, a tree of clocks"),
    chapter("party", "Why a watch party needs it"),
    chapter("limits", "What we cannot know"),
)
"""Deep links (/clock/learn/#asymmetry) are made of these keys: they stay."""
