"""What every platform's messenger can do, and the outcomes the ledger tells apart."""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from cards.model import Card


class Address(Struct, frozen=True):
    """Where a post goes: platform (`slack`, `teams`), workspace (Slack: team id), conversation, and thread if any."""

    platform: str
    workspace: str
    conversation: str
    thread: str = ""


class Posted(Struct, frozen=True):
    """The platform took it; `message_id` is its own id (Slack: ts), `link` opens it where one is known.

    `conversation` is where it stands, where that is not the address (Slack: a message to a person stands in D…, and
    reactions on it come from there); '' where it is.
    """

    message_id: str
    link: str = ""
    conversation: str = ""


class Slowed(Struct, frozen=True):
    """The platform asks to wait `seconds` before this method is called again for this workspace.

    `is_limit` is False where it did not say so itself: it could not be reached, and nothing left this machine. `scope`
    is `conversation` where only that one is asked to wait (Teams counts by conversation).
    """

    seconds: float
    is_limit: bool = True
    scope: Literal["workspace", "conversation"] = "workspace"


Scope = Literal["conversation", "workspace", "thread", "message"]


class Refused(Struct, frozen=True):
    """A definite no, with the platform's own code; nothing was posted.

    `scope` says how far it reaches: `conversation` pauses the subscription, `workspace` stops all of the
    workspace's, `thread` marks the parent post dead, `message` concerns this one message (a weekly tip's subscription
    pauses all the same: the platform would refuse it again). `installed_at` is the moment of the installation that a
    `workspace` is refused for, where that is known: a newer one is not concerned.
    """

    code: str
    scope: Scope
    installed_at: datetime | None = None


class Unknown(Struct, frozen=True):
    """The request may have left and no readable answer came: posted or not, we cannot tell."""

    reason: str


Outcome = Posted | Slowed | Refused | Unknown


class Found(Struct, frozen=True):
    """The message of a delivery stands there: it was posted."""

    posted: Posted


class Absent(Struct, frozen=True):
    """Everything was read where the message of a delivery would stand, and it is not there."""


class CannotLook(Struct, frozen=True):
    """Whether it was posted can't be told: no scope, not there, too slow, or not all of it was read.

    `seconds` is how long the platform asks to wait before anything in this workspace is looked up again; 0 where it
    doesn't.
    """

    reason: str
    seconds: float = 0.0


LookedUp = Found | Absent | CannotLook


class Messenger(Protocol):
    """Reach out on one platform. Never raises for what the platform answers: that is an `Outcome`."""

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:
        """Post `card`; `delivery_id` travels as message metadata so that a lost answer can be settled later."""
        ...

    async def update(self, address: Address, message_id: str, card: Card) -> Outcome:
        """Put `card` in the place of a message of ours, for whoever sees that; twice is the same as once.

        A message that was deleted is `Refused` with the scope `thread`, one that stands and cannot be changed with
        `message`.
        """
        ...

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Show `card` to one person in the conversation only."""
        ...

    async def link(self, address: Address, message_id: str) -> str:
        """Find the address that opens a message, or an empty text where the platform will not say."""
        ...

    async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:
        """Look for the message of a delivery that was tried at `since` or later, by the id it carries.

        A look that goes on where the last one stopped does so within one `attempt`: another may have posted meanwhile.
        """
        ...
