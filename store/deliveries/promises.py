"""Promise what is to be posted, and tell what stands for it, with what else may keep it from being posted at once."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Insert, Select, String, and_, bindparam, not_, select

from store import bulk, locking, tables
from store.database.connection import AsyncConnection
from store.deliveries import rows
from store.deliveries.rows import Delivery
from store.facts import NOT_RESTORED


class Standing(Struct, frozen=True):
    """A row as it stands; `is_free` unless its post is dead, or this is a copy that nobody looked through yet."""

    row: Delivery
    is_free: bool


async def promise(connection: AsyncConnection, promised: Sequence[Delivery]) -> dict[str, Standing]:
    """Insert rows, where nothing stands by their keys, and give by key what stands for each."""
    if len(promised) == 1:  # one statement tells all, where it is new: most ask alone
        (row,) = promised
        statement, names = _inserting(connection.dialect.name), (*rows.COLUMNS, _ANSWERED)
        found = await bulk.run_one(connection, statement, names, (*rows.values(row), row.post_id))
        if found is not None:
            return {row.key: Standing(row, bool(found[0]))}
    else:
        await rows.insert_missing(connection, promised)
    return await _standing(connection, [row.key for row in promised])


async def _standing(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Standing]:
    found = await connection.execute(_query(locking.is_needed(connection)), {"keys": list(keys)})
    return {
        row["key"]: Standing(Delivery(**{name: row[name] for name in rows.COLUMNS}), bool(row[_IS_FREE]))
        for row in found.mappings()
    }


@cache  # to make it, and to compile it, takes longer than to run it
def _inserting(dialect: str) -> Insert:
    return bulk.insert_missing_into(dialect, tables.delivery).returning(_is_free(bindparam(_ANSWERED, type_=String())))


@cache  # as above
def _query(is_locking: bool) -> Select[Any]:  # noqa: FBT001 # a key of the cache
    table = tables.delivery.c
    query = (
        select(tables.delivery, _is_free(table.post_id))
        .where(table.key.in_(bindparam("keys", expanding=True)))
        .order_by(table.id)
    )
    return query.with_for_update(key_share=True, of=tables.delivery) if is_locking else query


def _is_free(post_id: ColumnElement[Any]) -> ColumnElement[bool]:
    post = tables.post.c
    is_dead = select(post.id).where(post.id == post_id, post.dead == 1).correlate(tables.delivery).exists()
    return and_(NOT_RESTORED, not_(is_dead)).label(_IS_FREE)


_IS_FREE, _ANSWERED = "is_free", "answered_post"
