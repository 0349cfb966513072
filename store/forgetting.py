"""Delete what the store remembers of some conversations, or of a workspace, when the app was removed from them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, and_, not_, or_, select

from store import installation_tables, learning_tables, locking, tables
from store.database.connection import AsyncConnection
from store.learning.learners import Learners
from store.workspaces import belonging

_learners = Learners()


class Forgotten(Struct, frozen=True):
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

        `ids` hold people too, whose own chat it was: their plans and what they learned go as well, and nobody who could
        be told knows any more who wanted an answer. What they voted elsewhere stays until voting ends there.
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
        # In the order of store/locking.py; votes go with their round.
        plan, feedback = learning_tables.plan, learning_tables.feedback
        for table in (learning_tables.vote_round, learning_tables.tally):
            await locking.remove(connection, table, here(table))
        await locking.remove(connection, plan, and_(_of(plan, platform, workspace), plan.c.person.in_(ids)))
        await _learners.forget_people(connection, platform, workspace, ids)
        await locking.remove(connection, feedback, here(feedback))
        theirs = and_(_of(feedback, platform, workspace), feedback.c.person.in_(ids))
        await locking.change(connection, feedback, theirs, person="")
        return forgotten

    async def withdraw(self, connection: AsyncConnection, platform: str, workspace: str, now: datetime) -> None:
        """Delete what would still make the bot post in a workspace; what somebody is posting at `now` stays."""
        sent = tables.delivery.c
        is_under_way = and_(sent.state == "sending", sent.lease_until >= now)
        owed = and_(belonging.of(tables.delivery, platform, workspace), not_(is_under_way))
        # In the order of store/locking.py.
        await locking.remove(connection, tables.delivery, owed)
        for table in (tables.subscription, learning_tables.vote_round):
            await locking.remove(connection, table, belonging.of(table, platform, workspace))

    async def workspace(self, connection: AsyncConnection, platform: str, workspace: str) -> Forgotten:
        """Delete everything that is kept about a workspace, but an installation that has not been removed."""
        gone = {}
        for table in _OF_WORKSPACES:
            where = belonging.of(table, platform, workspace)
            if table is installation_tables.installation:
                where = and_(where, table.c.removed_at.is_not(None))
            gone[table] = await locking.remove(connection, table, where)
        return Forgotten(gone[tables.subscription], gone[tables.post], gone[tables.delivery])


# In the order of store/locking.py; votes go with their round, and what was learned with who learned it.
_OF_WORKSPACES = (
    tables.conversation,
    tables.delivery,
    tables.post,
    tables.subscription,
    tables.history,
    tables.note,
    learning_tables.vote_round,
    learning_tables.tally,
    learning_tables.plan,
    learning_tables.learner,
    learning_tables.feedback,
    installation_tables.installation,
    installation_tables.admitted,
)


def _of(table: Table, platform: str, workspace: str) -> ColumnElement[bool]:
    return and_(table.c.platform == platform, table.c.workspace == workspace)
