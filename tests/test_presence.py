"""Who is in a room: places, the newest socket of a tab, the grace, and the digest."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from watchparty.core.presence import GRACE_MS, Roster, summarise, users_hash
from watchparty.core.protocol import USERS_IN_FULL, USERS_IN_PART, Role, Status, User

DIGESTS = Path(__file__).parent / "vectors" / "digest.json"


def user(user_id: str, *, role: Role = "guest", at_ms: float = 0.0, **fields: Any) -> User:
    return User(
        id=user_id,
        person=f"p-{user_id}",
        name=fields.get("name", user_id.title()),
        color=fields.get("color", "#123456"),
        city=None,
        flag=None,
        timezone=None,
        role=role,
        connected_at=at_ms,
        instance="s1",
    )


def socket_of(user_id: str) -> str:
    """Always the same object: sockets are told apart by identity."""
    return sys.intern(f"socket of {user_id}")


def status(drift_ms: float) -> Status:
    return Status(
        drift_ms=drift_ms,
        bound_ms=1,
        rtt_ms=1,
        rate=1,
        buffer_s=1,
        start_ms=1,
        dropped_frames=0,
        state="synced",
    )


def roster_of(*users: User) -> Roster[str]:
    roster = Roster[str]()
    for one in users:
        roster.seat(one, socket_of(one.id))
    return roster


# -- Refusals: what changes nothing


def test_a_stranger_has_nothing() -> None:
    roster = roster_of()
    assert roster.user("ada") is None
    assert roster.socket("ada") is None
    assert not roster.unseat("ada", "s", 0.0)
    assert not roster.remove("ada")
    roster.report("ada", status(1))
    assert (roster.statuses(), len(roster), "ada" in roster) == ({}, 0, False)


def test_the_end_of_a_replaced_socket_changes_nothing() -> None:
    roster = roster_of(user("ada"))
    roster.seat(user("ada"), "newer")
    assert not roster.unseat("ada", socket_of("ada"), 0.0)
    assert roster.socket("ada") == "newer"


def test_a_socket_ends_once() -> None:
    roster = roster_of(user("ada"))
    assert roster.unseat("ada", socket_of("ada"), 0.0)
    assert not roster.unseat("ada", socket_of("ada"), 4000.0)
    assert roster.expire(GRACE_MS) == ["ada"]


# -- Places


def test_a_newcomer_is_new_once() -> None:
    roster = roster_of()
    assert roster.seat(user("ada"), "s1") == (user("ada"), None, True)
    assert roster.seat(user("ada"), "s2") == (user("ada"), "s1", False)
    assert list(roster.sockets) == ["s2"]


def test_a_returning_tab_keeps_the_instant_at_which_it_first_came() -> None:
    roster = roster_of(user("ada", at_ms=5.0))
    seated, _, _ = roster.seat(user("ada", at_ms=99.0, name="Ada L."), "s2")
    assert (seated.connected_at, seated.name) == (5.0, "Ada L.")
    assert roster.user("ada") == seated


def test_within_the_grace_nobody_has_left() -> None:
    assert GRACE_MS == 5000
    roster = roster_of(user("ada"), user("bo"))
    roster.unseat("ada", socket_of("ada"), 1000.0)
    assert roster.expire(1000.0 + GRACE_MS - 1) == []
    assert len(roster) == 2
    assert roster.expire(1000.0 + GRACE_MS) == ["ada"]
    assert [one.id for one in roster.users()] == ["bo"]


def test_who_comes_back_within_the_grace_never_left() -> None:
    roster = roster_of(user("ada"))
    roster.unseat("ada", socket_of("ada"), 0.0)
    assert roster.seat(user("ada"), "s2")[1:] == (None, False)
    assert roster.expire(9e9) == []


def test_who_says_goodbye_is_gone_at_once() -> None:
    roster = roster_of(user("ada"))
    assert roster.remove("ada")
    assert (len(roster), roster.deserted) == (0, True)


def test_a_room_is_deserted_when_no_socket_is_left_though_members_may_return() -> None:
    roster = roster_of(user("ada"))
    roster.unseat("ada", socket_of("ada"), 0.0)
    assert (roster.deserted, len(roster)) == (True, 1)


def test_a_lost_member_s_status_is_forgotten() -> None:
    roster = roster_of(user("ada"), user("bo"))
    roster.report("ada", status(1))
    roster.report("bo", status(2))
    roster.unseat("ada", socket_of("ada"), 0.0)
    assert list(roster.statuses()) == ["bo"]


def test_an_update_replaces_what_is_known() -> None:
    roster = roster_of(user("ada"))
    roster.update(user("ada", name="Zoë"))
    assert [one.name for one in roster.users()] == ["Zoë"]


# -- Members at other servers


def test_a_member_at_another_server_is_listed_and_has_no_socket_here() -> None:
    roster = roster_of(user("ada"))
    assert roster.move(user("bo")) == (None, True)
    assert [one.id for one in roster.users()] == ["ada", "bo"]
    assert ([one.id for one in roster.here()], roster.elsewhere()) == (["ada"], {"bo"})
    assert list(roster.sockets) == [socket_of("ada")]


def test_who_is_elsewhere_never_runs_out_of_grace() -> None:
    roster = roster_of(user("ada"))
    roster.move(user("bo"))
    roster.unseat("ada", socket_of("ada"), 0.0)
    assert roster.expire(GRACE_MS) == ["ada"]
    assert "bo" in roster


def test_a_tab_that_moved_to_another_server_gives_up_its_socket_here() -> None:
    roster = roster_of(user("ada", name="Ada"))
    assert roster.move(user("ada", name="Ada L.")) == (socket_of("ada"), False)
    assert (roster.deserted, roster.elsewhere()) == (True, {"ada"})
    assert not roster.unseat("ada", socket_of("ada"), 0.0)
    assert [one.name for one in roster.users()] == ["Ada L."]


def test_a_tab_that_moved_within_its_grace_is_not_missed() -> None:
    roster = roster_of(user("ada"))
    roster.unseat("ada", socket_of("ada"), 0.0)
    assert [one.id for one in roster.here()] == ["ada"]
    assert roster.move(user("ada")) == (None, False)
    assert roster.expire(GRACE_MS) == []


def test_a_tab_that_comes_here_is_elsewhere_no_more() -> None:
    roster = roster_of()
    roster.move(user("ada", at_ms=7.0))
    seated, replaced, is_new = roster.seat(user("ada", at_ms=9.0), "a socket")
    assert (seated.connected_at, replaced, is_new) == (7.0, None, False)
    assert roster.elsewhere() == set()


# -- Lists and digests of large rooms


def test_above_200_the_list_is_cut_to_controllers_and_the_first_who_came() -> None:
    guests = [user(f"g{n:03}", at_ms=float(n)) for n in range(USERS_IN_FULL)]
    roster = roster_of(*guests)
    assert len(roster.users()) == USERS_IN_FULL
    for late in (user("host", role="host", at_ms=1e6), user("owner", role="owner", at_ms=2e6)):
        roster.seat(late, late.id)
    listed = [one.id for one in roster.users()]
    assert listed[:3] == ["owner", "host", "g000"]
    assert len(listed) == USERS_IN_PART


def test_above_200_the_digest_has_no_hash() -> None:
    roster = roster_of(*(user(str(n)) for n in range(USERS_IN_FULL)))
    assert roster.digest()[1] is not None
    roster.seat(user("one more"), "s")
    assert roster.digest() == (USERS_IN_FULL + 1, None)


@pytest.mark.parametrize("case", json.loads(DIGESTS.read_text(encoding="utf-8"))["cases"])
def test_digest(case: dict[str, Any]) -> None:
    users = [user(one.pop("id"), **one) for one in case["users"]]
    assert users_hash(users) == case["hash"]
    assert roster_of(*users).digest() == (len(users), case["hash"])


def test_a_summary_of_nobody_is_zero() -> None:
    summary = summarise({})
    assert (summary.p50, summary.p95, summary.worst) == (0.0, 0.0, [])


def test_a_summary_has_percentiles_of_the_drift_whatever_its_sign_and_the_worst_first() -> None:
    statuses = {f"u{n}": status(-n if n % 2 else n) for n in range(1, 101)}
    summary = summarise(statuses)
    assert (summary.p50, summary.p95) == (50, 95)
    assert summary.worst == ["u100", "u99", "u98", "u97", "u96"]
