"""What was done to a conversation's weekly tips, by whom and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import ids, tables
from store.subscriptions import Subscription

Action = Literal[
    "began",  # turned on; detail: the schedule
    "changed",  # day, hour, zone, dimensions or who may change it; detail: what it is now
    "paused",  # detail: until when, or ''
    "resumed",
    "skipped",  # detail: the slot
    "swapped",  # another tip was chosen to come next; detail: its id
    "sent-now",  # an extra tip, or one of unknown outcome once more; detail: the tip's id
    "quiet",  # quiet dates or country; detail: what they are now
    "owner",  # handed over, shared or taken over; detail: the owners now
    "off",
    "stopped",  # paused by ourselves after a refusal; detail: the platform's code
]
BOT = "bot"  # stands in `person` for what the bot did by itself


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history; `person` is '' for the operator and 'bot' for the bot itself."""

    at: datetime
    person: str
    action: Action
    detail: str = ""


class History:
    """Plain SQL on the table `history`; every method runs in the caller's transaction."""

    async def add(self, connection: AsyncConnection, subscription: Subscription, entries: Sequence[Entry]) -> None:
        """Write lines of one subscription's history."""
        if not entries:
            return
        rows = [
            {
                "id": ids.fresh(entry.at),
                "subscription_id": subscription.id,
                "platform": subscription.platform,
                "workspace": subscription.workspace,
                "person": entry.person,
                "action": entry.action,
                "detail": entry.detail,
                "at": entry.at,
            }
            for entry in entries
        ]
        await connection.execute(insert(tables.history), rows)

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
        result = await connection.execute(delete(tables.history).where(tables.history.c.at < before))
        return result.rowcount

    async def forget_workspace(self, connection: AsyncConnection, platform: str, workspace: str) -> int:
        """Delete a workspace's lines; gives how many there were."""
        table = tables.history
        where = (table.c.platform == platform) & (table.c.workspace == workspace)
        return (await connection.execute(delete(table).where(where))).rowcount
