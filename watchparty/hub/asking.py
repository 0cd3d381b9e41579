"""What members ask of their room: made into commands with all that the room has to know of them."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from msgspec import structs

from sync.core.wire import Frame, encode
from watchparty.core.permissions import may_control, refusal
from watchparty.core.protocol import (
    ACTIONS,
    ChangeSettings,
    Intent,
    MemberAsk,
    MemberAsked,
    VideoReady,
)
from watchparty.core.state import Author, Command, RoomState
from watchparty.hub.answers import error, tell_failure
from watchparty.hub.company import Company
from watchparty.hub.connection import Connection
from watchparty.hub.gatekeeper import Gatekeeper
from watchparty.hub.work import Ask
from watchparty.passwords import Passwords

logger = logging.getLogger(__name__)


class Asking:
    """Takes the intents of one room's members. Everything returns at once."""

    def __init__(
        self,
        slug: str,
        company: Company,
        gatekeeper: Gatekeeper,
        *,
        state: Callable[[], RoomState | None],
        submit: Callable[[Ask], object],
        look: Callable[[Connection, Callable[[RoomState], object]], object],
        spend: Callable[[Connection, str, Callable[[], object]], None],
        publish: Callable[[Frame], None],
        passwords: Passwords,
    ) -> None:
        self._slug = slug
        self._company = company
        self._gatekeeper = gatekeeper
        self._state = state
        self._submit = submit
        self._look = look
        self._spend = spend
        self._publish = publish
        self._passwords = passwords
        self._hashing: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        """Passwords are hashed in the order in which they were set: the last one holds."""

    def ask(self, connection: Connection, user_id: str, message: Intent) -> None:
        """A member asks for a change of the room, or is ready for one."""
        if isinstance(message, VideoReady):
            self._gatekeeper.ready(user_id, message.seq)
        user = self._company.roster.user(user_id)
        named = self._company.roster.user(getattr(message, "user_id", ""))
        command = Command(
            message,
            user_id=user_id,
            person=connection.person,
            action=ACTIONS[type(message)],
            author=Author(name=user.name, color=user.color) if user else Author(),
            target=named.person if named else None,
            target_name=named.name if named else "",
        )
        password = message.password if isinstance(message, ChangeSettings) else None
        if isinstance(password, str) and self._may(command):
            self._hash_first(connection, command, password)
        else:
            self._submit(Ask(connection, command))

    def ask_for_control(self, connection: Connection, user_id: str) -> None:
        """A guest asks; owner and hosts hear it, here and elsewhere.

        Decided on what the store holds: another server's word may be the client's already, and not
        yet this room's.
        """
        self._look(connection, partial(self._pass_on, connection, user_id))

    def stop(self) -> None:
        """What is not hashed yet is not asked any more."""
        for task in self._hashing:
            task.cancel()

    def _pass_on(self, connection: Connection, user_id: str, state: RoomState) -> None:
        if state.settings.control != "ask":
            connection.tell(error("forbidden", "Nobody has to ask here."))
        elif may_control(state, connection.person):
            connection.tell(error("forbidden", "You may control the film already."))
        else:
            self._spend(connection, ACTIONS[MemberAsk], lambda: self._tell_hosts(user_id))

    def _tell_hosts(self, user_id: str) -> None:
        asks = encode(MemberAsked(user_id=user_id))
        self._company.tell_hosts(asks)
        self._publish(asks)

    def _may(self, command: Command) -> bool:
        """Whether it is worth the time; the room decides again when its turn comes."""
        state = self._state()
        return state is not None and refusal(state, command) is None

    def _hash_first(self, connection: Connection, command: Command, password: str) -> None:
        task = asyncio.create_task(self._ask_with_password(connection, command, password))
        self._hashing.add(task)
        task.add_done_callback(self._hashing.discard)

    async def _ask_with_password(
        self, connection: Connection, command: Command, password: str
    ) -> None:
        try:
            async with self._one_at_a_time:
                password_hash = await self._passwords.hash(password)
        except Exception as problem:
            logger.exception("room %s: a password could not be hashed", self._slug)
            tell_failure(Ask(connection, command), problem)
            return
        self._submit(Ask(connection, structs.replace(command, password_hash=password_hash)))
