"""A crowd's pointers and reactions: painted on one canvas, where and as those of few are."""

import threading
from collections.abc import Iterator

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.server import Server
from tests.browser.test_pointers import PICTURE
from tests.browser.viewer import PATIENCE_S, Viewer, eventually
from tests.raw_sockets import RawClient

pytestmark = pytest.mark.browser

CROWD = 12
FEW = 2
COLOR = "#12c834"
AGAIN_S = 0.1
"""As often as hands move: what comes seldom is a finger that taps."""

# How many pixels of a colour there are on the canvas around a place of the window.
PAINTED = """([x, y, red, green, blue]) => {
    const canvas = document.querySelector("#sheet");
    if (canvas.hidden) return 0;
    const box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    const {data} = canvas.getContext("2d").getImageData(
        (x - box.left) * ratio, (y - box.top) * ratio, 14 * ratio, 14 * ratio);
    let found = 0;
    for (let at = 0; at < data.length; at += 4)
        found += Math.max(Math.abs(data[at] - red), Math.abs(data[at + 1] - green),
            Math.abs(data[at + 2] - blue)) < 12 && data[at + 3] > 240;
    return found;
}"""


class Members:
    """People without pages, who point in a row from left to right until they leave."""

    def __init__(self, port: int, room: str) -> None:
        self._clients = [RawClient(port) for _ in range(CROWD)]
        for number, client in enumerate(self._clients):
            client.ask(f"/ws/party/?room={room}")
            while not client.status:
                assert client.listen(PATIENCE_S), "no socket"
            client.send(
                f'{{"type":"room:join","roomId":"{room}","name":"M{number}","color":"{COLOR}"}}'
            )
            while not any('"room:joined"' in text for text in client.texts):
                assert client.listen(PATIENCE_S), f"M{number} is not in: {client.texts}"
        self._over = threading.Event()
        self._turn = threading.Lock()
        self._pointing = CROWD
        self._thread = threading.Thread(target=self._point)
        self._thread.start()

    def stay(self, count: int) -> None:
        """From now on so many point."""
        with self._turn:
            self._pointing = count
            for client in self._clients[count:]:
                client.send('{"type":"cursor:leave"}')

    def react(self) -> None:
        """Everybody once, where they point."""
        with self._turn:
            for number, client in enumerate(self._clients):
                place = f'"x":{place_of(number)[0]},"y":{place_of(number)[1]}'
                client.send(f'{{"type":"reaction:send","emoji":"🔥",{place},"videoTime":0}}')

    def leave(self) -> None:
        """Everybody goes."""
        self._over.set()
        self._thread.join()
        for client in self._clients:
            client.socket.close()

    def _point(self) -> None:
        nudge = 0.0
        while not self._over.is_set():
            nudge = 0.01 - nudge
            with self._turn:
                for client in self._clients:
                    client.take()
                for number, client in enumerate(self._clients[: self._pointing]):
                    x, y = place_of(number)
                    client.send(f'{{"type":"cursor:move","x":{x + nudge},"y":{y}}}')
            self._over.wait(AGAIN_S)


def place_of(number: int) -> tuple[float, float]:
    """Percent of the picture."""
    return 6.0 + 7 * number, 30.0


def painted(viewer: Viewer, number: int) -> int:
    """Pixels of the crowd's colour where a member points."""
    left, top, width, height = viewer.page.evaluate(PICTURE)
    x, y = place_of(number)
    at = [left + width * x / 100, top + height * y / 100]
    found: int = viewer.page.evaluate(PAINTED, [*at, *bytes.fromhex(COLOR[1:])])
    return found


@pytest.fixture
def members(server: Server, room: str) -> Iterator[Members]:
    members = Members(server.port, room)
    yield members
    members.leave()


def test_a_crowd_is_painted_where_it_points_in_its_colours_and_few_are_elements_again(
    new_viewer: NewViewer, room: str, members: Members
) -> None:
    ada = new_viewer().enter(room, "Ada")
    eventually(lambda: painted(ada, 0) > 20, "the first one's arrow")
    eventually(lambda: painted(ada, CROWD - 1) > 20, "the last one's arrow")
    assert ada.part("cursor").count() == 0, "none is an element too"
    ada.page.set_viewport_size({"width": 700, "height": 900})
    eventually(lambda: painted(ada, CROWD - 1) > 20, "in a window of another shape too")
    ada.press("p")
    eventually(lambda: not ada.part("sheet").is_visible(), "hidden by choice")
    ada.press("p")
    eventually(lambda: painted(ada, 0) > 20, "and seen again")
    members.stay(FEW)
    eventually(lambda: ada.part("cursor").count() == FEW, "few are elements")
    assert ada.part("cursor").first.inner_text().strip() == "M0"
    assert not ada.part("sheet").is_visible()


def test_reactions_of_a_crowd_are_painted_beside_those_of_few(
    new_viewer: NewViewer, room: str, members: Members
) -> None:
    ada = new_viewer().enter(room, "Ada")
    eventually(lambda: painted(ada, 0) > 20, "the crowd is there")
    members.react()
    eventually(lambda: ada.part("reaction").count() == 5, "few are elements")
    name = ada.part("reaction").first.locator("[data-part=name]")
    assert name.is_visible(), "with their names"
    ada.hears(f"🔥 {CROWD}")
