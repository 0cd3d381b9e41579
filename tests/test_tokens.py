"""Tokens: everything that must not count first, then what a good one says."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from sync.core.guard import Refuse
from sync.core.wire import CloseCode, ErrorMessage
from tests.issued import (
    AUDIENCE,
    HOUR_S,
    SECRET,
    private_key,
    private_pem,
    public_pem,
    take_tokens,
    token,
)
from watchparty.core.protocol import MAX_TOKEN_LENGTH
from watchparty.tokens import LEEWAY_S, Claims, problems, read_token

ADA_LOVELACE = Claims("ada", "Ada Lovelace", "")


@pytest.fixture(autouse=True)
def tokens_are_taken(settings: Any) -> None:
    take_tokens(settings)


@pytest.fixture(scope="module")
def issuer() -> rsa.RSAPrivateKey:
    """Whose public key the site has, where it has RS256."""
    return private_key()


def why_not(text: str) -> str:
    """The sentence that a refused token gets."""
    refused = read_token(text)
    assert isinstance(refused, Refuse), refused
    assert isinstance(refused.answer, ErrorMessage)
    assert (refused.answer.code, refused.close) == ("unauthorised", CloseCode.UNAUTHORISED)
    return refused.answer.message


def segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], sign: Any, claims: dict[str, Any] | None = None) -> str:
    """A token that no library would make."""
    said = claims or {"sub": "ada", "aud": AUDIENCE, "exp": time.time() + HOUR_S}
    signed = ".".join(segment(json.dumps(part).encode()) for part in (header, said))
    return f"{signed}.{segment(sign(signed.encode()))}"


def by_hand_signed(changes: dict[str, Any]) -> str:
    """Rightly signed, whatever it says: PyJWT refuses to write some of it."""
    usual = {"sub": "ada", "aud": AUDIENCE, "exp": time.time() + HOUR_S}
    claims = {name: value for name, value in (usual | changes).items() if value is not None}
    header = {"alg": "HS256", "typ": "JWT"}
    return by_hand(header, hmac_by(SECRET), claims)


def hmac_by(key: str) -> Any:
    return lambda signed: hmac.digest(key.encode(), signed, hashlib.sha256)


# -- Refusals


@pytest.mark.parametrize(
    "text", ["", "x", "a.b", "a.b.c", "..", "a.b.c.d", "é.é.é", "\ud800", "[]"]
)
def test_garbage_is_refused(text: str) -> None:
    assert why_not(text) == "This token is not valid here."


@pytest.mark.parametrize(
    "claims",
    [{"exp": None}, {"aud": None}, {"sub": None}, {"sub": ""}, {"exp": "soon"}, {"iss": 7}],
    ids=str,
)
def test_a_token_that_lacks_what_it_must_say_is_refused(claims: dict[str, Any]) -> None:
    assert why_not(by_hand_signed(claims)) == "This token is not valid here."


@pytest.mark.parametrize("sub", [7, ["ada"], {"id": "ada"}])
def test_a_subject_that_is_no_text_is_refused(sub: Any) -> None:
    assert why_not(by_hand_signed({"sub": sub})) == "This token is not valid here."


def test_an_expired_token_is_refused_and_says_so() -> None:
    late = token(exp=time.time() - LEEWAY_S - 2)
    assert why_not(late) == "This token has expired. Get a new one."


def test_the_issuer_s_clock_may_differ_a_little() -> None:
    assert read_token(token(exp=time.time() - LEEWAY_S / 2)) == ADA_LOVELACE


def test_a_token_of_the_future_is_refused() -> None:
    assert why_not(token(nbf=time.time() + HOUR_S)) == "This token is not valid here."


@pytest.mark.parametrize("aud", ["https://other.example", ["a", "b"], AUDIENCE + "/", ""])
def test_a_token_for_another_site_is_refused(aud: Any) -> None:
    assert why_not(token(aud=aud)) == "This token is not valid here."


def test_a_token_of_another_issuer_is_refused_where_one_is_named(settings: Any) -> None:
    settings.JWT_ISSUER = "https://id.example"
    for issuer in (None, "https://evil.example", "https://id.example/"):
        assert why_not(token(iss=issuer)) == "This token is not valid here."
    assert isinstance(read_token(token(iss="https://id.example")), Claims)


def test_a_token_signed_by_somebody_else_is_refused() -> None:
    assert why_not(token(key="another-secret-" * 4)) == "This token is not valid here."


def test_a_token_changed_after_signing_is_refused() -> None:
    header, _, signature = token().split(".")
    other = token(sub="root").split(".")[1]
    assert why_not(f"{header}.{other}.{signature}") == "This token is not valid here."


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_refused(alg: str) -> None:
    assert why_not(by_hand({"alg": alg}, lambda _: b"")) == "This token is not valid here."
    assert why_not(token(key=None, algorithm="none")) == "This token is not valid here."


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_with_the_right_secret_is_refused(algorithm: str) -> None:
    long_secret = SECRET * 2
    assert why_not(token(key=long_secret, algorithm=algorithm)) == "This token is not valid here."


def test_the_public_key_is_no_secret_to_sign_by(settings: Any, issuer: rsa.RSAPrivateKey) -> None:
    pem = public_pem(issuer)
    take_tokens(settings, pem, "RS256")
    for key in (pem, pem.strip(), pem + "\n"):
        forged = by_hand({"alg": "HS256", "typ": "JWT"}, hmac_by(key))
        assert why_not(forged) == "This token is not valid here."


def test_hs256_tokens_do_not_pass_for_rs256_nor_the_other_way_round(
    settings: Any, issuer: rsa.RSAPrivateKey
) -> None:
    assert why_not(token(issuer, "RS256")) == "This token is not valid here."
    take_tokens(settings, public_pem(issuer), "RS256")
    assert why_not(token()) == "This token is not valid here."
    assert why_not(token(private_key(), "RS256")) == "This token is not valid here."


def test_a_key_that_a_token_brings_along_is_not_used(
    settings: Any, issuer: rsa.RSAPrivateKey
) -> None:
    take_tokens(settings, public_pem(issuer), "RS256")
    own = private_key()
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key(), as_dict=True)
    forged = jwt.encode(
        {"sub": "ada", "aud": AUDIENCE, "exp": time.time() + HOUR_S}, own, "RS256", {"jwk": jwk}
    )
    assert why_not(forged) == "This token is not valid here."


def test_a_token_that_is_too_long_is_refused_unread() -> None:
    longest = token(padding="x")
    text = token(padding="x" * MAX_TOKEN_LENGTH)
    assert len(text) > MAX_TOKEN_LENGTH > len(longest)
    assert why_not(text) == "This token is not valid here."
    assert read_token(longest) == ADA_LOVELACE


def test_without_a_key_no_token_counts_not_even_one_of_an_empty_key(settings: Any) -> None:
    settings.JWT_KEY = ""
    assert why_not(token()) == "This site takes no tokens."
    assert why_not(by_hand({"alg": "HS256"}, hmac_by(""))) == "This site takes no tokens."


def test_why_a_token_was_refused_is_logged_without_the_token(caplog: Any) -> None:
    caplog.set_level("INFO")
    text = token(aud="https://other.example")
    why_not(text)
    assert "InvalidAudienceError" in caplog.text
    assert text.split(".")[2] not in caplog.text


# -- What counts


def test_a_good_token_says_who_and_whose() -> None:
    assert read_token(token()) == ADA_LOVELACE
    assert read_token(token(name=None, iss="https://id.example")) == Claims(
        "ada", "", "https://id.example"
    )
    assert read_token(token(name=7)) == Claims("ada", "", "")
    assert read_token(token(aud=["https://other.example", AUDIENCE])) == ADA_LOVELACE


def test_rs256_is_read_by_the_public_key(settings: Any, issuer: rsa.RSAPrivateKey) -> None:
    take_tokens(settings, public_pem(issuer), "RS256")
    assert read_token(token(issuer, "RS256")) == ADA_LOVELACE


# -- Settings


def wrong(settings: Any, **changes: Any) -> str:
    for name, value in changes.items():
        setattr(settings, name, value)
    return " ".join(problems())


def test_a_key_wants_an_audience(settings: Any) -> None:
    assert "JWT_AUDIENCE is missing" in wrong(settings, JWT_AUDIENCE="")
    assert wrong(settings, JWT_KEY="") == "", "no key, no tokens, nothing to be wrong"


def test_a_short_secret_is_a_problem(settings: Any) -> None:
    assert wrong(settings, JWT_KEY="x" * 31) == "JWT_KEY is too short for HS256."
    assert wrong(settings, JWT_KEY="x" * 32) == ""


def test_a_public_key_as_secret_is_a_problem(settings: Any, issuer: rsa.RSAPrivateKey) -> None:
    assert wrong(settings, JWT_KEY=public_pem(issuer)) == "JWT_KEY is no secret for HS256."


def test_rs256_wants_a_public_rsa_key(settings: Any, issuer: rsa.RSAPrivateKey) -> None:
    settings.JWT_ALGORITHM = "RS256"
    assert wrong(settings, JWT_KEY=public_pem(issuer)) == ""
    assert "JWT_KEY is a private key" in wrong(settings, JWT_KEY=private_pem(issuer))
    assert wrong(settings, JWT_KEY=public_pem(private_key(1024))) == (
        "JWT_KEY is too short for RS256."
    )
    for nonsense in (SECRET, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"):
        assert wrong(settings, JWT_KEY=nonsense) == "JWT_KEY is no public key for RS256."
