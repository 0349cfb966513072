"""The first tables: subscriptions, posts and deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('post',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('workspace', sa.String(length=64), nullable=False),
    sa.Column('conversation', sa.String(length=255), nullable=False),
    sa.Column('message_id', sa.String(length=255), nullable=False),
    sa.Column('thread', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.String(length=100), nullable=False),
    sa.Column('dead', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('platform', 'workspace', 'conversation', 'message_id', name=op.f('uq_post_platform_workspace_conversation_message_id'))
    )
    op.create_table('subscription',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('workspace', sa.String(length=64), nullable=False),
    sa.Column('conversation', sa.String(length=255), nullable=False),
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.Column('changed_by', sa.String(length=16), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(length=5), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('paused_by', sa.String(length=64), nullable=False),
    sa.Column('seen', sa.Text(), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('last_slot', sa.String(length=8), nullable=False),
    sa.Column('skip_slot', sa.String(length=8), nullable=False),
    sa.Column('skip_by', sa.String(length=64), nullable=False),
    sa.Column('next_run_at', sa.Double(), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.CheckConstraint("state IN ('starting', 'on', 'paused', 'off')", name=op.f('ck_subscription_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('platform', 'workspace', 'conversation', name=op.f('uq_subscription_platform_workspace_conversation'))
    )
    op.create_index('ix_subscription_due', 'subscription', ['next_run_at'], unique=False)
    op.create_table('delivery',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('workspace', sa.String(length=64), nullable=False),
    sa.Column('conversation', sa.String(length=255), nullable=False),
    sa.Column('thread', sa.String(length=255), nullable=False),
    sa.Column('subscription_id', sa.String(length=32), nullable=True),
    sa.Column('post_id', sa.String(length=32), nullable=True),
    sa.Column('slot', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=100), nullable=False),
    sa.Column('argument', sa.Text(), nullable=False),
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=64), nullable=False),
    sa.Column('lease_until', sa.Double(), nullable=True),
    sa.Column('due_at', sa.Double(), nullable=False),
    sa.Column('not_before', sa.Double(), nullable=False),
    sa.Column('message_id', sa.String(length=255), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('changed_at', sa.Double(), nullable=False),
    sa.CheckConstraint("state IN ('planned', 'sending', 'sent', 'failed', 'skipped', 'unknown')", name=op.f('ck_delivery_state')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_delivery_post_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('key', name=op.f('uq_delivery_key'))
    )
    op.create_index('ix_delivery_state_not_before', 'delivery', ['state', 'not_before'], unique=False)
    op.create_index('ix_delivery_subscription_id', 'delivery', ['subscription_id'], unique=False)


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("subscription")
    op.drop_table("post")
