"""Whether a history is linearizable and kept what PROTOCOL.md (Order) promises.

Acknowledged operations carry their place (epoch, seq) in the order that the store claims. The
claim is the witness that a search would otherwise have to find (Wing and Gong 1993, Lowe 2017);
here it is only verified: one event at each place, no client out of order, nothing before what was
known when it was asked, each state from the one before by the room's own model. Refusals carry no
place: for them one is searched between asking and answer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tests.cluster.ordering import Message, Position
from tests.linear import model
from tests.linear.history import CONTROLS, History, Operation
from watchparty.core.state import RoomState


class Violation(NamedTuple):
    """What cannot be, and the part of the history that shows it."""

    rule: str
    why: str


class Known(NamedTuple):
    """At this instant somebody knew that the order had come to this number at least."""

    at_ns: int
    seq: int


def check(history: History) -> list[Violation]:
    """Every rule that the history breaks, at most a few examples of each."""
    found: list[Violation] = []
    for rule in RULES:
        found += list(rule(history))[:3]
    return found


def _events(history: History) -> dict[Position, Message]:
    events: dict[Position, Message] = {}
    for sight in history.sights:
        if not sight.is_whole:
            events.setdefault(sight.place, sight.seen)
    for operation in history.operations:
        if operation.place is not None and operation.answer is not None:
            events.setdefault(operation.place, operation.answer)
    return events


def _one_event_each(history: History) -> Iterator[Violation]:
    """Everybody saw the same event at each place."""
    events = _events(history)
    answers = [(one.place, one.answer) for one in history.operations if one.place is not None]
    sights = [(one.place, one.seen) for one in history.sights if not one.is_whole]
    for place, seen in [*answers, *sights]:
        if seen != events[place]:
            yield Violation("one event at each place", f"{place}: {seen} and {events[place]}")


def _in_turn(history: History) -> Iterator[Violation]:
    """After a snapshot each client applies the next event, and the next, without gap or repeat."""
    for client in {sight.client for sight in history.sights}:
        own = [sight for sight in history.sights if sight.client == client]
        for before, after in pairwise(own):
            epoch, seq = before.place
            is_next = after.place == (epoch, seq + 1)
            is_newer = after.is_whole and after.place[1] >= seq
            if not (is_next or is_newer):
                yield Violation("in turn", f"{client}: {after.place} after {before.place}")


def _once(history: History) -> Iterator[Violation]:
    """No intent is applied twice, in whatever epoch, and what was refused is not applied."""
    places: dict[tuple[str, str], set[Position]] = {}
    for place, event in _events(history).items():
        if event.get("ref"):
            places.setdefault((event["by"], event["ref"]), set()).add(place)
    for (_, ref), where in places.items():
        if len(where) > 1:
            yield Violation("once", f"{ref} at {sorted(where, key=lambda place: place[1])}")
    applied = {ref for _, ref in places}
    for operation in history.operations:
        if operation.answer is not None and operation.place is None and operation.ref in applied:
            yield Violation("once", f"{operation.ref} was refused and applied")


def _in_time(history: History) -> Iterator[Violation]:
    """What somebody knew when an operation was asked lies before it. Seqs rise over epochs, too."""
    known = _known(history)
    for operation in history.operations:
        if operation.place is None:
            continue
        before = _known_at(known, operation.invoked_ns)
        if operation.place[1] <= before:
            why = f"{operation.ref} at {operation.place}, asked when {before} was known"
            yield Violation("in time", why)


def _by_the_model(history: History) -> Iterator[Violation]:
    """Each control's answer follows from the state before it, by the room's own rules."""
    asked = {operation.ref: operation for operation in history.operations}
    states = _states(history)
    for (epoch, seq), event in _events(history).items():
        before, operation = states.get((epoch, seq - 1)), asked.get(event.get("ref") or "")
        if operation is None:
            continue
        intent = operation.intent
        if intent["type"] == "chat:send":
            if event.get("text") != intent["text"]:
                yield Violation("by the model", f"{operation.ref}: {intent} became {event}")
        elif before is not None and not model.follows(before, intent, event):
            yield Violation("by the model", f"{intent} on {before.playhead} became {event}")


def _refused(history: History) -> Iterator[Violation]:
    """A refusal is right in some state between asking and answer."""
    known, states = _known(history), _states(history)
    places = sorted(states, key=lambda place: place[1])
    seqs = [seq for _, seq in places]
    for operation in history.operations:
        if not _is_refused_control(operation) or operation.answered_ns is None:
            continue
        first = _known_at(known, operation.invoked_ns)
        last = _begun_by(history, operation.answered_ns)
        window = places[bisect_left(seqs, first) : bisect_right(seqs, last)]
        code = str((operation.answer or {}).get("code"))
        if window and not any(
            model.refuses(states[place], operation.intent, code) for place in window
        ):
            yield Violation("refused", f"{operation.intent}: {code} from {first} to {last}")


def _seen_whole(history: History) -> Iterator[Violation]:
    """A snapshot is no older than what anybody knew when it was asked for, and is true."""
    known, states = _known(history), _states(history, snapshots=False)
    for sight in history.sights:
        if not sight.is_whole:
            continue
        before = _known_at(known, sight.asked_ns)
        if sight.place[1] < before:
            why = f"{sight.client} was shown {sight.place}, {before} was known"
            yield Violation("seen whole", why)
        told = states.get(sight.place)
        if told is not None and told.playhead != model.state_of(sight.seen).playhead:
            yield Violation("seen whole", f"{sight.place}: {sight.seen['videoState']} for {told}")


def _carried_over(history: History) -> Iterator[Violation]:
    """A new epoch begins with all that anybody had seen of the one before it."""
    states, events = _states(history, snapshots=False), _events(history)
    if any(operation.answer is None for operation in history.operations):
        return  # what is unknown may have come after all that was seen
    for sight in history.sights:
        epoch, seq = sight.place
        if not sight.is_whole or any(one[0] == epoch and one[1] <= seq for one in events):
            continue
        older = [place for place in states if place[0] != epoch and place[1] < seq]
        if not older:
            continue
        last = max(older, key=lambda place: place[1])
        if states[last].playhead != model.state_of(sight.seen).playhead:
            why = f"{sight.place} begins at {sight.seen['videoState']}, not as {last} left it"
            yield Violation("carried over", why)


RULES = (
    *(_one_event_each, _in_turn, _once, _in_time),
    *(_by_the_model, _refused, _seen_whole, _carried_over),
)


# -- What the rules have in common


def _states(history: History, *, snapshots: bool = True) -> dict[Position, RoomState]:
    """The state at each place, as it was told; a chat message leaves the film as it is."""
    states: dict[Position, RoomState] = {}
    if snapshots:
        for sight in history.sights:
            if sight.is_whole:
                states[sight.place] = model.state_of(sight.seen)
    events = _events(history)
    for place in sorted(events, key=lambda place: place[1]):
        event, before = events[place], states.get((place[0], place[1] - 1))
        if event["type"] == "video:state":
            states[place] = model.state_of(event, before)
        elif before is not None:
            states.setdefault(place, before)
    return states


def _known(history: History) -> list[Known]:
    """From when on which number was known to somebody, rising in both."""
    seen = [Known(sight.at_ns, sight.place[1]) for sight in history.sights]
    seen += [
        Known(operation.answered_ns, operation.place[1])
        for operation in history.operations
        if operation.place is not None and operation.answered_ns is not None
    ]
    rising: list[Known] = []
    for one in sorted(seen):
        if not rising or one.seq > rising[-1].seq:
            rising.append(one)
    return rising


def _known_at(known: list[Known], at_ns: int) -> int:
    """The highest number that was known before an instant; -1: none."""
    index = bisect_left(known, Known(at_ns, -1))
    return known[index - 1].seq if index else -1


def _begun_by(history: History, at_ns: int) -> int:
    """The highest number of what was asked before an instant: nothing later was there by then."""
    return max(
        (
            operation.place[1]
            for operation in history.operations
            if operation.place is not None and operation.invoked_ns < at_ns
        ),
        default=max((sight.place[1] for sight in history.sights), default=0),
    )


def _is_refused_control(operation: Operation) -> bool:
    answer = operation.answer
    is_refusal = answer is not None and answer.get("type") == "error"
    return is_refusal and operation.intent["type"] in CONTROLS
