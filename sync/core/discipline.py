"""Keeps one server's media clock with its cluster's, by what Redis' TIME and anchor say.

Pure: readings in, courses of the media clock and proposals of anchors out. Three things look alike
from here and are told apart: *another Redis* has another run_id or no anchor; *Redis' TIME stepped*
is what nobody's samples agree with any more; *our own oscillator* stepped if only ours do not. In
the first two the anchor is replaced so that the media clock goes on, in the third we follow it.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from sync.core.anchor import Anchor, ClockState, Figures, Proposal, Reading
from sync.core.estimator import Estimator, Sample, Verdict
from sync.core.skew import PPM, PRIOR_PPM
from sync.core.timebase import FLOOR_ERROR_MS, NS_PER_MS, Course

BURST: Final = 8
BURST_EVERY_MS: Final = 25.0
"""At the start and after every change of the anchor: agreed within a quarter of a second."""

EVERY_MS: Final = 1000.0
DOUBT_EVERY_MS: Final = 100.0
RETRY_MS: Final = 250.0
"""While Redis does not answer."""

AGREE_SAMPLES: Final = 4
"""Before the clock is set by them: one may have met a queue."""

CONSISTENT: Final = 3
DOUBT_SAMPLES: Final = 8
DOUBT_MS: Final = 5000.0
"""Others report within two seconds, if they are not busy, that they agree with what we doubt."""

GRACE_MS: Final = 1000.0
"""Before a newcomer founds a clock on an empty Redis: one who knew the old one goes first."""

VETERAN_MS: Final = 10_000.0
"""A newcomer agrees with whatever it finds; that is no evidence."""

HOLD_OVER_MS: Final = 3500.0
"""Without a sample that was believed."""

SLEW_PPM: Final = 200.0
"""Corrections go no faster: 12 ms a minute, which no ear and no browser's filter minds."""

SLEW_OVER_MS: Final = 8_000.0
"""Noise of single samples moves the rate by some ppm only."""

FIRST_SLEW_OVER_MS: Final = 2_000.0
ROUGH_PPM: Final = 50.0
"""While the skew is known no better, the offset is followed closely: it runs away by as much."""

ASTRAY_MS: Final = 50.0
"""Our own clock stood still or leapt: slewing would take minutes, in which viewers are apart."""

WAITING_RATE: Final = 0.5
"""Of a clock that is ahead by so much: it may not run backwards, so the others catch up."""

REMEMBERED_PPM: Final = 10.0
"""How far the skew is doubted when a clock was set: the oscillators are the same."""


@dataclass(slots=True)
class _Doubt:
    """Samples that contradict what we know, and since when."""

    about: tuple[str, int]
    """Redis process and anchor they were taken under."""
    since_ms: float
    since_beat: int
    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=DOUBT_SAMPLES))
    reading: Reading | None = None


class Discipline:
    """One process's part in the common media clock. Instants are the oscillator's, in ns."""

    def __init__(self, own: Course) -> None:
        """`own` is how the media clock runs until the cluster's is known."""
        self._course = own
        self._estimator = Estimator()
        self._anchor: Anchor | None = None
        self._doubt: _Doubt | None = None
        self._set = False
        """Whether the course is of this anchor's generation."""
        self._adopted_ms = 0.0
        self._agreed_ms: float | None = None
        self._agreed_beat = 0
        self._answered = False

    # -- In

    def take(self, reading: Reading) -> None:
        """Learn from one exchange."""
        self._answered = True
        anchor, known = reading.anchor, self._anchor
        if anchor is None or anchor.run_id != reading.run_id:
            self._doubt_about(reading)
            return
        if known is None or known.generation != anchor.generation:
            self._adopt(anchor, reading)
        elif known.number != anchor.number:
            same_clock = known.run_id == anchor.run_id
            self._estimator.restart(REMEMBERED_PPM if same_clock else PRIOR_PPM)
            self._anchor, self._doubt = anchor, None
        self._judge(reading, anchor)

    def missed(self) -> None:
        """An exchange has failed."""
        self._answered = False

    # -- Out

    def steer(self, now_ns: int) -> Course:
        """The course from now on."""
        now_ms = now_ns / NS_PER_MS
        estimate = self._estimator.estimate(now_ms)
        anchor = self._anchor
        if estimate is None or anchor is None or (not self._set and self._count < AGREE_SAMPLES):
            return self._course
        served_ms = self._course.at(now_ns)
        gap_ms = now_ms + estimate.offset_ms - served_ms
        rate = 1 + estimate.skew
        slew, leap_ms = 0.0, 0.0
        far_ms = ASTRAY_MS + estimate.bound_ms
        if not self._set or gap_ms > far_ms:
            self._set, leap_ms = True, gap_ms
        elif gap_ms < -far_ms:
            slew = WAITING_RATE - rate
        else:
            limit = SLEW_PPM * PPM
            rough = estimate.growth > ROUGH_PPM * PPM
            slew = gap_ms / (FIRST_SLEW_OVER_MS if rough else SLEW_OVER_MS)
            slew = min(limit, max(-limit, slew))
        left_ms = gap_ms - leap_ms
        slew_ns = left_ms / slew * NS_PER_MS if slew else 0.0
        self._course = Course(
            from_ns=now_ns,
            media_ms=served_ms + leap_ms,
            rate=rate + slew,
            until_ns=now_ns + round(slew_ns),
            rate_after=rate,
            error_ms=FLOOR_ERROR_MS + estimate.bound_ms + abs(left_ms),
            error_growth=estimate.growth,
            generation=anchor.generation,
        )
        return self._course

    def proposal(self, now_ns: int) -> Proposal | None:
        """The anchor that Redis should hold, if the one it holds will not do."""
        doubt = self._doubt
        if doubt is None or doubt.reading is None or len(doubt.samples) < CONSISTENT:
            return None
        reading, now_ms = doubt.reading, now_ns / NS_PER_MS
        found, known = reading.anchor, self._anchor
        if known is None or (found is not None and found.generation > known.generation):
            return self._founding(reading, found, now_ms - doubt.since_ms)
        same_redis = found is not None and found.run_id == reading.run_id
        if same_redis and now_ms - doubt.since_ms < DOUBT_MS:
            return None
        told_ms = self._estimator.offset_told_by(doubt.samples, now_ms)
        estimate = self._estimator.estimate(now_ms)
        if told_ms is None or estimate is None:
            return None
        shift_us = round((told_ms - estimate.offset_ms) * 1000)
        expected = found.number if found is not None else 0
        number = max(expected, known.number) + 1
        base_us = known.base_us + shift_us
        return Proposal(Anchor(known.generation, base_us, reading.run_id, number), expected)

    def wait_ms(self) -> float:
        """How long until the next exchange."""
        if not self._answered:
            return RETRY_MS
        if self._doubt is not None:
            return DOUBT_EVERY_MS
        return BURST_EVERY_MS if self._count < BURST else EVERY_MS

    def agreed_beat(self, now_ns: int) -> int:
        """Number of our last exchange that was found true; 0 while our word is no evidence."""
        veteran = now_ns / NS_PER_MS - self._adopted_ms >= VETERAN_MS
        return self._agreed_beat if veteran and self._doubt is None else 0

    @property
    def agrees(self) -> bool:
        """Whether the media clock is the cluster's (or was, and holds over)."""
        return self._set

    def figures(self, now_ns: int) -> Figures:
        """How it does."""
        age_ms = None if self._agreed_ms is None else now_ns / NS_PER_MS - self._agreed_ms
        locked = age_ms is not None and age_ms < HOLD_OVER_MS and self._doubt is None
        state = ClockState.LOCKED if locked else ClockState.HOLD_OVER
        anchor = self._anchor
        return Figures(
            state=state if self._set else ClockState.ACQUIRING,
            redis_offset_ms=None if anchor is None else anchor.base_us / 1000,
            skew_ppm=self._estimator.skew / PPM,
            sample_age_ms=age_ms,
            anchor_number=0 if anchor is None else anchor.number,
        )

    # -- Within

    @property
    def _count(self) -> int:
        return len(self._estimator)

    def _adopt(self, anchor: Anchor, reading: Reading) -> None:
        """The media clock of a generation that we have no part in yet."""
        self._estimator.restart(PRIOR_PPM)
        self._anchor, self._doubt, self._set = anchor, None, False
        self._adopted_ms = reading.t4_ns / NS_PER_MS

    def _judge(self, reading: Reading, anchor: Anchor) -> None:
        verdict = self._estimator.add(_sample(reading, anchor.base_us))
        if verdict is Verdict.ACCEPTED:
            self._doubt = None
            self._agreed_ms, self._agreed_beat = reading.t4_ns / NS_PER_MS, reading.beat
        elif verdict is Verdict.SLOW and self._doubt is None:
            self._agreed_ms = reading.t4_ns / NS_PER_MS
        elif verdict is Verdict.DOUBTFUL:
            doubt = self._doubt_about(reading)
            if len(doubt.samples) >= CONSISTENT and reading.others_beat > doubt.since_beat:
                self._follow(doubt, reading)

    def _follow(self, doubt: _Doubt, reading: Reading) -> None:
        """Others still agree with Redis: the clock that has moved is ours."""
        self._estimator.restart(REMEMBERED_PPM)
        for sample in doubt.samples:
            self._estimator.add(sample)
        self._doubt, self._adopted_ms = None, reading.t4_ns / NS_PER_MS

    def _doubt_about(self, reading: Reading) -> _Doubt:
        about = (reading.run_id, reading.anchor.number if reading.anchor else 0)
        doubt = self._doubt
        if doubt is None or doubt.about != about:
            doubt = _Doubt(about, reading.t4_ns / NS_PER_MS, reading.beat)
            self._doubt = doubt
        doubt.reading = reading
        doubt.samples.append(_sample(reading, self._anchor.base_us if self._anchor else 0))
        return doubt

    def _founding(
        self, reading: Reading, found: Anchor | None, waited_ms: float
    ) -> Proposal | None:
        """A new generation, where nobody has known how to go on; near to what is known of it."""
        if waited_ms < GRACE_MS:
            return None
        now_s = reading.time_us // 1_000_000
        if found is not None:
            generation = max(now_s, found.generation + 1)
            anchor = Anchor(generation, found.base_us, reading.run_id, found.number + 1)
            return Proposal(anchor, found.number)
        middle_ns = (reading.t1_ns + reading.t4_ns) // 2
        base_us = reading.time_us - round(self._course.at(middle_ns) * 1000)
        return Proposal(Anchor(now_s, base_us, reading.run_id, 1), 0)


def _sample(reading: Reading, base_us: int) -> Sample:
    return Sample(
        reading.t1_ns / NS_PER_MS, reading.t4_ns / NS_PER_MS, (reading.time_us - base_us) / 1000
    )
