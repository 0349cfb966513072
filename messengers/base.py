"""What every platform's messenger can do, and the outcomes the ledger tells apart."""

from dataclasses import dataclass
from typing import Protocol

from cards.model import Card


@dataclass(frozen=True, slots=True)
class Address:
    """Where a post goes: platform (`slack`, `teams`), workspace (Slack: team id), conversation, and thread if any."""

    platform: str
    workspace: str
    conversation: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """The platform took it; `message_id` is its own id (Slack: ts), `link` opens it where one is known."""

    message_id: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Slowed:
    """The platform asks to wait `seconds` before this method is called again for this workspace."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no, with the platform's own code; nothing was posted.

    `scope` says how far it reaches: `conversation` pauses the subscription, `workspace` stops all of the
    workspace's, `thread` marks the parent post dead, `message` concerns this one message (a weekly tip's subscription
    pauses all the same: the platform would refuse it again).
    """

    code: str
    scope: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request may have left and no readable answer came: posted or not, we cannot tell."""

    reason: str


Outcome = Posted | Slowed | Refused | Unknown


class Messenger(Protocol):
    """Reach out on one platform. Never raises for what the platform answers: that is an `Outcome`."""

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:
        """Post `card`; `delivery_id` travels as message metadata so that a lost answer can be settled later."""
        ...

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Show `card` to one person in the conversation only."""
        ...

    async def link(self, address: Address, message_id: str) -> str:
        """Find the address that opens a message, or an empty text where the platform will not say."""
        ...
