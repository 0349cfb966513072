"""Move what the store keeps of a conversation to the id that the platform gave it in place of the former one."""

from sqlalchemy import ColumnElement, Table, and_, select

from store import learning_tables, locking, tables
from store.database.connection import AsyncConnection
from store.learning import tallies
from store.learning.tallies import Crowd, Tallied


async def conversation(connection: AsyncConnection, platform: str, workspace: str, old: str, new: str) -> bool:
    """Move all of it, in the caller's transaction; False where weekly tips were turned on under the new id already.

    Those stay, and so do the former ones, which the platform refuses from now on. Where the same comes twice, nothing
    is left to be moved the second time.
    """

    def of(table: Table, id_: str) -> ColumnElement[bool]:
        return and_(table.c.platform == platform, table.c.workspace == workspace, table.c.conversation == id_)

    await locking.in_place(connection, platform, workspace, old)
    await locking.in_place(connection, platform, workspace, new)
    subscription, post = tables.subscription, tables.post
    is_taken = await connection.scalar(select(subscription.c.id).where(of(subscription, new))) is not None
    there = select(post.c.message_id).where(of(post, new))
    # In the order of store/locking.py.
    await locking.change(connection, tables.delivery, of(tables.delivery, old), conversation=new)
    await locking.change(connection, post, and_(of(post, old), post.c.message_id.not_in(there)), conversation=new)
    if not is_taken:
        await locking.change(connection, subscription, of(subscription, old), conversation=new)
    await locking.change(connection, learning_tables.vote_round, of(learning_tables.vote_round, old), conversation=new)
    await _move_counts(connection, of(learning_tables.tally, old), new)
    await locking.change(connection, learning_tables.feedback, of(learning_tables.feedback, old), conversation=new)
    return not is_taken


async def _move_counts(connection: AsyncConnection, where: ColumnElement[bool], new: str) -> None:
    """Count under the new id what was counted under the former one: a count's own id is made of it."""
    table = learning_tables.tally.c
    rows = (await connection.execute(select(learning_tables.tally).where(where).order_by(table.id))).all()
    keyed = [(Tallied(row.platform, row.workspace, new, row.subject, row.what), row) for row in rows]
    if keyed:
        await locking.remove(connection, learning_tables.tally, where)
        await tallies.add_all(
            connection,
            {key: row.total for key, row in keyed},
            {key: Crowd(row.people, row.people_here) for key, row in keyed},
        )
