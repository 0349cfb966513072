"""Copy all rows from one database to another, whatever kind each is."""

from collections.abc import Callable

from sqlalchemy import Double, Table, func, select, type_coerce

from store import bulk, installation_tables, learning_tables, tables
from store.columns import Instant
from store.database.connection import AsyncConnection

_BATCH = 1000
# In the order in which rows may refer to each other.
TABLES: tuple[Table, ...] = (
    tables.post,
    tables.subscription,
    tables.delivery,
    tables.history,
    tables.conversation,
    tables.note,
    learning_tables.vote_round,
    learning_tables.vote,
    learning_tables.tally,
    learning_tables.plan,
    learning_tables.learner,
    learning_tables.learned,
    learning_tables.feedback,
    installation_tables.installation,
    installation_tables.admitted,
    installation_tables.install_state,
)


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Count the rows of each table."""
    return {table.name: await connection.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}


async def copy(source: AsyncConnection, target: AsyncConnection, advance: Callable[[int], None]) -> None:
    """Copy every row in the callers' transactions; `advance` hears how many more are there."""
    for table in TABLES:
        (key,) = table.primary_key.columns
        names = [column.name for column in table.columns]
        # Seconds as they stand in the database: a datetime in between has only microseconds.
        columns = [
            type_coerce(column, Double) if isinstance(column.type, Instant) else column for column in table.columns
        ]
        last = ""
        while rows := (await source.execute(select(*columns).where(key > last).order_by(key).limit(_BATCH))).all():
            await bulk.run(target, bulk.insert_into(table), names, [_fitting(target, tuple(row)) for row in rows])
            last = rows[-1][names.index(key.name)]
            advance(len(rows))


def _fitting(target: AsyncConnection, row: tuple[object, ...]) -> tuple[object, ...]:
    """Give the row as the database can hold it: PostgreSQL has no character of code zero."""
    if target.dialect.name == "sqlite":
        return row
    return tuple(value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in row)
