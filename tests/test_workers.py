"""Real workers under a real supervisor, with a real Redis: what an operator may count on."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.browser.server import Server
from tests.cluster.viewer import Viewer
from tests.redis_server import RedisServer
from tests.test_scrape import figures
from watchparty.serving.control import ControlFault, ask
from watchparty.serving.server import LAST_REQUEST_S
from watchparty.serving.table import HEADINGS

pytestmark = pytest.mark.slow  # starting a dozen processes takes longer than all else

PATIENCE_S = 60.0
"""A busy machine takes its time to start Python."""

PACE_S = 0.01
"""Between two requests of a steady client."""


class Site:
    """A server with workers, and what its supervisor says of them."""

    def __init__(self, folder: Path, redis: RedisServer) -> None:
        self.socket = folder / "serve.sock"
        self.server = Server(
            folder,
            *("serve", "--workers", "3"),
            INSTANCE_ID="web",
            REDIS_URL=redis.url,
            SERVE_SOCKET=str(self.socket),
        )

    def status(self) -> dict[str, Any]:
        return ask(self.socket, {"do": "status"})

    def workers(self, state: str = "ready") -> dict[str, dict[str, Any]]:
        found = [worker for worker in self.status()["workers"] if worker["state"] == state]
        return {worker["instance"]: worker for worker in found}

    def have(self, count: int) -> dict[str, dict[str, Any]]:
        """So many workers, whatever a test before has left."""
        ask(self.socket, {"do": "scale", "to": str(count)})
        return self.settled(count)

    def settled(self, count: int) -> dict[str, dict[str, Any]]:
        """Those who serve, once so many do and nobody else is there."""

        def quiet() -> bool:
            status = self.status()
            states = [worker["state"] for worker in status["workers"]]
            return not status["reloading"] and states == ["ready"] * count

        self.eventually(quiet, f"{count} ready workers")
        return self.workers()

    async def settled_without(self, *gone: str, count: int) -> dict[str, dict[str, Any]]:
        """The same once none of these is there, while the test's own sockets live on."""
        await asyncio.to_thread(
            self.eventually, lambda: not set(gone) & set(self.workers()), f"end of {gone}"
        )
        return await asyncio.to_thread(self.settled, count)

    def eventually(self, condition: Callable[[], bool], wanted: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"no {wanted}:\n{self.server.log()}"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis: RedisServer) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"), redis)
    site.server.make_rooms("demo")
    site.server.start()
    yield site
    site.server.stop()


async def spread(site: Site, *instances: str) -> dict[str, Viewer]:
    """A viewer on each of these workers: they come until each has one, all others leave again."""
    found: dict[str, Viewer] = {}
    for number in range(200):
        viewer = await Viewer.join(site.server, f"V{number}", comes_back=False)
        instance = viewer.heard("user:self")[0]["instance"]
        if instance in instances and instance not in found:
            found[instance] = viewer
        else:
            await viewer.say("room:leave")
            await viewer.end()
        if len(found) == len(instances):
            return found
    raise AssertionError(f"nobody came to {set(instances) - set(found)}")


def is_named(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda user: bool(user["name"] == name)


class SteadyClient:
    """Asks again and again, in a thread, and notes what is not answered with 200."""

    def __init__(self, server: Server, *, fresh: bool) -> None:
        self.answers: list[str] = []
        self.faults: list[str] = []
        self._port = server.port
        self._fresh = fresh
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    @contextmanager
    def asking(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join()

    def _ask(self) -> None:
        connection = self._connection()
        answered_at_s = time.monotonic()
        while not self._over.wait(PACE_S):
            if self._fresh or time.monotonic() - answered_at_s > LAST_REQUEST_S / 2:
                connection.close()  # held up for long, when any server may have closed it
            try:
                connection.request("GET", "/api/health")
                response = connection.getresponse()
                health = json.loads(response.read())
                assert response.status == 200
                self.answers.append(health["instance"])
                answered_at_s = time.monotonic()
            except (OSError, http.client.HTTPException, ValueError, AssertionError) as fault:
                self.faults.append(repr(fault))
                connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)


async def test_three_workers_are_one_server(site: Site) -> None:
    workers = site.have(3)
    assert len({worker["pid"] for worker in workers.values()}) == 3
    viewers = await spread(site, *workers)
    ada, bo, cy = viewers.values()
    for later in (bo, cy):
        await ada.until("user:joined", is_named(later.name))
    await ada.say("video:play", ref="play")
    for other in (bo, cy):
        await other.until("video:state", lambda state: state.get("ref") == "play")
    counted = dict.fromkeys(viewers, 1)
    site.eventually(
        lambda: {name: w["connections"] for name, w in site.workers().items()} == counted,
        "one connection each",
    )
    for viewer in viewers.values():
        await viewer.end()


def test_the_status_is_a_table_and_its_socket_is_the_owners_alone(site: Site) -> None:
    site.have(3)
    heading, columns, *rows = site.server.manage("serve", "status").splitlines()
    assert (
        heading
        == f"supervisor {site.server.pid} of instance web on port {site.server.port}: 3 wanted"
    )
    assert re.split(r" {2,}", columns) == list(HEADINGS)
    assert [row.split()[1:3] for row in rows] == [[name, "ready"] for name in site.workers()]
    assert stat.S_IMODE(site.socket.stat().st_mode) == 0o600


async def test_a_scrape_tells_of_all_workers_whichever_it_meets(site: Site) -> None:
    workers = site.have(3)
    viewers = await spread(site, *workers)
    for _ in range(10):
        told = figures(site.server.url)
        assert [told[f"csw_party_connections{name}"] for name in workers] == [1, 1, 1]
        assert (told["csw_workersready"], told["csw_workers_wanted"]) == (3, 3)
        assert answering(site) == dict.fromkeys(workers, 1)
    for viewer in viewers.values():
        await viewer.end()


def test_a_worker_that_hangs_is_told_of_by_the_others(site: Site) -> None:
    hangs, other = workers = site.have(2)
    os.kill(workers[hangs]["pid"], signal.SIGSTOP)
    try:
        site.eventually(lambda: answering(site) == {hangs: 0, other: 1}, "word of who hangs")
    finally:
        os.kill(workers[hangs]["pid"], signal.SIGCONT)
    site.eventually(lambda: answering(site) == {hangs: 1, other: 1}, "word of its return")


def answering(site: Site) -> dict[str, float]:
    """Who answers the worker that a scrape meets."""
    told = figures(site.server.url).items()
    answers = "csw_worker_answers"
    return {name.removeprefix(answers): value for name, value in told if name.startswith(answers)}


async def test_a_killed_worker_is_replaced_and_the_others_do_not_notice(site: Site) -> None:
    doomed, *others = workers = site.have(3)
    viewers = await spread(site, *workers)
    lost = viewers.pop(doomed)
    os.kill(workers[doomed]["pid"], signal.SIGKILL)
    now = await site.settled_without(doomed, count=3)
    assert set(others) < set(now)
    assert [now[name]["restarts"] for name in now if name not in workers] == [1]
    assert figures(site.server.url)["csw_worker_restarts_total"] == 1
    assert len(list(site.socket.parent.glob("serve.sock.*"))) == 3
    assert re.search(rf"worker {doomed} ended by signal SIGKILL.*; the next", site.server.log())
    assert await lost.end_of_socket() == 1006
    actor, witness = viewers.values()
    await actor.say("video:play", ref="after")
    await witness.until("video:state", lambda state: state.get("ref") == "after")
    assert [viewer.close_code for viewer in viewers.values()] == [None, None]
    for viewer in viewers.values():
        await viewer.end()


def test_workers_are_scaled_and_newcomers_go_to_who_has_fewer(site: Site) -> None:
    before = site.have(3)
    with pytest.raises(ControlFault, match="There may be 1 to 256 workers, not -1"):
        ask(site.socket, {"do": "scale", "to": "-4"})
    with SteadyClient(site.server, fresh=True).asking():
        assert site.server.manage("serve", "scale", "2").startswith("2 workers wanted, 3 before.")
        assert set(site.settled(2)) < set(before)
    with ExitStack() as sockets:
        site.eventually(lambda: total(site) == 0, "end of earlier connections")
        open_sockets(sockets, site, 40)
        assert site.server.manage("serve", "scale", "+1").startswith("3 workers wanted, 2 before.")
        site.settled(3)
        site.eventually(lambda: bool(resting(site)), "worker that rests")  # one has 20 and more
        full = resting(site)
        open_sockets(sockets, site, 10)
        site.eventually(lambda: total(site) == 50, "ten more")
        assert full.items() <= counts(site).items()
    site.eventually(lambda: not resting(site), "end of all rest")


def open_sockets(sockets: ExitStack, site: Site, count: int) -> None:
    """So many more bare connections."""
    for _ in range(count):
        sockets.enter_context(socket.create_connection(("127.0.0.1", site.server.port)))


def total(site: Site) -> int:
    return sum(counts(site).values())


def counts(site: Site) -> dict[str, int]:
    return {name: worker["connections"] for name, worker in site.workers().items()}


def resting(site: Site) -> dict[str, int]:
    """Those who rest, with how many connections."""
    workers = site.workers().items()
    return {name: worker["connections"] for name, worker in workers if worker["rests"]}


async def test_a_reload_drops_no_request_and_sends_sockets_back_gently(site: Site) -> None:
    before = site.have(2)
    viewers = await spread(site, *before)
    clients = [SteadyClient(site.server, fresh=fresh) for fresh in (True, False)]
    with clients[0].asking(), clients[1].asking():
        os.kill(site.server.pid, signal.SIGHUP)
        after = await site.settled_without(*before, count=2)
        asked = [len(client.answers) for client in clients]
        await asyncio.to_thread(
            site.eventually,
            lambda: all(len(c.answers) > n for c, n in zip(clients, asked, strict=True)),
            "an answer of the new workers",
        )
    for client in clients:
        assert client.faults == []
        assert set(client.answers) & set(before)
        assert set(client.answers) & set(after)
    for viewer in viewers.values():
        draining = await viewer.until("server:draining")
        assert 200 <= draining["retryIn"] <= 4200
        assert await viewer.end_of_socket() == 1012
        await viewer.end()
    back = await Viewer.join(site.server, "Back")
    assert back.heard("user:self")[0]["instance"] in after
    await back.end()


def test_workers_end_with_a_supervisor_that_is_killed_and_the_next_one_starts(site: Site) -> None:
    pids = [worker["pid"] for worker in site.have(2).values()]
    site.server.interrupt(signal.SIGKILL)
    site.eventually(lambda: not any(is_alive(pid) for pid in pids), "end of the workers")
    assert site.socket.is_socket()  # nobody could take it away
    site.server.start()
    assert not set(pids) & {worker["pid"] for worker in site.workers().values()}


async def test_a_stop_drains_all_and_leaves_nothing_behind(site: Site) -> None:
    viewers = await spread(site, *site.have(2))
    assert await asyncio.to_thread(site.server.interrupt, signal.SIGTERM) == 0
    for viewer in viewers.values():
        await viewer.until("server:draining")
        assert await viewer.end_of_socket() == 1012
        await viewer.end()
    assert site.server.log().endswith("Stopped.\n")
    assert "Traceback" not in site.server.log()
    assert not site.socket.exists()
    with pytest.raises(ControlFault, match=f"No supervisor answers at {site.socket}"):
        site.status()


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and was not waited for does not."""
    with suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return False
