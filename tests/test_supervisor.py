"""What a supervisor decides, with a fake clock and fake processes."""

import random

import pytest

from watchparty.serving.fleet import (
    BACK_OFF_S,
    DRAIN_S,
    MAX_WORKERS,
    START_S,
    STEADY_S,
    Action,
    Ending,
    Fleet,
    Kill,
    Start,
    State,
    Stop,
    scaled,
)
from watchparty.serving.shares import over_share

SIGKILLED = -9


class House:
    """A fleet with processes that do only what a test says, on a clock that stands until moved."""

    def __init__(self, wanted: int) -> None:
        self.fleet = Fleet(wanted)
        self.now_s = 1000.0
        self.alive: set[int] = set()

    def act(self) -> list[Action]:
        """What is decided now, done."""
        actions = self.fleet.decide(self.now_s)
        for action in actions:
            if isinstance(action, Start):
                assert action.serial not in self.alive
                self.alive.add(action.serial)
            else:
                assert action.serial in self.alive
            if isinstance(action, Stop):
                assert self.can_be_spared(action.serial)
        return actions

    def can_be_spared(self, serial: int) -> bool:
        """Nobody is told to end whose seat is wanted and who has no successor that serves."""
        slot = self.fleet.workers[serial].slot
        seated = [w for w in self.fleet.workers.values() if w.slot == slot]
        return slot > self.fleet.wanted or any(w.state is State.READY for w in seated)

    def wait(self, seconds: float) -> list[Action]:
        self.now_s += seconds
        return self.act()

    def ready(self, *serials: int) -> list[Action]:
        for serial in serials:
            self.fleet.became_ready(serial, self.now_s)
        return self.act()

    def end(self, serial: int, code: int = 0) -> Ending:
        """A process ends; what follows is not yet done."""
        self.alive.remove(serial)
        return self.fleet.ended(serial, self.now_s, code)

    def settle(self) -> None:
        """Who starts becomes ready, who drains ends, until nothing is left to do."""
        while busy := [w for w in self.fleet.workers.values() if w.state is not State.READY]:
            for worker in busy:
                if worker.state is State.STARTING:
                    self.fleet.became_ready(worker.serial, self.now_s)
                else:
                    self.end(worker.serial)
            self.act()

    def serving(self) -> set[int]:
        return {w.serial for w in self.fleet.workers.values() if w.state is State.READY}


@pytest.fixture
def house() -> House:
    """Three workers, all ready and steady."""
    house = House(3)
    house.act()
    house.settle()
    house.wait(STEADY_S)
    assert house.serving() == {1, 2, 3}
    return house


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("many", "'many' is no number of workers: use \\+2, -1 or 4."),
        ("", "'' is no number of workers"),
        ("1.5", "'1.5' is no number of workers"),
        ("0", "There may be 1 to 256 workers, not 0."),
        ("-3", "There may be 1 to 256 workers, not 0."),
        (str(MAX_WORKERS + 1), "not 257"),
    ],
)
def test_a_scale_that_means_nothing_is_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        scaled(3, text)


@pytest.mark.parametrize(("text", "means"), [("+2", 5), ("-1", 2), ("4", 4), (" +1 ", 4)])
def test_a_scale_is_a_number_or_a_difference(text, means):
    assert scaled(3, text) == means


def test_the_first_worker_shows_whether_any_can_start():
    house = House(3)
    assert house.act() == [Start(1)]
    assert house.act() == []
    assert house.ready(1) == [Start(2), Start(3)]


def test_a_first_worker_that_refuses_to_start_ends_all():
    house = House(3)
    house.act()
    assert house.end(1, code=1).is_hopeless
    assert house.act() == []
    assert house.fleet.is_over


def test_a_first_worker_that_is_killed_is_tried_again():
    house = House(3)
    house.act()
    assert house.end(1, SIGKILLED) == Ending(False, BACK_OFF_S[0], 1)
    assert house.wait(BACK_OFF_S[0]) == [Start(2)]


def test_a_worker_that_dies_is_replaced_at_once(house):
    assert house.end(2, SIGKILLED) == Ending(asked=False, again_in_s=0.0, failures=0)
    assert house.act() == [Start(4)]
    assert house.fleet.slot(2).restarts == 1
    assert house.serving() == {1, 3}


def test_one_that_fails_again_and_again_waits_ever_longer_but_not_for_ever(house):
    waits = []
    serial = 2
    house.end(serial, SIGKILLED)
    house.act()
    for serial in range(4, 12):
        again_in_s = house.end(serial, code=1).again_in_s
        assert again_in_s is not None
        assert house.act() == []
        assert house.fleet.due_at_s() == house.now_s + again_in_s
        waits.append(again_in_s)
        assert house.wait(again_in_s) == [Start(serial + 1)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert house.serving() == {1, 3}


def test_a_steady_life_is_no_failure_and_a_short_one_is(house):
    house.end(1, code=1)
    house.act()
    house.ready(4)
    house.wait(STEADY_S - 1)
    assert house.end(4, code=1).failures == 1
    house.wait(BACK_OFF_S[1])
    house.ready(5)
    house.wait(STEADY_S)
    assert house.end(5, code=1) == Ending(False, 0.0, 0)


def test_one_that_never_becomes_ready_is_killed_and_counts_as_failed(house):
    house.end(1, SIGKILLED)
    house.act()
    assert house.fleet.due_at_s() == house.now_s + START_S
    assert house.wait(START_S - 1) == []
    assert house.wait(1) == [Kill(4)]
    assert house.wait(1) == []
    assert house.end(4, SIGKILLED).failures == 1


def test_scaling_up_starts_and_scaling_down_drains_the_last_seats(house):
    house.fleet.scale(5)
    assert house.act() == [Start(4), Start(5)]
    house.settle()
    house.fleet.scale(2)
    assert house.act() == [Stop(3), Stop(4), Stop(5)]
    assert house.end(4) == Ending(asked=True, again_in_s=None, failures=0)
    assert house.act() == []


def test_scaling_up_again_does_not_wait_for_who_still_drains(house):
    house.fleet.scale(2)
    assert house.act() == [Stop(3)]
    house.fleet.scale(3)
    assert house.act() == [Start(4)]


def test_one_that_dies_when_it_is_no_longer_wanted_is_not_missed(house):
    house.fleet.scale(2)
    assert house.end(3, SIGKILLED).asked
    assert house.act() == []


def test_a_reload_replaces_one_after_another_and_each_only_when_the_next_is_ready(house):
    house.fleet.reload(house.now_s)
    for old, new in ((1, 4), (2, 5), (3, 6)):
        assert house.act() == [Start(new)]
        assert house.act() == []
        assert old in house.serving()
        assert house.ready(new) == [Stop(old)]
        assert house.fleet.is_reloading
        assert len(house.serving()) == 3
        house.end(old)
    assert house.act() == []
    assert not house.fleet.is_reloading
    assert house.serving() == {4, 5, 6}
    assert house.fleet.slot(1).restarts == 0


def test_a_reload_whose_worker_fails_is_given_up_and_costs_nothing(house):
    house.fleet.reload(house.now_s)
    house.act()
    assert house.end(4, code=1) == Ending(False, None, 0, ends_reload=True)
    assert house.act() == []
    assert not house.fleet.is_reloading
    assert house.serving() == {1, 2, 3}


def test_a_worker_that_dies_while_its_successor_starts_is_not_missed(house):
    house.fleet.reload(house.now_s)
    house.act()
    assert house.end(1, SIGKILLED) == Ending(False, None, 0)
    assert Start(5) in house.act()  # the reload goes on with the next seat
    house.settle()
    assert len(house.serving()) == 3
    assert house.serving().isdisjoint({1, 2, 3})


def test_a_second_reload_replaces_even_who_is_just_starting(house):
    house.fleet.reload(house.now_s)
    house.act()
    house.fleet.reload(house.now_s)
    house.act()
    house.settle()
    assert len(house.serving()) == 3
    assert min(house.serving()) > 4


def test_a_reload_tries_at_once_who_waits_after_failures(house):
    house.end(1, SIGKILLED)
    house.act()
    house.end(4, code=1)
    assert house.act() == []
    house.fleet.reload(house.now_s)
    assert Start(5) in house.act()


def test_a_stop_drains_all_and_what_drains_too_long_is_killed(house):
    house.fleet.stop()
    assert house.act() == [Stop(1), Stop(2), Stop(3)]
    assert house.end(1).again_in_s is None
    assert house.wait(DRAIN_S - 1) == []
    assert house.wait(1) == [Kill(2), Kill(3)]
    house.end(2, SIGKILLED)
    assert not house.fleet.is_over
    house.end(3, SIGKILLED)
    assert house.fleet.is_over


def test_a_second_stop_kills_at_once_and_nothing_starts_any_more(house):
    house.fleet.stop()
    house.act()
    house.fleet.stop()
    assert house.act() == [Kill(1), Kill(2), Kill(3)]
    house.fleet.scale(5)
    house.fleet.reload(house.now_s)
    assert house.act() == []


def test_a_stop_during_a_reload_ends_old_and_new(house):
    house.fleet.reload(house.now_s)
    house.act()
    house.fleet.stop()
    assert house.act() == [Stop(1), Stop(2), Stop(3), Stop(4)]


def test_who_has_more_than_its_share_rests_and_never_all_do():
    assert over_share({}) == set()
    assert over_share({1: 3}) == set()
    assert over_share({1: 4, 2: 0, 3: 0}) == set()  # the connections of one page
    assert over_share({1: 100, 2: 100, 3: 100}) == set()
    assert over_share({1: 130, 2: 100, 3: 100}) == {1}
    assert over_share({1: 100, 2: 100, 3: 0}) == {1, 2}
    chance = random.Random(1)
    for workers in range(1, 20):
        many = {serial: chance.randrange(1000) for serial in range(workers)}
        assert min(many, key=lambda serial: many[serial]) not in over_share(many)


@pytest.mark.parametrize("seed", range(200))
def test_whatever_happens_as_many_serve_as_are_wanted_once_all_is_quiet(seed):
    chance = random.Random(seed)
    house = House(chance.randint(1, 5))
    for _ in range(60):
        house.wait(chance.choice([0.0, 0.1, 1.0, 20.0]))
        workers = house.fleet.workers
        match chance.randint(0, 4):
            case 0 if workers:
                code = chance.choice([0, 1, SIGKILLED]) if house.fleet.proven else SIGKILLED
                house.end(chance.choice(list(workers)), code)
            case 1:
                house.fleet.reload(house.now_s)
            case 2:
                house.fleet.scale(chance.randint(1, 6))
            case 3 if workers:
                house.fleet.became_ready(chance.choice(list(workers)), house.now_s)
    house.wait(BACK_OFF_S[1])
    house.settle()
    assert len(house.serving()) == len(house.alive) == house.fleet.wanted
    assert not house.fleet.is_reloading
    house.fleet.stop()
    house.act()
    house.settle()
    assert house.fleet.is_over
