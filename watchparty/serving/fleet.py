"""Which workers to start, stop and kill, and when: a pure state machine, without processes."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

START_S: Final = 300.0
"""A worker that is not ready by then is killed. Long: a machine that is too busy to start one in a
minute is not helped by starting it again."""

DRAIN_S: Final = 15.0
"""A worker that has not ended by then is killed. Its own drain takes 9 s at most; who runs us
gives 20."""

STEADY_S: Final = 10.0
"""A worker that ends sooner after it was ready has failed; then the next one waits."""

BACK_OFF_S: Final = (0.5, 30.0)
"""Before the start after a first failure, doubled with each further one, and the most."""

MAX_WORKERS: Final = 256


class State(Enum):
    """Where a worker is in its life, as the status shows it."""

    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"


@dataclass(slots=True)
class Worker:
    """One process. Serials are never used again."""

    serial: int
    slot: int
    since_s: float
    state: State = State.STARTING
    killed: bool = False

    @property
    def stands(self) -> bool:
        """Whether it is meant to serve, now or soon."""
        return self.state is not State.DRAINING


@dataclass(slots=True)
class Slot:
    """A worker's seat, which the next one takes when it ends."""

    restarts: int = 0
    failures: int = 0
    """In a row."""
    start_at_s: float = 0.0
    fallen: bool = False
    """Whether its last worker ended unasked."""


@dataclass(frozen=True, slots=True)
class Start:
    """Start a process."""

    serial: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Ask a process to drain: SIGTERM."""

    serial: int


@dataclass(frozen=True, slots=True)
class Kill:
    """End a process: SIGKILL."""

    serial: int


Action = Start | Stop | Kill


@dataclass(frozen=True, slots=True)
class Ending:
    """What the end of a worker means."""

    asked: bool
    """Whether it was told to end."""
    again_in_s: float | None
    """When its seat gets another one; None where it gets none, or has one already."""
    failures: int
    """How many in a row have failed on this seat."""
    ends_reload: bool = False
    """It should have replaced another one, which stays: the reload is given up."""
    is_hopeless: bool = False
    """It refused to start before any ever did: all others would too, so the fleet stops."""


class Fleet:
    """Tell it what happened; `decide` says what to do about it. Seconds are of any steady clock."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.stopping = False
        self.proven = False
        """Whether a worker has ever been ready: until then only one is tried at a time."""
        self.workers: dict[int, Worker] = {}
        self._slots: dict[int, Slot] = {}
        self._outdated: set[int] = set()
        self._hurried = False
        self._last_serial = 0

    @property
    def is_over(self) -> bool:
        """It was told to stop, and nobody is left."""
        return self.stopping and not self.workers

    @property
    def restarts(self) -> int:
        """How many workers were started in the place of one that fell."""
        return sum(slot.restarts for slot in self._slots.values())

    @property
    def is_reloading(self) -> bool:
        """Whether workers of before a reload are still to be replaced, or to end."""
        return bool(self._outdated) or any(len(self._seated(n)) > 1 for n in self._numbers())

    def slot(self, number: int) -> Slot:
        """The seat of that number, from 1."""
        return self._slots.setdefault(number, Slot())

    def serving(self) -> list[Worker]:
        """Those who are ready."""
        return [worker for worker in self.workers.values() if worker.state is State.READY]

    def empty_slots(self) -> Iterator[int]:
        """Numbers of seats that wait for a worker."""
        taken = {worker.slot for worker in self.workers.values() if worker.stands}
        return (number for number in self._numbers() if number not in taken)

    # --- What happened ------------------------------------------------------------------------

    def became_ready(self, serial: int, now_s: float) -> None:
        """It serves."""
        worker = self.workers[serial]
        if worker.state is State.STARTING:
            worker.state, worker.since_s = State.READY, now_s
            self.proven = True

    def ended(self, serial: int, now_s: float, code: int) -> Ending:
        """Its process is gone: with an exit code, or by a signal, which is a negative code."""
        worker = self.workers.pop(serial)
        slot = self.slot(worker.slot)
        others = [other for other in self._seated(worker.slot) if other.stands]
        self._outdated.discard(serial)
        if not worker.stands or worker.slot > self.wanted:
            return Ending(asked=True, again_in_s=None, failures=0)
        if others:
            ends_reload = others[0].serial < serial
            if ends_reload:
                self._outdated.clear()
            return Ending(False, None, slot.failures, ends_reload)
        if not self.proven and code > 0:
            self.stop()
            return Ending(False, None, 1, is_hopeless=True)
        steady = worker.state is State.READY and now_s - worker.since_s >= STEADY_S
        slot.failures = 0 if steady else slot.failures + 1
        slot.fallen = True
        again_in_s = _back_off_s(slot.failures)
        slot.start_at_s = now_s + again_in_s
        return Ending(False, again_in_s, slot.failures)

    # --- What is wanted -----------------------------------------------------------------------

    def scale(self, wanted: int) -> None:
        """Have so many workers from now on; the last seats go first."""
        if not self.stopping:
            self.wanted = wanted

    def reload(self, now_s: float) -> None:
        """Replace every worker, one after another; who waits after failures is tried at once."""
        if self.stopping:
            return
        self._outdated = {worker.serial for worker in self.workers.values() if worker.stands}
        for number in self.empty_slots():
            self.slot(number).failures = 0
            self.slot(number).start_at_s = now_s

    def stop(self) -> None:
        """Drain all; the second time kill who is left."""
        self._hurried = self.stopping
        self.stopping = True
        self.wanted = 0

    # --- What to do ---------------------------------------------------------------------------

    def decide(self, now_s: float) -> list[Action]:
        """What to do now. Each thing is said once: the caller does all of it."""
        return [
            *self._fill(now_s),
            *self._exchange(now_s),
            *self._retire(now_s),
            *self._lose_patience(now_s),
        ]

    def due_at_s(self) -> float | None:
        """When to decide again if nothing happens before."""
        starts = [self.slot(number).start_at_s for number in self.empty_slots() if self._may_start]
        limits = [_patience_ends_s(worker) for worker in self.workers.values()]
        return min((at_s for at_s in (*starts, *limits) if at_s is not None), default=None)

    @property
    def _may_start(self) -> bool:
        """The first worker shows whether any can start, before all fail in the same way."""
        return self.proven or not self.workers

    def _fill(self, now_s: float) -> Iterator[Action]:
        for number in list(self.empty_slots()):
            slot = self.slot(number)
            if self._may_start and now_s >= slot.start_at_s:
                slot.restarts += slot.fallen
                slot.fallen = False
                yield self._start(number, now_s)

    def _exchange(self, now_s: float) -> Iterator[Action]:
        """One seat at a time: the next one begins when the old worker of the last is gone."""
        for number in self._numbers():
            seated = self._seated(number)
            if len(seated) > 1:
                old, new, *_ = seated
                if old.stands and new.state is State.READY:
                    self._outdated.discard(old.serial)
                    yield self._stop(old, now_s)
                return
        for worker in list(self.workers.values()):
            if worker.serial in self._outdated and worker.slot <= self.wanted:
                yield self._start(worker.slot, now_s)
                return

    def _retire(self, now_s: float) -> Iterator[Action]:
        for worker in self.workers.values():
            if worker.slot > self.wanted and worker.stands:
                self._outdated.discard(worker.serial)
                self._slots.pop(worker.slot, None)
                yield self._stop(worker, now_s)

    def _lose_patience(self, now_s: float) -> Iterator[Action]:
        for worker in self.workers.values():
            ends_at_s = _patience_ends_s(worker)
            if self._hurried or (ends_at_s is not None and now_s >= ends_at_s):
                if not worker.killed:
                    yield Kill(worker.serial)
                worker.killed = True

    def _start(self, slot: int, now_s: float) -> Start:
        self._last_serial += 1
        self.workers[self._last_serial] = Worker(self._last_serial, slot, now_s)
        return Start(self._last_serial)

    def _stop(self, worker: Worker, now_s: float) -> Stop:
        worker.state, worker.since_s = State.DRAINING, now_s
        return Stop(worker.serial)

    def _numbers(self) -> range:
        return range(1, self.wanted + 1)

    def _seated(self, slot: int) -> list[Worker]:
        """The oldest first."""
        return [worker for worker in self.workers.values() if worker.slot == slot]


def scaled(wanted: int, text: str) -> int:
    """How many workers `+2`, `-1` or `4` means, where `wanted` are there.

    Raises ValueError with a sentence.
    """
    try:
        number = int(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number of workers: use +2, -1 or 4.") from None
    scaled = wanted + number if text.strip()[0] in "+-" else number
    if not 1 <= scaled <= MAX_WORKERS:
        raise ValueError(f"There may be 1 to {MAX_WORKERS} workers, not {scaled}.")
    return scaled


def _back_off_s(failures: int) -> float:
    first_s, most_s = BACK_OFF_S
    return min(first_s * 2.0 ** (failures - 1), most_s) if failures else 0.0


def _patience_ends_s(worker: Worker) -> float | None:
    if worker.killed or worker.state is State.READY:
        return None
    return worker.since_s + (START_S if worker.state is State.STARTING else DRAIN_S)
