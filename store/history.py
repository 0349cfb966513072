"""What was done to a conversation's weekly tips, by whom and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from sqlalchemy import select

from store import bulk, ids, locking, tables
from store.database.connection import AsyncConnection
from store.subscriptions import Subscription

Action = Literal[
    "began",  # turned on; detail: the schedule
    "changed",  # day, hour, zone, dimensions or who may change it; detail: what it is now
    "paused",  # detail: until when, or ''
    "resumed",
    "skipped",  # detail: the slot
    "kept",  # a skip was taken back; detail: the slot
    "swapped",  # another tip was chosen to come next; detail: its id
    "sent-now",  # an extra tip, or one of unknown outcome once more; detail: the tip's id
    "quiet",  # quiet dates or country; detail: what they are now
    "owner",  # handed over, shared or taken over; detail: the owners now
    "claimed",  # asked to take it over; detail: the owner who is asked
    "declined",  # the owner let nobody take it over; detail: who had asked
    "off",
    "stopped",  # paused by ourselves after a refusal; detail: the reason
]
BOT = "bot"  # stands in `person` for what the bot did by itself


class Entry(Struct, frozen=True):
    """One line of a history; `person` is '' for the operator and 'bot' for the bot itself."""

    at: datetime
    person: str
    action: Action
    detail: str = ""


# An entry and the subscription it is about, for writing many at once.
Change = tuple[Subscription, Entry]


class History:
    """Plain SQL on the table `history`; every method runs in the caller's transaction."""

    async def add(self, connection: AsyncConnection, subscription: Subscription, entries: Sequence[Entry]) -> None:
        """Write lines of one subscription's history."""
        await self.add_all(connection, [(subscription, entry) for entry in entries])

    async def add_all(self, connection: AsyncConnection, changes: Sequence[Change]) -> None:
        """Write lines of many subscriptions' histories in one statement."""
        rows = [
            (
                ids.fresh(entry.at),
                one.id,
                one.platform,
                one.workspace,
                entry.person,
                entry.action,
                entry.detail,
                entry.at,
            )
            for one, entry in changes
        ]
        await bulk.run(connection, bulk.insert_into(tables.history), _COLUMNS, rows)

    async def of_subscription(
        self, connection: AsyncConnection, subscription_id: str, limit: int = 20
    ) -> tuple[Entry, ...]:
        """List a subscription's lines, newest first, at most `limit`."""
        table = tables.history.c
        query = (
            select(table.at, table.person, table.action, table.detail)
            .where(table.subscription_id == subscription_id)
            .order_by(table.at.desc(), table.id.desc())
            .limit(limit)
        )
        return tuple(Entry(*row) for row in await connection.execute(query))

    async def forget_old(self, connection: AsyncConnection, before: datetime) -> int:
        """Delete lines from before a moment; gives how many."""
        return await locking.remove(connection, tables.history, tables.history.c.at < before)


_COLUMNS = ("id", "subscription_id", "platform", "workspace", "person", "action", "detail", "at")
