"""Hold the rows that a write transaction reads, so that nobody changes them before it ends.

On SQLite writers take turns, and nothing of this is said. On PostgreSQL they run side by side: a row that is read, and
then written by what was read, has to be locked, or one of two writers' changes would be lost.

Two transactions that wait for each other's rows are a deadlock, which PostgreSQL ends after a second by giving one of
them up. So all of ours take rows in the same order: deliveries by id, then posts, then subscriptions by id. Who steers
a subscription would take it first; `Subscriptions.by_id` and `find` therefore lock its open introductions before it.
"""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

Query = TypeVar("Query", bound=Select[Any])


def is_needed(connection: AsyncConnection) -> bool:
    """Say whether rows are to be locked: in a transaction that writes, on PostgreSQL."""
    options = connection.sync_connection.get_execution_options() if connection.sync_connection else {}
    return bool(options.get("writes")) and connection.dialect.name == "postgresql"


def held(connection: AsyncConnection, query: Query, *, skip: bool = False) -> Query:
    """Give the query so that it locks what it finds; with `skip` it passes over what others hold, and never waits.

    Where several rows may be found, the query orders them by id, or skips. (FOR NO KEY UPDATE: rows that only refer to
    these may be written meanwhile.)
    """
    return query.with_for_update(key_share=True, skip_locked=skip) if is_needed(connection) else query


def kept(connection: AsyncConnection, query: Query) -> Query:
    """Give the query so that what it finds is not deleted before the transaction ends; changes are free."""
    return query.with_for_update(read=True, key_share=True) if is_needed(connection) else query


def in_order(
    connection: AsyncConnection, table: Table, where: ColumnElement[bool], *, skip: bool = False
) -> ColumnElement[bool]:
    """Give the condition of an UPDATE or DELETE of several rows so that it takes them in the order of their ids.

    With `skip` it leaves out what others hold.
    """
    if not is_needed(connection):
        return where
    chosen = select(table.c.id).where(where).order_by(table.c.id)
    return table.c.id.in_(chosen.with_for_update(key_share=True, skip_locked=skip))


async def alone(connection: AsyncConnection) -> None:
    """Let nobody else write, or hold rows, before this transaction ends; reading goes on."""
    if is_needed(connection):
        # It may take long, and wait for another database meanwhile.
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await connection.execute(
            text("LOCK TABLE delivery, post, subscription, history, conversation, note IN EXCLUSIVE MODE")
        )
