"""The tables of the store, once, for queries and migrations alike.

Instants are seconds since the Unix epoch, UTC (`Instant`); flags are 0 or 1; ids made by us are hex UUIDs.
"""

from typing import Literal

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from store.columns import Instant, metadata, one_of, some

# What the columns of these names may hold; a row's own class, its CHECK and every count are derived from these.
SubscriptionState = Literal["starting", "on", "paused", "off"]
DeliveryKind = Literal[
    "tip",
    "reply",
    "share",
    "mention",
    "introduction",
    "notice",
    "round",  # a dilemma that a conversation is asked
    "tally",  # how many have voted, on its post
    "closing",  # how they voted, on its post
    "reveal",  # and in its thread, with what is to be said for each choice
    "correction",  # of a post whose tip was corrected
    "corrected",  # the line in its thread
    "plan",  # a plan that comes back to who made it
    "answer",  # to who wanted to hear what became of their feedback
]
# These change a message that stands there: done twice is the same as once.
EDITS: tuple[DeliveryKind, ...] = ("tally", "closing", "correction")
# Nobody waits for these: whatever else is due goes before them.
LAST: tuple[DeliveryKind, ...] = ("correction", "corrected")
# Their `argument` holds what a person wrote: it goes as soon as nobody waits for it.
OWN_WORDS: tuple[DeliveryKind, ...] = ("mention", "plan")
DeliveryState = Literal["planned", "sending", "sent", "failed", "skipped", "unknown"]
OPEN: tuple[DeliveryState, ...] = ("planned", "sending", "unknown")  # they still await something
ConversationKind = Literal["personal", "group", "channel"]


subscription = Table(
    "subscription",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("owner", String(64), nullable=False),  # '' where the operator set it up on the command line
    Column(
        "co_owners", Text, nullable=False, default="", server_default=""
    ),  # they may all the owner may; space-separated
    Column("changed_by", String(16), nullable=False),  # who may change it: 'owner', 'anyone' or 'admins'
    Column("weekday", Integer, nullable=False),  # 0 = Monday, as date.weekday()
    Column("at", String(5), nullable=False),  # local wall time, 'HH:MM'
    Column("zone", String(64), nullable=False),  # IANA name
    # 'starting' until the introduction is posted, 'on', 'paused' (with the reason), 'off' (kept: it remembers `seen`)
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),  # why it is not on: cards.reason.Reason
    Column("paused_by", String(64), nullable=False, default=""),
    Column("paused_until", Instant, nullable=True),  # resumes by itself then; NULL: only a person resumes
    # ids of this cycle's tips, planned or sent, space-separated; `~id` is the one that closed the cycle before
    Column("seen", Text, nullable=False, default=""),
    Column("cycle", Integer, nullable=False, default=1),
    Column("last_slot", String(8), nullable=False, default=""),  # newest local ISO week planned or skipped: '2026-W48'
    Column("skip_slot", String(8), nullable=False, default=""),  # a person asked to skip this one
    Column("skip_by", String(64), nullable=False, default=""),  # who did; '' for the operator
    # who asked to take it over from an owner who may be gone, and when; it is theirs once the owner let it pass
    Column("claimed_by", String(64), nullable=False, default="", server_default=""),
    Column("claimed_at", Instant, nullable=True),
    Column("next_tip", String(100), nullable=False, default="", server_default=""),  # id a person chose to come next
    Column(
        "dimensions", Text, nullable=False, default="", server_default=""
    ),  # ids its tips are drawn from; '' for all
    # ISO dates on which no tip comes, and spans '2026-12-24/2027-01-02', space-separated
    Column("quiet_dates", Text, nullable=False, default="", server_default=""),
    # country whose public holidays are quiet too: ISO 3166-1, or with its part, 'DE' or 'DE-BY'
    Column("quiet_country", String(16), nullable=False, default="", server_default=""),
    Column("dilemmas", Integer, nullable=False, default=0, server_default="0"),  # every fourth week brings a dilemma
    Column("corrections", Integer, nullable=False, default=1, server_default="1"),  # posts mend themselves
    Column("next_run_at", Instant, nullable=True),  # NULL unless 'on'
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("platform", "workspace", "conversation"),
    one_of("state", SubscriptionState),
    Index("ix_subscription_due", "next_run_at"),
    # Few rows ever have one.
    some("ix_subscription_paused_until", "paused_until", where="paused_until IS NOT NULL"),
    some("ix_subscription_reason", "platform", "reason", where="reason <> ''"),
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
    Column("kind", String(16), nullable=False, default="", server_default=""),  # DeliveryKind; '' of before it was kept
    Column("version", Integer, nullable=False, default=0, server_default="0"),  # of the content it shows; 0: not known
    # of the newest correction its ISO day and a digest of its words: content.model.Correction.mark
    Column("corrected", String(24), nullable=False, default="", server_default=""),
    Column("remembers", String(100), nullable=False, default="", server_default=""),  # id of the tip it asks about
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("platform", "workspace", "conversation", "message_id"),
    Index("ix_post_subject_version_id", "subject", "version", "id"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(32), primary_key=True),
    # One row per promise: 'tip:<subscription>:<slot>', 'tip:<subscription>:manual:<id>',
    # 'reply:<post>:<level>', 'share:<…>', 'mention:<…>'. The unique constraint is what makes it once.
    Column("key", String(255), nullable=False),
    Column("kind", String(16), nullable=False),  # DeliveryKind
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("bucket", Integer, nullable=False, default=0, server_default="0"),  # its workspace's: `ids.bucket`
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
    Column("reason", Text, nullable=False, default=""),  # why it was not posted: cards.reason.Reason
    Column("looked_at", Instant, nullable=True),  # when an unknown outcome was last looked up
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("key"),
    one_of("state", DeliveryState),
    Index("ix_delivery_state_not_before", "state", "not_before"),
    Index("ix_delivery_subscription_id", "subscription_id"),
    # Corrections wait by the thousand, and everything else goes before them: it is found without looking at each. The
    # state is the same in all of it, and named so that SQLite prefers this index to that of all rows.
    some(
        "ix_delivery_planned_first",
        "state",
        "not_before",
        where="state = 'planned' AND kind NOT IN ('correction', 'corrected')",
    ),
    # A worker asks for one bucket's rows, of which millions may be settled. SQLite serves one machine, which asks for
    # all buckets at once, and would pay for it with every row that is planned.
    some("ix_delivery_planned_bucket", "bucket", "not_before", where="state = 'planned'").ddl_if("postgresql"),
)

history = Table(
    "history",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("subscription_id", String(32), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("person", String(64), nullable=False, default=""),  # who did it; '' for the operator, 'bot' for ourselves
    Column("action", String(32), nullable=False),  # store.history.Action
    Column("detail", Text, nullable=False, default=""),  # what it was changed to, in words or ids
    Column("at", Instant, nullable=False),
    Index("ix_history_subscription_id", "subscription_id"),
)

# Where the bot is, on platforms that do not find a conversation by its id alone (Teams wants its serviceUrl too).
conversation = Table(
    "conversation",
    metadata,
    Column("id", String(32), primary_key=True),  # a digest of platform, workspace and conversation
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("conversation", String(255), nullable=False),  # the platform's own id
    Column("kind", String(16), nullable=False),  # ConversationKind
    Column("person", String(64), nullable=False, default=""),  # whose personal chat it is
    Column("team", String(255), nullable=False, default=""),  # the team a channel belongs to
    Column("name", Text, nullable=False, default=""),
    Column("service_url", Text, nullable=False),
    Column("gone", Integer, nullable=False, default=0),  # deleted or archived: nothing is posted there
    Column("changed_at", Instant, nullable=False),
    one_of("kind", ConversationKind),
    Index("ix_conversation_person", "platform", "workspace", "person"),
    Index("ix_conversation_team", "platform", "workspace", "team"),
)

# A few facts about the database itself: 'tick', 'reconcile', … (when that job last ended, and where), 'backup'.
note = Table(
    "note",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False, default=""),
    Column("at", Instant, nullable=False),
)
