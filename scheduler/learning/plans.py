"""Note which plans have been sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from store.deliveries.rows import Delivery


async def posted(connection: AsyncConnection, ended: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Follow up on deliveries of these that ended, each with the conversation where it stands if that is another."""
    del connection, ended, now
