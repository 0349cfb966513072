"""Share a dimension's card with everybody in a conversation, once for each time that somebody asked."""

from cards.compose import notices, parts
from cards.model import Card
from content.model import Dimension
from handlers import enqueue
from handlers.context import HandlerContext
from handlers.pending_replies import PendingReply
from messengers.base import Address


async def share(
    context: HandlerContext, address: Address, dimension: Dimension, sharer: PendingReply, occasion: str
) -> Card | None:
    """Write down that the card is to be posted; gives what is said at once, None where the post itself will say it.

    `occasion` tells a double click from sharing again; `sharer` hears of it where it cannot be posted.
    """
    subject = parts.subject_of(dimension)
    request = enqueue.share(address, subject, sharer.person, occasion, context.clock())
    queued = await context.enqueue(request, sharer)
    match queued.delivery.state:
        case "sent":
            return notices.already_shared()
        case "unknown":
            return notices.not_confirmed()
        case _:
            return None
