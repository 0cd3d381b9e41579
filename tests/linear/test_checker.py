"""The checker lets right histories pass, and names what is wrong with each kind of wrong one."""

from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from tests.linear.checker import check
from tests.linear.history import History, Operation, Sight
from tests.linear.simulated import simulated

SEEDS = range(6)


def rules(history: History) -> set[str]:
    return {violation.rule for violation in check(history)}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("losses", [0, 1, 3])
def test_a_right_history_passes(seed: int, losses: int) -> None:
    assert check(simulated(seed, losses=losses)) == []


def some_event(history: History, random: Random) -> Sight:
    return random.choice([s for s in history.sights if not s.is_whole and len(s.seen) > 5])


def acknowledged(history: History, random: Random) -> Operation:
    return random.choice([one for one in history.operations if one.place is not None])


def a_delivery_is_lost(history: History, random: Random) -> None:
    # Not the last one of a client: nobody could tell.
    client = random.choice(["Ada", "Ben", "Cy"])
    own = [s for s in history.sights if s.client == client]
    inner = [
        (one, after) for one, after in pairwise(own[1:]) if not one.is_whole and not after.is_whole
    ]
    history.sights.remove(random.choice(inner)[0])


def a_delivery_is_repeated(history: History, random: Random) -> None:
    event = some_event(history, random)
    history.sights.insert(history.sights.index(event), deepcopy(event))


def two_deliveries_change_places(history: History, random: Random) -> None:
    client = random.choice(["Ada", "Ben", "Cy"])
    own = [i for i, s in enumerate(history.sights) if s.client == client and not s.is_whole]
    first, second = random.choice(
        [
            (a, b)
            for a, b in pairwise(own)
            if history.sights[a].place[0] == history.sights[b].place[0]
        ]
    )
    sights = history.sights
    sights[first], sights[second] = sights[second], sights[first]


def somebody_sees_another_event(history: History, random: Random) -> None:
    some_event(history, random).seen["by"] = "Mallory"


def an_update_is_lost(history: History, random: Random) -> None:
    """Two were decided on the same state: the later one overwrote the earlier."""
    operations = [one for one in history.operations if one.place is not None]
    one = random.choice(operations[3:])
    assert one.place is not None
    place = one.place[0], one.place[1] - 1
    for sight in [*history.sights]:
        if not sight.is_whole and sight.place == one.place:
            sight.seen["seq"] = place[1]
    assert one.answer is not None
    one.answer = {**one.answer, "seq": place[1]}


def an_intent_is_applied_twice(history: History, random: Random) -> None:
    one = acknowledged(history, random)
    last = max((s for s in history.sights), key=lambda s: s.place[1])
    again = {**(one.answer or {}), "epoch": last.place[0], "seq": last.place[1] + 1}
    at_ns = max(s.at_ns for s in history.sights) + 1
    history.sights.append(Sight(last.client, at_ns, again))


def a_refused_intent_is_applied(history: History, random: Random) -> None:
    one = acknowledged(history, random)
    one.answer = {"type": "error", "code": "stale", "ref": one.ref}


def an_answer_is_of_another_state(history: History, random: Random) -> None:
    place = acknowledged(history, random).place
    told: list[Any] = [(one.place, one.answer) for one in history.operations]
    told += [(one.place, one.seen) for one in history.sights if not one.is_whole]
    for where, seen in told:
        if where == place:
            seen["currentTime"] += 7.0


def a_refusal_has_no_reason(history: History, random: Random) -> None:
    at = max(one.invoked_ns for one in history.operations)
    intent = {"type": "video:seek", "time": 10.0, "ref": "r999"}
    answer = {"type": "error", "code": "invalid_field", "ref": "r999"}
    history.operations.append(Operation("Ada", "r999", intent, at - 1000, at, answer))


def a_snapshot_is_stale(history: History, random: Random) -> None:
    looks = [s for s in history.sights if s.is_whole][5:]
    late = random.choice(looks)
    early = next(s for s in history.sights if s.is_whole)
    later_ns = max(s.at_ns for s in history.sights)
    history.sights.append(Sight("Zoe", later_ns + 2, dict(early.seen), True, later_ns + 1))
    assert late


def a_snapshot_tells_another_state(history: History, random: Random) -> None:
    places = {s.place for s in history.sights if not s.is_whole}
    looks = [s for s in history.sights if s.is_whole and s.place in places]
    if not looks:
        event = some_event(history, random)
        whole = {"videoState": dict(event.seen), "epoch": event.place[0], "seq": event.place[1]}
        at_ns = max(s.at_ns for s in history.sights)
        looks = [Sight("Zoe", event.at_ns + 1, whole, True, 0)]
        history.sights.append(looks[0])
        assert at_ns
    look = random.choice(looks)
    video = look.seen["videoState"]
    look.seen["videoState"] = {**video, "currentTime": video["currentTime"] + 3.0}


def the_future_is_known(history: History, random: Random) -> None:
    """An operation is asked after somebody has seen what comes after it."""
    one = acknowledged(history, random)
    one.invoked_ns = max(s.at_ns for s in history.sights) + 1
    one.answered_ns = one.invoked_ns + 1


def a_new_epoch_forgets(history: History, random: Random) -> None:
    """It begins from a copy that had not seen the last event."""
    for sight in history.sights:
        if sight.is_whole and sight.place[0] == "e1+" and sight.place[1] == epoch_start(history):
            video = sight.seen["videoState"]
            sight.seen["videoState"] = {**video, "serverTimestamp": video["serverTimestamp"] - 50.0}


def epoch_start(history: History) -> int:
    return min(s.place[1] for s in history.sights if s.place[0] == "e1+")


FAULTS: list[tuple[Callable[[History, Random], None], set[str]]] = [
    (a_delivery_is_lost, {"in turn"}),
    (a_delivery_is_repeated, {"in turn"}),
    (two_deliveries_change_places, {"in turn"}),
    (somebody_sees_another_event, {"one event at each place"}),
    (an_update_is_lost, {"one event at each place", "in turn"}),
    (an_intent_is_applied_twice, {"once"}),
    (a_refused_intent_is_applied, {"once"}),
    (an_answer_is_of_another_state, {"by the model"}),
    (a_refusal_has_no_reason, {"refused"}),
    (a_snapshot_is_stale, {"seen whole"}),
    (a_snapshot_tells_another_state, {"seen whole"}),
    (the_future_is_known, {"in time"}),
    (a_new_epoch_forgets, {"carried over"}),
]


@pytest.mark.parametrize(("spoil", "broken"), FAULTS, ids=lambda one: getattr(one, "__name__", ""))
@pytest.mark.parametrize("seed", SEEDS)
def test_what_cannot_have_happened_is_named(
    seed: int, spoil: Callable[[History, Random], None], broken: set[str]
) -> None:
    history = simulated(seed)
    spoil(history, Random(seed))
    assert rules(history) & broken, check(history)
