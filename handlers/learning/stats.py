"""Count what came of a conversation's posts."""

from collections.abc import Mapping

from cards.compose.learning import stats
from cards.model import Card, Verb
from handlers.context import HandlerContext
from handlers.learning.asked import Answer, Asked, Open, Take
from handlers.outcomes import counting
from store.learning import outcomes
from store.learning.outcomes import Scope


async def answer(context: HandlerContext, asked: Asked) -> Card:
    """Draw what came of the posts where it was asked, or of the person's own tips in their own chat.

    What is for one person is addressed to their id, and stands in a chat that has an id of its own.
    """
    address = asked.address
    places = (asked.person, address.conversation) if asked.is_direct else (address.conversation,)
    async with context.database.read() as connection:
        counted = await outcomes.of(connection, Scope(address.platform, address.workspace, places))
    summary = counting.summary(context.content.library, counted)
    return stats.stats(summary, address.conversation, is_personal=asked.is_direct)


ANSWERS: Mapping[Verb, Answer] = {"stats": answer}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
