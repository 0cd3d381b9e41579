"""Films over HTTP: refusals, ranges, and what a browser may keep."""

import asyncio
import tracemalloc
from pathlib import Path

import pytest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from watchparty import media
from watchparty.media import Span, film, parse_range

SIZE = 300_000
BODY = bytes(index * 7 % 251 for index in range(SIZE))


@pytest.fixture(autouse=True)
def films(settings, tmp_path: Path) -> Path:
    root = tmp_path / "media"
    root.mkdir()
    (root / "film.webm").write_bytes(BODY)
    (root / "empty.webm").write_bytes(b"")
    (root / ".hidden").write_bytes(b"no")
    (tmp_path / "secret.webm").write_bytes(b"no")
    (root / "link.webm").symlink_to(tmp_path / "secret.webm")
    settings.FILM_ROOT = root
    return root


async def ask(name: str = "film.webm", method: str = "GET", **headers: str):
    """The response and its body."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    request = RequestFactory().generic(method, f"/media/{name}", headers=named)
    response = await film(request, name)
    if isinstance(response, StreamingHttpResponse):
        assert response.is_async
        return response, b"".join([chunk async for chunk in response])
    assert isinstance(response, HttpResponse)
    return response, response.content


@pytest.mark.parametrize(
    "name",
    ["absent.webm", "../secret.webm", "a/../../secret.webm", "/etc/passwd", "link.webm", "..", "",
     ".hidden", "film.webm\0", "x" * 5000],
)  # fmt: skip
async def test_a_name_that_leads_elsewhere_does_not_exist(name):
    with pytest.raises(Http404):
        await ask(name)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_films_can_only_be_read(method):
    response, _ = await ask(method=method)
    assert response.status_code == 405


@pytest.mark.parametrize("header", ["bytes=300000-", "bytes=999999-1000000", "bytes=-0"])
async def test_a_range_past_the_end_is_refused_with_the_size(header):
    response, body = await ask(Range=header)
    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */300000"
    assert body == b""


async def test_a_range_of_an_empty_file_is_refused():
    response, _ = await ask("empty.webm", Range="bytes=0-")
    assert response.status_code == 416
    response, body = await ask("empty.webm")
    assert (response.status_code, body) == (200, b"")


@pytest.mark.parametrize(
    "header",
    ["bytes=5-2", "bytes=a-b", "bytes=-", "bytes", "items=0-5", "bytes=0-1,5-6", "bytes=--5",
     "bytes=+1-5", "bytes=٣-٥", "bytes=0-" + "9" * 5000, ""],
)  # fmt: skip
async def test_a_range_that_is_not_understood_is_ignored(header):
    response, body = await ask(Range=header)
    assert response.status_code == 200
    assert body == BODY


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("Bytes = 100 - 199", 100, 199),
        ("bytes=299999-", 299_999, 299_999),
        ("bytes=1000-", 1000, 299_999),
        ("bytes=0-999999999", 0, 299_999),
        ("bytes=-500", 299_500, 299_999),
        ("bytes=-999999", 0, 299_999),
    ],
)
async def test_a_range_is_answered_with_exactly_its_bytes(header, first, last):
    response, body = await ask(Range=header)
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/300000"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert body == BODY[first : last + 1]


async def test_the_whole_film_says_that_ranges_are_possible():
    response, body = await ask()
    assert response.status_code == 200
    assert body == BODY
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Type"] == "video/webm"
    assert response.headers["Content-Length"] == "300000"
    assert "max-age" in response.headers["Cache-Control"]


@pytest.mark.parametrize(("header", "status"), [("", 200), ("bytes=0-99", 206)])
async def test_head_is_the_same_without_the_body(header, status):
    headers = {"Range": header} if header else {}
    whole, _ = await ask(**headers)
    response, body = await ask(method="HEAD", **headers)
    assert response.status_code == status
    assert response.headers == whole.headers
    assert body == b""


async def test_a_film_the_browser_has_is_not_sent_again():
    fresh, _ = await ask()
    etag, modified = fresh.headers["ETag"], fresh.headers["Last-Modified"]
    for headers in (
        {"If_None_Match": etag},
        {"If_None_Match": f'"x", W/{etag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": modified},
    ):
        response, body = await ask(**headers)
        assert (response.status_code, body) == (304, b"")
        assert response.headers["ETag"] == etag


async def test_a_film_that_changed_is_sent_again():
    fresh, _ = await ask()
    modified = fresh.headers["Last-Modified"]
    for headers in (
        {"If_None_Match": '"old"'},
        {"If_None_Match": '"old"', "If_Modified_Since": modified},
        {"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If_Modified_Since": "nonsense"},
    ):
        response, _ = await ask(**headers)
        assert response.status_code == 200


async def test_a_part_of_an_older_film_is_never_mixed_with_the_new_one():
    fresh, _ = await ask()
    for if_range in (fresh.headers["ETag"], fresh.headers["Last-Modified"]):
        response, _ = await ask(Range="bytes=0-9", If_Range=if_range)
        assert response.status_code == 206
    for if_range in ('"old"', "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense"):
        response, body = await ask(Range="bytes=0-9", If_Range=if_range)
        assert (response.status_code, len(body)) == (200, SIZE)


async def test_a_film_is_never_whole_in_memory(films: Path):
    size = 40 * 1024 * 1024
    with (films / "long.webm").open("wb") as file:
        file.truncate(size)
    response = await film(RequestFactory().get("/media/long.webm"), "long.webm")
    assert isinstance(response, StreamingHttpResponse)
    tracemalloc.start()
    try:
        received = 0
        async for chunk in response:
            received += len(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert received == size
    assert peak < 4 * media.CHUNK_BYTES


async def test_reading_a_film_leaves_the_event_loop_free():
    response = await film(RequestFactory().get("/media/film.webm"), "film.webm")
    assert isinstance(response, StreamingHttpResponse)
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counter = asyncio.create_task(count_turns())
    async for _ in response:
        pass
    counter.cancel()
    assert turns > 0


async def test_a_reader_who_leaves_early_leaves_no_open_file(monkeypatch):
    opened = []
    real_open = media._open_at

    def remember(path, offset):
        opened.append(real_open(path, offset))
        return opened[-1]

    monkeypatch.setattr(media, "_open_at", remember)
    stream = media.read_span(media.find_film("film.webm").path, Span(0, SIZE - 1))
    await anext(stream)
    await stream.aclose()
    assert [file.closed for file in opened] == [True]


async def test_two_readers_read_side_by_side():
    (_, first), (_, second) = await asyncio.gather(ask(), ask(Range="bytes=-1000"))
    assert first == BODY
    assert second == BODY[-1000:]


def test_the_kinds_of_film_have_their_names(films: Path):
    assert parse_range("bytes=0-", 10) == Span(0, 9)
    for suffix, kind in (("mp4", "video/mp4"), ("webm", "video/webm"), ("jpg", "image/jpeg")):
        assert media.CONTENT_TYPES[f".{suffix}"] == kind
