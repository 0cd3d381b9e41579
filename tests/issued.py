"""Tokens as another site would issue them, good ones unless a test spoils them."""

import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from watchparty.identity import account_of_token

SECRET = "what-this-site-and-the-issuer-share-0123456789"
AUDIENCE = "https://party.example"
HOUR_S = 3600
ADA = account_of_token("", "ada", "Ada Lovelace")
"""Whom an unspoilt token speaks of."""


def token(key: Any = SECRET, algorithm: str | None = "HS256", **claims: Any) -> str:
    """A token for Ada that holds for an hour; a claim of None is left out."""
    usual = {"sub": "ada", "aud": AUDIENCE, "exp": time.time() + HOUR_S, "name": "Ada Lovelace"}
    given = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode(given, key, algorithm=algorithm)


def take_tokens(settings: Any, key: str = SECRET, algorithm: str = "HS256") -> None:
    """Settings of a site that takes them."""
    settings.JWT_ALGORITHM = algorithm
    settings.JWT_KEY = key
    settings.JWT_AUDIENCE = AUDIENCE


def private_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A fresh one."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


def public_pem(key: rsa.RSAPrivateKey) -> str:
    """What the issuer gives away."""
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form).decode()


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """What the issuer must keep."""
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return key.private_bytes(*form, serialization.NoEncryption()).decode()
