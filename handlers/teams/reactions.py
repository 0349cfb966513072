"""Hear on Teams what becomes of our own posts: reactions that ask for more, and their end."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from handlers import enqueue
from handlers.context import HandlerContext
from handlers.depth import ReactionAnswers
from handlers.payload import objects, text
from handlers.teams import emoji
from handlers.teams.payload import Activity
from store.database.access import tried_again
from store.posts import Posts

_posts = Posts()


class TeamsReactions:
    """Writes down what was asked before the 200."""

    def __init__(self, context: HandlerContext) -> None:
        """Take the neutral dependencies."""
        self._context = context
        self._answers = ReactionAnswers(context)

    async def reaction(self, activity: Activity, raw: Mapping[str, Any]) -> None:
        """Answer a reaction on one of our own posts with a level below it, once; applause and the rest do nothing."""
        reactions = self._context.content.library.deck.reactions
        asked = objects(raw.get("reactionsAdded"))
        found = [level for each in asked if (level := emoji.level(text(each.get("type")), reactions))]
        address = replace(activity.address, thread="")
        for level in dict.fromkeys(found) if activity.target else ():
            await self._answers.react(address, activity.target, level, activity.person)

    @tried_again
    async def deleted(self, activity: Activity) -> None:
        """Bury a post of ours that was deleted: nothing answers there again. Teams: the activity has its id."""
        address = replace(activity.address, thread="")
        async with self._context.database.read() as connection:
            post = await enqueue.find_post(connection, address, activity.message_id)
        if post is not None and not post.dead:
            async with self._context.database.write() as connection:
                await _posts.bury(connection, [post.id])
