"""SQLAlchemy's asyncio engine stands without its ORM, and nobody else who wants the package notices."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import ready

ROOT = Path(__file__).parents[3]
ALONE = """
import sys, warnings
from store.database import connection
import sqlalchemy.ext.asyncio.engine as engine
import sqlalchemy.ext.asyncio as package

hasattr(package, "__warningregistry__")
assert "sqlalchemy.orm" not in sys.modules
"""
LATER = {
    "by name": "from sqlalchemy.ext.asyncio import AsyncSession",
    "a class that is there already": "from sqlalchemy.ext.asyncio import AsyncEngine",
    "a module of it": "import sqlalchemy.ext.asyncio.session",
    "through the package": "package.async_sessionmaker",
    "all of it": "from sqlalchemy.ext.asyncio import *",
}
ONE = """
import sqlalchemy, sqlalchemy.ext.asyncio
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine, engine, session

assert package is sqlalchemy.ext.asyncio is sys.modules["sqlalchemy.ext.asyncio"]
assert package.engine is engine is sys.modules["sqlalchemy.ext.asyncio.engine"]
for name in ("AsyncConnection", "AsyncEngine", "create_async_engine"):
    assert getattr(package, name) is getattr(engine, name) is getattr(connection, name)
assert session.AsyncSession is AsyncSession
try:
    package.nothing
except AttributeError:
    print("right")
"""
BEFORE = """
import sys
import sqlalchemy.ext.asyncio as package
from store.database import connection
"""


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_who_wants_the_whole_package_gets_it(later: str) -> None:
    """However they ask: with the classes that are in use already, so that there is one of each."""
    done = ready.ended(ALONE, later + ONE)
    assert done.stdout.strip() == "right", done.stderr


def test_who_had_the_whole_package_before_keeps_it() -> None:
    """Nothing of it is loaded again."""
    done = subprocess.run([sys.executable, "-c", BEFORE + ONE], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 # our own words
    assert done.stdout.strip() == "right", done.stderr
