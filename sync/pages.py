"""The clock pages: isolated from other origins, so that browsers let their clocks tick in 5 µs."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from sync.course import CHAPTERS

TABS: Final = (
    {"key": "dashboard", "url": "/clock/", "label": "Dashboard"},
    {"key": "visualize", "url": "/clock/visualize/", "label": "Visualize"},
    {"key": "simulate", "url": "/clock/simulate/", "label": "Simulate"},
    {"key": "learn", "url": "/clock/learn/", "label": "Learn"},
    {"key": "party", "url": "/clock/party/", "label": "Watch party"},
)
"""The seed's five tabs, in their order on the bar."""

ISOLATION: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""Never on a room: it would break films from elsewhere and YouTube's player (DESIGN section 4)."""

CONTEXT: Final[Mapping[str, Mapping[str, Any]]] = {"learn": {"chapters": CHAPTERS}}
"""What a tab's template wants besides what all have."""


@require_safe
@ensure_csrf_cookie
def tab(request: HttpRequest, key: str) -> HttpResponse:
    """The page of a tab that needs nothing but its template (party has a view of its own)."""
    return clock_page(request, key, f"sync/{key}.html", CONTEXT.get(key))


def clock_page(
    request: HttpRequest,
    key: str,
    template: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """One of TABS by its key, with what its bar and its script need, isolated."""
    about = {
        "tabs": TABS,
        "here": key,
        "config": {
            "wsPath": "/ws/party/",
            "workerUrl": static("js/pages/socket-worker.js"),
        },
    }
    response = render(request, template, {**about, **(context or {})}, status=status)
    for name, value in ISOLATION.items():
        response.headers[name] = value
    return response
