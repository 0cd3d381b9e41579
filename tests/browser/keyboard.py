"""Steps of somebody who has nothing but a keyboard."""

from tests.browser.viewer import Viewer, eventually

MOST_STEPS = 60
FOCUSED = """() => {
    const {id, dataset} = document.activeElement;
    return dataset.action || dataset.testid || dataset.part || id;
}"""


def focused(viewer: Viewer) -> str:
    """What the keyboard is on: its action, test id, part or id; empty: it is lost."""
    found: str = viewer.page.evaluate(FOCUSED)
    return found


def comes_to(viewer: Viewer, name: str) -> None:
    """Something leads the keyboard there."""
    eventually(lambda: focused(viewer) == name, f"the keyboard comes to {name}")


def tab_to(viewer: Viewer, name: str, key: str = "Tab") -> None:
    """Go on by one key until the keyboard is there; nothing on the way may trap it."""
    for _ in range(MOST_STEPS):
        if focused(viewer) == name:
            return
        viewer.press(key)
    raise AssertionError(f"{name} was not reached by {key}; the keyboard is on {focused(viewer)}")


def use(viewer: Viewer, name: str, key: str = "Tab") -> None:
    """Reach a button and press it."""
    tab_to(viewer, name, key)
    viewer.press("Enter")


def to_people(viewer: Viewer) -> None:
    """The tab of people, by its own key and arrows."""
    tab_to(viewer, "tab-chat")
    viewer.press("ArrowRight")
    assert focused(viewer) == "tab-people"
