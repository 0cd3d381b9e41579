"""Writes the JavaScript, the JSON Schema and the reference of the wire from its definition."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from watchparty.wiregen.outputs import stale, write

ROOT = Path(__file__).resolve().parents[3]


class Command(BaseCommand):
    """`manage.py generate_protocol`, and with `--check` only a look whether it is needed."""

    help = (
        "Generates static/js/protocol/protocol.js, docs/protocol.schema.json and docs/protocol.md."
    )
    requires_system_checks = ()  # Nothing here needs settings or a database.

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--check`."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail where a file is stale"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Write the stale files, or name them and fail."""
        if not check:
            for path in write(ROOT):
                self.stdout.write(f"Wrote {path}.")
            return
        stale_paths = stale(ROOT)
        if stale_paths:
            raise CommandError(
                "\n".join(
                    f"{path} is stale: run manage.py generate_protocol." for path in stale_paths
                ),
                returncode=1,
            )
