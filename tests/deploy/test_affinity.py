"""nginx before three servers: who gets which, and what happens when that one is gone."""

import asyncio
import re
import signal
import time
from collections import Counter

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.shared import ROOMS, NewNginx
from tests.cluster.viewer import Viewer, asked_as
from tests.deploy.asking import Answer, ask
from tests.deploy.nginx import Nginx

pytestmark = [pytest.mark.slow, pytest.mark.beside]

COOKIE = re.compile(r"csw_viewer=([0-9a-f]{32}); Path=/; HttpOnly; SameSite=Lax")
MANY = 60
"""Rooms enough to see how they are shared out."""


def cookie_given(answer: Answer) -> str | None:
    """The cookie that nginx hands out with an answer."""
    cookies = map(COOKIE.fullmatch, answer.headers.get_all("Set-Cookie", []))
    return next((cookie[1] for cookie in cookies if cookie), None)


def asked(nginx: Nginx, path: str, **how: str) -> tuple[Answer, str]:
    """An answer, and the address of the server that gave it."""
    logged = path.partition("?")[0]
    before = len(nginx.lines(logged))
    answer = ask(nginx.url, path, **how)
    return answer, str(nginx.answered(logged, before + 1)[-1]["server"])


def page_servers(nginx: Nginx, slugs: list[str], **how: str) -> dict[str, str]:
    """Which server answers each room's page; rooms that are not there are shared out as well."""
    return {slug: asked(nginx, f"/rooms/{slug}/", **how)[1] for slug in slugs}


async def instance_of(nginx: Nginx, room: str, query: str, source: str = "127.0.0.1") -> str:
    """The name of the server that a socket of this room comes to."""
    viewer = await Viewer.join(nginx, "Ada", room, query=query, address=source)
    await viewer.end()
    return viewer.instance


async def test_a_rooms_page_and_sockets_come_to_one_server_whoever_asks(
    servers: Cluster, in_front: NewNginx
) -> None:
    nginx = in_front()
    found = page_servers(nginx, list(ROOMS))
    elsewhere = page_servers(nginx, list(ROOMS), source="127.0.0.2", Cookie="csw_viewer=x")
    assert elsewhere == found
    for room in ROOMS:
        for query in (f"?room={room}", f"?tab=1&room={room}", f"?room={room}&tab=1"):
            for source in ("127.0.0.1", "127.0.0.3"):
                name = await instance_of(nginx, room, query, source)
                assert name == servers.name_of(found[room]), (room, query)


def test_rooms_are_shared_out_over_all_servers(in_front: NewNginx) -> None:
    shares = Counter(page_servers(in_front(), [f"room-{n}" for n in range(MANY)]).values())
    assert len(shares) == 3
    assert min(shares.values()) >= MANY / 10


def test_what_belongs_to_no_room_is_spread_and_not_sent_to_one_server(in_front: NewNginx) -> None:
    nginx = in_front()
    shares = Counter(asked(nginx, "/api/time")[1] for _ in range(MANY // 4))
    assert set(shares.values()) == {MANY // 12}


def test_a_cookie_keeps_a_viewer_on_one_server_in_all_rooms(in_front: NewNginx) -> None:
    nginx = in_front(CSW_AFFINITY="viewer")
    slugs = [f"room-{n}" for n in range(6)]
    homes = set()
    for _ in range(12):
        answer, home = asked(nginx, "/rooms/demo/")
        cookie = cookie_given(answer)
        assert cookie
        again = page_servers(nginx, slugs, Cookie=f"other=1; csw_viewer={cookie}")
        assert set(again.values()) == {home}
        homes.add(home)
    assert len(homes) > 1
    assert not cookie_given(ask(nginx.url, "/rooms/demo/", Cookie=f"csw_viewer={cookie}"))


def test_rooms_that_stay_together_need_no_cookie(in_front: NewNginx) -> None:
    assert not cookie_given(ask(in_front().url, "/rooms/demo/"))


def test_a_cookie_that_nginx_did_not_write_is_written_anew(in_front: NewNginx) -> None:
    nginx = in_front(CSW_AFFINITY="viewer")
    answer = ask(nginx.url, "/rooms/demo/", Cookie="csw_viewer=everybody-to-one-server")
    assert cookie_given(answer)


async def test_a_killed_server_sends_its_rooms_elsewhere_and_the_party_goes_on(
    servers: Cluster, in_front: NewNginx
) -> None:
    nginx = in_front()
    homes = page_servers(nginx, list(ROOMS))
    ada = await Viewer.join(nginx, "Ada", "lost")
    name = str(ada.heard("user:self")[0]["instance"])
    witness = next(server for server in servers.by_name if server != name)
    cy = await Viewer.join(servers.by_name[witness], "Cy", "lost")
    await ada.say("video:play", ref="before")
    before = await cy.until("video:state", asked_as("before"))
    servers.by_name[name].interrupt(signal.SIGKILL)
    try:
        asked_at = time.monotonic()
        bo = await Viewer.join(nginx, "Bo", "lost")
        assert time.monotonic() - asked_at < 3.5  # what a browser gives an attempt
        joined = bo.heard("room:joined")[0]
        assert bo.heard("user:self")[0]["instance"] != name
        assert (joined["epoch"], joined["seq"]) == (before["epoch"], before["seq"])
        await bo.say("video:pause", ref="after")
        after = await cy.until("video:state", asked_as("after"))
        assert (after["epoch"], after["seq"]) == (before["epoch"], before["seq"] + 1)
        # No room of another server has moved.
        found = page_servers(nginx, list(ROOMS))
        assert all(
            found[slug] == server
            for slug, server in homes.items()
            if servers.name_of(server) != name
        )
        for viewer in (bo, cy):
            await viewer.end()
    finally:
        servers.by_name[name].start()


async def test_after_a_rolling_restart_nobody_is_refused_for_what_nginx_remembers(
    servers: Cluster, in_front: NewNginx
) -> None:
    nginx = in_front(sharing="turns")
    for server in servers.servers:
        server.interrupt(signal.SIGTERM)
        try:
            # Each is found gone, more than once.
            while f":{server.port}/" not in nginx.errors():
                assert ask(nginx.url, "/api/time").status == 200
        finally:
            server.start()
    assert {ask(nginx.url, "/api/time").status for _ in range(6)} == {200}
    # Sockets last: one that stays open must not be what nginx waits for.
    joined = [await Viewer.join(nginx, f"V{number}", "lost") for number in range(6)]
    assert {viewer.instance for viewer in joined} == set(servers.by_name)
    for viewer in joined:
        await viewer.end()


async def test_a_hung_server_keeps_none_of_its_rooms(servers: Cluster, in_front: NewNginx) -> None:
    nginx = in_front()
    tries = {room: tries_before_another(nginx, room) for room in ROOMS}
    room = min(tries, key=lambda room: tries[room])
    ada = await Viewer.join(nginx, "Ada", room)
    hung = servers[ada.instance]
    hung.signal(signal.SIGSTOP)
    try:
        home = ada.instance
        await ada.see(lambda: ada.instance != home, "another server", 20)
        assert len(ada.timeline.of("unreachable")) == tries[room]
        async with asyncio.timeout(9):
            page = await asyncio.to_thread(ask, nginx.url, f"/rooms/{room}/")
        assert page.status == 200
        # Who comes now waits until a number leads elsewhere, and then is where the others are.
        bo = await Viewer.join(nginx, "Bo", room)
        assert len(bo.timeline.of("unreachable")) == tries[room]
        assert bo.instance == ada.instance
    finally:
        hung.signal(signal.SIGCONT)
    for viewer in (ada, bo):
        await viewer.end()


def tries_before_another(nginx: Nginx, room: str) -> int:
    """How many attempts of a room come to its own server, each under the next number."""
    homes = [asked(nginx, f"/rooms/{room}/?again={number}")[1] for number in range(10)]
    return next(number for number, server in enumerate(homes) if server != homes[0])
