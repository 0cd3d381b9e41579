"""Who has signed in at a socket, by Django's session or by a token, and what follows for a join."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, parse_cookie
from msgspec import UNSET, UnsetType, structs

from sync.core.guard import Refuse
from sync.core.wire import CLOCK_ROOM, CloseCode, ErrorMessage
from watchparty.core.protocol import (
    BEARER,
    MAX_NAME_LENGTH,
    ClientMessage,
    MemberRename,
    RoomJoin,
)
from watchparty.core.session import refusal
from watchparty.fresh_connection import with_fresh_connection
from watchparty.hub.connection import Connection
from watchparty.hub.door import TurnedAway, clean_name
from watchparty.identity import Account, account_of, account_of_token, is_account, read_ticket
from watchparty.tokens import read_token, unauthorised

LOOK_UP_WITHIN_S: Final = 5.0
"""A database that is slower keeps nobody waiting: the browser comes back."""

Scope = dict[str, Any]

logger = logging.getLogger(__name__)

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="accounts")


async def account_at_handshake(scope: Scope, cookies: bytes) -> Account | Refuse | None:
    """Who opens a socket, by the token it offers, else by its session; None: nobody signed in.

    Awaits the database where a session cookie came, and nothing at all otherwise. The address is
    never read: it ends up in logs, histories and Referer headers.
    """
    for offered in scope.get("subprotocols", ()):
        if offered.startswith(BEARER):
            return _account_of_token(offered.removeprefix(BEARER))
    key = _session_key(cookies)
    if key is None:
        return None
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOK_UP_WITHIN_S):
            return await loop.run_in_executor(
                _threads, with_fresh_connection, _account_of_session, key
            )
    except Exception:
        logger.exception("a session could not be looked up")
        answer = ErrorMessage(code="unavailable", message="Your account can't be looked up now.")
        return Refuse(answer, CloseCode.INTERNAL)


def settle(connection: Connection, message: ClientMessage) -> ClientMessage | Refuse:
    """A message as it counts from who has signed in; all but joining and renaming count as sent."""
    match message:
        case RoomJoin():
            return _settle_join(connection, message)
        case MemberRename():
            return _settle_name(connection, message)
        case _:
            return message


def _settle_join(connection: Connection, join: RoomJoin) -> RoomJoin | Refuse:
    """The join under the account's name; it settles who the socket is, and its token ends here."""
    if not isinstance(join.token, UnsetType):
        account = _account_of_token(join.token)
        if isinstance(account, Refuse):
            return account
        if connection.has_asked and account.person != connection.person:
            return unauthorised("This socket has asked to join as somebody else.")
        connection.sign_in(account)
    if connection.account is None and settings.WS_AUTH == "required" and join.room_id != CLOCK_ROOM:
        return unauthorised("Sign in to watch here.")
    connection.has_asked = True
    return structs.replace(
        join,
        name=name_of(connection.account) or join.name,
        ticket=UNSET if connection.account is None and _is_of_account(join) else join.ticket,
        token=UNSET,
    )


def _is_of_account(join: RoomJoin) -> bool:
    """Whether its ticket was an account's: that readmits the account, and replaces no sign-in."""
    ticket = None if isinstance(join.ticket, UnsetType) else read_ticket(join.ticket)
    return ticket is not None and is_account(ticket.person)


def _settle_name(connection: Connection, message: MemberRename) -> MemberRename | Refuse:
    if name_of(connection.account) not in ("", message.name):
        return refusal("forbidden", "You are signed in: your name is that of your account.")
    return message


def name_of(account: Account | None) -> str:
    """An account's name as others see it; empty where it has none that shows."""
    try:
        return clean_name(account.name)[:MAX_NAME_LENGTH].strip() if account else ""
    except TurnedAway:
        return ""


def _account_of_token(text: str) -> Account | Refuse:
    claims = read_token(text)
    if isinstance(claims, Refuse):
        return claims
    return account_of_token(claims.issuer, claims.subject, claims.name)


def _session_key(cookies: bytes) -> str | None:
    key = parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
    # A quoted cookie may hold anything; PostgreSQL chokes on NUL.
    return key if key and key.isascii() and key.isprintable() else None


def _account_of_session(key: str) -> Account | None:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return account_of(auth.get_user(request))
