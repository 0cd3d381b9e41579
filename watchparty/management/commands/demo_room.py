"""Makes the demo room, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from watchparty.core.protocol import HIGHEST_MAX_USERS
from watchparty.demo import DEMO_FILM
from watchparty.models import DEFAULT_MAX_USERS, Room

SLUG = "demo"
ROOM: dict[str, Any] = {
    "title": "The clockwork room",
    "is_public": True,
    "settings": {"onEnd": "loop"},
    "source": DEMO_FILM,
}


class Command(BaseCommand):
    """`manage.py demo_room`: a public room with our own film; an existing one is left alone."""

    help = "Make the public room /rooms/demo/ with the demo film, unless it is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--slug` and `--max-users`."""
        parser.add_argument(
            "--slug", nargs="+", default=[SLUG], help="other addresses, for other such rooms"
        )
        parser.add_argument(
            "--max-users",
            type=int,
            default=DEFAULT_MAX_USERS,
            help=f"most viewers at once, up to {HIGHEST_MAX_USERS}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create it or say that it is there."""
        max_users = options["max_users"]
        if not 1 <= max_users <= HIGHEST_MAX_USERS:
            raise CommandError(f"--max-users lies within 1 and {HIGHEST_MAX_USERS}")
        for slug in options["slug"]:
            room, created = Room.objects.get_or_create(
                slug=slug, defaults={**ROOM, "max_users": max_users}
            )
            if options["verbosity"] > 0:
                self.stdout.write(f"{room}: {'made' if created else 'already there'}.")
