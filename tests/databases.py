"""An empty SQLite database with our tables, copied into place: making one takes 30 ms each time."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import LRUCache

from store.database import migrate
from store.database.access import Database

_compiled: LRUCache[object, object] = LRUCache(2000)


class Alike(Dialect):
    """A dialect of which every engine finds the statements that another has compiled.

    A bot has one engine and compiles each statement once, while nearly every test has a bot: it was a sixth of their
    time. Statements are remembered by their dialect, so all of one class are equal, as they are but for the address,
    and talk to servers of one version.
    """

    def __eq__(self, other: object) -> bool:
        """Whether a statement that was compiled for the other serves here too."""
        return type(other) is type(self)

    def __hash__(self) -> int:
        """Go with `__eq__`."""
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give each engine what all have."""
        engine.update_execution_options(compiled_cache=_compiled)


class OneForAll(Alike, SQLiteDialect_aiosqlite):
    """SQLAlchemy's own otherwise."""

    supports_statement_cache = True


registry.register("sqlite.aiosqlite", __name__, OneForAll.__name__)
registry.register("postgresql.psycopg", "tests.postgres_dialect", "Named")  # imported by the first who needs it


def put(path: Path) -> str:
    """Put one at `path`, unless there is a database already; gives its address."""
    if not path.exists():
        path.write_bytes(_empty())
    return f"sqlite:///{path}"


def migrated(address: str) -> None:
    """Bring a database to the newest tables, whether or not the caller is in a loop."""

    async def migrate() -> None:
        database = Database(address)
        await database.migrate()
        await database.close()

    with ThreadPoolExecutor() as apart:
        apart.submit(asyncio.run, migrate()).result()


def at(address: str, revision: str) -> None:
    """Run alembic itself on a database: the migrations up to a revision, or back to it."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))

    def run() -> None:
        engine = create_engine(
            make_url(address).set(drivername="sqlite" if "sqlite" in address else "postgresql+psycopg")
        )
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            (command.downgrade if revision == "base" else command.upgrade)(config, revision)
        engine.dispose()

    with ThreadPoolExecutor() as apart:  # the caller may be in a loop
        apart.submit(run).result()


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        migrated(f"sqlite:///{path}")
        return path.read_bytes()
