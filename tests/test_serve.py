"""The production server as a process: what it refuses, what it says, how it ends."""

import gc
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import uvicorn
from websockets import ConnectionClosed, Origin, Subprotocol
from websockets.sync.client import ClientConnection, connect

from sync.apps import sync_config
from tests.commands import PRODUCTION, ROOT, environment, manage, migrated
from tests.issued import AUDIENCE, SECRET, token
from tests.ports import port_of, reserve_port
from tests.raw_sockets import RawClient
from watchparty.serving.control import ControlFault, ControlSocket
from watchparty.serving.cores import usable_cores
from watchparty.serving.server import GC_THRESHOLDS, Server, tune_gc

GREETING = re.compile(r"Clock Synchronization World is on (http://localhost:\d+) \(instance ")


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server with a database of its own, and its address once it says so."""
    database = folder / "db.sqlite3"
    database.write_bytes(migrated())
    place = reserve_port()
    addresses = {"PORT": str(port_of(place)), "DATABASE_URL": f"sqlite:///{database}"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment(**addresses, **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        greeting = GREETING.match(process.stdout.readline())
        assert greeting, process.communicate(timeout=10)[1]
        yield process, greeting[1]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)
        place.close()


def test_a_taken_port_is_told_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = manage("serve", PORT=str(port))
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}: Address already in use." in done.stderr
    assert f"PORT={port + 1}" in done.stderr


def test_an_unsafe_server_refuses_to_start():
    done = manage("serve", **{**PRODUCTION, "SECRET_KEY": "short"})
    assert done.returncode == 1
    assert "SECRET_KEY is too short or known." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--workers", "2"],
            "2 workers need REDIS_URL: without Redis each would keep rooms of its",
        ),
        (["--workers", "0"], "--workers may be 1 to 256, not 0."),
        (["status"], "No supervisor answers at "),
        (["scale", "-1"], "No supervisor answers at "),
    ],
)
def test_what_needs_several_workers_is_refused_without_them(tmp_path, arguments, sentence):
    done = manage("serve", *arguments, PORT="1", SERVE_SOCKET=str(tmp_path / "none.sock"))
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_workers_that_refuse_to_start_are_told_once_and_end_the_server(tmp_path):
    """Static files are looked for by whoever serves, and nobody has collected them."""
    place = reserve_port()
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "TESTS_STATIC_ROOT": str(tmp_path / "static"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SERVE_SOCKET": str(tmp_path / "serve.sock"),
        "PORT": str(port_of(place)),
    }
    done = manage("serve", "--workers", "3", **PRODUCTION, **settings)
    place.close()
    assert done.returncode == 1
    assert done.stderr.count("Static files are not collected.") == 1
    assert done.stderr.endswith("CommandError: The server could not start; see above.\n")
    assert not (tmp_path / "serve.sock").exists()


def test_the_control_socket_takes_the_place_of_a_dead_one_and_of_no_other(tmp_path):
    path = tmp_path / "serve.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
        dead.listen()
    first = ControlSocket(path)
    with pytest.raises(ControlFault, match=f"Cannot listen at {path}: Address already in use."):
        ControlSocket(path)
    first.close()
    assert not path.exists()
    path.write_text("not a socket, and somebody's", encoding="ascii")
    with pytest.raises(ControlFault):
        ControlSocket(path)
    assert path.read_text(encoding="ascii")


@pytest.mark.parametrize(("quota", "cores"), [("150000 100000", 2), ("10000 100000", 1)])
def test_a_container_has_as_many_cores_as_it_may_use(tmp_path, quota, cores):
    machine = usable_cores(tmp_path / "no such file")
    file = tmp_path / "cpu.max"
    file.write_text("max 100000", encoding="ascii")
    assert usable_cores(file) == machine >= 1
    file.write_text(quota, encoding="ascii")
    assert usable_cores(file) == min(cores, machine)


def test_an_open_connection_is_answered_and_then_closed_while_the_server_drains(tmp_path):
    with serving(tmp_path) as (process, address):
        port = int(address.rpartition(":")[2])
        stuck = RawClient(port)  # reads nothing, so that the drain takes its time
        stuck.ask()
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        statuses = []
        while True:
            asking.request("GET", "/api/ready")
            answer = asking.getresponse()
            answer.read()
            statuses.append(answer.status)
            if answer.will_close:
                break
            if len(statuses) == 1:
                process.terminate()
        stuck.socket.close()
        process.communicate(timeout=20)
    assert statuses[0] == 200
    assert statuses[-1] == 503
    assert process.returncode == 0


def test_a_token_signs_in_over_a_real_connection_and_appears_nowhere(tmp_path):
    settings = {"WS_AUTH": "required", "JWT_KEY": SECRET, "JWT_AUDIENCE": AUDIENCE}
    good, bad = token(), token(aud="elsewhere")
    with serving(tmp_path, LOG_LEVEL="DEBUG", **settings) as (process, address):

        def knock(text: str) -> ClientConnection:
            offered = [Subprotocol("csw.v1"), Subprotocol(f"bearer.{text}")]
            url = address.replace("http", "ws") + "/ws/party/"
            return connect(url, origin=Origin(address), subprotocols=offered)

        with knock(good) as ada:
            assert ada.subprotocol == "csw.v1"
            ada.send('{"type":"room:join","roomId":"clock","name":"A"}')
            assert json.loads(ada.recv(timeout=10))["name"] == "Ada Lovelace"
        with knock(bad) as mallory:
            assert json.loads(mallory.recv(timeout=10))["code"] == "unauthorised"
            with pytest.raises(ConnectionClosed) as closed:
                mallory.recv(timeout=10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
        process.terminate()
        told = "".join(process.communicate(timeout=20))
    assert "refused a token: InvalidAudienceError" in told
    assert all(text.split(".")[2] not in told for text in (good, bad))


def test_collections_are_rare_and_spare_what_was_loaded():
    before = gc.get_threshold()
    try:
        tune_gc()
        assert gc.get_threshold() == GC_THRESHOLDS
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_the_first_signal_ends_readiness_and_the_second_ends_patience(monkeypatch):
    monkeypatch.setattr(sync_config(), "draining", False)
    server = Server(uvicorn.Config("nowhere:app"), on_ready=lambda: None)
    server.handle_exit(signal.SIGTERM, None)
    assert (server.should_exit, server.force_exit, sync_config().draining) == (True, False, True)
    server.handle_exit(signal.SIGTERM, None)
    assert server.force_exit


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_pages_and_parts_of_films_and_ends_cleanly(tmp_path, stop):
    with serving(tmp_path) as (process, address):
        with urlopen(f"{address}/api/health", timeout=10) as health:
            assert health.status == 200
        film = Request(f"{address}/media/clockwork-30.webm", headers={"Range": "bytes=10-19"})
        with urlopen(film, timeout=10) as part:
            assert (part.status, len(part.read())) == (206, 10)
        process.send_signal(stop)
        out, err = process.communicate(timeout=15)
    assert process.returncode == 0
    assert out == "Stopped.\n"
    assert err == ""
