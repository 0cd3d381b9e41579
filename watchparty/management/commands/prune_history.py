"""Deletes history that is older than it is to be kept."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from watchparty.history.retention import older_than, prune


class Command(BaseCommand):
    """`manage.py prune_history`: once a day, by cron or a timer; stopping it does no harm."""

    help = "Delete what was recorded before HISTORY_DAYS ago (0: nothing), a little at a time."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--days` and `--dry-run`."""
        parser.add_argument("--days", type=int, help="in place of the setting HISTORY_DAYS")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, or only count, and say how much of what."""
        days = settings.HISTORY_DAYS if options["days"] is None else options["days"]
        if days < 0 or (options["days"] is not None and days == 0):
            raise CommandError("--days is a number of days, 1 or more.")
        if days == 0:
            self.stdout.write("History is kept for ever (HISTORY_DAYS is 0).")
            return
        before = timezone.now() - timedelta(days=days)
        if options["dry_run"]:
            self._tell("would go", Counter(older_than(before)))
            return
        gone: Counter[str] = Counter()
        try:
            for kind, rows in prune(before):
                gone[kind] += rows
        finally:
            self._tell("deleted", gone)

    def _tell(self, done: str, rows: Counter[str]) -> None:
        told = ", ".join(f"{many} {kind}" for kind, many in rows.items() if many)
        self.stdout.write(f"{told or 'nothing'}: {done}.")
