"""Right histories, made by one room and a network that delays but never reorders."""

from random import Random
from typing import Any

import msgspec
from msgspec import structs

from tests.cluster.ordering import Message
from tests.linear.acting import some_control
from tests.linear.history import History, Operation, Sight
from tests.rooms import NOW_MS, room
from watchparty.core.protocol import Intent
from watchparty.core.room import apply
from watchparty.core.state import Applied, Command, Refusal, RoomState, video_state

CLIENTS = ("Ada", "Ben", "Cy", "Dee", "Eve")
NS = 1_000_000
LOST_SEQS = 1000


def simulated(seed: int, operations: int = 60, *, losses: int = 1) -> History:
    """So many operations of five clients; `losses` new epochs, each beginning where all was."""
    return _Simulation(seed, operations, losses).history


class _Simulation:
    def __init__(self, seed: int, operations: int, losses: int) -> None:
        self._random = Random(seed)
        self._state: RoomState = room(seq=40)
        self._now = 1_000_000 * NS
        self._heard = dict.fromkeys(CLIENTS, 0)
        self.history = History([], [])
        for client in CLIENTS:
            self._look(client)
        lost_after = {operations * (loss + 1) // (losses + 1) for loss in range(losses)}
        for number in range(operations):
            if number in lost_after:
                self._lose()
            self._ask(number)
        self.history.sights.sort(key=lambda sight: sight.at_ns)

    def _ask(self, number: int) -> None:
        client, ref = self._random.choice(CLIENTS), f"r{number}"
        intent = some_control(self._random) | {"ref": ref}
        invoked = self._now
        self._now += self._random.randint(1, 40) * NS
        command = Command(
            _wire(intent), user_id=client, person=f"p-{client}", action="videoControl"
        )
        decision = apply(self._state, command, NOW_MS + self._now / NS)
        answered = self._now + self._random.randint(1, 30) * NS
        operation = Operation(client, ref, intent, invoked, answered)
        self.history.operations.append(operation)
        if isinstance(decision, Refusal):
            operation.answer = {"type": "error", "code": decision.code, "ref": ref}
        else:
            assert isinstance(decision, Applied)
            self._state = decision.state
            event: Message = msgspec.to_builtins(decision.event)
            operation.answer = event
            for one in CLIENTS:
                self._hear(one, event, answered if one == client else None)
        self._now += self._random.choice((0, 1, 5, 50)) * NS
        if self._random.random() < 0.05:
            self._look(self._random.choice(CLIENTS))

    def _hear(self, client: str, event: Message, at: int | None = None) -> None:
        at = at or self._now + self._random.randint(1, 60) * NS
        at = self._heard[client] = max(at, self._heard[client] + 1)
        self.history.sights.append(Sight(client, at, dict(event)))

    def _look(self, client: str) -> None:
        """A client comes back, and is shown the room."""
        asked = self._now = max(self._now, self._heard[client] + 1)
        seen: Message = {
            "videoState": msgspec.to_builtins(video_state(self._state)),
            "epoch": self._state.epoch,
            "seq": self._state.seq,
        }
        self._now += 5 * NS
        self._heard[client] = self._now
        self.history.sights.append(Sight(client, self._now, seen, True, asked))

    def _lose(self) -> None:
        epoch, seq = f"{self._state.epoch}+", self._state.seq + LOST_SEQS
        self._state = structs.replace(self._state, epoch=epoch, seq=seq, by=None, ref=None)
        for client in CLIENTS:
            self._look(client)


def _wire(intent: dict[str, Any]) -> Any:
    return msgspec.convert(intent, Intent)
