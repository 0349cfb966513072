"""Bring a database to the newest tables, or tell whether it is there."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from store.database import create

MIGRATIONS = Path(__file__).parents[1] / "migrations"
NEWEST = "0006"  # the newest revision of migrations/versions; a test keeps it so


class ForeignRevisionError(Exception):
    """The database was written by another version of this program; says which revision."""


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, in the caller's transaction; where none ever ran, make all tables at once.

    Raises:
        ForeignRevisionError: the database stands at a revision this program does not know.
    """
    if not _revisions(connection):
        create.create(connection, NEWEST)
        return
    # Alembic is a tenth of a start, and only a database of an older version needs it.
    from alembic import command  # noqa: PLC0415 # slow
    from alembic.config import Config  # noqa: PLC0415 # slow
    from alembic.util import CommandError  # noqa: PLC0415 # slow

    config = Config()
    # alembic reads its options as configparser does, where a lone % begins an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ForeignRevisionError(str(error)) from error


def is_current(connection: Connection) -> bool:
    """Say whether the database stands at the newest revision: what alembic wrote into its own table."""
    return _revisions(connection) == {NEWEST}


def _revisions(connection: Connection) -> set[str]:
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.scalars(text("SELECT version_num FROM alembic_version")))
