"""The unlisted room in which visitors of the clock pages see each other."""

from typing import Any

from django.db import migrations

SLUG = "clock"


def open_room(apps: Any, schema_editor: Any) -> None:
    """Make it, or take over a room that somebody gave this address before."""
    apps.get_model("watchparty", "Room").objects.update_or_create(
        slug=SLUG,
        defaults={
            "title": "The clocks",
            "is_public": False,
            "max_users": 10_000,
            "closed_at": None,
        },
    )


class Migration(migrations.Migration):  # noqa: D101
    dependencies = [("watchparty", "0001_room")]  # noqa: RUF012

    operations = [migrations.RunPython(open_room, migrations.RunPython.noop)]  # noqa: RUF012
