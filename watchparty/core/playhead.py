"""The playhead: where the film is, as a vector on the media clock.

The W3C Timing Object's state vector without acceleration.
"""

from msgspec import Struct, structs


class Playhead(Struct, frozen=True):
    """`position_s` (film seconds) at `at_ms` (media clock), moving at `rate` while `playing`.

    Before `at_ms` the position holds: a start together puts `at_ms` into the future.
    """

    position_s: float
    at_ms: float
    rate: float = 1.0
    playing: bool = False

    def position_at(self, now_ms: float, duration_s: float | None = None) -> float:
        """Film position in seconds at an instant, never outside 0 … `duration_s`."""
        position_s = self.position_s
        if self.playing and now_ms > self.at_ms:
            position_s += self.rate * (now_ms - self.at_ms) / 1000
        return clamp(position_s, duration_s)

    def starts_after(self, now_ms: float) -> bool:
        """Whether it is set to start in the future."""
        return self.playing and self.at_ms > now_ms

    def reaches(self, position_s: float) -> float | None:
        """The instant (media clock, ms) at which it arrives at a position; None if never."""
        if not self.playing or self.rate <= 0:
            return None
        return self.at_ms + max(position_s - self.position_s, 0.0) / self.rate * 1000

    def moved(
        self,
        *,
        position_s: float | None = None,
        at_ms: float | None = None,
        rate: float | None = None,
        playing: bool | None = None,
    ) -> "Playhead":
        """The same vector with the given parts replaced."""
        return structs.replace(
            self,
            position_s=self.position_s if position_s is None else position_s,
            at_ms=self.at_ms if at_ms is None else at_ms,
            rate=self.rate if rate is None else rate,
            playing=self.playing if playing is None else playing,
        )


def clamp(position_s: float, duration_s: float | None) -> float:
    """A position within the film; an unknown duration has no end."""
    if duration_s is not None and position_s > duration_s:
        return duration_s
    return max(position_s, 0.0)
