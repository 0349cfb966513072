"""Delete what the store remembers of some conversations, when the app was removed from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import locking, tables


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
        """Delete the tips, posts and promises of conversations, and what owners were to be told about those tips."""
        subscription, delivery, post, history = tables.subscription, tables.delivery, tables.post, tables.history
        here = and_(
            subscription.c.platform == platform,
            subscription.c.workspace == workspace,
            subscription.c.conversation.in_(ids),
        )
        # Before anything is locked: rows are taken in one order (store/locking.py), subscriptions last.
        found = tuple(await connection.scalars(select(subscription.c.id).where(here).order_by(subscription.c.id)))
        promised = or_(
            delivery.c.subscription_id.in_(found),
            and_(
                delivery.c.platform == platform,
                delivery.c.workspace == workspace,
                delivery.c.conversation.in_(ids),
            ),
        )
        posted = and_(post.c.platform == platform, post.c.workspace == workspace, post.c.conversation.in_(ids))
        deliveries = await connection.execute(delete(delivery).where(locking.in_order(connection, delivery, promised)))
        posts = await connection.execute(delete(post).where(locking.in_order(connection, post, posted)))
        subscriptions = await connection.execute(
            delete(subscription).where(locking.in_order(connection, subscription, here))
        )
        lines = locking.in_order(connection, history, history.c.subscription_id.in_(found))
        await connection.execute(delete(history).where(lines))
        return Forgotten(subscriptions.rowcount, posts.rowcount, deliveries.rowcount)
