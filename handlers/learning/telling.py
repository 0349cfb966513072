"""Write down what a person tells the writers: once, in measure, and with their id only where they want an answer."""

import secrets
import unicodedata
from collections.abc import Mapping

from cards.compose.learning import feedback as compose
from cards.model import Card
from content import wording
from handlers.context import HandlerContext
from handlers.learning.asked import Asked
from store.database.access import tried_again
from store.learning import feedback
from store.learning.feedback import Feedback
from store.learning_tables import FeedbackKind

# They turn the direction in which a line is read.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def may_be_told(asked: Asked) -> bool:
    """Say whether an answer can be promised: Slack opens no chat of ours with people of another workspace."""
    return not asked.is_outsider


def too_many(context: HandlerContext, asked: Asked) -> Card | None:
    """Give the card that says that it is enough for today; None where it is not."""
    return (
        compose.enough(context.tellers.most)
        if context.tellers.is_enough(asked.address.workspace, asked.person)
        else None
    )


def typed(values: Mapping[str, str], name: str) -> str:
    """Give what was typed into a field, without what nobody sees; '' where nothing is seen of it."""
    words = values.get(name, "").replace("\r\n", "\n")
    kept = (sign for sign in words if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"})
    seen = "".join(sign for sign in kept if sign not in _TURNING).strip()
    return "" if wording.is_blank(seen) else seen


def faults(context: HandlerContext, asked: Asked, words: str, most: int, needed: str = "") -> dict[str, str]:
    """Say what is wrong with the field `words`; `needed` is said where it is empty and must not be."""
    if len(words) > most:
        return {"words": compose.too_long(most)}
    if needed and not words:
        return {"words": needed}
    if context.tellers.is_enough(asked.address.workspace, asked.person):
        # Under the field, so that nothing that was typed is lost.
        return {"words": compose.enough_words(context.tellers.most)}
    return {}


async def write(
    context: HandlerContext, asked: Asked, kind: FeedbackKind, values: Mapping[str, str], words: str, **about: str | int
) -> Feedback | None:
    """Write it down with what it is `about`; None where the same form was sent twice."""
    wants_answer = values.get("tell") == compose.YES and may_be_told(asked)
    row = Feedback(
        id=_row(context, asked),
        platform=asked.address.platform,
        workspace=asked.address.workspace,
        # A chat with one person alone would name them.
        conversation="" if asked.is_direct else asked.address.conversation,
        kind=kind,
        created_at=context.clock(),
        words=words,
        person=asked.person if wants_answer else "",
        **about,  # type: ignore[arg-type] # each takes its field's own type
    )
    if not await _added(context, row):
        return None
    context.tellers.note(asked.address.workspace, asked.person)
    return row


@tried_again
async def _added(context: HandlerContext, row: Feedback) -> bool:
    async with context.database.write() as connection:
        return await feedback.add(connection, row)


def _row(context: HandlerContext, asked: Asked) -> str:
    where = asked.address
    form = (where.workspace, where.conversation, asked.person, asked.action.verb, asked.occasion)
    return context.tellers.row(*form) if asked.occasion else secrets.token_hex(16)
