"""What outlives a party: rooms and the last state of each."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from watchparty.core.protocol import HIGHEST_MAX_USERS

# As on the wire (watchparty.core.protocol.Slug): lower case, digits, single dashes within.
SLUG_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z"
SLUG_LENGTH = 64
TITLE_LENGTH = 80
DEFAULT_MAX_USERS = 100


class Room(models.Model):
    """A room by its address. Live rooms are the store's; this row is what they return from.

    `state` is the room machine's own record, written a moment after each change; `epoch`, `seq`,
    `left_cleanly` and `boot_id` (of a host's boot, or of a cluster's media clock) say whether it is
    complete and whether its vector still runs.
    """

    slug = models.SlugField(
        "address", max_length=SLUG_LENGTH, unique=True, validators=[RegexValidator(SLUG_PATTERN)]
    )
    title = models.CharField(max_length=TITLE_LENGTH)
    owner_person = models.CharField(
        "owner", max_length=64, blank=True, help_text="The public id of the person who made it."
    )
    is_public = models.BooleanField("public", default=False)
    max_users = models.PositiveIntegerField(
        "most viewers",
        default=DEFAULT_MAX_USERS,
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_MAX_USERS)],
    )
    settings: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True
    )
    source: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        "first source", null=True, blank=True, help_text="What a room without state starts with."
    )
    state: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        "saved state", null=True, blank=True
    )
    epoch = models.CharField(max_length=64, blank=True)
    seq = models.PositiveBigIntegerField(default=0)
    left_cleanly = models.BooleanField(
        default=True, help_text="Otherwise its history may have a gap."
    )
    boot_id = models.CharField("boot", max_length=64, blank=True)
    created_at = models.DateTimeField("created", auto_now_add=True)
    updated_at = models.DateTimeField("updated", auto_now=True)
    closed_at = models.DateTimeField("closed", null=True, blank=True)

    class Meta:
        """Order, truths the database keeps, and the home page's index."""

        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(max_users__gte=1, max_users__lte=HIGHEST_MAX_USERS),
                name="room_max_users_in_range",
            ),
            models.CheckConstraint(
                condition=Q(seq=0) | ~Q(epoch=""), name="room_seq_belongs_to_an_epoch"
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="room_slug_not_empty"),
        )
        indexes = (
            # The home page: open public rooms, newest first.
            models.Index(
                fields=("-created_at",),
                name="room_open_public",
                condition=Q(is_public=True, closed_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.slug})"

    def get_absolute_url(self) -> str:
        """The room's page."""
        return reverse("watchparty:room", args=[self.slug])
