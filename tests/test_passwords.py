"""Passwords of rooms: what is kept, what is compared, what is remembered, and whom it holds up."""

import asyncio
from threading import Event

import pytest

from watchparty import passwords
from watchparty.passwords import THREADS, Passwords


class Compared:
    """Stands for Django's slow comparison: `kept` is the right one, said backwards."""

    def __init__(self) -> None:
        self.tries: list[str] = []
        self.may_go_on = Event()
        self.may_go_on.set()

    def __call__(self, password: str, kept: str) -> bool:
        self.tries.append(password)
        self.may_go_on.wait(10)
        return password[::-1] == kept


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Compared:
    compared = Compared()
    monkeypatch.setattr(passwords, "check_password", compared)
    return compared


async def test_what_is_kept_opens_to_its_password_alone() -> None:
    kept = await Passwords().hash("sesame")
    assert kept.startswith("scrypt$")
    assert "sesame" not in kept
    assert not await Passwords().is_right("Sesame", kept)
    assert await Passwords().is_right("sesame", kept)


async def test_no_password_is_kept_as_nothing() -> None:
    assert await Passwords().hash("") == ""


async def test_a_wrong_one_is_refused_however_often_the_right_one_came(compared: Compared) -> None:
    door = Passwords()
    for password in ("sesame", "sesam", "sesame", "sesame ", ""):
        assert await door.is_right(password, "emases") == (password == "sesame")
    assert compared.tries == ["sesame", "sesam", "sesame ", ""]


async def test_the_old_password_opens_no_more(compared: Compared) -> None:
    door = Passwords()
    assert await door.is_right("sesame", "emases")
    assert not await door.is_right("sesame", "yelrab")


async def test_a_hundred_who_come_at_once_cost_a_hash_or_two(compared: Compared) -> None:
    door = Passwords()
    compared.may_go_on.clear()
    arrivals = [asyncio.create_task(door.is_right("sesame", "emases")) for _ in range(100)]
    await asyncio.sleep(0)
    compared.may_go_on.set()
    assert all(await asyncio.gather(*arrivals))
    assert len(compared.tries) <= THREADS


async def test_what_is_remembered_is_bounded_and_no_password(
    compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "REMEMBERED_ROOMS", 3)
    door = Passwords()
    for number in range(9):
        assert await door.is_right(f"{number}sesame", f"emases{number}")
    assert len(door._right) == 3
    assert not any(b"sesame" in digest for digest in door._right.values())
    assert Passwords()._digest("sesame") != door._digest("sesame")


async def test_guesses_leave_the_loop_s_own_threads_to_films(compared: Compared) -> None:
    compared.may_go_on.clear()
    door = Passwords()
    guesses = [asyncio.create_task(door.is_right(str(n), "emases")) for n in range(100)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(5):
            assert await asyncio.to_thread(len, "a film") == 6
    finally:
        compared.may_go_on.set()
    assert not any(await asyncio.gather(*guesses))
    assert len(compared.tries) == 100


async def test_who_knows_it_does_not_wait_behind_guesses(compared: Compared) -> None:
    door = Passwords()
    assert await door.is_right("sesame", "emases")
    compared.may_go_on.clear()
    guesses = [asyncio.create_task(door.is_right(str(n), "emases")) for n in range(100)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(5):
            assert await door.is_right("sesame", "emases")
    finally:
        compared.may_go_on.set()
    await asyncio.gather(*guesses)
