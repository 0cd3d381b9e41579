"""Films over HTTP: byte ranges answered with 206, read in small pieces beside the event loop."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.utils._os import safe_join
from django.utils.http import http_date, parse_etags, parse_http_date_safe

CHUNK_BYTES = 128 * 1024  # half a second of a 480p film: few thread hops, little memory
MAX_AGE_S = 24 * 3600  # film names carry no hash; after a day the ETag is asked again
MAX_DIGITS = 20  # more bytes than there are; longer numbers are somebody playing

# Python's own table depends on the machine's /etc/mime.types.
CONTENT_TYPES = {
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".vtt": "text/vtt; charset=utf-8",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class FilmFile:
    """One file as it is now; its ETag changes whenever it is written."""

    path: Path
    size: int
    modified_s: int
    etag: str


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Bytes in it."""
        return self.last - self.first + 1


async def film(request: HttpRequest, name: str) -> HttpResponseBase:
    """GET or HEAD of a file under FILM_ROOT, whole (200), in part (206), unchanged (304) or 416."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    file = await asyncio.to_thread(find_film, name)
    if is_known_to_client(request, file):
        return _with_headers(HttpResponseNotModified(), file)
    span = wanted_span(request, file)
    if span == "unsatisfiable":
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
        return _with_headers(response, file)
    return await _answer(request, file, span)


def find_film(name: str) -> FilmFile:
    """The file of that name; a name that leads elsewhere does not exist."""
    try:
        path = Path(safe_join(settings.FILM_ROOT, name)).resolve(strict=True)
        outside = not path.is_relative_to(Path(settings.FILM_ROOT).resolve())
        stat = path.stat()
    except (SuspiciousFileOperation, OSError, ValueError):
        raise Http404("There is no such film.") from None
    if outside or not path.is_file() or path.name.startswith("."):
        raise Http404("There is no such film.")
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    return FilmFile(path, stat.st_size, int(stat.st_mtime), etag)


def is_known_to_client(request: HttpRequest, file: FilmFile) -> bool:
    """RFC 9110 13.2.2: If-None-Match decides; If-Modified-Since only where that is absent."""
    if "If-None-Match" in request.headers:
        known = parse_etags(request.headers["If-None-Match"])
        return "*" in known or file.etag in (etag.removeprefix("W/") for etag in known)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and file.modified_s <= since


def wanted_span(request: HttpRequest, file: FilmFile) -> Span | Literal["whole", "unsatisfiable"]:
    """The range to answer; one for an older file, and several at once, get the whole."""
    header = request.headers.get("Range")
    if header is None or not _still_the_same(request.headers.get("If-Range"), file):
        return "whole"
    return parse_range(header, file.size)


def _still_the_same(if_range: str | None, file: FilmFile) -> bool:
    if if_range is None or if_range == file.etag:
        return True
    return parse_http_date_safe(if_range) == file.modified_s


def parse_range(header: str, size: int) -> Span | Literal["whole", "unsatisfiable"]:
    """`bytes=0-99`, `bytes=100-`, `bytes=-500`; what is not understood is ignored (RFC 9110)."""
    unit, equals, spec = header.partition("=")
    first, dash, last = (part.strip() for part in spec.partition("-"))
    numbers = [text for text in (first, last) if text]
    understood = unit.strip().lower() == "bytes" and equals and dash and numbers
    if not understood or not all(_is_position(text) for text in numbers):
        return "whole"
    if not first:
        length = min(int(last), size)
        return Span(size - length, size - 1) if length else "unsatisfiable"
    if last and int(last) < int(first):
        return "whole"
    if int(first) >= size:
        return "unsatisfiable"
    return Span(int(first), min(int(last), size - 1) if last else size - 1)


def _is_position(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS


async def _answer(
    request: HttpRequest, file: FilmFile, span: Span | Literal["whole"]
) -> HttpResponseBase:
    part = Span(0, file.size - 1) if span == "whole" else span
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(read_span(file.path, part))
    response.headers["Content-Length"] = str(part.length)
    if span != "whole":
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {part.first}-{part.last}/{file.size}"
    return _with_headers(response, file)


def _with_headers(response: HttpResponseBase, file: FilmFile) -> HttpResponseBase:
    kind = CONTENT_TYPES.get(file.path.suffix.lower()) or mimetypes.guess_type(file.path.name)[0]
    response.headers["Content-Type"] = kind or "application/octet-stream"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = file.etag
    response.headers["Last-Modified"] = http_date(file.modified_s)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
    return response


async def read_span(path: Path, span: Span) -> AsyncGenerator[bytes, None]:
    """The bytes of a span, a chunk at a time; the file is closed however the answer ends."""
    file = await asyncio.to_thread(_open_at, path, span.first)
    left = span.length
    # Into a buffer of ours: a thread holds on to what it returned until it is given other work.
    buffer = memoryview(bytearray(min(CHUNK_BYTES, left)))
    try:
        while left > 0:
            count = await asyncio.to_thread(file.readinto, buffer[:left])
            if not count:
                return  # The file shrank meanwhile: the client sees a short answer.
            left -= count
            yield bytes(buffer[:count])
    finally:
        file.close()


def _open_at(path: Path, offset: int) -> BufferedReader:
    file = path.open("rb")
    file.seek(offset)
    return file
