"""Find what stands in the ledger for what was just promised, with what else may keep it from being posted at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import locking, tables
from store.deliveries.rows import Delivery
from store.facts import NOT_RESTORED


@dataclass(frozen=True, slots=True)
class Standing:
    """A row as it stands; `is_free` unless its post is dead, or this is a copy that nobody looked through yet."""

    row: Delivery
    is_free: bool


async def standing(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Standing]:
    """Find several rows by what they promise, those that exist, in one statement."""
    found = await connection.execute(_query(locking.is_needed(connection)), {"keys": list(keys)})
    return {
        row["key"]: Standing(Delivery(**{name: row[name] for name in _COLUMNS}), bool(row[_IS_FREE]))
        for row in found.mappings()
    }


@cache  # to make it takes longer than to run it
def _query(is_locking: bool) -> Select[Any]:  # noqa: FBT001 # a key of the cache
    table = tables.delivery.c
    is_dead = exists().where(tables.post.c.id == table.post_id, tables.post.c.dead == 1)
    query = (
        select(tables.delivery, and_(NOT_RESTORED, not_(is_dead)).label(_IS_FREE))
        .where(table.key.in_(bindparam("keys", expanding=True)))
        .order_by(table.id)
    )
    return query.with_for_update(key_share=True, of=tables.delivery) if is_locking else query


_IS_FREE = "is_free"
_COLUMNS = tuple(column.name for column in tables.delivery.columns)
