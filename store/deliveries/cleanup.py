"""Clear from the ledger what is settled and old, or nobody's any more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store import ids, locking, tables


class Clearing:
    """Plain SQL on the table `delivery`, a part of `Deliveries`; every method runs in the caller's transaction."""

    async def give_up_unconfirmed(self, connection: AsyncConnection, before: datetime, reason: str) -> int:
        """Settle as failed what is unknown since before a moment and is no tip; gives how many.

        What they hold of a person is kept no longer; a reply keeps its level, with which it may be asked for again.
        """
        table = tables.delivery
        result = await connection.execute(
            update(table)
            .where(
                locking.in_order(
                    connection,
                    table,
                    and_(table.c.state == "unknown", table.c.kind != "tip", table.c.changed_at < before),
                    skip=True,
                )
            )
            .values(state="failed", reason=reason, person="")
        )
        return result.rowcount

    async def forget_words(self, connection: AsyncConnection, before: datetime) -> int:
        """Clear what people wrote in mentions whose answer is unknown since before a moment; gives how many."""
        table = tables.delivery
        result = await connection.execute(
            update(table)
            .where(
                locking.in_order(
                    connection,
                    table,
                    and_(
                        table.c.state == "unknown",
                        table.c.kind == "mention",
                        table.c.argument != "",
                        table.c.changed_at < before,
                    ),
                    skip=True,
                )
            )
            .values(argument="")
        )
        return result.rowcount

    async def free_slots(self, connection: AsyncConnection, made_after: datetime) -> int:
        """Let go of the weeks held by settled tips that were made under a clock far ahead; gives how many.

        Their rows stay; their keys no longer stand in the way of the tips that those weeks are still to bring.
        """
        table = tables.delivery
        result = await connection.execute(
            update(table)
            .where(
                locking.in_order(
                    connection,
                    table,
                    and_(
                        # Ids sort by time, so this looks at the end of the primary key alone.
                        table.c.id >= ids.first(made_after),
                        table.c.kind == "tip",
                        table.c.state.not_in(("planned", "sending")),
                        table.c.key.not_like("%:ahead:%"),
                    ),
                    skip=True,
                )
            )
            .values(key=table.c.key + ":ahead:" + table.c.id)
        )
        return result.rowcount

    async def forget_workspace(self, connection: AsyncConnection, platform: str, workspace: str) -> int:
        """Delete a workspace's deliveries; gives how many there were."""
        table = tables.delivery
        result = await connection.execute(
            delete(table).where(
                locking.in_order(connection, table, and_(table.c.platform == platform, table.c.workspace == workspace))
            )
        )
        return result.rowcount

    async def forget(self, connection: AsyncConnection, delivery_ids: Sequence[str]) -> None:
        """Delete rows by id."""
        table = tables.delivery
        where = locking.in_order(connection, table, table.c.id.in_(delivery_ids))
        await connection.execute(delete(table).where(where))
