"""Makes one person nobody in all that is recorded."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from watchparty.history.persons import count, erase


class Command(BaseCommand):
    """`manage.py erase_person PERSON`: again changes nothing more."""

    help = "Take names, words, places and ids of one person (by public id) out of history."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the person and `--dry-run`."""
        parser.add_argument("person", help="the public id of a person")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, or only count, and say how much of what."""
        if options["dry_run"]:
            self._tell("would change", count(options["person"]))
            return
        changed, live = erase(options["person"])
        self._tell("changed", changed)
        if live:
            self.stderr.write(
                "The person is in these rooms, or they are live and still know the person: "
                f"{', '.join(live)}. Erase again when they are over."
            )

    def _tell(self, done: str, rows: dict[str, int]) -> None:
        told = ", ".join(f"{many} {kind}" for kind, many in rows.items() if many)
        self.stdout.write(f"{told or 'nothing'}: {done}.")
