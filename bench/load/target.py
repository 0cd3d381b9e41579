"""Whom a load goes to, pure: a site's address, what its pages would say, and whether one may."""

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

PARTY_PATH: Final = "/ws/party/"
_SCHEMES: Final = {"http": "http", "ws": "http", "https": "https", "wss": "https"}
_PORTS: Final = {"http": 80, "https": 443}


class BadTarget(Exception):  # noqa: N818 - what is wrong, in a sentence
    """An address that cannot or must not be loaded."""


@dataclass(frozen=True, slots=True)
class Target:
    """A site as its viewers reach it."""

    scheme: str
    """`http` or `https`, of its pages."""
    host: str
    port: int
    path: str
    """Of the party's socket, without the query."""
    origin: str
    """What a page of the site sends as Origin."""
    ca_file: str | None = None

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_own_machine(self) -> bool:
        """Whether it is a loopback address, by its name alone."""
        return self.host == "localhost" or _is_loopback(self.host)

    @property
    def is_loopback_ipv4(self) -> bool:
        """Whether viewers may come from all of 127/8."""
        return self.host.startswith("127.")

    def tls(self) -> ssl.SSLContext | None:
        """Certificates are always verified; `ca_file` names whom to trust beside the system's."""
        if self.scheme == "http":
            return None
        context = ssl.create_default_context()
        if self.ca_file is not None:
            context.load_verify_locations(self.ca_file)
        return context


def target_of(
    url: str, *, mine: bool = False, origin: str | None = None, ca_file: str | None = None
) -> Target:
    """What a URL names. Raises BadTarget, also where it is another machine and not said `mine`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise BadTarget(f"{url}: {problem}") from None
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname:
        raise BadTarget(f"{url}: an address begins with http://, https://, ws:// or wss://")
    if parts.query or parts.fragment or parts.username:
        raise BadTarget(f"{url}: an address ends with its path; rooms are given by --room")
    path = parts.path if parts.path not in ("", "/") else PARTY_PATH
    target = Target(
        scheme, parts.hostname, _PORTS[scheme] if port is None else port, path, "", ca_file
    )
    if not mine and not target.is_own_machine:
        raise BadTarget(
            f"{target.host} is another machine. A load test may take a site down: run it on a site "
            "of your own, with the consent of whoever houses it, and say so by --mine"
        )
    own = f"{scheme}://{target.authority}"
    return Target(scheme, target.host, target.port, path, origin or own, ca_file)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
