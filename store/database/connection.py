"""Hand out SQLAlchemy's asyncio engine without its ORM: 6 MB and a fifteenth of a start, and nothing here uses it."""

import asyncio
import importlib
import sys
from importlib import util
from importlib.machinery import ModuleSpec
from typing import cast

import sqlalchemy.ext
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import greenlet_spawn

_NAME = "sqlalchemy.ext.asyncio"


def _load_engine_alone() -> None:
    """Import the package's engine; the rest of the package, with the ORM, comes when somebody asks for any of it.

    The package is the one that everybody else gets too, and so are its modules: of no class are there two.
    """
    package = util.module_from_spec(cast("ModuleSpec", util.find_spec(_NAME)))

    def rest(name: str) -> object:
        if name.startswith("__"):  # what Python asks of any module
            raise AttributeError(name)
        del vars(package)["__getattr__"]
        importlib.reload(package)
        return getattr(package, name)

    sys.modules[_NAME] = package
    importlib.import_module(f"{_NAME}.engine")
    vars(package)["__getattr__"] = rest  # PEP 562; not earlier, for the package's own modules look into it
    sqlalchemy.ext.asyncio = package  # as every import of a package ends


if _NAME not in sys.modules:
    _load_engine_alone()

from sqlalchemy.ext.asyncio.engine import AsyncConnection, AsyncEngine, create_async_engine  # noqa: E402 # see above

__all__ = ["AsyncConnection", "AsyncEngine", "close_all", "create_async_engine"]


async def close_all(engine: AsyncEngine) -> None:
    """Close an engine's connections: what rests at once, what is in use when it comes back. Others are opened anew.

    To the end, also for who is cancelled meanwhile. SQLAlchemy's own `dispose` leaves what is in use to the garbage
    collector, which cannot close it in order, and where it is broken off, a pool that counts wrong.
    """
    pool = engine.sync_engine.pool
    engine.sync_engine.dispose(close=False)  # from here on others take from a new pool
    event.listen(pool, "checkin", _close)
    closing = asyncio.create_task(greenlet_spawn(pool.dispose))
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait([closing])
        raise


def _close(_connection: object, record: ConnectionPoolEntry) -> None:
    record.close()
