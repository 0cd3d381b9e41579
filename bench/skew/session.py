"""One run of one or several laws at once: two viewers in a room of each, and what happens."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Playwright

from bench.accuracy import Law as Bend
from bench.host_clock import monotonic_ms
from bench.machine import Watch, use_of
from bench.place import Place, relayed
from bench.skew.networks import Configuration
from bench.skew.records import Marks, SkewRun
from bench.skew.viewer import SkewViewer

OFFSET_MS: Final = 30_000.0
PPM: Final = 80.0
ALONE_S: Final = 3.0
"""The first viewer has been watching for so long when the second comes."""
SETTLING_S: Final = 12.0
DISTURBANCE_S: Final = -0.25
AFTER_DISTURBANCE_S: Final = 8.0
SEEK_TO_S: Final = 12.0
AFTER_SEEK_S: Final = 8.0
STANDING_S: Final = 3.0
LEAD_MS: Final = 1000
AFTER_START_S: Final = 9.0
AROUND_S: Final = SETTLING_S + AFTER_DISTURBANCE_S + AFTER_SEEK_S + STANDING_S + AFTER_START_S
"""What a run takes beside its steady part."""


@dataclass(frozen=True, slots=True)
class Job:
    """Laws that are measured at the same time in the same situation."""

    name: str
    configuration: Configuration
    laws: tuple[str, ...]
    repeat: int


def bends_of(repeat: int) -> tuple[Bend, Bend]:
    """One viewer's clocks are ahead and slow, the other's behind and fast; in turn."""
    sign = -1 if repeat % 2 else 1
    return Bend(sign * OFFSET_MS, -sign * PPM), Bend(-sign * OFFSET_MS, sign * PPM)


class Pair:
    """Two viewers of one law in a room of their own."""

    def __init__(
        self, playwright: Playwright, place: Place, job: Job, law: str, ended_last: ExitStack
    ) -> None:
        self.law = law
        self.slug = f"{law}-{job.name.replace(' ', '')}-{job.repeat}-{round(time.monotonic())}"
        self.bends = bends_of(job.repeat)
        self.viewers: list[SkewViewer] = []
        self._urls: list[str] = []
        self._configuration = job.configuration
        place.make_room(self.slug)
        for number, network in enumerate(job.configuration.networks):
            # The same seeds for every law: the same network, as far as bytes come alike.
            seed = f"{job.repeat} {number}"
            relay = ended_last.enter_context(relayed(place.port, network, seed))
            viewer = SkewViewer(playwright, self.bends[number], law)
            ended_last.callback(viewer.close)
            self.viewers.append(viewer)
            self._urls.append(f"http://127.0.0.1:{relay.port if relay else place.port}")

    def begin(self) -> None:
        """The first viewer comes, and starts the film."""
        first = self.viewers[0]
        first.enter(f"{self._urls[0]}/rooms/{self.slug}/", "Ada")
        first.await_ready()
        first.say("play")

    def complete(self) -> None:
        """The second one comes late."""
        second = self.viewers[1]
        second.enter(f"{self._urls[1]}/rooms/{self.slug}/", "Ben")
        second.handicap(self._configuration)


def run_session(playwright: Playwright, place: Place, job: Job, seconds: float) -> list[SkewRun]:
    """All laws of a job go through the same parts at the same time."""
    with ExitStack() as ended_last:
        pairs = [Pair(playwright, place, job, law, ended_last) for law in job.laws]
        for pair in pairs:
            pair.begin()
        _pass(pairs, ALONE_S)
        watch = Watch()
        for pair in pairs:
            pair.complete()
        _pass(pairs, SETTLING_S)
        for pair in pairs:
            pair.viewers[1].check_worker()
        steady_ms = monotonic_ms()
        _pass(pairs, seconds - AROUND_S)
        disturbed_ms = [pair.viewers[0].disturb(DISTURBANCE_S) for pair in pairs]
        _pass(pairs, AFTER_DISTURBANCE_S)
        sought_ms = [pair.viewers[1].say("seek", SEEK_TO_S) for pair in pairs]
        _pass(pairs, AFTER_SEEK_S)
        paused_ms = [pair.viewers[0].say("pause") for pair in pairs]
        _pass(pairs, STANDING_S)
        stills = [[viewer.still() for viewer in pair.viewers] for pair in pairs]
        together_ms = [pair.viewers[0].say("play", {"leadMs": LEAD_MS}) for pair in pairs]
        _pass(pairs, AFTER_START_S)
        use = use_of(watch)
        ended_ms = monotonic_ms()
        return [
            SkewRun(
                name=job.name,
                law=pair.law,
                repeat=job.repeat,
                seconds=seconds,
                abreast=len(pairs),
                bends=list(pair.bends),
                marks=Marks(
                    steady_ms,
                    disturbed_ms[number],
                    sought_ms[number],
                    paused_ms[number],
                    together_ms[number],
                    ended_ms,
                ),
                seen=[
                    viewer.take(still)
                    for viewer, still in zip(pair.viewers, stills[number], strict=True)
                ],
                use=use,
            )
            for number, pair in enumerate(pairs)
        ]


def _pass(pairs: Sequence[Pair], seconds: float) -> None:
    """Let time pass, while Playwright goes on answering what the pages ask for."""
    pairs[0].viewers[0].page.wait_for_timeout(seconds * 1000)
