"""Tokens: reads a JWT by the site's one algorithm and key, or says why it counts for nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings

from sync.core.guard import Refuse
from sync.core.wire import CloseCode, ErrorMessage
from watchparty.core.protocol import MAX_TOKEN_LENGTH

REQUIRED: Final = ("exp", "aud", "sub")
LEEWAY_S: Final = 10.0
"""By so much the clock of who issues tokens may differ from ours."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says of its bearer; `name` and `issuer` are empty where it doesn't."""

    subject: str
    name: str
    issuer: str


def read_token(text: str) -> Claims | Refuse:
    """The claims of a token for this site that has not expired, or the refusal it earns.

    The algorithm is the settings', never the token's own word: neither `none` nor an HMAC made
    with the public key passes.
    """
    if not settings.JWT_KEY:
        return unauthorised("This site takes no tokens.")
    if len(text) > MAX_TOKEN_LENGTH or not text.isascii():
        return unauthorised("This token is not valid here.")
    try:
        claims = jwt.decode(
            text,
            _key(settings.JWT_ALGORITHM, settings.JWT_KEY),
            algorithms=[settings.JWT_ALGORITHM],
            audience=settings.JWT_AUDIENCE,
            issuer=settings.JWT_ISSUER or None,
            leeway=LEEWAY_S,
            options={"require": list(REQUIRED)},
        )
    except jwt.ExpiredSignatureError:
        return unauthorised("This token has expired. Get a new one.")
    except jwt.InvalidTokenError as problem:
        logger.info("refused a token: %s", type(problem).__name__)  # its text may quote the token
        return unauthorised("This token is not valid here.")
    subject, issuer, name = claims["sub"], claims.get("iss", ""), claims.get("name", "")
    if not subject or not isinstance(issuer, str):
        return unauthorised("This token is not valid here.")
    return Claims(subject, name if isinstance(name, str) else "", issuer)


def unauthorised(message: str) -> Refuse:
    """A socket that is not let in for who it is, or isn't: told so, then closed 4401."""
    return Refuse(ErrorMessage(code="unauthorised", message=message), CloseCode.UNAUTHORISED)


def problems() -> Iterator[str]:
    """What is wrong with the settings for tokens, in sentences; nothing where there is no key."""
    if not settings.JWT_KEY:
        return
    if not settings.JWT_AUDIENCE:
        yield "JWT_AUDIENCE is missing: every token has to say that it is for this site."
    name = settings.JWT_ALGORITHM
    try:
        key = _key(name, settings.JWT_KEY)
    except (jwt.InvalidKeyError, TypeError):  # TypeError: it wants a password
        yield f"JWT_KEY is no {'public key' if name == 'RS256' else 'secret'} for {name}."
        return
    if isinstance(key, RSAPrivateKey):
        yield "JWT_KEY is a private key: give the public one, which is all that reading needs."
    if jwt.get_algorithm_by_name(name).check_key_length(key):
        yield f"JWT_KEY is too short for {name}."


@lru_cache(maxsize=2)
def _key(algorithm: str, text: str) -> Any:
    """The key as its algorithm wants it: reading a PEM costs more than a signature."""
    return jwt.get_algorithm_by_name(algorithm).prepare_key(text)
