"""Who comes into a room that is locked, asks for a password, or has sent somebody out."""

import asyncio
from typing import Any

import pytest

from sync.core.wire import CloseCode
from tests.party_rig import Member, Party, later
from watchparty import passwords
from watchparty.hub import admission
from watchparty.hub.hub import Hub

pytestmark = pytest.mark.virtual_time


@pytest.fixture(autouse=True)
def _hashes_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real hashes, in no time: the virtual clock does not wait for other threads."""

    async def at_once(function: Any, *arguments: Any) -> Any:
        await asyncio.sleep(0)
        return function(*arguments)

    monkeypatch.setattr(passwords, "aside", at_once)


async def arrives(party: Party, hub: Hub, name: str = "Bo", **join: Any) -> Member:
    member = party.visitor(hub, name)
    await member.join(**join)
    return member


def kept_out(member: Member) -> tuple[int | None, str]:
    """How a visitor was sent away."""
    last = member.messages[-1]
    return member.closed_with, str(last.get("code", last["type"]))


async def set_room(host: Member, **fields: Any) -> None:
    host.say("room:settings", **fields)
    await later()


# -- Locked


async def test_nobody_new_comes_into_a_locked_room(party: Party, hub: Hub, ada: Member) -> None:
    await set_room(ada, locked=True)
    assert kept_out(await arrives(party, hub)) == (CloseCode.NOT_ADMITTED, "locked")


async def test_who_was_there_comes_back_into_a_locked_room(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    await set_room(ada, locked=True)
    bo.hang_up()
    again = await arrives(party, hub, ticket=bo.last("user:self")["ticket"])
    assert again.connection.user_id == bo.id


async def test_a_host_opens_locks_from_outside(party: Party, hub: Hub, ada: Member) -> None:
    bo = await party.member(hub, "Bo")
    ada.say("member:role", userId=bo.id, role="host")
    await set_room(ada, locked=True, password="sesame")
    other_tab = await arrives(party, hub, tab="another-tab")
    assert other_tab.last("user:self")["role"] == "host"


# -- A password


async def test_a_room_with_a_password_asks_for_it(party: Party, hub: Hub, ada: Member) -> None:
    await set_room(ada, password="sesame")
    assert ada.last("room:settings")["hasPassword"] is True
    asked = (CloseCode.NOT_ADMITTED, "password_required")
    assert kept_out(await arrives(party, hub)) == asked
    assert kept_out(await arrives(party, hub, password="")) == asked
    wrong = (CloseCode.NOT_ADMITTED, "wrong_password")
    assert kept_out(await arrives(party, hub, password="Sesame")) == wrong


async def test_the_right_password_opens(party: Party, hub: Hub, ada: Member) -> None:
    await set_room(ada, password="sesame")
    bo = await arrives(party, hub, password="sesame")
    assert bo.heard("room:joined")


async def test_a_password_that_was_taken_away_is_asked_for_no_more(
    party: Party, hub: Hub, ada: Member
) -> None:
    await set_room(ada, password="sesame")
    await set_room(ada, password="")
    assert ada.last("room:settings")["hasPassword"] is False
    assert (await arrives(party, hub)).heard("room:joined")


async def test_neither_the_password_nor_its_hash_is_ever_sent(
    party: Party, hub: Hub, ada: Member
) -> None:
    await set_room(ada, password="sesame")
    bo = await arrives(party, hub, password="sesame")
    told = str(ada.messages) + str(bo.messages)
    assert "sesame" not in told
    assert "scrypt$" not in told
    _, state = await party.store.open("demo", hub.now_ms)
    assert state.password_hash.startswith("scrypt$")


async def test_a_ticket_is_as_good_as_the_password(party: Party, hub: Hub, ada: Member) -> None:
    await set_room(ada, password="sesame")
    bo = await arrives(party, hub, password="sesame")
    bo.hang_up()
    again = await arrives(party, hub, ticket=bo.last("user:self")["ticket"])
    assert again.heard("room:joined")


async def test_guessing_is_slow_for_a_person(party: Party, hub: Hub, ada: Member) -> None:
    await set_room(ada, password="sesame")
    for number in range(5):
        assert kept_out(await arrives(party, hub, password=f"guess {number}"))[1] == (
            "wrong_password"
        )
        await later(2)
    mallory = await arrives(party, hub, password="sesame")
    assert kept_out(mallory) == (CloseCode.NOT_ADMITTED, "error:ratelimit")
    assert mallory.messages[-1]["action"] == admission.TRIES
    assert not ada.news() or ada.closed_with is None


async def test_guessing_is_slow_for_an_address_though_it_changes_persons(
    party: Party, hub: Hub, ada: Member
) -> None:
    await set_room(ada, password="sesame")
    for number in range(6):
        mallory = party.visitor(hub, f"Mallory{number}")
        mallory.connection.address = "192.0.2.7"
        await mallory.join(password="guess")
    assert kept_out(mallory) == (CloseCode.NOT_ADMITTED, "error:ratelimit")


async def test_who_knows_the_password_is_never_one_too_many_from_an_address(
    party: Party, hub: Hub, ada: Member
) -> None:
    await set_room(ada, password="sesame")
    for number in range(12):
        pupil = party.visitor(hub, f"Pupil{number}")
        pupil.connection.address = "192.0.2.7"
        await pupil.join(password="sesame")
        assert pupil.heard("room:joined")


async def test_who_hangs_up_while_the_password_is_compared_is_not_seated(
    party: Party, hub: Hub, ada: Member
) -> None:
    await set_room(ada, password="sesame")
    bo = party.visitor(hub, "Bo")
    bo.say("room:join", roomId="demo", name="Bo", tab="tab-of-Bo", password="sesame")
    bo.hang_up()
    await later()
    assert not bo.heard("room:joined")
    assert not ada.heard("user:joined")


# -- Sent out


async def test_all_tabs_of_a_removed_person_close_and_hear_why(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    second = await arrives(party, hub, tab="second-tab")
    ada.say("member:remove", userId=bo.id, reason="Spoilers.", ref="r")
    await later()
    for tab in (bo, second):
        assert tab.last("member:removed")["reason"] == "Spoilers."
        assert tab.closed_with == CloseCode.REMOVED
    assert {one["userId"] for one in ada.heard("user:left")} == {bo.id, second.id}
    assert ada.last("member:removed")["ref"] == "r"


async def test_a_removed_person_comes_back_after_a_minute_and_not_before(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    ticket = bo.last("user:self")["ticket"]
    ada.say("member:remove", userId=bo.id)
    await later(59)
    barred = (CloseCode.REMOVED, "banned")
    again = await arrives(party, hub, ticket=ticket)
    assert kept_out(again) == barred
    assert again.last("error")["retryIn"] == pytest.approx(1000, abs=20)
    assert kept_out(await arrives(party, hub, tab="another-tab")) == barred
    await later(1.1)
    assert (await arrives(party, hub)).heard("room:joined")


async def test_a_ban_holds_for_the_room_s_life(party: Party, hub: Hub, ada: Member) -> None:
    bo = await party.member(hub, "Bo")
    ada.say("member:remove", userId=bo.id, ban=True)
    await later(3600)
    again = await arrives(party, hub, ticket=bo.last("user:self")["ticket"])
    assert kept_out(again) == (CloseCode.REMOVED, "banned")
    assert "retryIn" not in again.last("error")


async def test_a_guest_who_says_what_only_hosts_may_is_refused_and_nobody_notices(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    ada.news()
    bo.say("member:remove", userId=ada.id, ref="a")
    bo.say("member:role", userId=bo.id, role="owner", ref="b")
    bo.say("room:settings", locked=True, ref="c")
    bo.say("room:close", ref="d")
    await later()
    refusals = bo.heard("error")
    assert [(one["code"], one["ref"]) for one in refusals] == [("forbidden", ref) for ref in "abcd"]
    assert ada.news() == []


async def test_the_room_s_limit_is_what_it_is_set_to(party: Party, hub: Hub, ada: Member) -> None:
    await set_room(ada, maxUsers=1)
    assert kept_out(await arrives(party, hub)) == (CloseCode.NOT_ADMITTED, "room_full")


# -- Whose room it is


async def test_nobody_who_stands_in_keeps_out_whose_room_it_is(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    ada.hang_up()
    await later(66)
    assert bo.last("member:role")["role"] == "owner"
    await set_room(bo, locked=True, password="mine", maxUsers=1)
    back = await arrives(party, hub, "Ada", tab="on-another-day")
    await later(2)
    assert back.last("member:role")["reason"] == "return"
