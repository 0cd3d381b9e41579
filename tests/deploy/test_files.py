"""nginx before three servers: static files, films and TLS answer as the servers themselves do."""

import asyncio
import gzip
import re
import ssl
from pathlib import Path
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Origin

from tests.certificates import self_signed
from tests.cluster.cluster import Cluster
from tests.cluster.shared import NewNginx
from tests.commands import ROOT
from tests.deploy.asking import ask
from tests.deploy.nginx import Nginx
from watchparty.media import CONTENT_TYPES

pytestmark = [pytest.mark.slow, pytest.mark.beside]

FILMS = ROOT / "static" / "media"
FILM = "/media/clockwork-30.webm"
TOLD = (
    "Cache-Control",
    "Content-Encoding",
    "Content-Range",
    "Cross-Origin-Embedder-Policy",
    "Access-Control-Allow-Origin",
    "Vary",
    "X-Content-Type-Options",
)
"""What browsers heed in an answer, besides its type."""


@pytest.fixture
def nginx(collected_files: Path, in_front: NewNginx) -> Nginx:
    return in_front(CSW_STATIC=str(collected_files), CSW_FILMS=str(FILMS))


def hashed(static: Path, name: str) -> str:
    """The address of a collected file, whose name has got a hash."""
    stem, dot, suffix = name.rpartition(".")
    form = re.compile(rf"{stem}\.[0-9a-f]{{12}}{re.escape(dot)}{suffix}")
    names = [path.relative_to(static).as_posix() for path in static.rglob(f"*.{suffix}")]
    return "/static/" + next(name for name in names if form.fullmatch(name))


@pytest.mark.parametrize(
    "name", ["js/pages/room.js", "js/pages/socket-worker.js", "css/base.css", "img/mark.svg"]
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_static_file_is_the_same_from_nginx_and_from_a_server(
    servers: Cluster, collected_files: Path, nginx: Nginx, name: str, encoding: str
) -> None:
    path = hashed(collected_files, name)
    server = servers.by_name["one"]
    ours, theirs = (
        ask(url, path, Accept_Encoding=encoding, Host="localhost")
        for url in (nginx.url, server.url)
    )
    assert ours.status == theirs.status == 200
    assert ours.body == theirs.body
    assert "immutable" in ours.headers["Cache-Control"]
    by_nginx = nginx.answered(path)[-1]["server"] == ""
    assert by_nginx is ("worker" not in name)
    # A policy means something to a Worker, not to a script or a sheet of a page.
    for header in TOLD if by_nginx else (*TOLD, "Content-Security-Policy"):
        assert ours.headers[header] == theirs.headers[header], header


def test_the_compressed_twin_is_served(collected_files: Path, nginx: Nginx) -> None:
    path = hashed(collected_files, "css/base.css")
    packed, plain = (ask(nginx.url, path, Accept_Encoding=kind) for kind in ("gzip", "identity"))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body)
    assert gzip.decompress(packed.body) == plain.body


def test_a_name_without_a_hash_is_not_kept_for_ever(nginx: Nginx) -> None:
    answer = ask(nginx.url, "/static/css/base.css")
    assert answer.headers["Cache-Control"] == "max-age=60, public"


def test_a_file_that_nginx_lacks_is_asked_from_a_server(
    servers: Cluster, collected_files: Path, in_front: NewNginx
) -> None:
    bare = in_front()
    for path in (hashed(collected_files, "css/base.css"), FILM):
        assert ask(bare.url, path).status == 200
        assert bare.answered(path)[-1]["server"] in servers.addresses


def test_nothing_else_of_the_disk_is_served(nginx: Nginx) -> None:
    for path in ("/static/../manage.py", "/media/../js/pages/room.js", "/media/.hidden", "/media/"):
        assert ask(nginx.url, path).status in (400, 404), path


@pytest.mark.parametrize("by", ["nginx", "servers"])
def test_films_are_answered_in_parts(nginx: Nginx, in_front: NewNginx, by: str) -> None:
    front = nginx if by == "nginx" else in_front()
    film = (FILMS / "clockwork-30.webm").read_bytes()
    size = len(film)
    part = ask(front.url, FILM, Range="bytes=1000-1999")
    assert (part.status, part.body) == (206, film[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{size}"
    tail = ask(front.url, FILM, Range="bytes=-500")
    assert (tail.status, tail.body) == (206, film[-500:])
    assert ask(front.url, FILM, Range=f"bytes={size}-").status == 416
    whole = ask(front.url, FILM)
    assert (whole.status, whole.body) == (200, film)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "public, max-age=86400"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert ask(front.url, FILM, If_None_Match=whole.headers["ETag"]).status == 304
    assert (front.answered(FILM, 5)[-1]["server"] == "") is (by == "nginx")


def test_films_have_the_types_that_the_servers_give_them(
    tmp_path: Path, in_front: NewNginx
) -> None:
    films = tmp_path / "films"
    films.mkdir()
    for suffix in CONTENT_TYPES:
        (films / f"film{suffix}").write_bytes(b"film")
    nginx = in_front(CSW_FILMS=str(films))
    for suffix, kind in CONTENT_TYPES.items():
        assert ask(nginx.url, f"/media/film{suffix}").headers["Content-Type"] == kind


def test_parts_of_static_files_are_answered_too(collected_files: Path, nginx: Nginx) -> None:
    path = hashed(collected_files, "css/base.css")
    part = ask(nginx.url, path, Range="bytes=2-11")
    assert (part.status, part.body) == (206, ask(nginx.url, path).body[2:12])


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of our own for this machine, and its key."""
    return self_signed(tmp_path)


async def test_tls_ends_in_nginx(certificate: tuple[Path, Path], in_front: NewNginx) -> None:
    public, key = certificate
    nginx = in_front(CSW_SITE="https", CSW_CERTIFICATE=str(public), CSW_CERTIFICATE_KEY=str(key))
    assert "test is successful" in nginx.check()
    trusted = ssl.create_default_context(cafile=str(public))
    host = f"127.0.0.1:{nginx.tls_port}"
    page = await asyncio.to_thread(urlopen, f"https://{host}/rooms/demo/", context=trusted)
    with page:
        assert page.status == 200
    # Of an https page the server takes https alone for its own.
    url = f"wss://{host}/ws/party/?room=demo"
    async with connect(url, ssl=trusted, origin=Origin(f"https://{host}")) as client:
        await client.send('{"type":"room:join","roomId":"demo","name":"Ada"}')
        assert '"user:self"' in str(await client.recv())
    plain = ask(nginx.url, "/rooms/demo/?name=Ada")
    assert plain.status == 308
    assert plain.headers["Location"] == "https://127.0.0.1/rooms/demo/?name=Ada"
