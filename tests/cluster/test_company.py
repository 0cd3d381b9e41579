"""Who is there, and what passes between them, over three servers."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

import msgpack
import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.ordering import Message
from tests.cluster.party import Party
from tests.cluster.viewer import Viewer, is_of

pytestmark = [pytest.mark.slow, pytest.mark.beside]

DIGEST_S = 12.0
"""A digest is due every 10 s."""


async def test_everybody_is_listed_everywhere_and_the_digests_agree(party: Party) -> None:
    viewers = ada, ben, cy = await party.three()
    assert len({viewer.instance for viewer in viewers}) == 3
    assert {user["name"] for user in cy.heard("room:joined")[0]["users"]} == {"Ada", "Ben", "Cy"}
    joined = await ada.until("user:joined", is_called("Cy"))
    assert joined["instance"] == cy.instance
    await ben.until("user:joined", is_called("Cy"))
    await ben.say("member:rename", name="Benedict", color="#123456")
    for viewer in viewers:
        await viewer.until("user:updated", is_called("Benedict"))
        assert await viewer.list() == {"Ada", "Benedict", "Cy"}
    digests = [await viewer.until("users:digest", within_s=DIGEST_S) for viewer in viewers]
    assert digests[0] == digests[1] == digests[2]
    assert digests[0]["count"] == 3

    await cy.say("room:leave")
    for viewer in (ada, ben):
        await viewer.until("user:left", is_of(cy))
    assert await cy.end_of_socket() == 1000


def is_called(name: str) -> Callable[[Message], bool]:
    return lambda user: bool(user["name"] == name)


async def test_cursors_and_reactions_cross_in_one_redis_message_for_each_batch(
    cluster: Cluster, party: Party
) -> None:
    one, two = cluster["one"], cluster["two"]
    witness = await party.join("Ada", two)
    crowd = [await party.join(f"C{number}", one) for number in range(4)]
    await witness.meet(*crowd)
    with overheard(cluster, party.room) as frames:
        for x in range(15):
            for other in crowd:
                await other.say("cursor:move", x=x, y=50)
        for other in crowd:
            for y in range(3):
                await other.say("reaction:send", emoji="🔥", x=y, y=y, videoTime=0)
        last = {other.id: 14.0 for other in crowd}
        for viewer in (witness, crowd[0]):
            await viewer.see(partial(has_seen, viewer, last), "the last cursors, twelve reactions")
        # What Redis passed on is what a viewer of the other server got, message by message.
        for type_ in ("cursors:batch", "reactions:batch"):
            crossed = [frame for frame in frames() if frame["type"] == type_]
            assert crossed == witness.heard(type_)
            assert crossed == crowd[0].heard(type_)
    assert len({reaction["id"] for reaction in reactions(witness)}) == 12
    assert len(witness.heard("cursors:batch")) < 15, "many moves to one batch"
    assert max(len(batch["cursors"]) for batch in witness.heard("cursors:batch")) > 1


def has_seen(viewer: Viewer, last: dict[str, float]) -> bool:
    return newest_cursors(viewer).items() >= last.items() and len(reactions(viewer)) == 12


def newest_cursors(viewer: Viewer) -> dict[str, float]:
    batches = viewer.heard("cursors:batch")
    return {cursor["userId"]: cursor["x"] for batch in batches for cursor in batch["cursors"]}


def reactions(viewer: Viewer) -> list[Message]:
    return [each for batch in viewer.heard("reactions:batch") for each in batch["reactions"]]


@contextmanager
def overheard(cluster: Cluster, room: str) -> Iterator[Callable[[], list[Message]]]:
    """Every frame that Redis passes on for a room, in order."""
    frames: list[Message] = []
    with closing(cluster.redis.client()) as client, closing(client.pubsub()) as ear:
        ear.psubscribe(f"*room.{room}*")
        assert ear.get_message(timeout=5), "it listens"

        def so_far() -> list[Message]:
            while message := ear.get_message(ignore_subscribe_messages=True, timeout=0.2):
                relayed = msgpack.unpackb(message["data"])
                if relayed["kind"] == "passing":
                    frames.append(json.loads(relayed["frame"]))
            return frames

        yield so_far


async def test_a_tab_that_is_opened_at_another_server_takes_over(
    cluster: Cluster, party: Party
) -> None:
    cookie = party.owner.cookie
    first = await party.join("Ada", cluster["one"], cookie=cookie, tab="the-same-tab-0123")
    again = await party.join("Ada", cluster["two"], cookie=cookie, tab="the-same-tab-0123")
    assert await first.end_of_socket() == 4409
    assert first.is_gone
    assert again.id == first.id
    assert await again.list() == {"Ada"}
    assert again.close_code is None


async def test_a_viewer_comes_back_to_another_server_and_has_missed_nothing(
    cluster: Cluster, party: Party
) -> None:
    ada = await party.join("Ada", cluster["one"])
    ben = party.viewer("Ben", [cluster["two"], cluster["three"]])
    ben.come()
    await ben.until("room:joined")
    with ben.cut_off():
        missed = [await ada.ask("video:play"), await ada.ask("chat:send", text="Where are you?")]
    back = await ben.until("room:joined", lambda joined: "events" in joined)
    assert (ben.instance, back["events"]) == ("three", missed)
    assert ben.seen.compared() == ada.seen.compared()
    # Nobody has seen Ben go: 5 s without a socket are nothing.
    assert not ada.heard("user:left")
    assert await ada.list() == {"Ada", "Ben"}


async def test_all_servers_tell_one_time(cluster: Cluster, party: Party) -> None:
    viewers = await party.three()
    told = await asyncio.gather(*(viewer.until("server:time") for viewer in viewers))
    assert len({time["generation"] for time in told}) == 1
    by_name = {v.instance: time["civilOffsetMs"] for v, time in zip(viewers, told, strict=True)}
    assert by_name["two"] - by_name["one"] == pytest.approx(2000, abs=100)
    assert by_name["three"] - by_name["one"] == pytest.approx(-1000, abs=100)
