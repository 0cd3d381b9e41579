"""The way between servers, over Channels' own in-memory layer."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sync.core.wire import Frame
from tests.party_rig import LossyLayer, frame, later
from watchparty.hub.relay import MAX_UNSENT, PATIENCE_S, RETRY_S, Relay

pytestmark = pytest.mark.virtual_time


class Server:
    """One server's membership in the room."""

    def __init__(
        self, layer: Any, instance: str, *, slug: str = "demo", alone: bool = False
    ) -> None:
        self.ordered: list[tuple[str, int, str]] = []
        self.passing: list[tuple[str, bool]] = []
        self.presence: list[tuple[str, str]] = []
        self.fault: Exception | None = None
        self.relay = Relay(
            layer,
            slug,
            instance,
            alone=alone,
            on_ordered=self._on_ordered,
            on_passing=lambda heard: self.passing.append((heard.text, heard.passing)),
            on_presence=lambda origin, heard: self.presence.append((origin, heard.text)),
        )

    def _on_ordered(self, epoch: str, seq: int, heard: Frame) -> None:
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        self.ordered.append((epoch, seq, heard.text))


class Rig:
    def __init__(self) -> None:
        self.layer = LossyLayer()
        self.servers: list[Server] = []

    async def server(self, instance: str, **how: Any) -> Server:
        server = Server(self.layer, instance, **how)
        await server.relay.join()
        self.servers.append(server)
        return server


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    yield rig
    for server in rig.servers:
        await server.relay.leave()
    await later()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert rig.layer.groups == {}


async def test_alone_nothing_is_published(rig: Rig) -> None:
    one = await rig.server("s1", alone=True)
    one.relay.publish_ordered("e1", 1, frame())
    one.relay.publish_passing(frame())
    await later()
    assert rig.layer.sent == []
    assert one.relay._outbox.empty()


async def test_nobody_hears_itself(rig: Rig) -> None:
    one = await rig.server("s1")
    one.relay.publish_ordered("e1", 1, frame())
    await later()
    assert len(rig.layer.sent) == 1
    assert one.ordered == []


async def test_other_rooms_hear_nothing(rig: Rig) -> None:
    one, other = await rig.server("s1"), await rig.server("s2", slug="other")
    one.relay.publish_ordered("e1", 1, frame())
    await later()
    assert other.ordered == []


async def test_messages_of_others_in_the_group_are_none_of_ours(rig: Rig) -> None:
    one = await rig.server("s1")
    await rig.layer.group_send("room.demo", {"type": "chat.something"})
    await later()
    assert (one.ordered, one.passing) == ([], [])


async def test_the_other_servers_hear_the_very_bytes_in_order(rig: Rig) -> None:
    one, two, three = [await rig.server(name) for name in ("s1", "s2", "s3")]
    for number in range(5):
        one.relay.publish_ordered("e1", number, frame(number))
    await later()
    assert two.ordered == three.ordered == [("e1", n, frame(n).text) for n in range(5)]


async def test_a_passing_frame_stays_one_that_may_be_skipped(rig: Rig) -> None:
    one, two = await rig.server("s1"), await rig.server("s2")
    one.relay.publish_passing(frame(1, passing=True))
    one.relay.publish_passing(frame(2))
    await later()
    assert two.passing == [(frame(1).text, True), (frame(2).text, False)]


async def test_a_slow_layer_costs_the_oldest_and_never_the_memory(rig: Rig) -> None:
    one, two = await rig.server("s1"), await rig.server("s2")
    rig.layer.losing = MAX_UNSENT - 1
    for number in range(MAX_UNSENT + 1):
        one.relay.publish_ordered("e1", number, frame(number))
    await later()
    assert rig.layer.sent[0]["seq"] == 1
    assert [seq for _, seq, _ in two.ordered] == [MAX_UNSENT]


async def test_a_layer_that_fails_to_send_is_used_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = await rig.server("s1"), await rig.server("s2")

    async def broken(*_: Any) -> None:
        raise OSError("no layer")

    with monkeypatch.context() as patch:
        patch.setattr(rig.layer, "group_send", broken)
        one.relay.publish_ordered("e1", 1, frame(1))
        await later()
    one.relay.publish_ordered("e1", 2, frame(2))
    await later()
    assert [seq for _, seq, _ in two.ordered] == [2]
    assert "did not take a message" in caplog.text


async def test_who_fails_to_hear_one_message_hears_the_next(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = await rig.server("s1"), await rig.server("s2")
    two.fault = ValueError("a bad message")
    one.relay.publish_ordered("e1", 1, frame(1))
    await later(RETRY_S / 2)
    one.relay.publish_ordered("e1", 2, frame(2))
    await later(RETRY_S)
    assert [seq for _, seq, _ in two.ordered] == [2]
    assert "hearing the other servers failed" in caplog.text


async def test_joining_again_changes_nothing(rig: Rig) -> None:
    one, two = await rig.server("s1"), await rig.server("s2")
    await two.relay.join()
    one.relay.publish_ordered("e1", 1, frame(1))
    await later()
    assert len(two.ordered) == 1


async def test_who_left_hears_nothing_and_leaves_nothing(rig: Rig) -> None:
    one, two = await rig.server("s1"), await rig.server("s2")
    await two.relay.leave()
    await two.relay.leave()
    one.relay.publish_ordered("e1", 1, frame(1))
    await later()
    assert two.ordered == []


async def test_news_of_members_is_heard_with_its_server_s_name(rig: Rig) -> None:
    one, two = await rig.server("s1"), await rig.server("s2")
    one.relay.publish_presence(frame(1))
    await later()
    assert (one.presence, two.presence) == ([], [("s1", frame(1).text)])
    assert two.passing == []


async def test_a_layer_that_hangs_while_sending_is_given_up_in_time(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await rig.server("s1"), await rig.server("s2")

    async def hanging(*_: Any) -> None:
        await asyncio.sleep(3600)

    with monkeypatch.context() as patch:
        patch.setattr(rig.layer, "group_send", hanging)
        one.relay.publish_ordered("e1", 1, frame(1))
        await later(PATIENCE_S + 0.01)
    one.relay.publish_ordered("e1", 2, frame(2))
    await later()
    assert [seq for _, seq, _ in two.ordered] == [2]


async def test_a_layer_that_does_not_let_go_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    layer = LossyLayer()
    server = Server(layer, "s1")
    await server.relay.join()

    async def broken(*_: Any) -> None:
        raise OSError("no layer")

    monkeypatch.setattr(layer, "group_discard", broken)
    await server.relay.leave()
    assert "does not let go" in caplog.text
