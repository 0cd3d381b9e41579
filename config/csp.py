"""Content-Security-Policy with nonces, by Django 6's setting names until we are on Django 6."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"

# Placeholders in a policy. A nonce is in the header only if a template asked for it.
NONCE = "<nonce>"
# 'self' covers ws: and wss: of the same host in today's browsers, but not in Safari before 15.4.
SAME_HOST_SOCKETS = "<same-host-sockets>"

Policy = Mapping[str, Sequence[str]]
GetResponse = Callable[[HttpRequest], Any]


class ContentSecurityPolicyMiddleware:
    """Sends SECURE_CSP, or what a view has left in `response._csp_config` (empty: no header)."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Attach a nonce to the request and the policy to the response."""
        if self._is_async:
            return self._answer_async(request)
        attach_nonce(request)
        return protect(request, self._get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        attach_nonce(request)
        return protect(request, await self._get_response(request))


class Nonce:
    """A random word for one response, drawn when first shown (as in Django 6, unused ones stay
    out of the header).
    """

    def __init__(self) -> None:
        self._word = ""

    def __str__(self) -> str:
        self._word = self._word or secrets.token_urlsafe(16)
        return self._word

    @property
    def shown(self) -> str:
        """The word if anything has shown it, otherwise nothing."""
        return self._word


def attach_nonce(request: HttpRequest) -> None:
    """Where the context processor and the header find the same one."""
    request.csp_nonce = Nonce()  # type: ignore[attr-defined]


def csp(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `{{ csp_nonce }}`, as in Django 6."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}


def protect(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Add the header, unless the view has set its own."""
    policy: Policy = getattr(response, "_csp_config", settings.SECURE_CSP)
    # Django's yellow error page is one inline style and script.
    technical_error = settings.DEBUG and response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    if policy and HEADER not in response.headers and not technical_error:
        response.headers[HEADER] = build_policy(policy, request)
    return response


def build_policy(policy: Policy, request: HttpRequest) -> str:
    """The header's text, with the placeholders filled in for this request."""
    nonce: Nonce | None = getattr(request, "csp_nonce", None)
    fillings = {
        NONCE: [f"'nonce-{nonce.shown}'"] if nonce and nonce.shown else [],
        SAME_HOST_SOCKETS: same_host_sockets(request),
    }
    directives = []
    for name, sources in policy.items():
        filled = [text for source in sources for text in fillings.get(source, [source])]
        directives.append(" ".join([name, *filled]))
    return "; ".join(directives)


def same_host_sockets(request: HttpRequest) -> list[str]:
    """The page's own host with the socket scheme that its pages use."""
    try:
        host = request.get_host()
    except DisallowedHost:
        return []
    return [f"{'wss' if request.is_secure() else 'ws'}://{host}"]
