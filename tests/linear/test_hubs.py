"""Three hubs, five members, a bad line, a layer that loses: one order; what is not is caught."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from tests.cluster.ordering import is_ordered
from tests.dict_archive import kept
from tests.faulty_store import Faults
from tests.linear.acting import some_control
from tests.linear.checker import Violation, check
from tests.linear.history import History, Operation, Sight
from tests.party_rig import Member, Message, Party, later
from watchparty.hub.delivery import OrderedDelivery

pytestmark = [pytest.mark.virtual_time, pytest.mark.slow, pytest.mark.beside]

BAD_LINE = Faults(lost_request=0.05, lost_answer=0.1, conflict=0.2, most_turns=6)
NAMES = ("Ada", "Ben", "Cy", "Dee", "Eve")
EACH = 40
NS = 1_000_000_000
SETTLED_S = 15.0


@pytest.fixture(params=range(3))
async def party(request: pytest.FixtureRequest) -> AsyncIterator[Party]:
    party = Party(kept("demo"), faults=BAD_LINE, seed=request.param)
    yield party
    await party.close()


def now_ns() -> int:
    return int(asyncio.get_running_loop().time() * NS)


class Watched(Member):
    """A member who writes down when what came, and applies what comes as a browser does."""

    def __init__(self, hub: Any, name: str, history: History) -> None:
        super().__init__(hub, name)
        self.repeats = True
        self.history = history
        self.under_way: dict[str, Operation] = {}
        self._asked_ns = 0
        self._place: tuple[str, int] | None = None

    async def join(self, room: str = "demo", **fields: Any) -> None:
        self._asked_ns = now_ns()
        await super().join(room, **fields)

    def ask(self, ref: str, intent: dict[str, Any]) -> None:
        """A control under a ref, asked again while it is `unavailable`."""
        operation = Operation(self.name, ref, intent | {"ref": ref}, now_ns())
        self.under_way[ref] = operation
        self.history.operations.append(operation)
        fields = dict(operation.intent)
        self.say(fields.pop("type"), **fields)

    def _heard(self, message: Message) -> None:
        super()._heard(message)
        operation = self.under_way.get(message.get("ref", ""))
        if message["type"] == "room:joined" and "videoState" in message:
            self._place = message["epoch"], message["seq"]
            sight = Sight(self.name, now_ns(), dict(message), True, self._asked_ns)
            self.history.sights.append(sight)
        elif is_ordered(message):
            if operation is not None and operation.answer is None:
                operation.answered_ns, operation.answer = now_ns(), dict(message)
            place = message["epoch"], message["seq"]
            if self._place is None or place[0] != self._place[0] or place[1] > self._place[1]:
                self._place = place
                self.history.sights.append(Sight(self.name, now_ns(), dict(message)))
        elif operation is not None and message.get("code") not in ("unavailable", None):
            operation.answered_ns, operation.answer = now_ns(), dict(message)


async def run(party: Party) -> list[Violation]:
    """Everybody acts at once; every tenth message between the servers is lost."""
    random, history = Random(party.seed), History([], [])
    hubs = [party.server(name, alone=False) for name in ("s1", "s2", "s3")]
    members = [Watched(hubs[n % 3], name, history) for n, name in enumerate(NAMES)]
    for member in members:
        party.members.append(member)
        while member.connection.user_id is None:
            await member.join()
    for number in range(EACH):
        for member in members:
            member.ask(f"{member.name}-{number}", some_control(random))
            if random.random() < 0.1:
                party.layer.losing += 1
            if random.random() < 0.7:
                await later(random.random() * 0.02)
        await later(0.5)  # nobody is told to slow down
    await later(SETTLED_S)
    assert len(history.operations) == EACH * len(NAMES)
    assert sum(one.answer is None for one in history.operations) < EACH
    return check(history)


async def test_what_all_members_see_can_have_happened_one_after_the_other(party: Party) -> None:
    assert await run(party) == []


async def test_a_hub_that_delivers_out_of_order_is_caught(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(self: OrderedDelivery[Any], epoch: str, seq: int, frame: Any) -> list[Any]:
        self.seq = max(self.seq, seq)
        return [frame]

    monkeypatch.setattr(OrderedDelivery, "offer", at_once)
    assert "in turn" in {found.rule for found in await run(party)}
