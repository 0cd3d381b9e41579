"""History is kept for so many days; what is older goes, a little at a time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Model

from watchparty.models import (
    ChatMessage,
    HouseEvent,
    PlaybackEvent,
    ReactionTotal,
    SkewSample,
    Visit,
)

AGES: Final[dict[type[Model], str]] = {
    PlaybackEvent: "at",
    ChatMessage: "at",
    HouseEvent: "at",
    Visit: "seen_at",
    ReactionTotal: "at",
    SkewSample: "at",
}
"""What is recorded, and by which instant it ages. Each of these has an index."""

ROWS_AT_ONCE: Final = 5000
"""So few that a recorder hardly waits for the lock."""


def older_than(before: datetime) -> dict[str, int]:
    """How many rows of each kind are older."""
    return {
        _name(model): model._default_manager.filter(**{f"{age}__lt": before}).count()  # noqa: SLF001
        for model, age in AGES.items()
    }


def prune(before: datetime, rows_at_once: int = ROWS_AT_ONCE) -> Iterator[tuple[str, int]]:
    """Delete what is older, a batch for each step; tells what each step has deleted.

    May be stopped at any step, and run again.
    """
    for model, age in AGES.items():
        rows = model._default_manager.filter(**{f"{age}__lt": before})  # noqa: SLF001
        while True:
            oldest = list(rows.order_by(age).values_list("pk", flat=True)[:rows_at_once])
            if not oldest:
                break
            model._default_manager.filter(pk__in=oldest).delete()  # noqa: SLF001
            yield _name(model), len(oldest)


def _name(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)  # noqa: SLF001 - Django's own public name
