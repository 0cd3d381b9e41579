"""Who somebody is: the signed cookie of a person, ids derived from it, and readmission tickets."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Literal

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:  # models, which exist only once Django is set up
    from django.contrib.auth.models import AnonymousUser, User

COOKIE_NAME = "csw_person"
COOKIE_AGE_S = 365 * 24 * 3600
# A visitor who comes at least once a year is never forgotten.
RENEW_AFTER_S = 30 * 24 * 3600
TICKET_AGE_S = 24 * 3600
ID_BYTES = 18
ID_DIGITS = 16  # 64 bits of a keyed hash: nobody can choose a collision

COOKIE_SALT = "csw.person"
TICKET_SALT = "csw.ticket"
PERSON_SALT = "csw.person.public"
ACCOUNT_MARK = "@"
ACCOUNT_SALT = "csw.person.account"
BEARER_SALT = "csw.person.token"
USER_SALT = "csw.user"

GetResponse = Callable[[HttpRequest], Any]


@dataclass(frozen=True, slots=True)
class PersonCookie:
    """What a cookie header says: `person` is the secret id, and only there when valid."""

    status: Literal["missing", "valid", "forged"]
    person: str = ""
    ageing: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who has signed in: the same (public) person on every device."""

    person: str
    name: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """A proof of having been admitted: this user of this (public) person, in this room."""

    user: str
    person: str
    room: str


class PersonMiddleware:
    """Sets `request.person` to the secret id and gives a cookie to visitors who get a page.

    Films, interfaces and files leave no cookie; a forged cookie is replaced by a new person.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Recognise, answer, remember."""
        if self._is_async:
            return self._answer_async(request)
        cookie = recognise(request)
        return remember(request, cookie, self._get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        cookie = recognise(request)
        return remember(request, cookie, await self._get_response(request))


def recognise(request: HttpRequest) -> PersonCookie:
    """Put the person on the request, a new one where none is proved."""
    cookie = read_cookie(request.COOKIES.get(COOKIE_NAME))
    request.person = cookie.person or new_person()  # type: ignore[attr-defined]
    return cookie


def remember(
    request: HttpRequest, cookie: PersonCookie, response: HttpResponseBase
) -> HttpResponseBase:
    """Set the cookie where a page is answered and the visitor's one is not fresh."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    fresh = cookie.status == "valid" and not cookie.ageing
    if is_page and not fresh:
        person: str = request.person  # type: ignore[attr-defined]
        response.set_cookie(
            COOKIE_NAME,
            sign_person(person),
            max_age=COOKIE_AGE_S,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        patch_vary_headers(response, ["Cookie"])
    return response


def new_person() -> str:
    """A secret id nobody can guess."""
    return secrets.token_urlsafe(ID_BYTES)


def sign_person(person: str) -> str:
    """The cookie's value."""
    return signing.TimestampSigner(salt=COOKIE_SALT).sign(person)


def person_from_cookie_header(header: bytes | str) -> PersonCookie:
    """The same for a WebSocket handshake, which has only the raw header."""
    text = header.decode("latin-1") if isinstance(header, bytes) else header
    if COOKIE_NAME not in text:
        return PersonCookie("missing")
    jar = SimpleCookie()
    for part in text.split(";"):
        # One at a time: SimpleCookie drops everything after a neighbour that it cannot read.
        if part.strip().startswith(f"{COOKIE_NAME}="):
            try:
                jar.load(part.strip())
            except CookieError:
                return PersonCookie("forged")
            return read_cookie(jar[COOKIE_NAME].value if COOKIE_NAME in jar else "")
    return PersonCookie("missing")


def read_cookie(value: str | None) -> PersonCookie:
    """Missing, valid or forged; an expired cookie counts as missing."""
    if value is None:
        return PersonCookie("missing")
    signer = signing.TimestampSigner(salt=COOKIE_SALT)
    try:
        return PersonCookie("valid", signer.unsign(value, max_age=RENEW_AFTER_S))
    except signing.SignatureExpired:
        pass
    except signing.BadSignature:
        return PersonCookie("forged")
    try:
        return PersonCookie("valid", signer.unsign(value, max_age=COOKIE_AGE_S), ageing=True)
    except signing.SignatureExpired:
        return PersonCookie("missing")


def public_person(secret_id: str) -> str:
    """The id that others may see; it does not lead back to the cookie."""
    return _keyed(PERSON_SALT, secret_id)


def account_of(user: User | AnonymousUser) -> Account | None:
    """The account of a user of Django's; None for nobody."""
    if not user.is_authenticated:
        return None
    name = user.get_full_name() or user.get_username()
    return Account(ACCOUNT_MARK + _keyed(ACCOUNT_SALT, str(user.pk)), name)


def account_of_token(issuer: str, subject: str, name: str) -> Account:
    """The account that a valid token speaks of; each issuer has its own."""
    return Account(ACCOUNT_MARK + _keyed(BEARER_SALT, json.dumps([issuer, subject])), name)


def is_account(person: str) -> bool:
    """Whether only who has signed in can be this (public) person."""
    return person.startswith(ACCOUNT_MARK)


def person_of(request: HttpRequest) -> str:
    """The public id of who asks for a page: the same as on the sockets of that browser."""
    account = account_of(request.user)
    return account.person if account else public_person(request.person)  # type: ignore[attr-defined]


def user_id(room: str, person: str, tab: str) -> str:
    """The id of one tab of a person in a room: a reload is the same viewer."""
    return _keyed(USER_SALT, f"{room}\n{person}\n{tab}")


def make_ticket(user: str, person: str, room: str) -> str:
    """A day's readmission past lock, password and limit."""
    signer = signing.TimestampSigner(salt=TICKET_SALT)
    return signer.sign_object([user, person, room])


def read_ticket(text: str) -> Ticket | None:
    """None for a forged or expired ticket: the door then treats its holder as new."""
    signer = signing.TimestampSigner(salt=TICKET_SALT)
    try:
        user, person, room = signer.unsign_object(text, max_age=TICKET_AGE_S)
    except signing.BadSignature:
        return None
    return Ticket(user, person, room)


def _keyed(salt: str, value: str) -> str:
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()[:ID_DIGITS]
