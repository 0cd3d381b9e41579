"""Takes the README's pictures: `python -m tools.screenshots` (needs what `make test` installs)."""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from tests.browser.server import Server
from tests.browser.viewer import Viewer, eventually, launch

FOLDER = Path(__file__).parent.parent / "docs" / "img"
PEOPLE = (
    ("Ada", "Europe/London", (0.62, 0.40), 0),
    ("Kenji", "Asia/Tokyo", (0.30, 0.30), 1),
    ("Noor", "Asia/Dubai", (0.48, 0.62), 5),
)
PICTURES = {"room-night": ("dark", (1280, 760)), "room-day": ("light", (390, 780))}


def main() -> None:
    """A party of three, once at night and once by day; the clocks at night."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.manage("migrate", "--verbosity", "0")
        server.make_rooms("demo")
        server.start()
        browser = launch(playwright)
        try:
            for name, (scheme, size) in PICTURES.items():
                viewers = party(browser, server.url, scheme, size)
                viewers[0].page.screenshot(path=FOLDER / f"{name}.png")
                for viewer in viewers:
                    viewer.leave()
            clocks(browser, server.url)
        finally:
            browser.close()
            server.stop()


def party(browser: Browser, url: str, scheme: str, size: tuple[int, int]) -> list[Viewer]:
    """Three people around a film that runs; the others point and have just reacted."""
    viewers = [enter(browser, url, scheme, size, name, zone) for name, zone, _, _ in PEOPLE]
    ada = viewers[0]
    ada.page.wait_for_timeout(300)
    if ada.paused:
        ada.toggle()
        ada.seek(22)
    eventually(lambda: ada.position_s > 25, "some film has gone by", 60)
    for viewer, (_, _, (x, y), emoji) in zip(viewers[1:], PEOPLE[1:], strict=True):
        box = viewer.part("video").bounding_box()
        assert box is not None
        viewer.page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        viewer.part("react").nth(emoji).click()
        viewer.page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * (y - 0.02))
    eventually(lambda: ada.part("member").count() == len(PEOPLE), "the last party has gone")
    eventually(lambda: ada.part("cursor").count() == len(PEOPLE) - 1, "the others point")
    ada.page.mouse.move(500, 300)
    ada.page.wait_for_timeout(700)
    return viewers


def clocks(browser: Browser, url: str) -> None:
    """The dashboard, once its plot has something to show."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 760}, color_scheme="dark", timezone_id="Europe/Berlin"
    )
    page = context.new_page()
    page.goto(f"{url}/clock/")
    page.wait_for_selector("html[data-clock=locked]")
    page.wait_for_timeout(20_000)
    page.screenshot(path=FOLDER / "clock-night.png")
    context.close()


def enter(
    browser: Browser, url: str, scheme: str, size: tuple[int, int], name: str, zone: str
) -> Viewer:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id=zone,
    )
    return Viewer(context, url).enter("demo", name)


if __name__ == "__main__":
    main()
