"""Hear on Teams what becomes of our own posts: reactions that ask for more, and their end."""

from collections.abc import Mapping
from typing import Any

from cards.model import Level, Subject
from handlers import enqueue
from handlers.context import Desk
from handlers.payload import objects, text
from handlers.recent import Known
from handlers.teams import emoji
from handlers.teams.payload import Turn
from store.database.access import tried_again
from store.posts import Posts

_MOST_ANSWERED = 10_000  # pairs of a post and a level, about 3 MB; what is forgotten is looked up again

_posts = Posts()


class Reactions:
    """Writes down what was asked before the 200, and posts nothing itself."""

    def __init__(self, desk: Desk) -> None:
        """Take the neutral dependencies."""
        self._desk = desk
        self._answered = Known(_MOST_ANSWERED)

    async def reaction(self, turn: Turn, activity: Mapping[str, Any]) -> None:
        """Answer a reaction on one of our own posts with a level below it, once; applause and the rest do nothing."""
        reactions = self._desk.shelf.library.deck.reactions
        asked = objects(activity.get("reactionsAdded"))
        found = [level for each in asked if (level := emoji.level(text(each.get("type")), reactions))]
        for level in dict.fromkeys(found):
            if turn.target and (turn.address, turn.target, level) not in self._answered:
                await self._deepen(turn, level)

    async def _deepen(self, turn: Turn, level: Level) -> None:
        address = turn.address
        # A look first: what is not ours needs no turn to write.
        async with self._desk.database.read() as connection:
            post = await _posts.find(connection, address.platform, address.workspace, address.conversation, turn.target)
        if post is None:
            return
        wish = enqueue.reply(post, Subject.parse(post.subject), level, turn.person, self._desk.clock())
        promise = await self._desk.promises.make(wish) if wish else None
        if promise is None or promise.delivery.state == "sent":
            # It stays so in every process: a dead post stays dead, and what was sent is not sent again.
            self._answered.add((address, turn.target, level))
        elif promise.is_new:
            self._desk.wake()

    @tried_again
    async def deleted(self, turn: Turn) -> None:
        """Bury a post of ours that was deleted: nothing answers there again. Teams: the activity has its id."""
        address = turn.address
        async with self._desk.database.read() as connection:
            post = await _posts.find(
                connection, address.platform, address.workspace, address.conversation, turn.message_id
            )
        if post is not None and not post.dead:
            async with self._desk.database.write() as connection:
                await _posts.bury(connection, [post.id])
