"""What a channel that learns needs: rounds and votes, counts, plans, gaps, feedback, and which version a post shows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vote_round",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=255), nullable=False),
        sa.Column("subscription_id", sa.String(length=32), nullable=True),
        sa.Column("dilemma", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parent", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("thread", sa.String(length=255), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("closes_at", sa.Double(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'open', 'closed')", name=op.f("ck_vote_round_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_round")),
    )
    op.create_index("ix_vote_round_conversation", "vote_round", ["platform", "workspace", "conversation"], unique=False)
    op.create_index("ix_vote_round_state_closes_at", "vote_round", ["state", "closes_at"], unique=False)
    op.create_table(
        "vote",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["vote_round.id"], name=op.f("fk_vote_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
    )
    op.create_index("ix_vote_round_id", "vote", ["round_id"], unique=False)
    op.create_table(
        "tally",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.CheckConstraint("what IN ('detail', 'sources', 'exercise', 'recalled', 'missed', 'useful', 'wrong', 'outdated', 'unclear', 'not-for-us')", name=op.f("ck_tally_what")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
    )
    op.create_index("ix_tally_conversation", "tally", ["platform", "workspace", "conversation"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent')", name=op.f("ck_plan_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index("ix_plan_person", "plan", ["platform", "workspace", "person"], unique=False)
    op.create_table(
        "learner",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
    )
    op.create_table(
        "learned",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("learner_id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.CheckConstraint("how IN ('opened', 'tried', 'recalled', 'missed')", name=op.f("ck_learned_how")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learned_learner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned")),
    )
    op.create_index("ix_learned_learner_id", "learned", ["learner_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("fixed_in", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("closed_at", sa.Double(), nullable=True),
        sa.CheckConstraint("kind IN ('wrong', 'outdated', 'unclear', 'not-for-us', 'missing', 'tip', 'dilemma')", name=op.f("ck_feedback_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_subject", "feedback", ["subject"], unique=False)
    for name, default in (("dilemmas", "0"), ("corrections", "1")):
        op.add_column("subscription", sa.Column(name, sa.Integer(), nullable=False, server_default=default))
    op.add_column("post", sa.Column("kind", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("post", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("post", sa.Column("corrected", sa.String(length=10), nullable=False, server_default=""))
    op.create_index("ix_post_subject_version_id", "post", ["subject", "version", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_post_subject_version_id", "post")
    for name in ("corrected", "version", "kind"):
        op.drop_column("post", name)
    for name in ("corrections", "dilemmas"):
        op.drop_column("subscription", name)
    for name in ("feedback", "learned", "learner", "plan", "tally", "vote", "vote_round"):
        op.drop_table(name)
