"""Bring a database to the newest tables, or tell whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, in the caller's transaction.

    Raises alembic's CommandError where the database was written by a program newer than this one.
    """
    config = Config()
    # alembic reads its options as configparser does, where a lone % begins an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """Say whether the database stands at the newest revision."""
    standing = MigrationContext.configure(connection).get_current_heads()
    return set(standing) == set(ScriptDirectory(str(MIGRATIONS)).get_heads())
