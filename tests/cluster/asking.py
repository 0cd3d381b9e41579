"""Intents under way: sent under a ref, and repeated under it until their outcome is known."""

import asyncio
from collections.abc import Callable
from typing import TypeGuard

from tests.cluster.ordering import Message
from tests.cluster.timeline import Timeline

REPEAT_S = 2.0
"""Neither event nor refusal within so long: asked again."""
AGAIN_S = (0.1, 0.3)
"""After `unavailable`, whose outcome is unknown as well."""


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """The room said no; it has done nothing."""

    def __init__(self, answer: Message) -> None:
        super().__init__(answer)
        self.code = str(answer.get("code") or answer["action"])
        """An error code, or the limit that was met."""
        self.answer = answer


class Unanswered(Exception):  # noqa: N818
    """Given up: it may have been done or not."""


class Asking:
    """The open intents of one viewer, oldest first."""

    def __init__(
        self, timeline: Timeline, send: Callable[[Message], bool], jitter: Callable[[], float]
    ) -> None:
        """`send` is False while not joined; `jitter` a number from 0 to 1."""
        self._timeline = timeline
        self._send = send
        self._jitter = jitter
        self._open: dict[str, tuple[Message, asyncio.Future[Message]]] = {}

    async def ask(self, intent: Message, within_s: float) -> Message:
        """The event that answers. Raises Refused, Unanswered."""
        ref = str(intent["ref"])
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._open[ref] = intent, answer
        self._timeline.note("asked", ref, intent)
        self._send(intent)
        try:
            async with asyncio.timeout(within_s):
                while not (await asyncio.wait([answer], timeout=REPEAT_S))[0]:
                    self._repeat(ref)
                return await answer
        except TimeoutError:
            self._timeline.note("unanswered", ref, intent)
            raise Unanswered(intent) from None
        finally:
            del self._open[ref]

    def repeat_all(self) -> None:
        """On a new connection: what has been decided is told again, the rest is decided."""
        for ref in self._open:
            self._repeat(ref)

    def heard(self, event: Message, self_id: str | None) -> None:
        """An ordered event, before its seq is looked at: the answer to a repeat is old."""
        ref = event.get("ref")
        if event.get("by") == self_id and self._is_open(ref):
            self._timeline.note("acknowledged", ref, event)
            self._open[ref][1].set_result(event)

    def refused(self, error: Message) -> bool:
        """Whether an error was about one of ours."""
        ref = error.get("ref")
        if ref not in self._open:
            return False
        if error.get("code") == "unavailable":
            low_s, high_s = AGAIN_S
            wait_s = low_s + self._jitter() * (high_s - low_s)
            asyncio.get_running_loop().call_later(wait_s, self._repeat, ref)
        elif self._is_open(ref):
            self._timeline.note("refused", ref, error)
            self._open[ref][1].set_exception(Refused(error))
        return True

    def _is_open(self, ref: str | None) -> TypeGuard[str]:
        return ref in self._open and not self._open[ref][1].done()

    def _repeat(self, ref: str) -> None:
        if self._is_open(ref) and self._send(self._open[ref][0]):
            self._timeline.note("repeated", ref, self._open[ref][0])
