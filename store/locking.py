"""Hold the rows that a write transaction reads, so that nobody changes them before it ends.

On SQLite writers take turns, and nothing of this is said. On PostgreSQL they run side by side: a row that is read, and
then written by what was read, has to be locked, or one of two writers' changes would be lost.

Two transactions that wait for each other's rows are a deadlock, which PostgreSQL ends after a second by giving one of
them up. So all of ours take rows in the same order: conversations, places to change, deliveries, posts, subscriptions,
history, notes, then those of store/learning_tables.py and store/installation_tables.py as they stand there; within a
table by id (tests/store/orders.py watches it). Nobody waits out of order: what comes too late to be taken in it is
passed over (`skip`).

Who changes a subscription reads it first, and may settle its introductions afterwards: `to_change` takes those before
it. That those are all, and stay all, is why people who change the same subscription go one after the other.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, literal, or_, select, text, update

from store import tables
from store.database.connection import AsyncConnection

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
    return _holding(query, skip) if is_needed(connection) else query


@lru_cache(maxsize=64)  # so that what is made of a query that is made once is made once, too
def _holding(query: Query, skip: bool) -> Query:  # noqa: FBT001 # a key of the cache
    return query.with_for_update(key_share=True, skip_locked=skip)


async def hurry(connection: AsyncConnection) -> None:
    """Wait a moment at most, in this transaction, for a row that others hold; then HeldError."""
    if is_needed(connection):
        await connection.execute(text("SET LOCAL lock_timeout = '20ms'"))


async def change(
    connection: AsyncConnection, table: Table, where: ColumnElement[bool], *, skip: bool = False, **values: object
) -> int:
    """Write these values into several rows, taken in the order of their ids; gives how many there were.

    With `skip` it leaves out what others hold.
    """
    chosen = _in_order(connection, table, where, skip=skip)
    return (await connection.execute(update(table).where(chosen).values(**values))).rowcount


async def remove(connection: AsyncConnection, table: Table, where: ColumnElement[bool]) -> int:
    """Delete several rows, taken in the order of their ids; gives how many there were."""
    return (await connection.execute(delete(table).where(_in_order(connection, table, where)))).rowcount


def _in_order(
    connection: AsyncConnection, table: Table, where: ColumnElement[bool], *, skip: bool = False
) -> ColumnElement[bool]:
    if not is_needed(connection):
        return where
    (key,) = table.primary_key.columns
    chosen = select(key).where(where).order_by(key)
    return key.in_(chosen.with_for_update(key_share=True, skip_locked=skip))


async def to_change(
    connection: AsyncConnection, where: ColumnElement[bool], deliveries: Collection[str] = (), *, place: str = ""
) -> None:
    """Take what changing these subscriptions may change besides: their open introductions, and the `deliveries` named.

    It comes before the subscriptions themselves are locked. An introduction is opened by those alone who change them,
    and they wait here for each other: without that, one could be opened between the two locks, and be taken too late.
    With a `place`, as `place_of` gives it, they wait for each other where there is no subscription yet, too.
    """
    if not is_needed(connection):
        return
    subscription, delivery = tables.subscription.c, tables.delivery.c
    if place:
        lock = select(_place_lock(literal(place)))
    else:
        named = select(place_of(subscription.platform, subscription.workspace, subscription.conversation).label("name"))
        lock = select(_place_lock(named.where(where).order_by(subscription.id).subquery().c.name))
    await connection.execute(lock)
    introductions = and_(
        delivery.subscription_id.in_(select(subscription.id).where(where)),
        delivery.kind == "introduction",
        delivery.state.in_(tables.OPEN),
    )
    wanted = or_(introductions, delivery.id.in_(deliveries)) if deliveries else introductions
    await connection.execute(select(delivery.id).where(wanted).order_by(delivery.id).with_for_update(key_share=True))


async def in_place(connection: AsyncConnection, platform: str, workspace: str, conversation: str) -> None:
    """Let nobody else change what a conversation has before this transaction ends; it comes before any row is held."""
    if is_needed(connection):
        await connection.execute(select(_place_lock(literal(place_of(platform, workspace, conversation)))))


async def in_workspaces(connection: AsyncConnection, workspaces: Collection[tuple[str, str]]) -> None:
    """Let nobody else decide whether these workspaces (platform, id) have the app before this transaction ends.

    A refusal that is written down, and an installation that lets tips go on, would else pass each other by: each reads
    before the other commits. As `in_place`, it comes before any row is held.
    """
    if not is_needed(connection):
        return
    for platform, workspace in sorted(workspaces):
        await connection.execute(select(_place_lock(literal(place_of(platform, workspace, "")))))


def place_of(platform: Any, workspace: Any, conversation: Any) -> Any:  # noqa: ANN401 # texts make a text, columns a column
    """Name the place whose tips somebody changes."""
    return platform + " " + workspace + " " + conversation


def _place_lock(place: ColumnElement[str]) -> ColumnElement[None]:
    return func.pg_advisory_xact_lock(func.hashtextextended(place, 0))


async def alone(connection: AsyncConnection) -> None:
    """Let nobody else write, or hold rows, before this transaction ends; reading goes on."""
    if is_needed(connection):
        # It may take long, and wait for another database meanwhile.
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await connection.execute(text(f"LOCK TABLE {', '.join(_LOCKED)} IN EXCLUSIVE MODE"))


_LOCKED = (
    *("conversation", "delivery", "post", "subscription", "history", "note"),
    *("vote_round", "vote", "tally", "plan", "learner", "learned", "feedback"),
    *("installation", "admitted", "install_state"),
)
