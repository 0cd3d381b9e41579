"""The film of our own, with which rooms begin."""

from typing import Any, Final

DEMO_FILM: Final[dict[str, Any]] = {
    "kind": "file",
    "url": "/media/clockwork-30.webm",
    "title": "Clockwork",
    "duration": 90.0,
    "poster": "/media/clockwork-poster.jpg",
}
