"""Films by their addresses: which can be played, and what a proposed one becomes."""

from urllib.parse import urlsplit

from msgspec import UnsetType

from watchparty.core.protocol import Source, SourceRequest


def source_problem(url: str) -> str | None:
    """Why a film's address cannot be played, in words; None when it can.

    A path of this site or an http(s) address. Anything else (javascript:, data:, file:, a
    protocol-relative //host) is refused.
    """
    if any(character <= " " or character == "\x7f" for character in url) or "\\" in url:
        return "A film's address has no spaces or control characters."
    try:
        parts = urlsplit(url)
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:
        return "This is not a web address."
    if parts.scheme in ("http", "https"):
        if not parts.hostname or not port_is_sane or parts.username is not None:
            return "This address names no server that everyone can reach."
        return None
    if parts.scheme or parts.netloc or not url.startswith("/"):
        return "A film's address begins with https://, http:// or, for films of this site, /."
    return None


def make_source(request: SourceRequest, *, source_id: str) -> Source:
    """The source that a request becomes once it is accepted."""
    shown = " ".join("".join(c for c in request.title if c.isprintable()).split())
    title = shown or urlsplit(request.url).path.rsplit("/", 1)[-1] or request.url
    return Source(
        id=source_id,
        kind=request.kind,
        url=request.url,
        title=title[:200],
        duration=None if isinstance(request.duration, UnsetType) else request.duration,
        poster=None if isinstance(request.poster, UnsetType) else request.poster,
    )
