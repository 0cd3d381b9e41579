"""Somebody with a browser: a cookie of the site, and rooms opened through its form."""

import re
from http.client import HTTPConnection
from itertools import count
from typing import Self
from urllib.parse import urlencode, urlsplit

from tests.browser.server import ADMIN_PASSWORD
from tests.cluster.viewer import Place

_numbers = count(1)


class Person:
    """All viewers with its `cookie` are the same person, on whatever server."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}
        self._address = f"127.2.0.{next(_numbers) % 250 + 1}"

    @classmethod
    def meet(cls, place: Place) -> Self:
        """Somebody who has seen the first page and was given a cookie."""
        person = cls()
        assert person.ask(place, "/")[0] == 200
        return person

    @property
    def cookie(self) -> str:
        """For the header of a socket or a request."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def open_room(self, place: Place, title: str = "Ours", **form: str) -> str:
        """Open a room of their own; its slug."""
        status, where, body = self._post(place, "/rooms/", {"title": title, **form})
        assert status == 302, (status, body)
        return where.strip("/").removeprefix("rooms/")

    def ask(self, place: Place, path: str, form: str | None = None) -> tuple[int, str, str]:
        """GET, or POST a form: status, location and body."""
        source = (self._address, 0)
        connection = HTTPConnection(urlsplit(place.url).netloc, timeout=10, source_address=source)
        headers = {"Cookie": self.cookie, "Origin": place.url}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("GET" if form is None else "POST", path, form, headers)
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie", []):
                if found := re.match(r"(\w+)=([^;]*)", line):
                    self._cookies[found[1]] = found[2]
            body = response.read().decode(errors="replace")
            return response.status, response.headers.get("Location", ""), body
        finally:
            connection.close()

    def sign_in(self, place: Place, name: str = "admin") -> None:
        """Become who has an account."""
        form = {"username": name, "password": ADMIN_PASSWORD, "next": "/admin/"}
        assert self._post(place, "/admin/login/", form)[0] == 302

    def close_room(self, place: Place, key: int) -> None:
        """As an administrator, by the action on the page that lists rooms."""
        form = {"action": "close_rooms", "_selected_action": str(key), "confirmed": "1"}
        assert self._post(place, "/admin/watchparty/room/", form)[0] == 302

    def _post(self, place: Place, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        token = {"csrfmiddlewaretoken": self._cookies["csrftoken"]}
        return self.ask(place, path, urlencode(token | fields))
