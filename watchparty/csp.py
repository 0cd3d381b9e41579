"""What a room page may load beyond the site's own policy: films from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def allow_films_from_elsewhere(
    request: HttpRequest, response: HttpResponseBase
) -> HttpResponseBase:
    """Widen the page's policy to films and posters of any https address, and local files.

    `_csp_config` is where Django 6's own `csp_override` leaves a view's policy; the middleware
    reads it from there.
    """
    response._csp_config = room_policy(request)  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def room_policy(request: HttpRequest) -> dict[str, Sequence[str]]:
    """The site's policy with media and pictures opened; http: only where the page is http itself,
    since a secure page would refuse such films as mixed content.
    """
    elsewhere = ["'self'", "https:", "blob:"] + ([] if request.is_secure() else ["http:"])
    return {**settings.SECURE_CSP, "media-src": elsewhere, "img-src": [*elsewhere, "data:"]}
