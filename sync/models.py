"""What outlives a process: the base of the media clock of each boot."""

from django.db import models


class MediaClockBase(models.Model):
    """Media time at the zero of a boot's oscillator.

    Every process of that boot uses the first one's base, so that a restart does not step the media
    clock: the oscillator runs on, while UTC has been corrected in between.
    """

    boot_id = models.CharField(max_length=64, primary_key=True)
    base_ms = models.FloatField()
    anchored_at = models.DateTimeField(auto_now_add=True)

    class Meta:  # noqa: D106
        verbose_name = "base of the media clock"
        verbose_name_plural = "bases of the media clock"

    def __str__(self) -> str:
        return f"{self.boot_id}: {self.base_ms} ms"
