"""Static files: found, ranged, hashed, and never read by the event loop."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory, override_settings

from config.static import HashedStorage, StaticMiddleware


async def page(request):
    return HttpResponse("page")


async def ask(path: str, **headers: str):
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    middleware: Any = StaticMiddleware(page)
    response = await middleware(RequestFactory().get(path, headers=named))
    if isinstance(response, StreamingHttpResponse):
        assert response.is_async, "ASGI would read a plain iterator whole into memory"
        return response, b"".join([chunk async for chunk in response])
    return response, response.content


@pytest.fixture
def site(settings, tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / "js" / "ui").mkdir(parents=True)
    (source / "media").mkdir()
    (source / "media" / "film.webm").write_bytes(b"film")
    (source / "js" / "page.js").write_text(
        'import { name } from "./ui/deep.js";\nexport { name };\n'
    )
    (source / "js" / "ui" / "deep.js").write_text('export const name = "deep";\n' * 50)
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "collected"
    return source


@pytest.mark.parametrize("path", ["/static/../manage.py", "/static/absent.js", "/static/", "/"])
async def test_what_is_no_static_file_goes_on_to_the_site(path):
    with override_settings(DEBUG=True):
        response, body = await ask(path)
    assert (response.status_code, body) == (200, b"page")


async def test_a_file_is_found_and_may_be_asked_for_in_parts():
    with override_settings(DEBUG=True):
        whole, body = await ask("/static/js/protocol/protocol.js")
        part, some = await ask("/static/js/protocol/protocol.js", Range="bytes=2-11")
    assert whole.status_code == 200
    assert "javascript" in whole.headers["Content-Type"]
    assert (part.status_code, some) == (206, body[2:12])


def test_production_names_carry_hashes_down_to_the_imports(site, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "config.static.HashedStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    storage = HashedStorage(settings.STATIC_ROOT, settings.STATIC_URL)
    deep, page_js = storage.stored_name("js/ui/deep.js"), storage.stored_name("js/page.js")
    assert deep != "js/ui/deep.js"
    assert Path(deep).name in (settings.STATIC_ROOT / page_js).read_text()
    assert (settings.STATIC_ROOT / f"{deep}.gz").is_file()


def test_films_are_not_collected(site, settings):
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (settings.STATIC_ROOT / "js" / "page.js").is_file()
    assert not (settings.STATIC_ROOT / "media").exists()
