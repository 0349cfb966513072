"""The tables of what a conversation and its people learn: rounds, votes, counts, plans, gaps and feedback.

Instants and ids as in store/tables.py. What names a person says how long in docs/privacy.md.
"""

from typing import Literal

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from store.columns import Instant, metadata, one_of

# What the columns of these names may hold.
RoundState = Literal["asked", "open", "closed"]
PlanState = Literal["waiting", "sent"]
LearnedHow = Literal["opened", "tried", "recalled", "missed"]
FeedbackKind = Literal["wrong", "outdated", "unclear", "not-for-us", "missing", "tip", "dilemma"]
Counted = Literal[
    "detail",  # opened privately; what is opened in a thread stands in the ledger
    "sources",
    "exercise",
    "recalled",
    "missed",
    "useful",
    "wrong",
    "outdated",
    "unclear",
    "not-for-us",
]

# A dilemma that a conversation is asked, once for its case and once for the twist of it.
vote_round = Table(
    "vote_round",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("subscription_id", String(32), nullable=True),  # whose fourth week it is; NULL where a person asked
    Column("dilemma", String(100), nullable=False),  # its id
    Column("version", Integer, nullable=False, default=0),
    Column("parent", String(32), nullable=False, default=""),  # of a twist: the round of its case
    Column("person", String(64), nullable=False, default=""),  # who asked; '' once it is closed
    Column("state", String(16), nullable=False),
    Column("message_id", String(255), nullable=False, default=""),  # where it stands
    Column("thread", String(255), nullable=False, default=""),  # of a twist: the thread it stands in
    Column("zone", String(64), nullable=False, default=""),  # in which its end is told
    Column("closes_at", Instant, nullable=False),
    # votes for each choice once it is closed, space-separated; of fewer than five their number alone
    Column("counts", Text, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    one_of("state", RoundState),
    Index("ix_vote_round_state_closes_at", "state", "closes_at"),
    Index("ix_vote_round_conversation", "platform", "workspace", "conversation"),
)

# Who chose what, while the round is open and no longer.
vote = Table(
    "vote",
    metadata,
    Column("id", String(32), primary_key=True),  # a digest of round and person: one vote each
    Column("round_id", String(32), ForeignKey("vote_round.id", ondelete="CASCADE"), nullable=False),
    Column("person", String(64), nullable=False),
    Column("choice", Integer, nullable=False),
    Index("ix_vote_round_id", "round_id"),
)

# How often something was done with a subject in a conversation, whoever did it.
tally = Table(
    "tally",
    metadata,
    Column("id", String(32), primary_key=True),  # a digest of all but the total
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("what", String(16), nullable=False),
    Column("total", Integer, nullable=False),
    one_of("what", Counted),
    Index("ix_tally_conversation", "platform", "workspace", "conversation"),
)

# An exercise's if-then sentence that a person wants to be sent once.
plan = Table(
    "plan",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("words", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    one_of("state", PlanState),
    Index("ix_plan_person", "platform", "workspace", "person"),
)

# Who wants to see their own gap, and what they did since.
learner = Table(
    "learner",
    metadata,
    Column("id", String(32), primary_key=True),  # a digest of platform, workspace and person
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("since", Instant, nullable=False),
)
learned = Table(
    "learned",
    metadata,
    Column("id", String(32), primary_key=True),  # a digest of learner, subject and how
    Column("learner_id", String(32), ForeignKey("learner.id", ondelete="CASCADE"), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("how", String(16), nullable=False),
    Column("at", Instant, nullable=False),  # the last time
    one_of("how", LearnedHow),
    Index("ix_learned_learner_id", "learner_id"),
)

# What readers tell the writers.
feedback = Table(
    "feedback",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(100), nullable=False, default=""),  # '' for what was missing, and for suggestions
    Column("version", Integer, nullable=False, default=0),  # of the subject, as it was read
    Column("place", String(32), nullable=False, default=""),  # where in its text: a level, a page, '' for the card
    Column("words", Text, nullable=False, default=""),
    Column("source", Text, nullable=False, default=""),  # of a suggestion
    Column("person", String(64), nullable=False, default=""),  # who wants to be told; '' otherwise, and once told
    Column("fixed_in", Integer, nullable=False, default=0),  # the version that mended it; 0 while open
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant, nullable=True),
    one_of("kind", FeedbackKind),
    Index("ix_feedback_subject", "subject"),
)
