"""Gives out all that history knows of one person."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from watchparty.history.persons import export


class Command(BaseCommand):
    """`manage.py export_person PERSON > file`: PERSON is the public id that the admin shows."""

    help = "Write every row about one person (by public id) as JSON to the standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the person and `--format`."""
        parser.add_argument("person", help="the public id of a person")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it; a person nobody knows is an error, so that a mistyped id is noticed."""
        found = export(options["person"])
        if not any(found.values()):
            raise CommandError("Nothing is known of such a person.")
        told = {"person": options["person"], **found}
        self.stdout.write(json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
