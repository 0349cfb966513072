"""Share a card with everybody in a conversation, or keep it for one person, once for each time that somebody asked."""

from msgspec.structs import replace

from cards.compose import notices, parts
from cards.model import Card
from content.model import Dimension, Tip
from handlers import enqueue
from handlers.context import HandlerContext
from handlers.pending_replies import PendingReply
from messengers.base import Address


async def share(
    context: HandlerContext, address: Address, content: Dimension | Tip, sharer: PendingReply, occasion: str
) -> Card | None:
    """Write down that the card is to be posted; gives what is said at once, None where the post itself will say it.

    `occasion` tells a double click from sharing again; `sharer` hears of it where it cannot be posted.
    """
    subject = parts.subject_of(content)
    request = enqueue.share(address, subject, sharer.person, occasion, context.clock())
    queued = await context.enqueue(request, sharer)
    match queued.delivery.state:
        case "sent":
            return notices.already_shared()
        case "unknown":
            return notices.not_confirmed()
        case _:
            return None


async def keep(context: HandlerContext, address: Address, tip: Tip, keeper: PendingReply, occasion: str) -> Card:
    """Write down that a tip is to be sent to who wants to keep it; gives what is said at once.

    `occasion` tells a double click from keeping it anew; `keeper` hears of it where it cannot be sent.
    """
    own = replace(address, conversation=keeper.person, thread="")
    request = enqueue.share(own, parts.subject_of(tip), keeper.person, occasion, context.clock())
    queued = await context.enqueue(request, keeper)
    match queued.delivery.state:
        case "sent":
            return notices.already_kept()
        case "unknown":
            return notices.not_confirmed()
        case _:
            return notices.keeping()
