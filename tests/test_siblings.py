"""Workers of one supervisor ask each other, over real unix sockets."""

import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from watchparty.serving.control import ControlSocket
from watchparty.serving.siblings import Family, Siblings, place_of

SOON_S = 0.2


class Home:
    """A supervisor's socket, and what its status lists."""

    def __init__(self, folder: Path) -> None:
        self.control = folder / "serve.sock"
        self.workers: list[dict[str, Any]] = []
        self.place = ControlSocket(self.control)
        self.family: list[Siblings] = []

    async def open(self) -> None:
        self.server = await self.place.serve(lambda _: {"workers": self.workers})

    def member(self, serial: int, patience_s: float = 30.0) -> Siblings:
        self.workers.append({"instance": f"web-{serial}", "serial": serial, "state": "ready"})
        self.family.append(Siblings(self.control, serial, patience_s=patience_s))
        return self.family[-1]

    async def answering(self, serial: int) -> Siblings:
        """A worker that tells its number and repeats what it was asked."""
        one = self.member(serial)
        await one.serve(lambda question: f"{serial} hears\n{question}".encode())
        return one

    def close(self) -> None:
        for one in self.family:
            one.close()
        self.server.close()
        self.place.close()


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    home = Home(tmp_path)
    await home.open()
    yield home
    home.close()


async def test_each_asks_all_others_and_not_itself(home: Home) -> None:
    family = [await home.answering(serial) for serial in (1, 2, 5)]
    told = await family[1].ask("text/plain; a=ü")
    assert told.answers == {
        "web-1": "1 hears\ntext/plain; a=ü".encode(),
        "web-5": "5 hears\ntext/plain; a=ü".encode(),
    }
    assert told.status == {"workers": home.workers}


async def test_a_seat_without_a_worker_is_asked_nothing(home: Home) -> None:
    one = await home.answering(1)
    home.workers.append({"state": "waiting", "againInS": 3.0, "restarts": 1})
    assert (await one.ask("")).answers == {}


async def test_who_is_not_there_or_hangs_is_named_and_holds_nobody_up(home: Home) -> None:
    asks = home.member(1, patience_s=SOON_S)
    home.member(2)  # still starting
    await home.answering(3)
    home.member(4)
    with socket.socket(socket.AF_UNIX) as hangs:
        hangs.bind(str(place_of(home.control, 4)))
        hangs.listen()  # takes what comes, and never answers
        told = await asks.ask("?")
    assert told.answers == {"web-2": None, "web-3": b"3 hears\n?", "web-4": None}


async def test_without_a_supervisor_nobody_is_known(home: Home) -> None:
    one = await home.answering(1)
    await home.answering(2)
    home.server.close()
    home.place.close()
    assert await one.ask("?") == Family()


async def test_a_supervisor_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    control = tmp_path / "serve.sock"
    with socket.socket(socket.AF_UNIX) as hangs:
        hangs.bind(str(control))
        hangs.listen()
        assert await Siblings(control, 1, patience_s=SOON_S).ask("?") == Family()


async def test_the_socket_is_the_owners_alone_and_goes_with_its_worker(home: Home) -> None:
    one = await home.answering(1)
    place = place_of(home.control, 1)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    one.close()
    assert not place.exists()


async def test_the_place_of_a_worker_before_is_taken_and_not_lost_again(home: Home) -> None:
    old = await home.answering(1)  # of a supervisor that was killed: it drains
    home.workers.clear()
    await home.answering(1)
    old.close()
    asks = home.member(2)
    assert (await asks.ask("?")).answers == {"web-1": b"1 hears\n?"}


async def test_where_no_socket_can_be_the_worker_serves_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = Siblings(tmp_path / "missing" / "serve.sock", 1)
    await one.serve(lambda _: b"")
    one.close()
    assert "figures will lack ours" in caplog.text
