"""The door: whom a join makes, and who is turned away."""

from typing import Any

import pytest
from msgspec import UNSET

from tests.dict_archive import kept
from watchparty.core.protocol import RoomJoin, User
from watchparty.core.text import MOST_MARKS
from watchparty.hub.door import PALETTE, TurnedAway, clean_name, make_user, readmits, ticket_of
from watchparty.identity import Ticket, make_ticket
from watchparty.store.base import fresh_state

STATE = fresh_state(kept("demo", created_by="person-ada"), "e1")


def join(**fields: Any) -> RoomJoin:
    return RoomJoin(**{"room_id": "demo", "name": "Ada", "tab": "tab-0001"} | fields)


def enter(person: str = "person-bo", **fields: Any) -> User:
    return make_user(join(**fields), STATE, person=person, instance="s1", now_ms=5.0)


# -- Turned away


@pytest.mark.parametrize(
    "name",
    [" ", "\t\n", "\u200b", "\u200d\u2060\ufeff", "\u202e", "\u00ad", "\u3164", "\u2800",
     "\u115f\u1160", "\uffa0", "\u0301", "\ufe0f", "\u0000", "\u00a0", "\ue000", "\u034f"],
)  # fmt: skip
def test_a_name_that_cannot_be_seen_is_refused(name: str) -> None:
    with pytest.raises(TurnedAway) as caught:
        enter(name=name)
    assert (caught.value.code, caught.value.field) == ("invalid_field", "name")


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../etc/passwd", "", "europe/berlin\x00"])
def test_a_time_zone_that_is_not_there_keeps_nobody_out_and_is_no_place(zone: str) -> None:
    user = enter(timezone=zone)
    assert (user.city, user.flag, user.timezone) == (None, None, None)


@pytest.mark.parametrize("text", ["forged", "", make_ticket("u", "p", "other"), UNSET])
def test_a_forged_ticket_or_another_room_s_is_none(text: Any) -> None:
    assert ticket_of(join(ticket=text), "demo") is None


def test_a_ticket_that_was_tampered_with_is_none() -> None:
    ticket = make_ticket("u", "p", "demo")
    for text in (ticket[:-1], ticket[1:], f"x{ticket}", ticket.swapcase()):
        assert ticket_of(join(ticket=text), "demo") is None


def test_nobody_is_readmitted_with_another_s_ticket() -> None:
    bo = enter()
    assert not readmits(join(), bo, "demo")
    for ticket in (
        make_ticket(bo.id, "person-ada", "demo"),
        make_ticket("another tab", bo.person, "demo"),
        make_ticket(bo.id, bo.person, "other"),
    ):
        assert not readmits(join(ticket=ticket), bo, "demo")


# -- Let in


def test_a_ticket_readmits_its_holder() -> None:
    bo = enter()
    ticket = make_ticket(bo.id, bo.person, "demo")
    assert ticket_of(join(ticket=ticket), "demo") == Ticket(bo.id, bo.person, "demo")
    assert readmits(join(ticket=ticket), bo, "demo")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada", "Ada"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("A\u202eda", "Ada"),
        ("A\u200bda", "Ada"),
        ("A\u200cd\u200da", "Ada"),
        ("Ada\u00a0\nLovelace", "Ada Lovelace"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("鈴木 🍿", "鈴木 🍿"),
        ("e\u0301", "e\u0301"),
        ("❤️", "❤️"),
        ("?", "?"),
    ],
)
def test_a_name_is_shown_as_it_was_meant(name: str, shown: str) -> None:
    assert clean_name(name) == shown


def test_a_reload_is_the_same_viewer() -> None:
    assert enter().id == enter(name="Other").id


def test_other_tabs_and_other_persons_are_others() -> None:
    assert len({enter().id, enter(tab="tab-0002").id, enter("person-cy").id}) == 3


def test_without_a_tab_everybody_is_new() -> None:
    assert enter(tab=UNSET).id != enter(tab=UNSET).id


def test_who_made_the_room_owns_it() -> None:
    assert enter("person-ada").role == "owner"
    assert enter().role == "guest"


def test_a_room_that_nobody_made_has_no_owner() -> None:
    state = fresh_state(kept("demo", created_by=""), "e1")
    assert make_user(join(), state, person="", instance="s1", now_ms=5.0).role == "guest"


def test_the_city_is_shown_unless_it_is_hidden() -> None:
    shown = enter(timezone="Europe/Berlin")
    assert (shown.city, shown.flag, shown.timezone) == ("Berlin", "🇩🇪", "Europe/Berlin")
    hidden = enter(timezone="Europe/Berlin", share_city=False)
    assert (hidden.city, hidden.flag, hidden.timezone) == (None, None, None)
    assert enter().city is None


def test_who_chose_no_colour_always_gets_the_same() -> None:
    assert enter().color == enter().color
    assert enter().color in PALETTE
    assert enter(color="#ABCDEF").color == "#abcdef"


def test_no_name_towers_over_the_lines_beside_it() -> None:
    assert clean_name("A" + "\u0336" * 39) == "A" + "\u0336" * MOST_MARKS
