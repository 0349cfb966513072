"""Note which plans have been sent."""

from collections.abc import Sequence
from datetime import datetime

from store.database.connection import AsyncConnection
from store.deliveries.rows import Delivery
from store.learning import plans


async def posted(connection: AsyncConnection, ended: Sequence[tuple[Delivery, str]], now: datetime) -> None:  # noqa: ARG001 # as all that follow up
    """Follow up on plans that ended: what was sent, or may have been, waits no longer."""
    over = [plans.id_of(row.key) for row, _ in ended if row.state in {"sent", "unknown"}]
    if over:
        await plans.mark_sent(connection, over)
