"""Go deeper below our own posts, by reaction or by button: one level in the thread, once."""

from cachetools import FIFOCache

from cards.model import Action, Subject
from content.levels import Level
from handlers import answers, enqueue
from handlers.context import HandlerContext
from handlers.enqueue import Enqueued
from handlers.pending_replies import PendingReply
from messengers.base import Address

_MOST_ANSWERED = 10_000  # about 3 MB; what is forgotten is looked up again


async def press(
    context: HandlerContext, address: Address, message_id: str, action: Action, presser: PendingReply
) -> Enqueued | None:
    """Write down the level that a button asks for below a post of ours; `presser` hears of it where it fails.

    Gives None where nothing can be answered there: a post from before the database or a dead one, or content that has
    gone. Then the answer is for who pressed alone.
    """
    level = answers.level_of(action.argument)
    if level is None or action.subject is None or answers.content_of(context.content.library, action.subject) is None:
        return None
    async with context.database.read() as connection:
        post = await enqueue.find_post(connection, address, message_id)
    request = enqueue.reply(post, action.subject, level, presser.person, context.clock()) if post else None
    return await context.enqueue(request, presser) if request else None


class ReactionAnswers:
    """Writes down the levels that reactions ask for, and posts nothing itself."""

    def __init__(self, context: HandlerContext) -> None:
        self._context = context
        self._answered: FIFOCache[tuple[Address, str, Level], None] = FIFOCache(_MOST_ANSWERED)

    def is_answered(self, address: Address, message_id: str, level: Level) -> bool:
        """Say whether the ledger has said that it stands there, or never will: it stays so, in every process."""
        return (address, message_id, level) in self._answered

    async def react(self, address: Address, message_id: str, level: Level, person: str) -> None:
        """Answer a reaction on a message, at an address without a thread, where it is a post of ours."""
        if self.is_answered(address, message_id, level):
            return
        # A look first: what is not ours needs no turn to write.
        async with self._context.database.read() as connection:
            post = await enqueue.find_post(connection, address, message_id)
        if post is None:
            return
        subject = Subject.parse(post.subject)
        is_deep = subject.kind != "dilemma"  # which has no levels
        request = enqueue.reply(post, subject, level, person, self._context.clock()) if is_deep else None
        queued = await self._context.enqueue(request) if request else None
        if queued is None or queued.delivery.state == "sent":
            # A dead post stays dead, and what was sent is not sent again.
            self._answered[address, message_id, level] = None
