"""What steering, history, several machines and restored backups need."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("subscription_id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index("ix_history_subscription_id", "history", ["subscription_id"], unique=False)
    op.create_table(
        "note",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_note")),
    )
    for column in (
        sa.Column("co_owners", sa.Text(), nullable=False, server_default=""),
        sa.Column("paused_until", sa.Double(), nullable=True),
        sa.Column("claimed_by", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("claimed_at", sa.Double(), nullable=True),
        sa.Column("next_tip", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("dimensions", sa.Text(), nullable=False, server_default=""),
        sa.Column("quiet_dates", sa.Text(), nullable=False, server_default=""),
        sa.Column("quiet_country", sa.String(length=16), nullable=False, server_default=""),
    ):
        op.add_column("subscription", column)
    op.create_index(
        "ix_subscription_paused_until",
        "subscription",
        ["paused_until"],
        unique=False,
        sqlite_where=sa.text("paused_until IS NOT NULL"),
        postgresql_where=sa.text("paused_until IS NOT NULL"),
    )
    op.add_column("delivery", sa.Column("bucket", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("looked_at", sa.Double(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        # A worker asks for one bucket's rows, of which millions may be settled. SQLite serves one machine, which asks
        # for all buckets at once, and would pay for it with every row that is planned.
        op.create_index(
            "ix_delivery_planned_bucket",
            "delivery",
            ["bucket", "not_before"],
            unique=False,
            postgresql_where=sa.text("state = 'planned'"),
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_delivery_planned_bucket", "delivery")
    op.drop_column("delivery", "looked_at")
    op.drop_column("delivery", "bucket")
    op.drop_index("ix_subscription_paused_until", "subscription")
    for name in ("quiet_country", "quiet_dates", "dimensions", "next_tip", "claimed_at", "claimed_by", "paused_until", "co_owners"):
        op.drop_column("subscription", name)
    op.drop_table("note")
    op.drop_table("history")
