"""One picture of a room out of what several servers say of it."""

from tests.live_rig import there, told
from tests.rooms import NOW_MS
from tests.test_presence import status
from watchparty.core.live import (
    DRIFTS_TOLD,
    ROOMS_TOLD,
    ServerLoad,
    members_told,
    merge,
    servers_of,
    thinned,
)
from watchparty.core.playhead import Playhead


def ids(room):
    return [member.user.id for member in room.members]


def test_nothing_is_nothing():
    assert merge([]) == []
    assert servers_of([]) == []


def test_a_room_on_two_servers_is_one_with_the_members_of_both():
    [room] = merge([told(server="one", members=["ada", "bo"]), told(server="two", members=["cy"])])
    assert (room.count, room.servers) == (3, {"one": 2, "two": 1})
    assert {one.user.id: one.user.instance for one in room.members} == {
        "ada": "one",
        "bo": "one",
        "cy": "two",
    }


def test_controllers_come_first_then_who_came_first():
    here = [
        there("guest", connected_at=1.0),
        there("host", role="host", connected_at=9.0),
        there("early", connected_at=0.0),
    ]
    [room] = merge([told(members=here), told(server="two", members=[there("own", role="owner")])])
    assert ids(room) == ["own", "host", "early", "guest"]


def test_the_fullest_room_comes_first_and_equals_by_their_address():
    records = [told("b"), told("a"), told("full", members=["x", "y"])]
    assert [room.newest.slug for room in merge(records)] == ["full", "a", "b"]


def test_the_last_event_of_the_newest_epoch_says_where_the_film_is():
    stale = told(server="one", seq=8, at_ms=NOW_MS - 1)
    newest = told(server="two", seq=9, playhead=Playhead(50.0, NOW_MS), at_ms=NOW_MS - 2)
    [room] = merge([newest, stale])
    assert (room.newest.seq, room.newest.playhead.position_s) == (9, 50.0)
    reborn = told(server="three", epoch="e2", seq=1, at_ms=NOW_MS)
    [room] = merge([reborn, newest, stale])
    assert (room.newest.epoch, room.newest.seq) == ("e2", 1)


def test_a_server_that_does_not_reach_the_room_s_memory_does_not_say_which_epoch_holds():
    cut_off = told(server="one", epoch="e1", seq=90, at_ms=NOW_MS + 5, degraded=True)
    well = told(server="two", epoch="e2", seq=1)
    [room] = merge([cut_off, well])
    assert (room.newest.epoch, room.degraded_at) == ("e2", ["one"])


def test_of_two_records_of_one_room_and_server_the_later_holds():
    records = [told(members=["ada", "bo"], at_ms=NOW_MS), told(members=["ada"], at_ms=NOW_MS - 9)]
    for order in (records, records[::-1]):
        [room] = merge(order)
        assert ids(room) == ["ada", "bo"]
        assert room.count == 2


def test_who_changes_servers_is_counted_once_and_where_the_socket_is():
    left = told(members=[there("ada", is_away=True), "bo"])
    come = told(server="two", members=["ada"], at_ms=NOW_MS - 1)
    for records in ([left, come], [come, left]):
        [room] = merge(records)
        assert (room.count, sorted(ids(room))) == (2, ["ada", "bo"])
        [ada] = [one for one in room.members if one.user.id == "ada"]
        assert (ada.user.instance, ada.is_away) == ("two", False)


def test_skew_is_the_nearest_rank_over_the_viewers_of_all_servers():
    one = told(drifts_ms=[1.0, 2.0, 3.0], buffering=1)
    two = told(server="two", members=["bo"], drifts_ms=[4.0, 40.0], buffering=2)
    [room] = merge([one, two])
    assert (room.p50_ms, room.p95_ms, room.following, room.buffering) == (3.0, 40.0, 5, 3)
    [alone] = merge([told(members=[there("ada", status=status(-7.0))])])
    assert (alone.p50_ms, alone.p95_ms, alone.following) == (7.0, 7.0, 1)
    [nobody] = merge([told(members=["ada"])])
    assert (nobody.p50_ms, nobody.following) == (0.0, 0)


def test_many_drifts_are_told_as_fewer_with_the_same_percentiles():
    few = [1.0, 2.0]
    assert thinned([]) == []
    assert thinned(few) == few
    many = [float(number) for number in range(10 * DRIFTS_TOLD)]
    fewer = thinned(many)
    assert len(fewer) == DRIFTS_TOLD
    for percent in (5, 50, 95):
        exact = many[len(many) * percent // 100]
        assert abs(fewer[len(fewer) * percent // 100] - exact) <= 10
    assert len(thinned(many[: DRIFTS_TOLD + 1])) <= DRIFTS_TOLD


def test_each_server_tells_what_it_holds_in_all():
    grown = told("b", server=ServerLoad("one", 7, 30))
    records = [grown, told("a", "two"), told("a", at_ms=NOW_MS - 5)]
    assert servers_of(records) == [ServerLoad("one", 7, 30), ServerLoad("two", 1, 1)]


def test_a_server_with_many_rooms_tells_fewer_members_of_each():
    assert [members_told(rooms) for rooms in (0, 1, 30, 60, ROOMS_TOLD)] == [50, 50, 50, 25, 15]
