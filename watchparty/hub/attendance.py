"""One room's members over all servers: what this process tells of its own, and learns of others'.

News travels over the relay and may be lost; the leases in the store are the truth that heals it.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from sync.core.wire import Frame
from watchparty.core.protocol import (
    USERS_IN_FULL,
    MemberAsked,
    MembersStatus,
    User,
    UserJoined,
    UserLeft,
    UserUpdated,
)
from watchparty.hub.company import Company
from watchparty.hub.gatekeeper import Gatekeeper, MembersReady
from watchparty.hub.relay import Relay
from watchparty.hub.work import HubContext

RENEW_EVERY_S: Final = 5
"""DESIGN section 6: leases are refreshed this often, and those of the others are read."""

WHOLE_EVERY: Final = 12
"""In a large room (above USERS_IN_FULL) only each so many renewals, a minute apart, leases are
written and read whole: with N members on S servers that is N·S users to be read each time."""

COUNT_SLACK: Final = 0.01
"""Of a large room's members: so many may be on the way, in news or out of them."""

DOUBT_MS: Final = (2 * RENEW_EVERY_S + 1) * 1000.0
"""After a new epoch (the store was lost, and the leases with it) everybody has renewed by then."""

MAX_NEWS: Final = 512
"""News that waits for the store; beyond it the oldest is left to the others' next reading."""

_news: Final = msgspec.json.Decoder(
    UserJoined | UserUpdated | UserLeft | MemberAsked | MembersStatus | MembersReady
)

logger = logging.getLogger(__name__)


class Attendance:
    """Between a room's company and the other servers. Alone it has nothing to do."""

    def __init__(
        self,
        slug: str,
        context: HubContext,
        company: Company,
        relay: Relay,
        gatekeeper: Gatekeeper,
        settle_due: Callable[[], bool],
    ) -> None:
        self._slug = slug
        self._context = context
        self._company = company
        self._relay = relay
        self._gatekeeper = gatekeeper
        self._settle_due = settle_due
        self._news: deque[Frame] = deque(maxlen=MAX_NEWS)
        self._leased: dict[str, User] = {}
        """What our lease says of our members, as far as we know."""
        self._settling = False
        self._epoch: str | None = None
        self._doubted_until_ms = 0.0
        self._renewals_since_whole = WHOLE_EVERY

    async def claim(self, user: User, max_users: int, *, readmitted: bool) -> bool:
        """Whether there is a place. It is claimed before it is counted: of two servers that fill
        the last place at once, one at least sees the other.
        """
        if self._context.alone:
            others = 0
        else:
            now_ms = self._context.now_ms()
            self._leased[user.id] = user
            others = await self._context.store.attend(self._slug, [user], (), now_ms)
        roster = self._company.roster
        if user.id in roster or readmitted or len(roster) + others < max_users:
            return True  # seen at once: at most all of the roster is here
        if len(roster.here()) + others < max_users:
            return True
        self.withdraw()
        return False

    def withdraw(self) -> None:
        """A claim came to nothing: the lease is made to say what is."""
        self._settle_soon()

    def note(self, frame: Frame) -> None:
        """News of a member of ours; returns at once."""
        if not self._context.alone:
            self._news.append(frame)
            self._settle_soon()

    async def settle(self) -> None:
        """Our lease first, the news after it: who reads the leases later has not missed it."""
        self._settling = False
        try:
            if self._leased != self._here():
                await self._write_changes()
        finally:
            while self._news:
                self._relay.publish_presence(self._news.popleft())

    async def renew(self, epoch: str) -> None:
        """Our lease holds on, and the others' leases show whom we have missed or lost."""
        if self._context.alone:
            return
        now_ms, store = self._context.now_ms(), self._context.store
        is_same = self._epoch == epoch
        if self._epoch is not None and not is_same:
            self._doubted_until_ms = now_ms + DOUBT_MS
        self._epoch = epoch
        if is_same and await self._holds_on():
            return
        users = self._here()
        in_doubt = now_ms < self._doubted_until_ms
        before = set() if in_doubt else self._company.roster.elsewhere()
        await store.attend(self._slug, users.values(), (), now_ms, whole=True)
        self._leased = users
        self._company.meet(await store.others(self._slug, now_ms), before)
        self._renewals_since_whole = 0
        if self._leased != self._here():  # somebody has come or gone meanwhile
            self._settle_soon()

    async def _holds_on(self) -> bool:
        """A large room's lease holds on by what has changed, where the others' count shows no gap.

        Whatever is unsure (a store that was lost, a call that failed, a count that is another one)
        is for a whole renewal.
        """
        self._renewals_since_whole += 1
        roster = self._company.roster
        if len(roster) <= USERS_IN_FULL or self._renewals_since_whole >= WHOLE_EVERY:
            return False
        counted = await self._write_changes()
        slack = len(roster) * COUNT_SLACK
        return abs(counted - len(roster.elsewhere())) <= slack

    def heard(self, origin: str, frame: Frame) -> None:
        """Another server's news of a member of its own."""
        try:
            news = _news.decode(frame.data)
        except msgspec.DecodeError:
            logger.warning("room %s: news of %s is not understood", self._slug, origin)
            return  # a server of another version; the leases say who is there
        match news:
            case UserJoined() | UserUpdated():
                fields = {name: getattr(news, name) for name in User.__struct_fields__}
                if self._company.moved(User(**fields)):
                    self._settle_soon()
            case UserLeft(user_id=user_id):
                self._company.left_elsewhere(user_id, origin)
            case MembersStatus(statuses=statuses) if isinstance(statuses, dict):
                self._company.heard_statuses(statuses)
            case MemberAsked():
                self._company.tell_hosts(frame)
            case MembersReady():
                self._gatekeeper.heard_ready(news)

    async def _write_changes(self) -> int:
        """Make the lease say who is new, another or gone; returns how many the others have."""
        here, leased = self._here(), self._leased
        new = [
            one for key, one in here.items() if one is not (was := leased.get(key)) and one != was
        ]
        gone = leased.keys() - here.keys()
        self._leased = here
        try:
            return await self._context.store.attend(self._slug, new, gone, self._context.now_ms())
        except Exception:
            self._renewals_since_whole = WHOLE_EVERY  # nobody knows what the lease says now
            raise

    def _here(self) -> dict[str, User]:
        return {user.id: user for user in self._company.roster.here()}

    def lease_soon(self) -> None:
        """A member of ours has changed without news: the lease is made to say it."""
        self._settle_soon()

    def _settle_soon(self) -> None:
        if not self._context.alone and not self._settling:
            self._settling = self._settle_due()
