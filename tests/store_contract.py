"""What every room store promises (watchparty/store/base.py), as tests that each one inherits.

A store's test class derives from StoreContract and gives `house`: the place where stores live and
die. Stores may be as unreliable as the contract lets them: commands are asked again, under the same
ref, until they are answered.
"""

import asyncio
from typing import Any

import pytest

from tests.dict_archive import kept
from tests.rooms import NOW_MS, pause, play, seek
from tests.store_house import MANY, REMEMBERED_MS, House, applied, ask, state_of, toggle, told_of
from tests.test_presence import user
from watchparty.core.protocol import RemoveMember, UnbanMember
from watchparty.core.state import Applied, CloseRoom, FilmEnded, Limited, Moot, Refusal
from watchparty.store.base import (
    NoSuchRoom,
    Outcome,
    RoomIsClosed,
    RoomStore,
)


class StoreContract:
    """Inherit and define the fixture `house`."""

    @pytest.fixture
    def house(self) -> House:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, house: House) -> RoomStore:
        """A store in which the room `demo` is live."""
        store = house.start()
        await store.open("demo", NOW_MS)
        return store

    # -- Refusals

    async def test_a_room_nobody_made_is_not_there(self, store: RoomStore) -> None:
        with pytest.raises(NoSuchRoom):
            await store.open("nowhere", NOW_MS)
        with pytest.raises(NoSuchRoom):
            await store.since("nowhere", "e1", 0)
        with pytest.raises(NoSuchRoom):
            await ask(store, play(), slug="nowhere")

    async def test_a_room_that_is_over_does_not_open(self, store: RoomStore) -> None:
        for _ in range(2):
            with pytest.raises(RoomIsClosed):
                await store.open("over", NOW_MS)

    async def test_a_refusal_changes_nothing(self, store: RoomStore) -> None:
        before = await state_of(store)
        outcome = await ask(store, seek(9999.0))
        assert isinstance(outcome.answer, Refusal)
        assert await state_of(store) == before
        assert await store.since("demo", before.epoch, before.seq) == []

    async def test_a_moot_intent_changes_nothing(self, store: RoomStore) -> None:
        before = await state_of(store)
        outcome = await ask(store, FilmEnded(armed_seq=99), user=None)
        assert outcome == Outcome(Moot())
        assert await state_of(store) == before

    async def test_nobody_controls_a_room_that_was_closed(self, store: RoomStore) -> None:
        await applied(store, CloseRoom(reason="Good night."), user=None)
        outcome = await ask(store, play())
        assert isinstance(outcome.answer, Refusal)
        assert outcome.answer.code == "no_such_room"
        with pytest.raises(RoomIsClosed):
            await store.open("demo", NOW_MS)

    async def test_a_room_that_was_closed_stays_closed(self, house: House) -> None:
        store = house.start()
        await store.open("demo", NOW_MS)
        await applied(store, CloseRoom(reason="Good night."), user=None)
        await store.release("demo", NOW_MS)
        for again in (store, house.start()):
            with pytest.raises(RoomIsClosed):
                await again.open("demo", NOW_MS)

    # -- Order and atomicity

    async def test_a_room_begins_with_its_film_standing_at_0(self, store: RoomStore) -> None:
        record, state = await store.open("demo", NOW_MS)
        assert record.title == "Demo"
        assert (state.slug, state.seq, state.position_at(NOW_MS)) == ("demo", 0, 0)
        assert (state.duration_s, state.playhead.playing) == (90, False)

    async def test_whoever_opens_a_room_finds_the_same(self, store: RoomStore) -> None:
        opened = await asyncio.gather(*(store.open("other", NOW_MS) for _ in range(5)))
        await applied(store, play(), slug="other")
        assert len({state.epoch for _, state in opened}) == 1
        assert (await state_of(store, "other")).seq == 1

    async def test_each_decision_is_made_on_the_one_before(self, store: RoomStore) -> None:
        await applied(store, play("r1", at=NOW_MS), now_ms=NOW_MS)
        later = NOW_MS + 2000
        after = await applied(store, pause("r2", at=later), now_ms=later)
        assert (after.seq, after.playhead.position_s) == (2, 2.0)

    async def test_many_at_once_end_in_one_total_order(self, store: RoomStore) -> None:
        epoch = (await state_of(store)).epoch
        asked = [ask(store, toggle(n), user=f"u{n % 7}") for n in range(MANY)]
        outcomes = await asyncio.gather(*asked)
        events = {event.seq: event for event in map(told_of, outcomes)}
        assert sorted(events) == list(range(1, MANY + 1))
        held = await store.since("demo", epoch, 0)
        assert held == [events[seq] for seq in range(1, MANY + 1)]
        final = await state_of(store)
        assert (final.seq, final.by, final.ref) == (MANY, held[-1].by, held[-1].ref)

    async def test_rooms_do_not_touch_each_other(self, store: RoomStore) -> None:
        await store.open("other", NOW_MS)
        await asyncio.gather(*(applied(store, toggle(n), slug="other") for n in range(5)))
        assert (await state_of(store)).seq == 0
        assert (await state_of(store, "other")).seq == 5

    # -- Idempotence

    async def test_a_repeat_is_answered_and_not_applied(self, store: RoomStore) -> None:
        first = await ask(store, play("r1"))
        await applied(store, pause("r2"))
        again = await ask(store, play("r1"))
        assert again == Outcome(told_of(first), repeated=True)
        assert (await state_of(store)).seq == 2

    async def test_a_repeated_refusal_is_the_same_even_if_it_were_granted_now(
        self, store: RoomStore
    ) -> None:
        early = seek(5.0, "r1", base_seq=1)
        first = await ask(store, early)
        assert isinstance(first.answer, Refusal)
        await applied(store, play("r2"))
        assert await ask(store, early) == Outcome(first.answer, repeated=True)

    async def test_repeats_at_once_are_applied_once(self, store: RoomStore) -> None:
        outcomes = await asyncio.gather(*(ask(store, play("r1")) for _ in range(10)))
        assert all(told_of(outcome) == told_of(outcomes[0]) for outcome in outcomes)
        assert (await state_of(store)).seq == 1

    async def test_references_belong_to_their_user(self, store: RoomStore) -> None:
        await applied(store, play("r1"), user="ada")
        assert (await applied(store, play("r1"), user="bo")).seq == 2

    async def test_a_reference_is_forgotten_after_a_minute(self, store: RoomStore) -> None:
        await applied(store, play("r1"))
        edge = await ask(store, play("r1"), now_ms=NOW_MS + REMEMBERED_MS)
        assert edge.repeated
        assert not isinstance(edge.answer, Applied), "a state is too much to remember"
        after = await applied(store, play("r1"), now_ms=NOW_MS + REMEMBERED_MS + 1)
        assert after.seq == 2

    # -- Persons' buckets

    async def test_a_person_s_bucket_holds_over_all_sockets(self, store: RoomStore) -> None:
        for number in range(3):
            await applied(store, toggle(number), user=f"tab{number}", person="ada")
        outcome = await ask(store, play("r9"), user="tab9", person="ada")
        assert isinstance(outcome.answer, Limited)
        assert outcome.answer.action == "videoControl"
        assert 0 < outcome.answer.retry_in_ms <= 334
        assert (await state_of(store)).seq == 3

    async def test_a_person_s_bucket_is_nobody_else_s(self, store: RoomStore) -> None:
        for number in range(3):
            await applied(store, toggle(number), person="ada")
        assert (await applied(store, play("r9"), user="bo", person="bo")).seq == 4

    async def test_who_was_limited_may_ask_the_same_again(self, store: RoomStore) -> None:
        for number in range(3):
            await applied(store, toggle(number), person="ada")
        limited = await ask(store, play("r9"), person="ada")
        assert isinstance(limited.answer, Limited)
        later = NOW_MS + limited.answer.retry_in_ms + 0.01
        assert (await applied(store, play("r9"), person="ada", now_ms=later)).seq == 4
        assert (await state_of(store)).seq == 4

    async def test_a_repeat_costs_nothing(self, store: RoomStore) -> None:
        for number in range(3):
            await applied(store, toggle(number), person="ada")
        assert (await ask(store, toggle(2), person="ada")).repeated

    async def test_other_actions_draw_on_their_own_bucket(self, store: RoomStore) -> None:
        assert [await store.take("ada", "videoControl", NOW_MS) for _ in range(3)] == [0, 0, 0]
        assert await store.take("ada", "videoControl", NOW_MS) > 0
        assert await store.take("ada", "unlimited", NOW_MS) == 0

    async def test_what_is_given_back_can_be_taken_again(self, store: RoomStore) -> None:
        await store.give_back("ada", "videoControl")  # of a bucket that nobody has used
        for _ in range(3):
            assert await store.take("ada", "videoControl", NOW_MS) == 0
        await store.give_back("ada", "videoControl")
        await store.give_back("ada", "unlimited")
        assert await store.take("ada", "videoControl", NOW_MS) == 0
        assert await store.take("ada", "videoControl", NOW_MS) > 0
        for _ in range(9):
            await store.give_back("ada", "videoControl")
        drawn = [await store.take("ada", "videoControl", NOW_MS) for _ in range(4)]
        assert drawn[:3] == [0, 0, 0]
        assert drawn[3] > 0

    # -- What is held

    async def test_events_are_held_for_who_missed_some(self, store: RoomStore) -> None:
        epoch = (await state_of(store)).epoch
        for number in range(5):
            await applied(store, toggle(number))
        missed = await store.since("demo", epoch, 3)
        assert missed is not None
        assert [event.seq for event in missed] == [4, 5]
        assert await store.since("demo", epoch, 5) == []

    async def test_who_comes_from_elsewhere_gets_no_events(self, store: RoomStore) -> None:
        epoch = (await state_of(store)).epoch
        await applied(store, play())
        assert await store.since("demo", epoch, 2) is None
        assert await store.since("demo", "another", 0) is None

    # -- Presence (two servers: the Redis store's own tests)

    async def test_a_server_alone_hears_of_nobody_else(self, store: RoomStore) -> None:
        assert await store.attend("demo", [user("ada"), user("bo")], (), NOW_MS) == 0
        assert await store.attend("demo", [user("ada")], ["bo"], NOW_MS, whole=True) == 0
        assert await store.others("demo", NOW_MS) == []

    # -- Restart

    async def test_a_released_room_comes_back_as_it_was(self, house: House) -> None:
        store = house.start()
        await store.open("demo", NOW_MS)
        before = await applied(store, play())
        await store.release("demo", NOW_MS)
        assert await state_of(store) == before
        await store.close(NOW_MS)
        assert await state_of(house.start()) == before

    async def test_what_happened_before_a_release_is_not_held_after_it(self, house: House) -> None:
        store = house.start()
        await store.open("demo", NOW_MS)
        before = await applied(store, play())
        await store.release("demo", NOW_MS)
        await store.open("demo", NOW_MS)
        assert await store.since("demo", before.epoch, 0) is None
        assert await store.since("demo", before.epoch, 1) == []

    async def test_releasing_what_is_not_live_does_nothing(self, store: RoomStore) -> None:
        await store.release("other", NOW_MS)
        await store.release("nowhere", NOW_MS)
        assert (await state_of(store, "other")).seq == 0

    async def test_a_store_that_closes_keeps_every_room(self, house: House) -> None:
        store = house.start()
        await store.open("other", NOW_MS)
        await store.open("demo", NOW_MS)
        before = await applied(store, play())
        other = await applied(store, pause("r2"), slug="other")
        await store.close(NOW_MS)
        again = house.start()
        assert await state_of(again) == before
        assert await state_of(again, "other") == other

    async def test_a_ban_outlives_the_server_and_ends_where_somebody_lets_them_in(
        self, house: House
    ) -> None:
        house.archive.rooms["owned"] = kept("owned", created_by="p-ada")
        how: Any = {"slug": "owned", "person": "p-ada"}
        store = house.start()
        await store.open("owned", NOW_MS)
        ban = RemoveMember(user_id="bo", ban=True, ref="r1")
        before = await applied(store, ban, target="p-bo", **how)
        assert before.people.is_banned("p-bo")
        await store.close(NOW_MS)
        store = house.start()
        assert (await state_of(store, "owned")).people == before.people
        unban = UnbanMember(person="p-bo", ref="r2")
        assert not (await applied(store, unban, **how)).people.bans
        assert (await ask(store, unban, **how)).repeated
        await store.close(NOW_MS)
        assert not (await state_of(house.start(), "owned")).people.bans

    async def test_after_a_crash_the_epoch_is_new(self, house: House) -> None:
        crashed = house.start()
        await crashed.open("demo", NOW_MS)
        before = await applied(crashed, play(at=NOW_MS))
        house.crash()
        after = await state_of(house.start())
        assert after.epoch != before.epoch
        assert after.position_at(NOW_MS + 5000) == 5

    async def test_after_another_boot_a_room_is_paused_where_it_was_last_known(
        self, house: House
    ) -> None:
        store = house.start("b1")
        await store.open("demo", NOW_MS)
        await applied(store, play(at=NOW_MS))
        await store.close(NOW_MS + 7000)
        after = await state_of(house.start("b2"))
        assert (after.playhead.playing, after.position_at(1e15)) == (False, 7)
