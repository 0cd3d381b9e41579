"""The figures of this process, or of all workers of its supervisor, in the format asked for."""

import copy
from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from watchparty.serving.siblings import Family, Siblings

WORKER: Final = "worker"
"""The label that tells workers apart: their INSTANCE_ID."""

END: Final = "# EOF"
"""The last line of OpenMetrics."""

STATES: Final = ("ready", "starting", "draining", "waiting")


class Exposition:
    """Of one process that serves alone."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    async def told(self, accept: str) -> tuple[bytes, str]:
        """What a header Accept asks for, and its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    async def serve(self) -> None:
        """Tell the other workers ours when they ask: there are none."""

    def close(self) -> None:
        """Tell them no more."""


class FamilyExposition(Exposition):
    """Of a supervisor and all its workers, whichever of these is asked (ADR 41)."""

    def __init__(self, registry: CollectorRegistry, worker: str, siblings: Siblings) -> None:
        labelled = CollectorRegistry()
        labelled.register(Labelled(registry, worker))
        super().__init__(labelled)
        self._worker = worker
        self._siblings = siblings

    async def serve(self) -> None:
        """Tell the others ours when they ask."""
        await self._siblings.serve(self._own)

    def close(self) -> None:
        """Tell them no more."""
        self._siblings.close()

    async def told(self, accept: str) -> tuple[bytes, str]:
        """The same of everybody. Who is silent is named; who is alone tells of itself."""
        encode, content_type = choose_encoder(accept)
        family = await self._siblings.ask(accept)
        about = CollectorRegistry()
        about.register(FamilyCollector(self._worker, family))
        parts = [encode(about), self._own(accept), *filter(None, family.answers.values())]
        return merged(part.decode() for part in parts).encode(), content_type

    def _own(self, accept: str) -> bytes:
        encode, _ = choose_encoder(accept)
        return encode(self._registry)


class Labelled(Collector):
    """All of a registry, with the name of the worker at every sample."""

    def __init__(self, registry: CollectorRegistry, worker: str) -> None:
        self._registry = registry
        self._worker = worker

    def collect(self) -> Iterator[Metric]:
        """All of them, now."""
        for metric in self._registry.collect():
            labelled = copy.copy(metric)
            labelled.samples = [
                sample._replace(labels={**sample.labels, WORKER: self._worker})
                for sample in metric.samples
            ]
            yield labelled


class FamilyCollector(Collector):
    """What the supervisor knows, and who of its workers has not answered."""

    def __init__(self, worker: str, family: Family) -> None:
        self._worker = worker
        self._family = family

    def collect(self) -> Iterator[Metric]:
        """Nothing where the supervisor does not answer."""
        status = self._family.status
        if status is None:
            return
        answers = "1 where a worker answers the one that was asked."
        answering = GaugeMetricFamily("csw_worker_answers", answers, labels=[WORKER])
        answering.add_metric([self._worker], 1)
        for worker, answer in self._family.answers.items():
            answering.add_metric([worker], answer is not None)
        yield answering
        counted = GaugeMetricFamily("csw_workers", "Workers, by state.", labels=["state"])
        states = [worker["state"] for worker in status["workers"]]
        for state in STATES:
            counted.add_metric([state], states.count(state))
        yield counted
        wanted = "Workers that the supervisor is to keep."
        yield GaugeMetricFamily("csw_workers_wanted", wanted, value=status["wanted"])
        restarts = "Workers that were started since another one fell."
        yield CounterMetricFamily("csw_worker_restarts", restarts, value=status["restarts"])


def merged(texts: Iterable[str]) -> str:
    """One exposition of several: each family once, with the samples of all."""
    families: dict[str, tuple[list[str], list[str]]] = {}
    ends: list[str] = []
    for text in texts:
        lines: tuple[list[str], list[str]] = ([], [])
        for line in text.splitlines():
            if line == END:
                ends = [line]
            elif line.startswith("# "):
                _, _, name, _ = line.split(" ", 3)
                lines = families.setdefault(name, ([], []))
                if line not in lines[0]:
                    lines[0].append(line)
            else:
                lines[1].append(line)
    parts = [line for head, samples in families.values() for line in (*head, *samples)]
    return "\n".join([*parts, *ends, ""])
