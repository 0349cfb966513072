"""Clear from the ledger what is settled and old, or nobody's any more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, case

from store import ids, locking, tables
from store.database.connection import AsyncConnection


class Clearing:
    """Plain SQL on the table `delivery`, a part of `Deliveries`; every method runs in the caller's transaction."""

    async def give_up_unconfirmed(self, connection: AsyncConnection, before: datetime, reason: str) -> int:
        """Settle as failed what is unknown since before a moment and is no tip; gives how many.

        What they hold of a person is kept no longer; a reply keeps its level, with which it may be asked for again.
        """
        table = tables.delivery.c
        argument = case((table.kind.in_(tables.OWN_WORDS), ""), else_=table.argument)
        where = and_(table.state == "unknown", table.kind != "tip", table.changed_at < before)
        return await locking.change(
            connection, tables.delivery, where, skip=True, state="failed", reason=reason, person="", argument=argument
        )

    async def forget_words(self, connection: AsyncConnection, before: datetime) -> int:
        """Clear what people wrote in deliveries whose outcome is unknown since before a moment; gives how many."""
        table = tables.delivery.c
        is_theirs = and_(table.kind.in_(tables.OWN_WORDS), table.argument != "")
        where = and_(table.state == "unknown", is_theirs, table.changed_at < before)
        return await locking.change(connection, tables.delivery, where, skip=True, argument="")

    async def free_slots(self, connection: AsyncConnection, made_after: datetime) -> int:
        """Let go of the weeks held by settled tips that were made under a clock far ahead; gives how many.

        Their rows stay; their keys no longer stand in the way of the tips that those weeks are still to bring.
        """
        table = tables.delivery.c
        where = and_(
            # Ids sort by time, so this looks at the end of the primary key alone.
            table.id >= ids.first(made_after),
            table.kind.in_(("tip", "round")),
            table.key.like("tip:%"),
            table.state.not_in(("planned", "sending")),
            table.key.not_like("%:ahead:%"),
        )
        return await locking.change(connection, tables.delivery, where, skip=True, key=table.key + ":ahead:" + table.id)

    async def forget(self, connection: AsyncConnection, delivery_ids: Sequence[str]) -> None:
        """Delete rows by id."""
        await locking.remove(connection, tables.delivery, tables.delivery.c.id.in_(delivery_ids))
