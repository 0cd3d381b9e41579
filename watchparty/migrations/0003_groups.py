"""Three groups of staff, each with what the one before it may and more."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

READ = ["view_room", "view_playbackevent", "view_chatmessage", "view_houseevent", "view_visit",
        "view_reactiontotal", "view_skewsample"]
GROUPS = {
    "History viewers": READ,
    "Moderators": [*READ, "change_room"],
    "Administrators": [*READ, "change_room", "add_room", "delete_room"],
}


def make_groups(apps, schema_editor):
    """Permissions are made after all migrations; these are needed now."""
    config = installed.get_app_config("watchparty")
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias)
    group = apps.get_model("auth", "Group")
    permission = apps.get_model("auth", "Permission")
    for name, may in GROUPS.items():
        made, _ = group.objects.get_or_create(name=name)
        found = permission.objects.filter(content_type__app_label="watchparty", codename__in=may)
        made.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("watchparty", "0002_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Who is in a group stays in it: undoing takes nothing from anybody.
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
