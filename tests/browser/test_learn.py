"""The course: a document first, then figures that answer to hand, ear and the own clock."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize

from sync.course import CHAPTERS
from tests.browser.axe import PHONE, assert_no_grave_findings, overflow_px
from tests.browser.conftest import Browsers, NewViewer
from tests.browser.server import Server
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

PATH = "/clock/learn/"
TABLET: ViewportSize = {"width": 768, "height": 1024}
SLIDERS = (
    # key of the figure, its slider, a key pressed on it, what the figure then says
    ("drift", "drift-ppm", "Home", "runs 100 ppm slow is 360 ms behind after an hour, 8.64 s"),
    ("asymmetry", "asymmetry-there", "End", "the true offset is 480 ms, the formula says 500 ms"),
    ("filtering", "filtering-jitter", "Home", "Nobody waits, and all three are right."),
    ("skew", "skew-ppm", "End", "Held flat, its offset is 12.0 ms wrong"),
    ("slewing", "slewing-error", "End", "80 ms ahead is beyond 50 ms: the clock steps at once"),
    ("ntp", "ntp-server", "Home", "D cannot be right"),
    ("party", "party-error", "Home", "he sees 1:15 while Ada sees 1:45"),
)


@pytest.fixture
def reader(new_viewer: NewViewer) -> Viewer:
    """Somebody who has just opened the course."""
    return new_viewer(browser=0).open(PATH)


@pytest.fixture
def still_page(server: Server, browsers: Browsers) -> Iterator[Page]:
    """The course in a browser that runs no scripts."""
    context = browsers[0].new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}{PATH}")
    yield page
    context.close()


def says(reader: Viewer, key: str) -> str:
    """The sentence under a figure, with plain spaces."""
    return str(reader.part(f"{key}-now").inner_text()).replace("\u00a0", " ")


def drawn(reader: Viewer, key: str) -> str:
    """The marks of a figure."""
    return str(reader.page.locator(f"#figure-{key} svg").inner_html())


def await_drawing(reader: Viewer, key: str, other_than: str = "") -> None:
    eventually(lambda: drawn(reader, key) not in ("", other_than), f"{key} is drawn")


def current_chapter(page: Page) -> str | None:
    return page.locator("#contents [aria-current=location]").get_attribute("href")


def top_px(page: Page, key: str) -> float:
    return float(
        page.evaluate("key => document.getElementById(key).getBoundingClientRect().top", key)
    )


def test_a_deep_link_opens_its_chapter_and_the_contents_say_where_one_is(
    new_viewer: NewViewer,
) -> None:
    reader = new_viewer(browser=0)
    reader.page.set_viewport_size({"width": 1440, "height": 900})
    reader.open(f"{PATH}#asymmetry")
    eventually(lambda: current_chapter(reader.page) == "#asymmetry", "chapter 3 is marked")
    assert abs(top_px(reader.page, "asymmetry")) < 8
    reader.page.get_by_role("link", name="Slew, don’t step").click()
    eventually(lambda: current_chapter(reader.page) == "#slewing", "chapter 6 is marked")
    assert reader.page.url.endswith("#slewing")
    assert top_px(reader.page, "contents") >= 0, "the contents stay in sight"


def test_on_a_phone_the_contents_fold_and_close_when_one_is_chosen(reader: Viewer) -> None:
    page = reader.page
    page.set_viewport_size(PHONE)
    fold = page.locator("#contents-fold")
    fold.locator("summary").press("Enter")
    fold.get_by_role("link", name="A line, not a number").click()
    eventually(lambda: fold.get_attribute("open") is None, "the contents close")
    eventually(lambda: "A line, not" in page.locator("#contents-place").inner_text(), "the place")
    bar = fold.bounding_box()
    title = page.locator("#skew-title").bounding_box()
    assert bar is not None
    assert title is not None
    assert title["y"] >= bar["y"] + bar["height"], "the title is not under the bar"


def test_every_figure_answers_to_the_keyboard_in_drawing_sentence_and_speech(
    reader: Viewer,
) -> None:
    for key, slider, stroke, words in SLIDERS:
        await_drawing(reader, key)
        before = drawn(reader, key)
        spoken = reader.page.locator(f"#{slider}").get_attribute("aria-valuetext")
        reader.page.locator(f"#{slider}").press(stroke)
        await_drawing(reader, key, other_than=before)
        assert words in says(reader, key)
        after = reader.page.locator(f"#{slider}").get_attribute("aria-valuetext")
        assert after != spoken
        assert reader.page.locator(f"output[for={slider}]").inner_text() == after


def test_the_figures_are_fed_by_the_visitor_s_own_probes(new_viewer: NewViewer) -> None:
    """The clock is bent by 9 s, so that nothing fits by accident."""
    reader = new_viewer(browser=0, clock_offset_ms=9000.0).open(PATH)
    eventually(
        lambda: re.search(r"your clock is 9\.00 s ahead of", says(reader, "timestamps")),
        "the newest exchange",
    )
    reader.page.wait_for_selector("html[data-clock=locked]")
    eventually(lambda: says(reader, "limits").startswith("Your clock here"), "the own bound")
    reader.page.get_by_role("button", name="Set it to yours").click()
    reader.page.get_by_label("your own").check()
    eventually(lambda: says(reader, "filtering").startswith("Your last "), "own probes")
    assert reader.page.locator("#filtering-jitter").is_disabled()
    reader.page.get_by_role("button", name="Ask again").click()


def test_without_scripts_the_course_is_all_there(still_page: Page) -> None:
    titles = [" ".join(words.split()) for words in still_page.locator("h2").all_inner_texts()]
    assert titles[:-1] == [
        f"{number} {chapter['title']}" for number, chapter in enumerate(CHAPTERS, start=1)
    ]
    for chapter in CHAPTERS:
        words = still_page.get_by_test_id(f"{chapter['key']}-now")
        assert words.is_visible()
        assert words.inner_text().endswith(".")
    assert not still_page.locator(".lab__controls:visible, .lab__plot:visible").count()
    assert overflow_px(still_page) <= 0


def test_each_citation_leads_to_the_reference_of_its_number(still_page: Page) -> None:
    order = re.findall(r'<li id="(ref-[\w-]+)"', still_page.content())
    cites = re.findall(r'class="cite" href="#(ref-[\w-]+)"[^>]*>\[(\d+)\]', still_page.content())
    assert len(cites) >= 8
    for target, number in cites:
        assert order[int(number) - 1] == target


def test_the_course_has_no_grave_findings(reader: Viewer) -> None:
    await_drawing(reader, "limits")
    assert_no_grave_findings(reader.page, "the course")


@pytest.mark.parametrize("text", ["100%", "200%"])
def test_nothing_runs_over_the_edge(reader: Viewer, text: str) -> None:
    reader.page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
    for size in (PHONE, TABLET):
        reader.page.set_viewport_size(size)
        reader.page.wait_for_timeout(200)
        assert overflow_px(reader.page) <= 0


def test_on_paper_only_the_text_and_the_drawings_are_left(reader: Viewer) -> None:
    await_drawing(reader, "drift")
    reader.page.emulate_media(media="print", color_scheme="dark")
    reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert reader.page.evaluate("document.documentElement.dataset.theme") == "day"
    reader.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert reader.page.evaluate("document.documentElement.dataset.theme") != "day"
    assert not reader.page.locator(
        ".lab__controls:visible, .clock-bar:visible, #contents-fold:visible"
    ).count()
    assert reader.page.locator("#figure-drift svg").is_visible()
