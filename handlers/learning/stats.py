"""Count what came of a conversation's posts."""

from collections.abc import Mapping

from cards.compose.learning import stats
from cards.model import ME, Card, Verb
from handlers.context import HandlerContext
from handlers.learning import counting
from handlers.learning.asked import Answer, Asked, Open, Take
from store import outcomes
from store.outcomes import Scope


async def answer(context: HandlerContext, asked: Asked) -> Card:
    """Draw what came of the posts where it was asked, or of the person's own tips in their own chat."""
    async with context.database.read() as connection:
        counted = await outcomes.of(connection, scope(asked))
    summary = counting.summary(context.content.library, counted)
    return stats.stats(summary, asked.address.conversation, is_personal=is_personal(asked))


def is_personal(asked: Asked) -> bool:
    """Say whether a person's own tips are meant."""
    return asked.is_direct or asked.action.place == ME


def scope(asked: Asked) -> Scope:
    """Say whose posts are meant: in a person's own chat what was addressed to them, and what stands there."""
    address = asked.address
    here = (address.conversation,) if asked.is_direct or not is_personal(asked) else ()
    own = (asked.person,) if is_personal(asked) else ()
    return Scope(address.platform, address.workspace, (*own, *here))


ANSWERS: Mapping[Verb, Answer] = {"stats": answer}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
