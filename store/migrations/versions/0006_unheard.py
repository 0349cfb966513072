"""Since when an installation is refused, of which no event said that it ended; and indexes for what is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("refused_at", sa.Double(), nullable=True))
    op.create_index(
        "ix_installation_refused_at",
        "installation",
        ["refused_at"],
        unique=False,
        sqlite_where=sa.text("refused_at IS NOT NULL"),
        postgresql_where=sa.text("refused_at IS NOT NULL"),
    )
    op.create_index(
        "ix_subscription_reason",
        "subscription",
        ["platform", "reason"],
        unique=False,
        sqlite_where=sa.text("reason <> ''"),
        postgresql_where=sa.text("reason <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_subscription_reason", "subscription")
    op.drop_index("ix_installation_refused_at", "installation")
    op.drop_column("installation", "refused_at")
