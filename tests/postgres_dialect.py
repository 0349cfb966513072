"""SQLAlchemy's own dialect of PostgreSQL, by which every engine of a process finds what another has compiled."""

from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg, PGDialectAsync_psycopg
from sqlalchemy.engine.interfaces import Dialect

from tests.databases import Alike


class OneForAll(Alike, PGDialectAsync_psycopg):
    """SQLAlchemy's own otherwise."""

    supports_statement_cache = True


class Named(PGDialect_psycopg):
    """What an address names: itself for engines that block, and the one above for the others."""

    supports_statement_cache = True

    @classmethod
    def get_async_dialect_cls(cls, url: URL) -> type[Dialect]:  # noqa: ARG003 # SQLAlchemy's signature
        """Give the one above."""
        return OneForAll
