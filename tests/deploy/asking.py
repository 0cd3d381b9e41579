"""Plain HTTP requests, from an address of one's choice."""

from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit


class Answer:
    """An HTTP answer, read to its end."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def ask(url: str, path: str, *, source: str = "127.0.0.1", **headers: str) -> Answer:
    """GET; header names are written with underscores."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10, source_address=(source, 0))
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        return Answer(connection.getresponse())
    finally:
        connection.close()
