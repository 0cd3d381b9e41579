"""nginx before three servers: whom it believes, how much it bears, whom it drops."""

import asyncio
import json
import re
import socket
import time
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.cluster.cluster import Cluster
from tests.cluster.shared import SOCKETS_OPEN, NewNginx
from tests.commands import ROOT
from tests.deploy.asking import ask
from tests.deploy.nginx import Nginx

pytestmark = [pytest.mark.slow, pytest.mark.beside]

FILM = ROOT / "static" / "media" / "clockwork-30.mp4"
PATIENCE_S = 8
SMALL_BUFFERS = "sndbuf=32k"
"""The kernel alone would take a whole small film for a reader who takes nothing."""


def socket_to(nginx: Nginx, source: str = "127.0.0.1", **how: object) -> connect:
    url = nginx.url.replace("http", "ws")
    asked = {"local_addr": (source, 0), "ping_interval": None, **how}
    return connect(f"{url}/ws/party/?room=demo", **asked)  # type: ignore[arg-type]


async def answer_to(client: ClientConnection) -> dict[str, object]:
    """What the server says to a newcomer who joins."""
    await client.send('{"type":"room:join","roomId":"demo","name":"Ada"}')
    return dict(json.loads(await client.recv()))


# --- Whom it believes ------------------------------------------------------------------------


async def test_an_address_cannot_pose_as_others_to_have_more_sockets(in_front: NewNginx) -> None:
    nginx = in_front()
    async with AsyncExitStack() as stack:
        for number in range(SOCKETS_OPEN + 1):
            forged = {
                "X-Forwarded-For": f"203.0.113.{number}",
                "X-Real-IP": f"203.0.113.{number}",
                "Forwarded": f"for=203.0.113.{number}",
            }
            last = await stack.enter_async_context(socket_to(nginx, additional_headers=forged))
        assert json.loads(await last.recv()) == {
            "type": "error:ratelimit",
            "action": "connect",
            "retryIn": pytest.approx(30_000, abs=5_000),
        }
        # It is one address that is full, not the way through nginx.
        other = await stack.enter_async_context(socket_to(nginx, "127.0.0.2"))
        assert (await answer_to(other))["type"] == "user:self"


async def test_a_socket_comes_from_the_page_that_the_browser_sees(in_front: NewNginx) -> None:
    nginx = in_front()
    with pytest.raises(InvalidStatus, match="403"):
        await socket_to(nginx, origin=Origin("https://elsewhere.example.org"))
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example.org"}
    offered = [Subprotocol("csw.v1"), Subprotocol("other")]
    page = Origin(nginx.url)
    async with socket_to(
        nginx, origin=page, additional_headers=forged, subprotocols=offered
    ) as client:
        assert client.subprotocol == "csw.v1"
        assert (await answer_to(client))["type"] == "user:self"


async def test_a_proxy_in_front_is_believed_when_it_is_named(in_front: NewNginx) -> None:
    nginx = in_front(CSW_OUTER="set_real_ip_from 127.0.0.1;")
    named = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Forwarded-Proto": "https"}
    secure = Origin(nginx.url.replace("http", "https"))
    async with socket_to(nginx, origin=secure, additional_headers=named) as client:
        assert (await answer_to(client))["type"] == "user:self"
    with pytest.raises(InvalidStatus, match="403"):
        await socket_to(nginx, "127.0.0.2", origin=secure, additional_headers=named)
    seen = [line["address"] for line in nginx.answered("/ws/party/", 2)]
    assert sorted(seen) == ["127.0.0.2", "203.0.113.9"]


# --- How much it bears -----------------------------------------------------------------------


async def test_one_address_has_so_many_connections_and_no_more(in_front: NewNginx) -> None:
    nginx = in_front(edits={"limit_conn csw_address 300;": "limit_conn csw_address 2;"})
    async with socket_to(nginx), socket_to(nginx):
        with pytest.raises(InvalidStatus, match="429"):
            await socket_to(nginx)
        assert ask(nginx.url, "/api/time").status == 429
        assert ask(nginx.url, "/api/time", source="127.0.0.2").status == 200
        async with socket_to(nginx, "127.0.0.2"):
            pass


# --- What it keeps to the inside --------------------------------------------------------------


def test_figures_are_not_for_who_comes_by_nginx(in_front: NewNginx, servers: Cluster) -> None:
    nginx = in_front()
    for path in ("/metrics", "//metrics", "/%6detrics", "/rooms/../metrics"):
        assert ask(nginx.url, path).status == 404
    own = ask(servers.by_name["one"].url, "/metrics")
    told = own.body.decode()  # this machine may ask a server itself
    assert 'csw_clock_state{state="own"} 0.0' in told
    assert re.search(r'^csw_redis_up\{place="[^"@]+"\} 1\.0$', told, re.MULTILINE)
    calls = re.search(r"^csw_redis_call_seconds_count (\S+)$", told, re.MULTILINE)
    assert calls
    assert float(calls[1]) > 0
    assert not nginx.answered("/metrics")[-1]["server"]


# --- Whom it drops ---------------------------------------------------------------------------


async def test_a_silent_socket_outlives_the_time_out_by_pings(in_front: NewNginx) -> None:
    nginx = in_front(edits={"proxy_read_timeout 60s;": "proxy_read_timeout 1s;"})
    async with socket_to(nginx) as silent, socket_to(nginx, ping_interval=0.3) as alive:
        for client in (silent, alive):
            assert (await answer_to(client))["type"] == "user:self"
        began_at = time.monotonic()
        await asyncio.wait_for(silent.wait_closed(), PATIENCE_S)
        assert time.monotonic() - began_at > 0.9
        await alive.send('{"type":"users:list"}')
        while json.loads(await alive.recv())["type"] != "users:list":
            pass


def test_a_reader_who_takes_nothing_is_dropped(in_front: NewNginx) -> None:
    nginx = in_front(
        edits={"send_timeout 10s;": "send_timeout 1s;"},
        listening=SMALL_BUFFERS,
        CSW_FILMS=str(FILM.parent),
    )
    with stalled(nginx, f"/media/{FILM.name}"):
        [line] = nginx.answered(f"/media/{FILM.name}")
    assert line["bytes"] < FILM.stat().st_size


def test_a_film_is_not_fetched_ahead_of_who_watches_it(in_front: NewNginx) -> None:
    """Buffered, nginx would write all of it to its disk, for every viewer anew."""
    told = '"server":"$upstream_addr"'
    nginx = in_front(
        edits={told: f'"fetched":$upstream_bytes_received,{told}'}, listening=SMALL_BUFFERS
    )
    path = f"/media/{FILM.name}"
    with stalled(nginx, path) as watching:
        assert len(watching.recv(65_536))
        for _ in range(20):
            assert ask(nginx.url, "/api/health").status == 200
    [line] = nginx.answered(path)
    assert line["server"]
    assert line["fetched"] < FILM.stat().st_size / 2


def stalled(nginx: Nginx, path: str) -> socket.socket:
    """Someone who has asked and takes no more than a few packets."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    client.settimeout(10)
    client.connect(("127.0.0.1", nginx.port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return client
