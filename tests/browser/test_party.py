"""The seed's five manual tests by real browsers, and what else a party does."""

import json

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

HOSTILE_NAME = "<img src=x onerror=alert(1)>"


@pytest.fixture
def pair(new_viewer: NewViewer, room: str) -> tuple[Viewer, Viewer]:
    """Two people in two browsers in one room."""
    return new_viewer().enter(room, "Ada"), new_viewer().enter(room, "Ben")


def names(viewer: Viewer) -> set[str]:
    """Who is listed, without the marks behind the names."""
    return {text.strip() for text in person_names(viewer)}


def person_names(viewer: Viewer) -> list[str]:
    found: list[str] = viewer.part("member").locator("[data-part=name]").all_inner_texts()
    return found


def burst(viewer: Viewer) -> bool:
    return "🔥" in "".join(viewer.part("reaction").all_inner_texts())


def test_one_opens_several_windows_and_each_is_a_user(new_viewer: NewViewer, room: str) -> None:
    trio = [new_viewer().enter(room, name) for name in ("Ada", "Ben", "Cleo")]
    everyone = {"Ada", "Ben", "Cleo"}
    eventually(lambda: all(names(viewer) == everyone for viewer in trio), "all three everywhere")


def test_two_tabs_of_one_browser_are_two_users_of_one_person(
    new_viewer: NewViewer, room: str
) -> None:
    ada = new_viewer().enter(room, "Ada")
    again = Viewer(ada.page.context, ada.page.url.split("/rooms/")[0]).enter(room, "Ada")
    eventually(lambda: "2 tabs" in again.part("member").inner_text(), "one row, two tabs")
    assert again.part("people-count").inner_text() == "2"


def test_people_put_aside_on_a_wide_screen_are_there_on_a_narrow_one(
    new_viewer: NewViewer, room: str
) -> None:
    ada = new_viewer().enter(room, "Ada")
    ada.page.set_viewport_size({"width": 1280, "height": 800})
    ada.part("tab-people").click()
    ada.page.locator("#rail-toggle").click()
    assert not ada.part("people").is_visible()
    ada.page.set_viewport_size({"width": 360, "height": 740})
    assert ada.part("people").is_visible()
    ada.part("source-open").click(timeout=5000)
    assert ada.part("source-dialog").is_visible()


def test_play_and_pause_reach_everyone(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ada.part("play").click()
    eventually(lambda: not ben.paused and ben.position_s > 0.2, "Ben's film runs")
    click_in_passing(ben, "play")
    eventually(lambda: ada.paused, "Ada's film stands")
    assert "Ben paused" in eventually(lambda: ada.part("toast").inner_text(), "who paused is shown")


def click_in_passing(viewer: Viewer, control: str) -> None:
    """As a hand does: its movement brings back the controls, which leave a film that plays."""
    box = viewer.part(control).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    viewer.page.mouse.move(x - 9, y - 9)
    viewer.page.mouse.click(x, y)


def test_a_cursor_appears_in_place_at_the_other(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    box = ada.part("video").bounding_box()
    assert box is not None
    ada.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    ada.page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    eventually(lambda: ben.part("cursor").count() == 1, "Ada's cursor is there")
    assert ben.part("cursor").inner_text().strip() == "Ada"
    theirs = ben.part("video").bounding_box()
    assert theirs is not None

    def near() -> bool:
        cursor = ben.part("cursor").bounding_box()
        return (
            cursor is not None
            and abs((cursor["x"] - theirs["x"]) / theirs["width"] - 0.25) < 0.02
            and abs((cursor["y"] - theirs["y"]) / theirs["height"] - 0.5) < 0.03
        )

    eventually(near, "it points at the same place of the picture")
    assert ada.part("cursor").count() == 0


def test_a_reaction_bursts_at_everyone(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ada.part("react").nth(1).click()
    eventually(lambda: all(burst(viewer) for viewer in pair), "the burst is at both")
    eventually(lambda: ben.part("reaction").count() == 0, "it has risen and gone")


def test_a_hostile_name_is_only_text(new_viewer: NewViewer, room: str) -> None:
    ada = new_viewer().enter(room, "Ada")
    eve = new_viewer().open(f"/rooms/{room}/")
    eve.part("door-name").fill(HOSTILE_NAME)
    eve.part("door-join").click()
    eve.await_joined()
    eventually(lambda: HOSTILE_NAME in names(ada), "the name stands there as it was typed")
    assert ada.page.locator("img[src=x]").count() == 0


def test_the_door_remembers_who_came(new_viewer: NewViewer, room: str) -> None:
    ada = new_viewer().open(f"/rooms/{room}/")
    ada.part("door-name").fill("Ada")
    ada.part("door-join").click()
    ada.await_joined()
    ada.open(f"/rooms/{room}/")
    assert "Ada" in ada.part("door").inner_text()
    assert not ada.part("door-name").is_visible()
    ada.part("door-join").click()
    ada.await_joined()
    eventually(lambda: names(ada) == {"Ada"}, "still the same viewer, only once")


def test_an_empty_name_is_asked_for(new_viewer: NewViewer, room: str) -> None:
    ada = new_viewer().open(f"/rooms/{room}/")
    ada.part("door-name").fill("  ")
    ada.part("door-join").click()
    eventually(
        lambda: ada.page.locator("#door-error").is_visible(), "the door says what is missing"
    )
    assert ada.page.locator("html").get_attribute("data-phase") == "idle"


def test_keys_control_the_room_but_not_from_a_field(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ada.press("Space")
    eventually(lambda: not ben.paused, "the space bar plays")
    ada.press("l")
    eventually(lambda: ben.position_s > 9, "L goes forward 10 s")
    ada.press("j")
    eventually(lambda: ben.position_s < 9, "J goes back 10 s")
    eventually(lambda: not ben.paused, "and it plays on from there")
    ada.press("m")
    assert ada.page.evaluate("document.querySelector('video').muted")
    ada.part("source-open").click()
    ada.part("source-url").fill("")
    ada.part("source-url").press("k")
    assert ada.part("source-url").input_value() == "k"
    assert not ben.paused


def test_a_film_from_a_bad_address_is_refused_and_harms_nobody(
    pair: tuple[Viewer, Viewer],
) -> None:
    ada, ben = pair
    ada.toggle()
    eventually(lambda: not ben.paused, "the film runs")
    ada.part("source-open").click()
    ada.part("source-url").fill("javascript:alert(1)")
    ada.part("source-save").click()
    eventually(
        lambda: "https://" in ada.part("source-dialog").inner_text(),
        "the dialog says what it wants",
    )
    assert not ben.paused


def test_a_film_whose_length_nobody_gave_still_ends(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ada.part("source-open").click()
    ada.part("source-url").fill(f"{ada.url}/media/clockwork-30.mp4")
    ada.part("source-save").click()
    eventually(
        lambda: ben.part("time-all").inner_text() == "1:30", "the room has learned its length"
    )
    ben.seek(88)
    # While a film loads the picture says so, and keys wait for it.
    eventually(lambda: ben.ready and ben.position_s > 87.9, "Ben's film stands at 88 s")
    ben.toggle()
    eventually(lambda: not ben.paused, "Ben's film runs")
    eventually(lambda: ada.position_s > 88, "it plays")
    eventually(
        lambda: 0 < ada.position_s < 5 and not ada.paused, "this room loops: it begins again"
    )
    assert "begins again" in ada.part("toast").inner_text()


def test_the_same_tab_opened_again_closes_the_older(new_viewer: NewViewer, room: str) -> None:
    ada = new_viewer().enter(room, "Ada")
    tab = ada.page.evaluate("JSON.stringify({...sessionStorage})")
    twin = Viewer(ada.page.context, ada.page.url.split("/rooms/")[0])
    # A twin without the channel on which the pages notice each other.
    twin.page.add_init_script("delete window.BroadcastChannel")
    twin.page.add_init_script(
        f"for (const [key, value] of Object.entries({json.loads(tab)!r}))"
        " sessionStorage.setItem(key, value)"
    )
    twin.enter(room, "Ada")
    eventually(lambda: ada.part("gone").is_visible(), "the older page stands aside and says why")
    assert twin.part("member").count() == 1


def test_who_waits_for_the_film_is_named_to_the_others(new_viewer: NewViewer, room: str) -> None:
    ada, ben = new_viewer().enter(room, "Ada"), new_viewer()
    ben.page.route("**/media/*.webm", lambda _: None)  # it never comes
    ben.open(f"/rooms/{room}/?name=Ben")
    ada.toggle()
    label = ada.page.locator("#others")
    eventually(lambda: label.is_visible() and label.inner_text(), "Ada is told who waits")
    assert label.inner_text() == "Ben is buffering."
    assert not ada.paused
    ben.page.unroute_all(behavior="ignoreErrors")
    ben.page.reload()
    eventually(lambda: not label.is_visible(), "and no longer when he has it")


def test_an_unknown_room_offers_a_way_out(new_viewer: NewViewer) -> None:
    ada = new_viewer()
    response = ada.page.goto(f"{ada.url}/rooms/no-such-room/")
    assert response is not None
    assert response.status == 404
    assert ada.page.get_by_role("link", name="Start a room").count() == 1


def test_a_room_is_started_from_the_first_page_and_its_link_invites(
    new_viewer: NewViewer,
) -> None:
    ada = new_viewer().open("/")
    ada.page.locator("form input[name=title]").fill("Film club")
    ada.page.get_by_role("button", name="Start a room").click()
    ada.page.wait_for_url("**/rooms/*/")
    ada.part("door-name").fill("Ada")
    ada.part("door-join").click()
    ada.await_joined()
    slug = ada.page.url.rstrip("/").rsplit("/", 1)[-1]
    ben = new_viewer().enter(slug, "Ben")
    eventually(lambda: names(ada) == {"Ada", "Ben"}, "who has the link is in")
    assert "Film club" in ben.page.title()
