"""Roles as the members see them, an owner who is gone, and who asks for control."""

import asyncio

import pytest

from sync.core.wire import CloseCode
from tests.dict_archive import kept
from tests.party_rig import Member, Party, later
from watchparty.hub.hub import Hub

pytestmark = pytest.mark.virtual_time

A_MINUTE_S = 62.0


def roles(member: Member) -> dict[str, str]:
    """Who is what, asked anew."""
    return {user["name"]: user["role"] for user in member.last("users:list")["users"]}


async def asked_roles(member: Member) -> dict[str, str]:
    member.say("users:list")
    await later()
    return roles(member)


async def test_a_role_holds_in_all_tabs_and_for_who_comes_later(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    ada.say("member:role", userId=bo.id, role="host", ref="r")
    await later()
    assert bo.last("member:role")["person"] == "person-Bo"
    assert await asked_roles(bo) == {"Ada": "owner", "Bo": "host"}
    cy = await party.member(hub, "Cy")
    assert {user["name"]: user["role"] for user in cy.last("room:joined")["users"]} == {
        "Ada": "owner",
        "Bo": "host",
        "Cy": "guest",
    }


async def test_an_owner_who_reloads_stays_the_owner(party: Party, hub: Hub, ada: Member) -> None:
    bo = await party.member(hub, "Bo")
    ada.hang_up()
    await later(50)
    again = await party.member(hub, "Ada")
    await later(30)
    assert not bo.heard("member:role")
    assert again.last("user:self")["role"] == "owner"


async def test_a_host_follows_an_owner_who_is_gone_for_a_minute(
    party: Party, hub: Hub, ada: Member
) -> None:
    await party.member(hub, "Bo")
    cy = await party.member(hub, "Cy")
    ada.say("member:role", userId=cy.id, role="host")
    await later()
    ada.say("room:leave")
    await later(A_MINUTE_S - 5)
    assert len(cy.heard("member:role")) == 1
    await later(5)
    event = cy.last("member:role")
    assert (event["userId"], event["role"], event["reason"], event["by"]) == (
        *(cy.id, "owner", "succession", None),
    )


async def test_without_a_host_the_longest_member_follows_and_the_owner_takes_over_again(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    await later(1)
    cy = await party.member(hub, "Cy")
    ada.hang_up()
    await later(A_MINUTE_S + 5)
    assert cy.last("member:role")["userId"] == bo.id
    back = await party.member(hub, "Ada")
    await later(2)
    event = cy.last("member:role")
    assert (event["userId"], event["reason"], event["formerRole"]) == (back.id, "return", "guest")
    assert await asked_roles(cy) == {"Ada": "owner", "Bo": "guest", "Cy": "guest"}


async def test_whose_room_it_is_is_told_though_somebody_stands_in(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    ada.hang_up()
    await later(A_MINUTE_S + 5)
    assert bo.last("member:role")["role"] == "owner"
    cy = await party.member(hub, "Cy")
    assert cy.last("room:joined")["rightful"] == "person-Ada"


async def test_nobody_follows_into_an_empty_room(party: Party, hub: Hub, ada: Member) -> None:
    ada.hang_up()
    await later(A_MINUTE_S * 2)
    bo = await party.member(hub, "Bo")
    assert bo.last("user:self")["role"] == "guest"
    assert not bo.heard("member:role")


async def test_a_room_that_nobody_made_is_owned_by_nobody(party: Party) -> None:
    party.archive.rooms["free"] = kept("free")
    bo = await party.member(party.server("s2"), "Bo", "free")
    await later(A_MINUTE_S * 2)
    assert not bo.heard("member:role")


async def test_a_guest_asks_the_hosts_alone_and_is_let(party: Party, hub: Hub, ada: Member) -> None:
    bo = await party.member(hub, "Bo")
    cy = await party.member(hub, "Cy")
    ada.say("room:settings", control="ask")
    await later()
    bo.say("video:play", ref="p")
    bo.say("member:ask")
    await later()
    assert (bo.last("error")["code"], bo.last("error")["ref"]) == ("forbidden", "p")
    assert ada.last("member:asked")["userId"] == bo.id
    assert not cy.heard("member:asked")
    ada.say("member:answer", userId=bo.id, grant=True)
    await later()
    assert cy.last("member:control")["granted"] is True
    bo.say("video:play", ref="q")
    await later()
    assert cy.last("video:state")["ref"] == "q"
    dee = await party.member(hub, "Dee")
    assert dee.last("room:joined")["granted"] == ["person-Bo"]


async def test_asking_where_nobody_has_to_or_again_is_refused(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    bo.say("member:ask")
    await later(5.1)
    assert bo.last("error")["code"] == "forbidden"
    ada.say("room:settings", control="ask")
    await later()
    ada.say("member:ask")
    await later()
    assert ada.last("error")["code"] == "forbidden"


async def test_at_another_server_roles_removals_and_questions_arrive(party: Party) -> None:
    here, there = party.server("s1", alone=False), party.server("s2", alone=False)
    ada, bo = await party.member(here, "Ada"), await party.member(there, "Bo")
    cy = await party.member(there, "Cy")
    await later(1)
    ada.say("room:settings", control="ask")
    await later(1)
    bo.say("member:ask")
    await later(1)
    assert ada.last("member:asked")["userId"] == bo.id
    ada.say("member:role", userId=cy.id, role="host")
    await later(1)
    assert (await asked_roles(cy))["Cy"] == "host"
    ada.say("member:remove", userId=bo.id)
    await later(1)
    assert bo.heard("member:removed")
    assert bo.closed_with == CloseCode.REMOVED
    await later(6)
    assert set(await asked_roles(ada)) == {"Ada", "Cy"}


async def test_a_list_is_not_older_than_the_events_that_came_before_it(party: Party) -> None:
    here, there = party.server("s1", alone=False), party.server("s2", alone=False)
    ada, bo = await party.member(here, "Ada"), await party.member(there, "Bo")
    await later(1)
    ada.say("member:role", userId=bo.id, role="host", ref="r1")
    while not bo.heard("member:role"):  # noqa: ASYNC110 - it asks in the very next turn
        await asyncio.sleep(0)
    bo.say("users:list")
    await later()
    listed = bo.last("users:list")["users"]
    assert {user["name"]: user["role"] for user in listed} == {"Ada": "owner", "Bo": "host"}


async def test_asking_counts_on_what_was_decided_elsewhere_before_it_is_heard_of(
    party: Party,
) -> None:
    here, there = party.server("s1", alone=False), party.server("s2", alone=False)
    ada, bo = await party.member(here, "Ada"), await party.member(there, "Bo")
    await later()
    party.layer.losing = 1
    ada.say("room:settings", control="ask", ref="r1")
    await later()
    assert not bo.heard("room:settings")
    bo.say("member:ask")
    await later()
    assert ada.heard("member:asked") == [{"type": "member:asked", "userId": bo.id}]
    assert not bo.heard("error")


# -- Who is banned


def banned(member: Member) -> list[str]:
    """The names of who is banned, as a member was told last."""
    return [ban["name"] for ban in member.last("bans:list")["bans"]]


async def test_guests_are_never_told_who_is_banned(party: Party, hub: Hub, ada: Member) -> None:
    bo, cy = await party.member(hub, "Bo"), await party.member(hub, "Cy")
    ada.say("member:remove", userId=bo.id, ban=True)
    await later()
    dee = await party.member(hub, "Dee")
    cy.say("member:unban", person="person-Bo", ref="c")
    ada.say("member:unban", person="person-Bo")
    cy.say("room:sync")
    await later(1)
    assert (cy.last("error")["code"], cy.last("error")["ref"]) == ("forbidden", "c")
    assert not cy.heard("bans:list")
    assert cy.heard("member:unbanned")
    assert not any(name in str(dee.messages) for name in ("person-Bo", "'Bo'"))


async def test_owner_and_hosts_know_who_is_banned_when_they_come_become_one_and_at_each_change(
    party: Party, hub: Hub, ada: Member
) -> None:
    assert banned(ada) == []
    bo, cy = await party.member(hub, "Bo"), await party.member(hub, "Cy")
    ada.say("member:remove", userId=bo.id, ban=True)
    await later()
    [ban] = ada.last("bans:list")["bans"]
    assert (ban["person"], ban["name"], ban["by"]) == ("person-Bo", "Bo", "Ada")
    assert ban["at"] == pytest.approx(hub.now_ms, abs=100)
    ada.say("member:role", userId=cy.id, role="host")
    await later()
    assert banned(cy) == ["Bo"]
    cy.hang_up()
    assert banned(await party.member(hub, "Cy")) == ["Bo"]
    ada.news()
    ada.say("chat:send", text="hello")
    await later()
    assert [one["type"] for one in ada.news()] == ["chat:message"]


async def test_a_host_lets_somebody_in_again(party: Party, hub: Hub, ada: Member) -> None:
    bo, cy = await party.member(hub, "Bo"), await party.member(hub, "Cy")
    ada.say("member:role", userId=cy.id, role="host")
    ada.say("member:remove", userId=bo.id, ban=True)
    await later()
    cy.say("member:unban", person="person-Bo", ref="r")
    await later()
    assert (cy.last("member:unbanned")["ref"], banned(cy), banned(ada)) == ("r", [], [])
    again = await party.member(hub, "Bo")
    assert again.heard("room:joined")
    assert not again.heard("bans:list")


async def test_at_another_server_hosts_know_who_is_banned_too(party: Party) -> None:
    here, there = party.server("s1", alone=False), party.server("s2", alone=False)
    ada, bo = await party.member(here, "Ada"), await party.member(there, "Bo")
    cy = await party.member(there, "Cy")
    await later(1)
    ada.say("member:role", userId=cy.id, role="host")
    ada.say("member:remove", userId=bo.id, ban=True)
    await later(1)
    assert banned(cy) == ["Bo"]
    cy.say("member:unban", person="person-Bo")
    await later(1)
    assert banned(ada) == []
    assert (await party.member(here, "Bo")).heard("room:joined")


async def test_the_owner_ends_the_party_for_all(party: Party, hub: Hub, ada: Member) -> None:
    bo = await party.member(hub, "Bo")
    ada.say("room:close", ref="r")
    await later()
    assert bo.last("room:closed")["by"] == ada.id
    assert bo.closed_with == CloseCode.ROOM_CLOSED


async def test_what_was_written_is_there_for_who_comes_and_after_a_restart(
    party: Party, hub: Hub, ada: Member
) -> None:
    ada.say("chat:send", text="hello", videoTime=3.5, ref="c")
    await later()
    assert ada.last("chat:message")["ref"] == "c"
    bo = await party.member(hub, "Bo")
    assert [one["text"] for one in bo.last("room:joined")["chat"]] == ["hello"]
    await hub.close()
    party.hubs.remove(hub)
    party.store = party.new_store()
    again = await party.member(party.server("s3"), "Ada")
    assert [one["text"] for one in again.last("room:joined")["chat"]] == ["hello"]
    assert again.last("user:self")["role"] == "owner"


async def test_a_role_holds_for_who_is_gone_for_a_moment_too(
    party: Party, hub: Hub, ada: Member
) -> None:
    bo = await party.member(hub, "Bo")
    bo.hang_up()
    ada.say("member:role", userId=bo.id, role="host")
    await later()
    assert (await asked_roles(ada))["Bo"] == "host"


async def test_who_comes_is_told_the_roles_that_another_server_has_just_given(
    party: Party,
) -> None:
    here, there = party.server("s1", alone=False), party.server("s2", alone=False)
    ada, bo = await party.member(here, "Ada"), await party.member(there, "Bo")
    await later(6)
    party.layer.losing = 99
    ada.say("member:role", userId=bo.id, role="host")
    await later()
    cy = await party.member(there, "Cy")
    told = {user["name"]: user["role"] for user in cy.last("room:joined")["users"]}
    assert told == {"Ada": "owner", "Bo": "host", "Cy": "guest"}
