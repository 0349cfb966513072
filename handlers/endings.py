"""Say how a delivery ended to who waits for it, where they would not see it by themselves."""

from cards.compose import notices, reasons
from cards.compose.learning import rounds
from cards.compose.tips import notices as tips_notices
from cards.model import Card, Subject
from handlers.context import HandlerContext
from handlers.pending_replies import PendingReply
from handlers.tips import open_forms
from handlers.tips.views import Asker
from messengers.base import Address
from store.deliveries.rows import Delivery


async def told(context: HandlerContext, delivery: Delivery, listener: PendingReply) -> Card | None:
    """Draw what somebody who waited is told; None where the post says it itself."""
    match delivery.kind:
        case "introduction":
            address = Address(delivery.platform, delivery.workspace, delivery.conversation)
            return await open_forms.introduced(context, address, Asker(listener.person), delivery)
        case "share" | "reply" | "round" if delivery.state != "sent":
            if delivery.conversation == listener.person and delivery.state != "unknown":
                return tips_notices.not_kept(delivery.reason, Subject.parse(delivery.subject))
            return bad_news(delivery, is_among_people=listener.is_among_people)
        case _:
            return None


def bad_news(delivery: Delivery, *, is_among_people: bool = False) -> Card:
    """Draw why something shared or asked for does not stand there, and what to do."""
    if delivery.state == "unknown":
        return notices.not_confirmed()
    if delivery.kind in {"share", "round"}:
        code = reasons.among_people(delivery.reason) if is_among_people else delivery.reason
        refused = rounds.not_asked if delivery.kind == "round" else tips_notices.not_shared
        return refused(code, Subject.parse(delivery.subject))
    return notices.could_not_reply(delivery.reason)
