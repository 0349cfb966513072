"""Delete what the store remembers of some conversations, or of a workspace, when the app was removed from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import learning_tables, locking, tables
from store.learning.learners import Learners

_learners = Learners()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows were deleted; the history of the subscriptions goes too."""

    subscriptions: int
    posts: int
    deliveries: int


class Forgetting:
    """Plain SQL over the tables that name a conversation; every method runs in the caller's transaction."""

    async def conversations(
        self, connection: AsyncConnection, platform: str, workspace: str, ids: Sequence[str]
    ) -> Forgotten:
        """Delete the tips, posts and promises of conversations, and what owners were to be told about those tips.

        `ids` hold people too, whose own chat it was: what they learned goes as well.
        """
        subscription, delivery, post, history = tables.subscription, tables.delivery, tables.post, tables.history

        def here(table: Table) -> ColumnElement[bool]:
            return and_(_of(table, platform, workspace), table.c.conversation.in_(ids))

        # Before anything is locked: rows are taken in one order (store/locking.py), subscriptions last.
        found = select(subscription.c.id).where(here(subscription)).order_by(subscription.c.id)
        gone = tuple(await connection.scalars(found))
        promised = or_(delivery.c.subscription_id.in_(gone), here(delivery))
        forgotten = Forgotten(
            deliveries=await locking.remove(connection, delivery, promised),
            posts=await locking.remove(connection, post, here(post)),
            subscriptions=await locking.remove(connection, subscription, here(subscription)),
        )
        await locking.remove(connection, history, history.c.subscription_id.in_(gone))
        for table in (learning_tables.vote_round, learning_tables.tally, learning_tables.feedback):
            await locking.remove(connection, table, here(table))
        await _learners.forget_people(connection, platform, workspace, ids)
        return forgotten

    async def workspace(self, connection: AsyncConnection, platform: str, workspace: str) -> Forgotten:
        """Delete everything that is kept about a workspace."""
        # In the order of store/locking.py.
        _, deliveries, posts, subscriptions, _ = [
            await locking.remove(connection, table, _of(table, platform, workspace))
            for table in (tables.conversation, tables.delivery, tables.post, tables.subscription, tables.history)
        ]
        for table in _LEARNING:
            await locking.remove(connection, table, _of(table, platform, workspace))
        return Forgotten(subscriptions, posts, deliveries)


# In the order of store/locking.py; votes go with their round, and what was learned with who learned it.
_LEARNING = (
    learning_tables.vote_round,
    learning_tables.tally,
    learning_tables.plan,
    learning_tables.learner,
    learning_tables.feedback,
)


def _of(table: Table, platform: str, workspace: str) -> ColumnElement[bool]:
    return and_(table.c.platform == platform, table.c.workspace == workspace)
