"""What outlives a party: rooms, the last state of each, and the history of what happened there."""

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
PERSON_LENGTH = 64
MEMBER_LENGTH = 64
EPOCH_LENGTH = 64
NAME_LENGTH = 80
KIND_LENGTH = 24
SOURCE_ID_LENGTH = 32
BUCKET_S = 5
"""Reactions are counted over so many seconds of the film."""


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
        "owner",
        max_length=PERSON_LENGTH,
        blank=True,
        help_text="The public id of the person who made it.",
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
    epoch = models.CharField(max_length=EPOCH_LENGTH, blank=True)
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


_EVENT_INDEXES: tuple[models.Index, ...] = (
    models.Index(fields=("room", "at", "seq"), name="%(class)s_story"),
    models.Index(fields=("person", "at"), name="%(class)s_person"),
    models.Index(fields=("at",), name="%(class)s_age"),
)


class Happening(models.Model):
    """An ordered event of a room as history keeps it: written by whichever server comes first.

    (room, epoch, seq) names it, so that recording twice changes nothing. `at` is UTC.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    epoch = models.CharField(max_length=EPOCH_LENGTH)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=KIND_LENGTH)
    member = models.CharField(
        max_length=MEMBER_LENGTH, blank=True, help_text="Who did it; empty: the room itself."
    )
    person = models.CharField(max_length=PERSON_LENGTH, blank=True)
    name = models.CharField(max_length=NAME_LENGTH, blank=True, help_text="As they were called.")

    class Meta:
        """Once each; found by room in order, by person, and by age."""

        abstract = True
        ordering = ("at", "seq")
        constraints = (
            models.UniqueConstraint(fields=("room", "epoch", "seq"), name="%(class)s_once"),
        )
        indexes = _EVENT_INDEXES

    def __str__(self) -> str:
        return f"{self.kind} {self.epoch}:{self.seq}"


class PlaybackEvent(Happening):
    """The playhead as it was from an event on: a vector on the media clock."""

    position_s = models.FloatField("position")
    at_ms = models.FloatField("media clock")
    rate = models.FloatField()
    playing = models.BooleanField()
    duration_s = models.FloatField("length of the film", null=True)
    source_id = models.CharField(max_length=SOURCE_ID_LENGTH, blank=True)
    source: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True, help_text="Only where the event changed what is played."
    )
    waiting_for: models.JSONField[list[str] | None, list[str] | None] = models.JSONField(
        null=True, help_text="The members for whom the film stands from here on."
    )


class ChatMessage(Happening):
    """What somebody wrote. One that was taken back keeps its words here, and says by whom."""

    message_id = models.CharField(max_length=32)
    text = models.TextField()
    reply_to = models.CharField(max_length=32, blank=True)
    video_time_s = models.FloatField("moment of the film", null=True)
    removed_at = models.DateTimeField("taken back", null=True)
    removed_by_person = models.CharField(max_length=PERSON_LENGTH, blank=True)
    removed_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta(Happening.Meta):
        """Also found by the id that a removal names."""

        indexes = (
            *_EVENT_INDEXES,
            models.Index(fields=("room", "message_id"), name="chatmessage_by_id"),
        )


class HouseEvent(Happening):
    """What was done to the room and its people: roles, control, removals, settings, the end."""

    target_member = models.CharField(max_length=MEMBER_LENGTH, blank=True)
    target_person = models.CharField(max_length=PERSON_LENGTH, blank=True)
    target_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    details: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta(Happening.Meta):
        """Also found by whom it was done to, and chat removals by their kind."""

        indexes = (
            *_EVENT_INDEXES,
            models.Index(fields=("target_person", "at"), name="houseevent_target"),
            models.Index(fields=("room", "kind", "at"), name="houseevent_kind"),
        )


class Visit(models.Model):
    """A member's stay at one server. Who moves to another server begins another row there.

    Only that server writes the row, always whole; after a SIGKILL `left_at` stays empty, and
    `seen_at` says until when the member was known to be there.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    member = models.CharField(max_length=MEMBER_LENGTH)
    person = models.CharField(max_length=PERSON_LENGTH, blank=True)
    name = models.CharField(max_length=NAME_LENGTH)
    role = models.CharField(max_length=8)
    city = models.CharField(max_length=64, blank=True)
    flag = models.CharField(max_length=16, blank=True)
    instance = models.CharField("server", max_length=64)
    joined_at = models.DateTimeField("joined")
    seen_at = models.DateTimeField("seen last")
    left_at = models.DateTimeField("left", null=True)
    reconnects = models.PositiveIntegerField(default=0)
    skew_p50_ms = models.FloatField("median drift", null=True)
    skew_p95_ms = models.FloatField("95 % of drifts", null=True)
    statuses = models.PositiveIntegerField(
        default=0, help_text="How many statuses the percentiles are of."
    )

    class Meta:
        """Once each; found by room, by person, and by age."""

        ordering = ("joined_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("room", "joined_at", "member", "instance"), name="visit_once"
            ),
        )
        indexes = (
            models.Index(fields=("person", "joined_at"), name="visit_person"),
            models.Index(fields=("seen_at",), name="visit_age"),
        )

    def __str__(self) -> str:
        return f"{self.name} at {self.instance} from {self.joined_at:%Y-%m-%d %H:%M:%S}"


class ReactionTotal(models.Model):
    """How often one emoji came in five seconds of a film, as one batch of one server counted it.

    The totals are the sums over batches: a batch that is written twice counts once.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    source_id = models.CharField(max_length=SOURCE_ID_LENGTH, blank=True)
    bucket_s = models.PositiveIntegerField("second of the film")
    emoji = models.CharField(max_length=16)
    batch = models.CharField(max_length=40)
    at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        """Once each; found by room and film, and by age."""

        ordering = ("bucket_s", "emoji")
        constraints = (
            models.UniqueConstraint(
                fields=("room", "source_id", "bucket_s", "emoji", "batch"), name="reactions_once"
            ),
        )
        indexes = (models.Index(fields=("at",), name="reactions_age"),)

    def __str__(self) -> str:
        return f"{self.count} × {self.emoji} at {self.bucket_s} s"


class SkewSample(models.Model):
    """How one member's playback did over some ten seconds, as that viewer measured it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    member = models.CharField(max_length=MEMBER_LENGTH)
    drift_ms = models.FloatField("last drift")
    worst_ms = models.FloatField("drift farthest from zero")
    bound_ms = models.FloatField("error bound of the clock")
    rtt_ms = models.FloatField("round trip")
    state = models.CharField(max_length=16)

    class Meta:
        """Once each; found by room in order, by member, and by age."""

        ordering = ("at", "member")
        constraints = (
            models.UniqueConstraint(fields=("room", "at", "member"), name="skewsample_once"),
        )
        indexes = (
            models.Index(fields=("member",), name="skewsample_member"),
            models.Index(fields=("at",), name="skewsample_age"),
        )

    def __str__(self) -> str:
        return f"{self.drift_ms:+.1f} ms at {self.at:%H:%M:%S}"
