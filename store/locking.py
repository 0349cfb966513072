"""Hold the rows that a write transaction reads, so that nobody changes them before it ends.

On SQLite writers take turns, and nothing of this is said. On PostgreSQL they run side by side: a row that is read, and
then written by what was read, has to be locked, or one of two writers' changes would be lost.

Two transactions that wait for each other's rows are a deadlock, which PostgreSQL ends after a second by giving one of
them up. So all of ours take rows in the same order: conversations, turns to steer, deliveries, posts, subscriptions,
history, notes; within a table by id (tests/store/orders.py watches it). Nobody waits out of order: what comes too late
to be taken in it is passed over (`skip`).

Who steers a subscription reads it first, and may settle its introductions afterwards: `to_steer` takes those before it.
That those are all, and stay all, is why people who steer the same subscription take turns.
"""

from collections.abc import Collection
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, and_, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from store import tables

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


async def to_steer(
    connection: AsyncConnection, where: ColumnElement[bool], deliveries: Collection[str] = (), *, place: str = ""
) -> None:
    """Take what changing these subscriptions may change besides: their open introductions, and the `deliveries` named.

    It comes before the subscriptions themselves are locked. An introduction is opened by those alone who steer, and
    they wait here for each other: without that, one could be opened between the two locks, and be taken too late. With
    a `place`, as `place_of` gives it, they wait for each other where there is no subscription yet, too.
    """
    if not is_needed(connection):
        return
    subscription, delivery = tables.subscription.c, tables.delivery.c
    steered = select(subscription.id).where(where)
    if place:
        turn = select(_turn(literal(place)))
    else:
        named = select(place_of(subscription.platform, subscription.workspace, subscription.conversation).label("name"))
        turn = select(_turn(named.where(where).order_by(subscription.id).subquery().c.name))
    await connection.execute(turn)
    introductions = and_(
        delivery.subscription_id.in_(steered),
        delivery.kind == "introduction",
        delivery.state.in_(("planned", "sending", "unknown")),
    )
    wanted = or_(introductions, delivery.id.in_(deliveries)) if deliveries else introductions
    await connection.execute(select(delivery.id).where(wanted).order_by(delivery.id).with_for_update(key_share=True))


def place_of(platform: Any, workspace: Any, conversation: Any) -> Any:  # noqa: ANN401 # texts make a text, columns a column
    """Name the place whose tips somebody steers."""
    return platform + " " + workspace + " " + conversation


def _turn(place: ColumnElement[str]) -> ColumnElement[None]:
    return func.pg_advisory_xact_lock(func.hashtextextended(place, 0))


async def alone(connection: AsyncConnection) -> None:
    """Let nobody else write, or hold rows, before this transaction ends; reading goes on."""
    if is_needed(connection):
        # It may take long, and wait for another database meanwhile.
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await connection.execute(
            text("LOCK TABLE conversation, delivery, post, subscription, history, note IN EXCLUSIVE MODE")
        )
