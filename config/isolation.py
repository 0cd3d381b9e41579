"""The header with which Workers may start on pages that are isolated from other origins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.headers import Headers

WORKER = re.compile(r"js/pages/[\w-]*worker(?:\.[0-9a-f]+)?\.js\Z")


def isolate_workers(headers: Headers, path: str, url: str) -> None:
    """Isolated pages (the clock's) may start only Workers whose script says the same of itself.

    To any other page the header means nothing: its Workers load nothing from elsewhere.
    """
    if WORKER.search(url):
        headers["Cross-Origin-Embedder-Policy"] = "require-corp"
