"""Make all tables at once in a database that has none, as the migrations would have left them."""

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, text

from store import installation_tables, learning_tables, tables  # noqa: F401 # metadata lists what they hold
from store.columns import WHERE, metadata

# Alembic's own table, in its words: it finds here what it would have written itself.
_version = Table(
    "alembic_version",
    MetaData(naming_convention={"pk": "%(table_name)s_pkc"}),
    Column("version_num", String(32), primary_key=True),
)


def create(connection: Connection, revision: str) -> None:
    """Make every table and index in the caller's transaction, and note the revision that they are of.

    A table of the same name that is there already, of whoever, is an error, as it is to the first migration.
    """
    for table in metadata.tables.values():
        for index in table.indexes:
            if WHERE in index.info:
                index.dialect_options[connection.dialect.name]["where"] = text(index.info[WHERE])
    metadata.create_all(connection, checkfirst=False)
    _version.create(connection, checkfirst=True)  # empty, where all migrations were taken back
    connection.execute(insert(_version).values(version_num=revision))
