"""The Content-Security-Policy: what every page forbids, and what rooms may load besides."""

import asyncio
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from config.csp import ContentSecurityPolicyMiddleware, csp
from watchparty.csp import as_room_page


def answer(view, **request_options) -> dict[str, list[str]]:
    """The policy of a page as {directive: sources}."""
    request = RequestFactory().get("/", **request_options)
    middleware: Any = ContentSecurityPolicyMiddleware(view)
    response = middleware(request)
    header = response.headers.get("Content-Security-Policy", "")
    parts = [directive.split() for directive in header.split("; ") if directive]
    return {name: sources for name, *sources in parts}


def page(request):
    return HttpResponse("page")


def test_nothing_inline_and_nothing_from_elsewhere_runs():
    policy = answer(page)
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in str(policy)


def test_no_host_in_the_request_can_write_into_the_policy():
    policy = answer(page, headers={"Host": "evil.example; script-src *"})
    assert policy["script-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]


def test_a_nonce_is_new_for_each_page_and_only_where_it_is_shown():
    shown = []

    def inline_page(request):
        shown.append(str(csp(request)["csp_nonce"]))
        return HttpResponse(shown[-1])

    first, second = answer(inline_page), answer(inline_page)
    assert first["script-src"] == ["'self'", f"'nonce-{shown[0]}'"]
    assert second["style-src"] == ["'self'", f"'nonce-{shown[1]}'"]
    assert shown[0] != shown[1]
    assert len(shown[0]) >= 22


@override_settings(ALLOWED_HOSTS=["localhost"])
@pytest.mark.parametrize(("secure", "socket"), [(False, "ws://"), (True, "wss://")])
def test_sockets_of_the_same_host_are_named(secure, socket):
    policy = answer(page, secure=secure, headers={"Host": "localhost:8000"})
    assert policy["connect-src"] == ["'self'", f"{socket}localhost:8000"]


@pytest.mark.parametrize("secure", [False, True])
def test_room_pages_may_load_films_from_elsewhere(secure):
    def room_page(request):
        return as_room_page(request, HttpResponse())

    policy = answer(room_page, secure=secure)
    assert policy["media-src"] == ["'self'", "https:", "blob:", *([] if secure else ["http:"])]
    assert policy["script-src"] == ["'self'"]


def test_only_named_sites_may_show_a_room_in_a_frame(settings):
    def room_page(request):
        return as_room_page(request, HttpResponse())

    assert answer(room_page)["frame-ancestors"] == ["'self'"]
    settings.ALLOWED_ORIGINS = ["https://club.example"]
    assert answer(room_page)["frame-ancestors"] == ["'self'", "https://club.example"]
    assert answer(page)["frame-ancestors"] == ["'none'"]


def test_a_view_may_set_its_own_header_or_none():
    def own(request):
        return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

    def without(request):
        response: Any = HttpResponse()
        response._csp_config = {}
        return response

    assert answer(own) == {"default-src": ["'none'"]}
    assert answer(without) == {}


@override_settings(DEBUG=True)
def test_only_djangos_own_error_page_goes_without():
    assert answer(lambda request: HttpResponse(status=500)) == {}
    assert answer(lambda request: HttpResponse(status=404)) != {}


def test_asynchronous_sites_get_the_same_policy():
    async def async_page(request):
        return HttpResponse()

    request = RequestFactory().get("/")
    middleware: Any = ContentSecurityPolicyMiddleware(async_page)
    response = asyncio.run(middleware(request))
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
