"""Clear what is settled and old, so that the database does not grow for ever."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.planning import KEPT
from store.database import Database
from store.deliveries import Deliveries
from store.posts import Posts

_CHUNK = 500  # rows in a transaction: a command in between waits milliseconds

_deliveries = Deliveries()
_posts = Posts()


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many rows were deleted."""

    deliveries: int
    posts: int


async def clear_old(database: Database, now: datetime) -> Cleared:
    """Delete deliveries settled, and posts made, more than 400 days before `now`; what is still open stays."""
    async with database.read() as connection:
        deliveries = await _deliveries.old(connection, now - KEPT)
        posts = await _posts.old(connection, now - KEPT)
    await _forget(database, deliveries, _deliveries.forget)
    await _forget(database, posts, _posts.forget)
    return Cleared(len(deliveries), len(posts))


async def _forget(
    database: Database, ids: Sequence[str], forget: Callable[[AsyncConnection, Sequence[str]], Awaitable[None]]
) -> None:
    for start in range(0, len(ids), _CHUNK):
        async with database.write() as connection:
            await forget(connection, ids[start : start + _CHUNK])
