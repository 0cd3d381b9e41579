"""Fills the database with a made-up past, to see how the admin does with much of it."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from watchparty.history.seeding import make_rooms, seed
from watchparty.models import Room


def number(text: str) -> int:
    """A number of things. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("a number, 1 or more")
    return int(text)


class Command(BaseCommand):
    """`manage.py seed_history`: rooms `seeded-00000` and on; `--remove` takes them away again."""

    help = "Make rooms with a made-up past: controls, chat, visits, reactions. Not for real sites."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how much, from which seed, and the way back."""
        parser.add_argument("--rooms", type=number, default=1000)
        parser.add_argument("--events", type=number, default=1_000_000, help="of all rooms")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--prefix", default="seeded", help="of the rooms' addresses")
        parser.add_argument("--remove", action="store_true", help="delete such rooms instead")
        parser.add_argument("--force", action="store_true", help="also with DEBUG=0")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, or take them away, and say how many rows that was."""
        if not settings.DEBUG and not options["force"]:
            raise CommandError("This is a real site (DEBUG=0). --force if you mean it.")
        theirs = Room.objects.filter(slug__startswith=f"{options['prefix']}-")
        if options["remove"]:
            for room in theirs:
                room.delete()
            return
        if theirs.exists():
            raise CommandError("There are such rooms. --remove them, or take another --prefix.")
        began_s = time.monotonic()
        random = Random(options["seed"])  # noqa: S311 - nothing here is secret
        rooms = make_rooms(options["prefix"], options["rooms"], timezone.now(), random)
        written = 0
        for written in seed(rooms, options["events"], random):
            if options["verbosity"] > 1:
                self.stdout.write(f"{written} rows")
        if options["verbosity"] > 0:
            took_s = time.monotonic() - began_s
            self.stdout.write(f"{len(rooms)} rooms, {written} rows in {took_s:.0f} s.")
