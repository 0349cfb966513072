"""An empty SQLite database with our tables, copied into place: running the migrations takes 40 ms each time."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from store.database.access import Database


def put(path: Path) -> str:
    """Put one at `path`, unless there is a database already; gives its address."""
    if not path.exists():
        path.write_bytes(_empty())
    return f"sqlite:///{path}"


def migrated(address: str) -> None:
    """Run the migrations on a database, whether or not the caller is in a loop."""

    async def migrate() -> None:
        database = Database(address)
        await database.migrate()
        await database.close()

    with ThreadPoolExecutor() as apart:
        apart.submit(asyncio.run, migrate()).result()


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        migrated(f"sqlite:///{path}")
        return path.read_bytes()
