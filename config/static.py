"""Static files: hashed names in production, and WhiteNoise without blocking the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path
from typing import IO, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config.bundles import bundle_pages

CHUNK_BYTES = 64 * 1024


class StaticFilesWithoutFilms(StaticFilesConfig):
    """Films are served by watchparty.media under their own names, so they are not collected."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "media"]  # noqa: RUF012 - as in Django


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Each page's script and sheet in one file, content hashes in all names, and compressed twins.

    Without a bundler hashes go down to the modules' relative imports, and all works as well.
    """

    support_js_module_import_aggregation = True
    # Each pass settles one link of an import chain, in directory order: five are too few.
    max_post_process_passes = 50

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """As Django's, after bundling: from the sources, since what lies here may be of before."""
        if not dry_run:
            sources = {name: Path(storage.path(path)) for name, (storage, path) in paths.items()}
            for name in bundle_pages(sources, Path(self.location)):
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)


class StaticMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise answers from plain iterators, which ASGI would read whole into memory."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """A static file if the path names one, otherwise the rest of the site."""
        if self._is_async:
            return self._answer_async(request)
        response: HttpResponseBase = super().__call__(request)
        return response

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(settings.STATIC_URL):
            return await self._pass_on(request)
        file = await asyncio.to_thread(self._lookup, request.path_info)
        if file is None:
            return await self._pass_on(request)
        response: FileResponse = await asyncio.to_thread(self.serve, file, request)
        opened: IO[bytes] | None = getattr(response, "file_to_stream", None)
        if opened is not None:
            response.streaming_content = read_in_threads(opened)
        elif response.streaming:  # 304 and the like carry an empty, but plain, iterator
            response.streaming_content = _nothing()
        return response

    async def _pass_on(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self.get_response(request)
        return response

    def _lookup(self, path: str) -> Any:
        return self.find_file(path) if self.autorefresh else self.files.get(path)


async def _nothing() -> AsyncIterator[bytes]:
    empty: tuple[bytes, ...] = ()
    for chunk in empty:
        yield chunk


async def read_in_threads(file: IO[bytes]) -> AsyncIterator[bytes]:
    """The file in chunks, read beside the event loop, closed however the answer ends."""
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        file.close()
