"""The socket lives in a Worker where that works, and the party goes on where it does not."""

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.steps import link
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

# Long tasks, as a page under load has them: 100 ms of every 110 are busy.
BUSY = """setInterval(() => {
    const until = performance.now() + 100;
    while (performance.now() < until);
}, 110)"""


def assert_together(ada: Viewer, ben: Viewer) -> None:
    """Controls go through in both directions."""
    ada.toggle()
    eventually(lambda: not ben.paused, "Ada's play reaches Ben")
    ben.toggle()
    eventually(lambda: ada.paused, "Ben's pause reaches Ada")


def test_in_production_the_socket_is_in_a_worker(new_viewer: NewViewer, room: str) -> None:
    ada = new_viewer().enter(room, "Ada")
    assert link(ada) == "worker"
    assert [worker.url.split("/")[-1].split(".")[0] for worker in ada.page.workers] == [
        "socket-worker"
    ]


def test_a_busy_page_joins_and_locks_its_clock_by_the_worker(
    new_viewer: NewViewer, room: str
) -> None:
    """What the Worker's stamps are worth then is shown in fake time (worker-socket.test.js)."""
    ada = new_viewer(clock_offset_ms=9000.0)
    ada.page.add_init_script(BUSY)
    ada.enter(room, "Ada")
    assert link(ada) == "worker"


def test_a_browser_without_workers_has_its_party(new_viewer: NewViewer, room: str) -> None:
    ada, ben = new_viewer(), new_viewer()
    ada.page.add_init_script("delete window.Worker")
    ada.enter(room, "Ada")
    ben.enter(room, "Ben")
    assert (link(ada), link(ben)) == ("window", "worker")
    assert_together(ada, ben)


@pytest.mark.parametrize("fault", ["abort", "missing", "silent"])
def test_a_worker_that_cannot_start_is_done_without(
    new_viewer: NewViewer, room: str, fault: str
) -> None:
    ada, ben = new_viewer(), new_viewer()
    if fault == "silent":  # as behind a network that swallows the script
        ada.page.add_init_script(
            "window.Worker = class extends EventTarget { postMessage() {} terminate() {} }"
        )
    else:
        ada.page.route(
            "**/socket-worker*.js",
            lambda route: route.abort() if fault == "abort" else route.fulfill(status=404),
        )
    ada.enter(room, "Ada")
    ben.enter(room, "Ben")
    assert link(ada) == "window"
    assert_together(ada, ben)
