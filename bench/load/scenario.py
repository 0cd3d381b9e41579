"""What a load is made of, pure: phases of arrivals, and how those who arrive behave."""

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import Any, Final


class BadScenario(Exception):  # noqa: N818 - what is wrong, in a sentence
    """A scenario that cannot be played."""


@dataclass(frozen=True, slots=True)
class Phase:
    """So many seconds of arrivals; the rate goes from `rate` to `to_rate` evenly."""

    seconds: float
    rate: float
    """Arrivals a second."""
    to_rate: float | None = None
    """At the end; None: as at the beginning."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What some of the viewers do while they are here. Actions come at random, at these rates."""

    name: str
    weight: float = 1.0
    moves_per_s: float = 0.0
    """Cursor moves; the wire allows 20."""
    reactions_per_min: float = 0.0
    chats_per_min: float = 0.0
    controls_per_min: float = 0.0
    """Play or seek. They reach everybody of the room."""


SEED: Final = (
    Behaviour("watch", weight=0.7),
    Behaviour("point", weight=0.25, moves_per_s=5, reactions_per_min=4),
    Behaviour("talk", weight=0.05, moves_per_s=1, chats_per_min=4, controls_per_min=0.5),
)
"""Most watch, a quarter point and react, few talk and control."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole load."""

    phases: tuple[Phase, ...]
    behaviours: tuple[Behaviour, ...] = field(default=SEED)
    think_s: float = 5.0
    """Between joining and the first action, on average."""
    stay_s: float = 60.0
    """How long a visit lasts, on average."""

    @property
    def seconds(self) -> float:
        """Of all phases together."""
        return sum(phase.seconds for phase in self.phases)

    @property
    def arrivals(self) -> int:
        """How many come in all."""
        return sum(1 for _ in arrivals(self.phases))


def arrivals(phases: tuple[Phase, ...]) -> Iterator[float]:
    """The instants of all arrivals, in seconds since the beginning: even, so that it repeats."""
    began_s = 0.0
    owed = 0.0
    for phase in phases:
        to_rate = phase.rate if phase.to_rate is None else phase.to_rate
        slope = (to_rate - phase.rate) / phase.seconds
        total = (phase.rate + to_rate) / 2 * phase.seconds
        while owed < total:
            yield began_s + _instant(owed, phase.rate, slope)
            owed += 1
        owed -= total
        began_s += phase.seconds


def _instant(count: float, rate: float, slope: float) -> float:
    """When `count` have arrived: rate·t + slope·t²/2 = count."""
    root = max(rate * rate + 2 * slope * count, 0.0) ** 0.5
    return 2 * count / (rate + root) if rate + root else 0.0


def choose(behaviours: tuple[Behaviour, ...], chance: random.Random) -> Behaviour:
    """One of them, as often as its weight says."""
    weights = [behaviour.weight for behaviour in behaviours]
    return chance.choices(behaviours, weights)[0]


def part_of(scenario: Scenario, processes: int) -> Scenario:
    """What each of several processes plays: the same with a part of the arrivals."""
    phases = tuple(
        Phase(
            phase.seconds,
            phase.rate / processes,
            None if phase.to_rate is None else phase.to_rate / processes,
        )
        for phase in scenario.phases
    )
    return Scenario(phases, scenario.behaviours, scenario.think_s, scenario.stay_s)


def read(text: str) -> Scenario:
    """A scenario from TOML (bench/load/example.toml shows all of it). Raises BadScenario."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadScenario(f"it is not TOML: {problem}") from None
    unknown = told.keys() - {"phases", "behaviours", "visit"}
    if unknown:
        raise BadScenario(f"there is no [{min(unknown)}]; there are phases, behaviours, visit")
    phases = tuple(Phase(**_numbers(Phase, table)) for table in _tables(told, "phases"))
    behaviours = tuple(
        Behaviour(**_numbers(Behaviour, table)) for table in _tables(told, "behaviours")
    )
    visit = told.get("visit", {})
    if not isinstance(visit, dict) or visit.keys() - {"think_s", "stay_s"}:
        raise BadScenario("[visit] has think_s and stay_s, nothing else")
    return checked(Scenario(phases, behaviours or SEED, **_numbers(Scenario, visit)))


def checked(scenario: Scenario) -> Scenario:
    """The scenario, if it can be played. Raises BadScenario."""
    if not scenario.phases:
        raise BadScenario("there is no phase: nobody would arrive")
    if any(phase.seconds <= 0 for phase in scenario.phases):
        raise BadScenario("a phase lasts longer than 0 s")
    if not any(phase.rate or phase.to_rate for phase in scenario.phases):
        raise BadScenario("nobody would arrive: all rates are 0")
    if scenario.stay_s <= 0:
        raise BadScenario("a visit lasts longer than 0 s")
    if not any(behaviour.weight for behaviour in scenario.behaviours):
        raise BadScenario("all behaviours have the weight 0")
    return scenario


def _tables(told: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    tables = told.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadScenario(f"{name} are tables of their own: [[{name}]]")
    return tables


def _numbers(kind: type, table: Mapping[str, Any]) -> dict[str, Any]:
    known = {one.name: one for one in fields(kind)}
    for key, value in table.items():
        if key not in known:
            raise BadScenario(f"{key} is not known; there are {', '.join(known)}")
        if key == "name":
            if not isinstance(value, str):
                raise BadScenario(f"name: {value!r} is not a text")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise BadScenario(f"{key}: {value!r} is not a number")
        elif not isfinite(value) or value < 0:
            raise BadScenario(f"{key}: {value!r} is less than nothing, or has no end")
    missing = {"seconds", "rate"} if kind is Phase else {"name"} if kind is Behaviour else set()
    if missing - table.keys():
        raise BadScenario(f"{min(missing - table.keys())} is missing in {dict(table)}")
    return dict(table)
