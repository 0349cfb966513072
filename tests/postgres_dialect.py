"""SQLAlchemy's own dialect of PostgreSQL, by which every engine of a process finds what another has compiled."""

from sqlalchemy import URL, Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg, PGDialectAsync_psycopg
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import LRUCache

_compiled: LRUCache[object, object] = LRUCache(2000)


class OneForAll(PGDialectAsync_psycopg):
    """As `tests.databases.OneForAll`: all are equal but for the address, and talk to servers of one version."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        """Whether a statement that was compiled for the other serves here too."""
        return isinstance(other, OneForAll)

    def __hash__(self) -> int:
        """Go with `__eq__`."""
        return hash(OneForAll)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give each engine what all have."""
        engine.update_execution_options(compiled_cache=_compiled)


class Named(PGDialect_psycopg):
    """What an address names: itself for engines that block, and the one above for the others."""

    supports_statement_cache = True

    @classmethod
    def get_async_dialect_cls(cls, url: URL) -> type[Dialect]:  # noqa: ARG003 # SQLAlchemy's signature
        """Give the one above."""
        return OneForAll
