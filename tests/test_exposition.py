"""What a scrape of one worker says of all of its family, in both formats of Prometheus."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open
from prometheus_client.parser import text_string_to_metric_families as read_text

from tests.test_metrics import readings
from watchparty.exposition import Exposition, FamilyExposition, merged
from watchparty.metrics import registry_of
from watchparty.serving.siblings import Family, Siblings

OPEN = "application/openmetrics-text; version=1.0.0"
READERS = {"": read_text, OPEN: read_open}
STATUS: dict[str, Any] = {
    "wanted": 3,
    "restarts": 4,
    "workers": [{"state": "ready"}, {"state": "ready"}, {"state": "draining"}],
}

accepts = pytest.mark.parametrize("accept", ["", OPEN], ids=["text", "openmetrics"])


class FewSiblings(Siblings):
    """Say what they are told to."""

    def __init__(self, status: dict[str, Any] | None, **others: FamilyExposition | None) -> None:
        self._status = status
        self._others = others

    async def ask(self, question: str) -> Family:
        answers = {
            name: None if one is None else one._own(question) for name, one in self._others.items()
        }
        return Family(self._status, answers)


def registry(viewers: int, frames: int) -> CollectorRegistry:
    mine = CollectorRegistry()
    Gauge("viewers", "Who watches.", registry=mine).set(viewers)
    Counter("frames", "What was sent.", ["kind"], registry=mine).labels("chat").inc(frames)
    return mine


def worker(
    name: str, mine: CollectorRegistry, siblings: Siblings | None = None
) -> FamilyExposition:
    return FamilyExposition(mine, name, siblings or FewSiblings(None))


async def samples(one: Exposition, accept: str) -> dict[tuple[str, ...], float]:
    """By name and values of labels."""
    body, content_type = await one.told(accept)
    assert content_type.startswith(accept.partition(";")[0] or "text/plain")
    families = list(READERS[accept](body.decode()))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


@accepts
async def test_who_serves_alone_has_no_name(accept: str) -> None:
    told = await samples(Exposition(registry(3, 5)), accept)
    assert told == {("viewers",): 3, ("frames_total", "chat"): 5}


@accepts
async def test_all_workers_are_told_apart_whichever_is_asked(accept: str) -> None:
    others = FewSiblings(STATUS, **{"web-2": worker("web-2", registry(4, 6)), "web-3": None})
    told = await samples(worker("web-1", registry(3, 5), others), accept)
    assert told == {
        ("viewers", "web-1"): 3,
        ("viewers", "web-2"): 4,
        ("frames_total", "chat", "web-1"): 5,
        ("frames_total", "chat", "web-2"): 6,
        ("csw_worker_answers", "web-1"): 1,
        ("csw_worker_answers", "web-2"): 1,
        ("csw_worker_answers", "web-3"): 0,
        ("csw_workers", "ready"): 2,
        ("csw_workers", "starting"): 0,
        ("csw_workers", "draining"): 1,
        ("csw_workers", "waiting"): 0,
        ("csw_workers_wanted",): 3,
        ("csw_worker_restarts_total",): 4,
    }


@accepts
async def test_without_a_supervisor_a_worker_tells_of_itself(accept: str) -> None:
    told = await samples(worker("web-1", registry(3, 5)), accept)
    assert told == {("viewers", "web-1"): 3, ("frames_total", "chat", "web-1"): 5}


@accepts
async def test_every_figure_of_ours_survives_the_merging(accept: str) -> None:
    at_this_moment = readings().clock()
    figures = registry_of(readings(clock=lambda: at_this_moment))
    alone = await samples(Exposition(figures), accept)
    others = FewSiblings(STATUS, **{"web-2": worker("web-2", figures)})
    both = await samples(worker("web-1", figures, others), accept)
    for name in ("web-1", "web-2"):
        assert {(*key, name) for key in alone} <= set(both)
        ours = {key: value for key, value in alone.items() if key[0].startswith("csw_")}
        assert {key: both[(*key, name)] for key in ours} == ours


def test_a_value_that_looks_like_a_comment_stays_a_value() -> None:
    text = '# HELP a One.\n# TYPE a gauge\na{of="# HELP b"} 1.0\n'
    assert merged([text, text.replace("1.0", "2.0")]) == text + 'a{of="# HELP b"} 2.0\n'
