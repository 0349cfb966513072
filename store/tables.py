"""The tables of the store, once, for queries and migrations alike.

Instants are seconds since the Unix epoch, UTC (`Instant`); flags are 0 or 1; ids made by us are hex UUIDs.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


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


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("owner", String(64), nullable=False),  # '' where the operator set it up on the command line
    Column("changed_by", String(16), nullable=False),  # who may change it: 'owner' or 'anyone'
    Column("weekday", Integer, nullable=False),  # 0 = Monday, as date.weekday()
    Column("at", String(5), nullable=False),  # local wall time, 'HH:MM'
    Column("zone", String(64), nullable=False),  # IANA name
    # 'starting' until the introduction is posted, 'on', 'paused' (with the reason), 'off' (kept: it remembers `seen`)
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),  # why it is paused: a Refused.code, or 'person'
    Column("paused_by", String(64), nullable=False, default=""),
    # ids of this cycle's tips, planned or sent, space-separated; `~id` is the one that closed the cycle before
    Column("seen", Text, nullable=False, default=""),
    Column("cycle", Integer, nullable=False, default=1),
    Column("last_slot", String(8), nullable=False, default=""),  # newest local ISO week planned or skipped: '2026-W48'
    Column("skip_slot", String(8), nullable=False, default=""),  # a person asked to skip this one
    Column("skip_by", String(64), nullable=False, default=""),  # who did; '' for the operator
    Column("next_run_at", Instant, nullable=True),  # NULL unless 'on'
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("platform", "workspace", "conversation"),
    CheckConstraint("state IN ('starting', 'on', 'paused', 'off')", name="state"),
    Index("ix_subscription_due", "next_run_at"),
)

post = Table(
    "post",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("message_id", String(255), nullable=False),
    Column("thread", String(255), nullable=False, default=""),  # where it stands in a thread itself: the thread's root
    Column("subject", String(100), nullable=False),  # cards.model.Subject: 'dimension/risks', 'tip/…'
    Column("dead", Integer, nullable=False, default=0),  # its message was deleted: never answer there again
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("platform", "workspace", "conversation", "message_id"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(32), primary_key=True),
    # One row per promise: 'tip:<subscription>:<slot>', 'tip:<subscription>:manual:<id>',
    # 'reply:<post>:<level>', 'share:<…>', 'mention:<…>'. The unique constraint is what makes it once.
    Column("key", String(255), nullable=False),
    Column("kind", String(16), nullable=False),  # 'tip', 'reply', 'share', 'mention', 'introduction', 'notice'
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("thread", String(255), nullable=False, default=""),
    Column("subscription_id", String(32), nullable=True),
    Column("post_id", String(32), ForeignKey("post.id", ondelete="SET NULL"), nullable=True),
    Column("slot", String(64), nullable=False, default=""),
    Column("subject", String(100), nullable=False, default=""),
    Column("argument", Text, nullable=False, default=""),  # level, words of a mention, or who shared
    Column("person", String(64), nullable=False, default=""),  # who asked for it, '' for the clock
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("lease_owner", String(64), nullable=False, default=""),
    Column("lease_until", Instant, nullable=True),
    Column("due_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("message_id", String(255), nullable=False, default=""),
    Column("link", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("key"),
    CheckConstraint("state IN ('planned', 'sending', 'sent', 'failed', 'skipped', 'unknown')", name="state"),
    Index("ix_delivery_state_not_before", "state", "not_before"),
    Index("ix_delivery_subscription_id", "subscription_id"),
)
