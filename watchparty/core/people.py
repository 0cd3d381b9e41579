"""Who owns a room, who helps, who may control it, who may not come in: by person, not by tab."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, structs

from watchparty.core.protocol import Role

REMOVED_MS: Final = 60_000.0
"""So long a person who was removed stays out (PROTOCOL.md, `member:removed`)."""

# The state is written whole at each control, so nothing in it may grow for ever.
MAX_HOSTS: Final = 50
"""They can undo one another's work: more are no help."""
MAX_GRANTED: Final = 200
"""Where so many guests may control the film, everyone may as well; as many as lists hold in full
(USERS_IN_FULL)."""
MAX_REMOVALS: Final = 200
"""An evening's mischief, at some 200 bytes each; of more, those that end by themselves are
forgotten first, then the oldest bans."""


class Removal(Struct, frozen=True):
    """How a person was sent out. Instants are media-clock milliseconds."""

    until_ms: float | None
    """They may not come in until then; None: never again, which is a ban."""
    at_ms: float
    name: str = ""
    by: str = ""
    """How they, and who sent them out, were called then."""


class People(Struct, frozen=True):
    """The persons of a room who are more, or less, than guests."""

    rightful: str = ""
    """Whose room it is. Empty: nobody's, and then nobody ever owns it."""
    owner: str = ""
    """Who owns it now: `rightful`, or whoever stands in for them."""
    stand_in_was: Role = "guest"
    """What the one who stands in will be again."""
    hosts: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    """Guests who were given control where guests have to ask."""
    removals: Mapping[str, Removal] = {}
    """Person → how they were sent out, the latest last."""

    def role_of(self, person: str) -> Role:
        """What a person is in this room."""
        if person and person == self.owner:
            return "owner"
        return "host" if person in self.hosts else "guest"

    @property
    def has_all_hosts(self) -> bool:
        """Whether there can be no host more; one who stands in for the owner will be one again."""
        stands_in = self.stand_in_was == "host"
        return len(self.hosts) + stands_in >= MAX_HOSTS

    @property
    def has_all_granted(self) -> bool:
        """Whether control can be given to no guest more."""
        return len(self.granted) >= MAX_GRANTED

    def with_role(self, person: str, role: Role) -> "People":
        """The same, with this person as a host or a guest."""
        others = tuple(one for one in self.hosts if one != person)
        return structs.replace(self, hosts=(*others, person) if role == "host" else others)

    def with_grant(self, person: str, *, granted: bool) -> "People":
        """The same, with control given to a guest or taken back."""
        others = tuple(one for one in self.granted if one != person)
        return structs.replace(self, granted=(*others, person) if granted else others)

    def handed_to(self, person: str) -> "People":
        """The same, owned by this person for good; who owned it helps from now on."""
        before = self.relieved()
        others = before.with_role(person, "guest").with_role(before.owner, "host")
        return structs.replace(others, rightful=person, owner=person)

    def led_by(self, person: str) -> "People":
        """The same, with somebody who stands in for the owner."""
        relieved = self.relieved()
        was = relieved.role_of(person)
        led = relieved.with_role(person, "guest")
        return structs.replace(led, owner=person, stand_in_was=was)

    def relieved(self) -> "People":
        """The same, owned by whose room it is; who stood in is what they were."""
        if self.owner == self.rightful:
            return self
        before = self.with_role(self.owner, self.stand_in_was)
        return structs.replace(before, owner=self.rightful, stand_in_was="guest")

    @property
    def former_role(self) -> Role:
        """What the owner of now is once somebody else follows or comes back."""
        return "guest" if self.owner == self.rightful else self.stand_in_was

    def barred(
        self,
        person: str,
        until_ms: float | None,
        now_ms: float,
        *,
        name: str = "",
        by: str = "",
    ) -> "People":
        """The same, with this person kept out, and without role or control of theirs.

        Who may never come in again is not let in sooner by who sends them out for less.
        """
        until_ms = None if self.is_banned(person) else until_ms
        still = {
            one: removal
            for one, removal in self.removals.items()
            if one != person and (removal.until_ms is None or removal.until_ms > now_ms)
        }
        while len(still) >= MAX_REMOVALS:
            oldest = next((one for one, how in still.items() if how.until_ms is not None), None)
            del still[oldest or next(iter(still))]
        removal = Removal(until_ms, at_ms=now_ms, name=name, by=by)
        without = self.with_role(person, "guest").with_grant(person, granted=False)
        return structs.replace(without, removals={**still, person: removal})

    def let_in(self, person: str) -> "People":
        """The same, with this person kept out no more."""
        others = {one: removal for one, removal in self.removals.items() if one != person}
        return structs.replace(self, removals=others)

    def is_barred(self, person: str, now_ms: float) -> bool:
        """Whether a person may not come in at this instant."""
        if person not in self.removals:
            return False
        until_ms = self.removals[person].until_ms
        return until_ms is None or now_ms < until_ms

    def is_banned(self, person: str) -> bool:
        """Whether a person may never come in again."""
        return person in self.removals and self.removals[person].until_ms is None

    @property
    def bans(self) -> dict[str, Removal]:
        """Who may never come in again, the latest last."""
        return {one: ban for one, ban in self.removals.items() if ban.until_ms is None}
