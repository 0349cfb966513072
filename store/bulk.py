"""Write rows in the ways SQLAlchemy leaves to each database: many at the driver's own speed, new ones, or in place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Dialect, Double, Executable, Insert, Integer, Row, Select, Table, case, insert, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from store.columns import Instant
from store.database.connection import AsyncConnection

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


async def run(
    connection: AsyncConnection, statement: Executable, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Run `statement` once for each of `rows`: the values of the parameters `names`, of which it need not use all.

    SQLAlchemy prepares parameters row by row, which is most of the time of a plan of 100,000 rows; this compiles the
    statement for whatever database it is and hands the rows over. Instants become seconds here, as in
    `columns.Instant`. An UPDATE must not name a row twice.
    """
    if not rows:
        return
    compiled = _compiled(statement, connection.dialect)
    constants = {name: value for name, value in compiled.params.items() if name not in names}
    if compiled.positiontup is None:
        used = [str(name) for name in names if name in compiled.binds]
        chosen = itemgetter(*(names.index(name) for name in used), 0)  # at least two, or it would give no tuple
        listed = orjson.dumps(
            [dict(zip(used, chosen(row), strict=False)) for row in rows], default=_seconds, option=_INSTANTS_ARE_OURS
        )
        await connection.exec_driver_sql(_from_list(compiled, used), {**constants, _ROWS: listed.decode()})
    else:
        # The driver wants exactly the statement's own parameters, in its order, one as often as it occurs.
        known = (*names, *constants)
        picked = itemgetter(*(known.index(name) for name in compiled.positiontup))
        instants = [index for index, name in enumerate(names) if _is_instant(compiled, name)]
        ready = [picked(_in_seconds([*row, *constants.values()], instants)) for row in rows]
        await connection.exec_driver_sql(str(compiled), ready)


async def run_one(
    connection: AsyncConnection, statement: Executable, names: Sequence[str], row: Sequence[object]
) -> Row[Any] | None:
    """Run `statement` once, for one row as in `run`; gives the first row that it returns, None without any."""
    compiled = _compiled(statement, connection.dialect)
    values = dict(zip(names, row, strict=True))
    constants = {name: value for name, value in compiled.params.items() if name not in values}
    used = {
        name: _seconds(value) if isinstance(value, datetime) else value
        for name, value in (values | constants).items()
        if name in compiled.binds
    }
    parameters = used if compiled.positiontup is None else tuple(used[name] for name in compiled.positiontup)
    found = await connection.exec_driver_sql(str(compiled), parameters)
    return found.first() if found.returns_rows else None


@lru_cache(maxsize=64)  # for statements that are made once: compiling one takes longer than running it
def _compiled(statement: Executable, dialect: Dialect) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined] # every statement we pass is a ClauseElement too
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 # what compiling a statement gives; tells mypy
    return compiled


def _is_instant(compiled: SQLCompiler, name: str) -> bool:
    return name in compiled.binds and isinstance(compiled.binds[name].type, Instant)


def _in_seconds(row: list[object], instants: Sequence[int]) -> list[object]:
    """Turn a row's instants into what the database keeps of them."""
    for index in instants:
        value = row[index]
        if isinstance(value, datetime):
            row[index] = _seconds(value)
    return row


@cache  # it is the same each time, and takes longer to make than to run
def insert_into(table: Table) -> Insert:
    """Give an INSERT of all columns."""
    return insert(table)


def insert_missing(connection: AsyncConnection, table: Table) -> Insert:
    """Give an INSERT that leaves a row alone where one like it, by any unique constraint, is there already."""
    return insert_missing_into(connection.dialect.name, table)


@cache  # as above
def insert_missing_into(dialect: str, table: Table) -> Insert:
    """Give the same for a dialect by its name."""
    return _insert(dialect, table).on_conflict_do_nothing()


def insert_adding(connection: AsyncConnection, table: Table, column: str, largest: tuple[str, ...] = ()) -> Insert:
    """Give an INSERT that adds its `column` to that of the row with its primary key, if there is one.

    Of the columns `largest` the larger number stays.
    """
    return _adding(connection.dialect.name, table, column, largest)


@cache  # as above
def _adding(dialect: str, table: Table, column: str, largest: tuple[str, ...]) -> Insert:
    statement = _insert(dialect, table)
    written = {column: table.c[column] + statement.excluded[column]}
    for name in largest:
        new, old = statement.excluded[name], table.c[name]
        written[name] = case((new > old, new), else_=old)
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=written)


async def upsert(connection: AsyncConnection, table: Table, row: Mapping[str, object]) -> None:
    """Write a row, all of its columns, in place of the one with its primary key, if there is one."""
    # Not by `execute`: SQLAlchemy compiles what has an ON CONFLICT anew each time.
    await run(connection, _upsert(connection.dialect.name, table), tuple(row), [tuple(row.values())])


def upserting(connection: AsyncConnection, table: Table) -> Insert:
    """Give an INSERT that writes a row, all of its columns, in place of the one with its primary key, if any."""
    return _upsert(connection.dialect.name, table)


async def write_newer(connection: AsyncConnection, table: Table, row: Mapping[str, object], column: str) -> None:
    """Write a row, all of its columns, in place of the one with its primary key `id`, if that one is not newer.

    By the instants in `column`. For tables with another unique constraint besides: on PostgreSQL two that insert at one
    moment may meet there first, where ON CONFLICT (id) is no help.
    """
    await run_one(connection, insert_missing(connection, table), tuple(row), tuple(row.values()))
    is_not_newer = table.c[column] <= row[column]
    await connection.execute(update(table).where(table.c.id == row["id"], is_not_newer).values(**row))


def insert_or_set(
    dialect: str, table: Table, columns: Iterable[str], rows: Select[Any], changed: Sequence[str]
) -> Insert:
    """Give an INSERT of `columns` from a query's rows that sets those `changed` where the primary key is there already.

    SQLite: the query needs a WHERE, or its end cannot be told from what is done about a conflict.
    """
    statement = _insert(dialect, table)
    kept = {name: statement.excluded[name] for name in changed}
    chosen = statement.from_select(list(columns), rows)
    return chosen.on_conflict_do_update(index_elements=list(table.primary_key), set_=kept)


@cache  # as above
def _upsert(dialect: str, table: Table) -> Insert:
    statement = _insert(dialect, table)
    written = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=written)


def _insert(dialect: str, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if dialect == "postgresql":
        # Whoever gets here has it loaded, and on SQLite it would cost each start its 60 ms.
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 # slow

        return postgresql.insert(table)
    return sqlite.insert(table)


_ROWS = "listed_rows"
_INSTANTS_ARE_OURS = orjson.OPT_PASSTHROUGH_DATETIME


def _from_list(compiled: SQLCompiler, used: Sequence[str]) -> str:
    """Give PostgreSQL's form of the statement that takes all rows at once, as one list in JSON.

    Tried with 10,000 deliveries: 0.2 s, against 0.5 to 0.8 s for the driver's executemany, which sends each row as a
    statement of its own, and 0.6 s for an array a column.
    """
    columns = ", ".join(f'"{name}" {_named(compiled.binds[name].type)}' for name in used)
    rows = f" FROM json_to_recordset(CAST(%({_ROWS})s AS json)) AS listed ({columns})"

    def value(found: re.Match[str]) -> str:
        return f'listed."{found[1]}"' if found[1] in used else found[0]

    text = re.sub(r"%\((\w+)\)s", value, str(compiled))
    if text.startswith("INSERT"):
        before, _, rest = text.partition(" VALUES (")
        values, _, after = rest.partition(")")
        return f"{before} SELECT {values}{rows}{after}"
    before, _, where = text.partition(" WHERE ")
    return f"{before}{rows} WHERE {where}"


def _named(kind: TypeEngine[object]) -> str:
    """Name a column's type in PostgreSQL's words."""
    if isinstance(kind, Integer):
        return "integer"
    return "double precision" if isinstance(kind, (Double, Instant)) else "text"


def _seconds(value: object) -> float:
    """Give an instant's seconds; ValueError for one that does not say its zone, as `columns.Instant` has it."""
    if isinstance(value, datetime):
        if value.tzinfo is None:  # else it would be taken for this machine's own time, whatever it was meant as
            raise ValueError("an instant needs its time zone")
        return value.timestamp()
    raise TypeError(f"{type(value).__name__} is in no column of ours")
