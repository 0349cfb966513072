"""Give owners the record of what a conversation was taught."""

from collections.abc import Mapping

from cards.compose.learning import record
from cards.model import Card, Verb
from handlers.context import HandlerContext
from handlers.learning.asked import Answer, Asked, Open, Take
from handlers.outcomes import recording
from store.subscriptions import Subscriptions

_SHOWN = 5  # posts on the card
_subscriptions = Subscriptions()


async def answer(context: HandlerContext, asked: Asked) -> Card:
    """Draw the record for who owns the tips here, or for anyone of the workspace where anyone may change them."""
    address = asked.address
    if asked.is_direct:
        return record.of_channels()
    async with context.database.read() as connection:
        tips = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
        if tips is None or asked.is_outsider or not tips.may_be_changed_by(asked.person):
            return record.not_an_owner([one for one in (tips.owner, *tips.co_owners) if one] if tips else ())
        kept = await recording.record(connection, context.content.library, address, newest=_SHOWN)
    return record.record(kept)


ANSWERS: Mapping[Verb, Answer] = {"record": answer}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
