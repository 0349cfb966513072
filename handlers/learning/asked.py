"""Say who asked for what, where, and what may be answered: the same for both platforms."""

from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct, field

from cards.forms import Form
from cards.model import Action, Card
from handlers.context import HandlerContext
from handlers.pending_replies import PendingReply
from handlers.tips.ownership import Standing
from messengers.base import Address


class Asked(Struct, frozen=True):
    """A request that the store has to answer, typed or pressed.

    `address` is where it was asked, with the thread if any; `message_id` the message whose button was pressed, '' where
    it was typed. `is_direct` says that nobody but the person and the bot is there, `is_outsider` that the person is
    known to be of another workspace. `standing` says whether they are a member, 'unseen' where nobody asked: only what
    changes something for a whole conversation looks it up. `zone` is the person's IANA zone, '' where it is not known
    or not needed.
    `sender` is where to tell them later what came of it; `occasion` is the same for a double click and no other press.
    """

    action: Action
    address: Address
    sender: PendingReply
    message_id: str = ""
    occasion: str = ""
    is_direct: bool = False
    is_outsider: bool = False
    standing: Standing = "unseen"
    zone: str = ""

    @property
    def person(self) -> str:
        """The person, by the platform's id."""
        return self.sender.person


class Beside(Struct, frozen=True):
    """A short answer said beside what was pressed, which stays as it is."""

    card: Card


class Taken(Struct, frozen=True):
    """What became of a form: a sentence for each field at fault, or else the card that says what was done.

    `is_content` says that the card is what was asked for, to be read and pressed.
    """

    faults: Mapping[str, str] = field(default_factory=dict)
    card: Card | None = None
    is_content: bool = False


Answer = Callable[[HandlerContext, Asked], Awaitable[Card | Beside]]
# Is given what the form has to bring back, and gives the form, or the card that says why there is none.
Open = Callable[[HandlerContext, Asked, str], Awaitable[Form | Card]]
Take = Callable[[HandlerContext, Asked, Mapping[str, str]], Awaitable[Taken]]
