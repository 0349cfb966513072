"""Hear on Teams what becomes of our own posts: reactions that ask for more, and their end."""

from collections.abc import Mapping
from typing import Any

from cards.model import Subject
from content.levels import Level
from handlers import enqueue
from handlers.context import HandlerContext
from handlers.payload import objects, text
from handlers.recent import BoundedSet
from handlers.teams import emoji
from handlers.teams.payload import Activity
from store.database.access import tried_again
from store.posts import Posts

_MOST_ANSWERED = 10_000  # pairs of a post and a level, about 3 MB; what is forgotten is looked up again

_posts = Posts()


class Reactions:
    """Writes down what was asked before the 200, and posts nothing itself."""

    def __init__(self, context: HandlerContext) -> None:
        """Take the neutral dependencies."""
        self._context = context
        self._answered = BoundedSet(_MOST_ANSWERED)

    async def reaction(self, activity: Activity, raw: Mapping[str, Any]) -> None:
        """Answer a reaction on one of our own posts with a level below it, once; applause and the rest do nothing."""
        reactions = self._context.content.library.deck.reactions
        asked = objects(raw.get("reactionsAdded"))
        found = [level for each in asked if (level := emoji.level(text(each.get("type")), reactions))]
        for level in dict.fromkeys(found):
            if activity.target and (activity.address, activity.target, level) not in self._answered:
                await self._deepen(activity, level)

    async def _deepen(self, activity: Activity, level: Level) -> None:
        address = activity.address
        # A look first: what is not ours needs no turn to write.
        async with self._context.database.read() as connection:
            post = await _posts.find(
                connection, address.platform, address.workspace, address.conversation, activity.target
            )
        if post is None:
            return
        wish = enqueue.reply(post, Subject.parse(post.subject), level, activity.person, self._context.clock())
        queued = await self._context.enqueuer.enqueue(wish) if wish else None
        if queued is None or queued.delivery.state == "sent":
            # It stays so in every process: a dead post stays dead, and what was sent is not sent again.
            self._answered.add((address, activity.target, level))
        elif queued.is_new:
            self._context.wake()

    @tried_again
    async def deleted(self, activity: Activity) -> None:
        """Bury a post of ours that was deleted: nothing answers there again. Teams: the activity has its id."""
        address = activity.address
        async with self._context.database.read() as connection:
            post = await _posts.find(
                connection, address.platform, address.workspace, address.conversation, activity.message_id
            )
        if post is not None and not post.dead:
            async with self._context.database.write() as connection:
                await _posts.bury(connection, [post.id])
