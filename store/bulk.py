"""Run one statement for many rows at nearly the driver's own speed."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler


async def run(
    connection: AsyncConnection, statement: Executable, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Run `statement` once for each of `rows`: the values of the parameters `names`, of which it need not use all.

    SQLAlchemy prepares parameters row by row, which is most of the time of a plan of 100,000 rows; this compiles the
    statement for whatever database it is and hands the rows over. Instants become seconds here, as in `tables.Instant`.
    """
    if not rows:
        return
    compiled = statement.compile(dialect=connection.dialect)  # type: ignore[attr-defined] # every statement we pass is a ClauseElement too
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 # what compiling a statement gives; tells mypy
    constants = {name: value for name, value in compiled.params.items() if name not in names}
    ready = [
        (*(value.timestamp() if type(value) is datetime else value for value in row), *constants.values())
        for row in rows
    ]
    known = (*names, *constants)
    if compiled.positiontup is None:
        await connection.exec_driver_sql(str(compiled), [dict(zip(known, row, strict=True)) for row in ready])
    else:
        # The driver wants exactly the statement's own parameters, in its order, one as often as it occurs.
        chosen = itemgetter(*(known.index(name) for name in compiled.positiontup))
        await connection.exec_driver_sql(str(compiled), [chosen(row) for row in ready])
