"""Shut a database that was moved into another, so that a bot which still runs on it can write nothing any more."""

from sqlalchemy import text

from store import installation_tables, learning_tables, tables  # noqa: F401 # metadata lists what they hold
from store.columns import metadata
from store.database.connection import AsyncConnection

_ACTS = ("INSERT", "UPDATE", "DELETE")
# The words and the code by which store/database/sqlite.py and store/database/postgres.py know this error.
_REFUSE = """
CREATE OR REPLACE FUNCTION pm_compare_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'moved to another database' USING ERRCODE = 'PM001';
END $$
"""


async def shut(connection: AsyncConnection) -> None:
    """Have the database itself refuse every change of our tables, whoever makes it."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(_REFUSE))
        for table in metadata.sorted_tables:
            await connection.execute(
                text(
                    f"CREATE TRIGGER moved BEFORE INSERT OR UPDATE OR DELETE ON {table.name} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION pm_compare_moved()"
                )
            )
        return
    for name, shut_table, act in _triggers():
        await connection.execute(
            text(
                f"CREATE TRIGGER {name} BEFORE {act} ON {shut_table} BEGIN SELECT RAISE(ABORT, 'moved to another'); END"
            )
        )


async def reopen(connection: AsyncConnection) -> None:
    """Let the database be written again."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("DROP FUNCTION IF EXISTS pm_compare_moved() CASCADE"))
        return
    for name, _, _ in _triggers():
        await connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))


def _triggers() -> list[tuple[str, str, str]]:
    return [(f"moved_{table.name}_{act.lower()}", table.name, act) for table in metadata.sorted_tables for act in _ACTS]
