"""What the columns of all tables share: instants, texts of a few values, and the one list of tables."""

from datetime import UTC, datetime
from typing import Any, get_args

from sqlalchemy import CheckConstraint, Dialect, Double, Index, MetaData, TypeDecorator

WHERE = "where"  # in an index's `info`: the rows that are in it


class Instant(TypeDecorator[datetime]):
    """An aware datetime on our side, seconds since the Unix epoch in the database: sortable, and free of time zones."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> float | None:  # noqa: ARG002 # SQLAlchemy's signature
        """Give the seconds; ValueError for a datetime that does not say its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.timestamp()

    def process_result_value(self, value: float | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 # SQLAlchemy's signature
        """Give the aware datetime, UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


def one_of(column: str, values: Any) -> CheckConstraint:  # noqa: ANN401 # a Literal has no type of its own
    """Let a column hold the values of a Literal alone."""
    listed = ", ".join(f"'{value}'" for value in get_args(values))
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def some(name: str, *columns: str, where: str) -> Index:
    """Index the rows alone of which `where` holds, on both kinds of database.

    Said to SQLAlchemy's Index itself, it would load the half for PostgreSQL at every start: store/database/create.py
    says it to the kind that there is.
    """
    return Index(name, *columns, info={WHERE: where})


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
