"""Who installed the app: their tokens, encrypted, which workspaces an organization admits, and who is on the way."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("enterprise", sa.String(length=64), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("app", sa.String(length=64), server_default="", nullable=False),
        sa.Column("bot_user", sa.String(length=64), server_default="", nullable=False),
        sa.Column("bot", sa.String(length=64), server_default="", nullable=False),
        sa.Column("scopes", sa.Text(), server_default="", nullable=False),
        sa.Column("installer", sa.String(length=64), server_default="", nullable=False),
        sa.Column("token", sa.Text(), server_default="", nullable=False),
        sa.Column("refresh_token", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("refreshing_until", sa.Double(), nullable=True),
        sa.Column("installed_at", sa.Double(), nullable=False),
        sa.Column("removed_at", sa.Double(), nullable=True),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sa.UniqueConstraint("platform", "place", name=op.f("uq_installation_platform_place")),
    )
    op.create_index("ix_installation_changed_at", "installation", ["changed_at"], unique=False)
    op.create_index("ix_installation_expires_at", "installation", ["expires_at"], unique=False)
    op.create_index(
        "ix_installation_removed_at",
        "installation",
        ["removed_at"],
        unique=False,
        sqlite_where=sa.text("removed_at IS NOT NULL"),
        postgresql_where=sa.text("removed_at IS NOT NULL"),
    )
    op.create_index("ix_installation_enterprise", "installation", ["platform", "enterprise"], unique=False)
    op.create_table(
        "admitted",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("enterprise", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admitted")),
        sa.UniqueConstraint("platform", "workspace", name=op.f("uq_admitted_platform_workspace")),
    )
    op.create_index("ix_admitted_enterprise", "admitted", ["platform", "enterprise"], unique=False)
    op.create_table(
        "install_state",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_install_state")),
    )
    op.create_index("ix_install_state_expires_at", "install_state", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("install_state")
    op.drop_table("admitted")
    op.drop_table("installation")
