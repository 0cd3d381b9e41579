"""Who owns a room, who helps and who is kept out: by person."""

from watchparty.core.people import MAX_REMOVALS, People, Removal

NOW_MS = 1_000_000.0
OWNED = People(rightful="ada", owner="ada")


def test_a_room_of_nobody_has_no_owner_though_somebody_has_no_name() -> None:
    assert People().role_of("") == "guest"


def test_who_is_kept_out_comes_in_again_after_their_time() -> None:
    people = OWNED.barred("bo", NOW_MS + 60_000, NOW_MS)
    assert people.is_barred("bo", NOW_MS + 59_999)
    assert not people.is_barred("bo", NOW_MS + 60_000)
    assert not people.is_banned("bo")


def test_a_ban_never_ends() -> None:
    people = OWNED.barred("bo", None, NOW_MS)
    assert people.is_barred("bo", NOW_MS * 1e6)
    assert people.is_banned("bo")


def test_who_is_sent_out_helps_and_controls_no_more() -> None:
    people = OWNED.with_role("bo", "host").with_grant("bo", granted=True)
    people = people.barred("bo", None, NOW_MS)
    assert (people.role_of("bo"), people.granted) == ("guest", ())


def test_those_whose_time_is_over_are_forgotten() -> None:
    people = OWNED.barred("bo", NOW_MS + 1, NOW_MS).barred("cy", NOW_MS + 9, NOW_MS + 5)
    assert set(people.removals) == {"cy"}


def test_of_too_many_removals_those_that_end_by_themselves_are_forgotten_first() -> None:
    people = OWNED.barred("ban-0", None, NOW_MS).barred("short", NOW_MS + 60_000, NOW_MS)
    for number in range(1, MAX_REMOVALS):
        people = people.barred(f"ban-{number}", None, NOW_MS + number)
    assert len(people.removals) == MAX_REMOVALS
    assert not people.is_barred("short", NOW_MS)
    people = people.barred("one-more", NOW_MS + 60_000, NOW_MS)
    assert len(people.removals) == MAX_REMOVALS
    assert not people.is_banned("ban-0")
    assert people.is_banned("ban-1")
    assert people.is_barred("one-more", NOW_MS)


def test_who_is_sent_out_once_more_costs_nobody_else_s_ban() -> None:
    people = OWNED
    for number in range(MAX_REMOVALS):
        people = people.barred(f"ban-{number}", None, NOW_MS)
    assert people.barred("ban-7", NOW_MS + 60_000, NOW_MS).bans.keys() == people.bans.keys()


def test_who_is_let_in_again_is_as_if_never_sent_out() -> None:
    people = OWNED.barred("bo", None, NOW_MS).barred("cy", None, NOW_MS)
    assert people.let_in("bo") == OWNED.barred("cy", None, NOW_MS)
    assert people.let_in("nobody") == people


def test_a_ban_keeps_when_it_was_and_the_names_of_both() -> None:
    people = OWNED.barred("bo", NOW_MS + 60_000, NOW_MS).barred(
        "cy", None, NOW_MS, name="Cy", by="Ada"
    )
    assert people.bans == {"cy": Removal(None, NOW_MS, name="Cy", by="Ada")}


def test_a_role_and_a_grant_are_given_once_and_taken_back() -> None:
    twice = OWNED.with_role("bo", "host").with_role("bo", "host")
    assert twice.hosts == ("bo",)
    assert twice.with_role("bo", "guest").hosts == ()
    granted = OWNED.with_grant("bo", granted=True).with_grant("bo", granted=True)
    assert granted.granted == ("bo",)
    assert granted.with_grant("bo", granted=False).granted == ()


def test_who_hands_a_room_over_helps_the_new_owner() -> None:
    people = OWNED.with_role("bo", "host").handed_to("bo")
    assert (people.rightful, people.owner, people.hosts) == ("bo", "bo", ("ada",))


def test_a_stand_in_is_what_they_were_once_the_owner_is_back() -> None:
    for was in ("guest", "host"):
        people = OWNED.with_role("bo", "host" if was == "host" else "guest").led_by("bo")
        assert (people.owner, people.rightful, people.role_of("bo")) == ("bo", "ada", "owner")
        assert people.role_of("ada") == "guest"
        assert people.former_role == was
        back = people.relieved()
        assert (back.role_of("ada"), back.role_of("bo")) == ("owner", was)


def test_a_stand_in_who_is_gone_is_followed_by_another() -> None:
    people = OWNED.with_role("bo", "host").led_by("bo").led_by("cy")
    assert (people.role_of("cy"), people.role_of("bo")) == ("owner", "host")
    back = people.relieved()
    assert (back.role_of("ada"), back.role_of("bo"), back.role_of("cy")) == (
        *("owner", "host", "guest"),
    )


def test_nothing_changes_where_the_owner_never_left() -> None:
    assert OWNED.relieved() is OWNED
