"""What a viewer knows of the media clock: what the quickest of its exchanges has told."""

import math
import time

from tests.cluster.ordering import Message


class KnownClock:
    """The media clock, to half of `delay_ms`."""

    def __init__(self) -> None:
        self.delay_ms = math.inf
        """The round trip of the quickest exchange; infinite before the first."""
        self.ahead_ms = 0.0
        """Media time minus our own, by that exchange."""

    def probe(self) -> Message:
        """The question, at T1."""
        return {"type": "time:sync", "clientTimestamp": round(own_ms(), 3)}

    def take(self, answer: Message) -> None:
        """The answer, at T4."""
        t1_ms, t4_ms = answer["clientTimestamp"], own_ms()
        if t4_ms - t1_ms < self.delay_ms:
            self.delay_ms = t4_ms - t1_ms
            middle_ms = (answer["serverReceiveTime"] + answer["serverSendTime"]) / 2
            self.ahead_ms = middle_ms - (t4_ms + t1_ms) / 2

    def now_ms(self) -> float:
        """Media time, rounded as the wire has it."""
        return round(own_ms() + self.ahead_ms, 3)


def own_ms() -> float:
    return time.monotonic() * 1000
