"""What a room page may load beyond the site's own policy, and who may show it in a frame."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def as_room_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Let the page load films from elsewhere, and be embedded by ourselves and ALLOWED_ORIGINS.

    `_csp_config` is where Django 6's own `csp_override` leaves a view's policy; the middleware
    reads it from there. X-Frame-Options knows no list of origins, so it stands aside.
    """
    response._csp_config = room_policy(request)  # type: ignore[attr-defined]  # noqa: SLF001
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    return response


def room_policy(request: HttpRequest) -> dict[str, Sequence[str]]:
    """The site's policy with media and pictures opened to any https address and local files.

    http: only where the page is http itself: a secure page would refuse it as mixed content.
    """
    elsewhere = ["'self'", "https:", "blob:"] + ([] if request.is_secure() else ["http:"])
    return {
        **settings.SECURE_CSP,
        "media-src": elsewhere,
        "img-src": [*elsewhere, "data:"],
        "frame-ancestors": ["'self'", *settings.ALLOWED_ORIGINS],
    }
