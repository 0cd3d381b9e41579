"""Brings passing data to the database every few seconds: visits, reactions, samples of skew.

One batch at a time, and the same batch until the database has it: its rows are named by who wrote
them, so that a repeat changes nothing.
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any, Final

from django.db import transaction
from msgspec import Struct

from sync.ending import end
from watchparty.fresh_connection import with_fresh_connection
from watchparty.history.book import Book, Passing, ReactionKey, Sample, VisitNow
from watchparty.history.recorder import described
from watchparty.history.rows import text, utc
from watchparty.history.writing import apart, room_ids
from watchparty.models import NAME_LENGTH, ReactionTotal, SkewSample, Visit

WRITE_EVERY_S: Final = 5.0
ROWS_AT_ONCE: Final = 1000
VISIT_KEY: Final = ("room", "joined_at", "member", "instance")
VISIT_NEWS: Final = (
    *("person", "name", "role", "city", "flag", "seen_at", "left_at", "reconnects"),
    *("skew_p50_ms", "skew_p95_ms", "statuses"),
)

logger = logging.getLogger(__name__)


class PassingBatch(Struct, frozen=True):
    """What is written together, under a name of its own."""

    name: str
    at_ms: float
    passing: Passing


def write_passing(batch: PassingBatch) -> int:
    """Write a batch; returns how many things no database takes. Raises what the database raises."""
    passing = batch.passing
    named = [(batch.name, batch.at_ms, *reaction) for reaction in passing.reactions.items()]
    return sum(
        apart(write, things[first : first + ROWS_AT_ONCE])
        for write, things in (
            (_write_visits, passing.visits),
            (_write_reactions, named),
            (_write_samples, passing.samples),
        )
        for first in range(0, len(things), ROWS_AT_ONCE)
    )


class PassingRecorder:
    """Writes what a book collects. `name`: no other process, before or after, has this one."""

    def __init__(self, book: Book, thread: Executor, name: str) -> None:
        self._book = book
        self._thread = thread
        self._name = name
        self._batches = 0
        self._batch: PassingBatch | None = None
        self._worker: asyncio.Task[None] | None = None
        self._ailing = False
        self.left_out = 0
        """Things that no database takes."""

    def start(self) -> None:
        """Work from now on; again changes nothing."""
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="passing history")

    async def close(self, patience_s: float) -> None:
        """Stop. What has been noted is written first, within this time."""
        await end(self._worker)
        try:
            async with asyncio.timeout(patience_s):
                while await self.write():
                    pass
        except Exception as problem:  # noqa: BLE001 - whatever it is, the server stops
            lost = "history: the last visits and reactions are not in the database (%s)"
            logger.error(lost, described(problem))

    async def write(self) -> bool:
        """Write what there is; whether there was anything. Raises what the database raises."""
        if self._batch is None:
            passing = self._book.take()
            if not passing:
                return False
            self._batches += 1
            self._batch = PassingBatch(f"{self._name}-{self._batches}", self._book.now_ms, passing)
        loop = asyncio.get_running_loop()
        self.left_out += await loop.run_in_executor(
            self._thread, with_fresh_connection, write_passing, self._batch
        )
        self._batch = None
        return True

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            try:
                await self.write()
            except Exception as problem:  # noqa: BLE001 - whatever it is, the next try may do
                if not self._ailing:
                    logger.warning("history: visits and reactions wait (%s)", described(problem))
                self._ailing = True
            else:
                self._ailing = False


def _write_visits(visits: Sequence[VisitNow]) -> None:
    with transaction.atomic():
        ids = room_ids(visit.room for visit in visits)
        Visit.objects.bulk_create(
            [_visit(one, ids[one.room]) for one in visits if one.room in ids],
            update_conflicts=True,
            unique_fields=VISIT_KEY,
            update_fields=VISIT_NEWS,
        )


def _visit(now: VisitNow, room_id: int) -> Visit:
    user = now.user
    return Visit(
        room_id=room_id,
        member=user.id,
        person=user.person,
        name=text(user.name)[:NAME_LENGTH],
        role=user.role,
        city=user.city or "",
        flag=user.flag or "",
        instance=now.instance,
        joined_at=utc(now.joined_ms),
        seen_at=utc(now.seen_ms),
        left_at=None if now.left_ms is None else utc(now.left_ms),
        reconnects=now.reconnects,
        skew_p50_ms=now.p50_ms,
        skew_p95_ms=now.p95_ms,
        statuses=now.statuses,
    )


def _write_reactions(named: Sequence[tuple[str, float, ReactionKey, int]]) -> None:
    with transaction.atomic():
        ids = room_ids(room for _, _, (room, *_), _ in named)
        rows = [
            ReactionTotal(
                room_id=ids[room],
                source_id=source_id,
                bucket_s=bucket_s,
                emoji=emoji,
                batch=batch,
                at=utc(at_ms),
                count=count,
            )
            for batch, at_ms, (room, source_id, bucket_s, emoji), count in named
            if room in ids
        ]
        ReactionTotal.objects.bulk_create(rows, ignore_conflicts=True)


def _write_samples(samples: Sequence[Sample]) -> None:
    with transaction.atomic():
        ids = room_ids(sample.room for sample in samples)
        rows = [_sample(one, ids[one.room]) for one in samples if one.room in ids]
        SkewSample.objects.bulk_create(rows, ignore_conflicts=True)


def _sample(one: Sample, room_id: int) -> SkewSample:
    figures: dict[str, Any] = {
        "drift_ms": one.last.drift_ms,
        "bound_ms": one.last.bound_ms,
        "rtt_ms": one.last.rtt_ms,
        "state": one.last.state,
    }
    at = utc(one.at_ms)
    return SkewSample(room_id=room_id, at=at, member=one.member, worst_ms=one.worst_ms, **figures)
