"""The harness itself: the cluster is one, and its viewers behave as browsers do."""

import pytest

from tests.cluster.asking import Refused
from tests.cluster.cluster import Cluster
from tests.cluster.person import Person
from tests.cluster.shared import NewNginx
from tests.cluster.viewer import Viewer

pytestmark = [pytest.mark.slow, pytest.mark.beside]


async def test_a_viewer_who_loses_the_socket_is_back_and_has_missed_nothing(
    cluster: Cluster, in_front: NewNginx
) -> None:
    nginx = in_front(sharing="turns")
    owner = Person.meet(nginx)
    room = owner.open_room(nginx)
    ada = await Viewer.join(nginx, "Ada", room, cookie=owner.cookie)
    ben = await Viewer.join(nginx, "Ben", room)
    assert ada.me["role"] == "owner"
    assert ada.instance != ben.instance
    await ada.ask("video:play")
    with ben.cut_off():
        missed = [await ada.ask(kind) for kind in ("video:pause", "video:play")]
    await ben.until("room:joined", lambda joined: "events" in joined)
    assert [event["seq"] for event in ben.applied] == [event["seq"] for event in ada.applied]
    assert ben.applied[-2:] == missed
    assert ben.seen.compared() == ada.seen.compared()
    assert [entry.seen["code"] for entry in ben.timeline.of("closed")] == [1006]
    with pytest.raises(Refused, match="forbidden"):
        await ben.ask("room:close")
    for viewer in (ada, ben):
        await viewer.end()
