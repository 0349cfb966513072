"""The tables of who installed the app, beside those of store/tables.py; nothing is in them where one token is set.

Tokens are encrypted before they come here: what these columns hold, nobody can use without TOKEN_ENCRYPTION_KEYS.
"""

from sqlalchemy import Column, Index, String, Table, Text, UniqueConstraint

from store.columns import Instant, metadata, some

# One row for each place the app was installed in: a workspace, or a whole organization.
installation = Table(
    "installation",
    metadata,
    Column("id", String(32), primary_key=True),  # a digest of platform and place
    Column("platform", String(16), nullable=False),
    Column("place", String(64), nullable=False),  # Slack: T… a workspace, E… an organization with all that it admits
    Column("enterprise", String(64), nullable=False, default="", server_default=""),  # E… it belongs to; '' for none
    Column("name", Text, nullable=False, default="", server_default=""),  # the workspace's or organization's, for lists
    Column("app", String(64), nullable=False, default="", server_default=""),
    Column("bot_user", String(64), nullable=False, default="", server_default=""),
    Column("bot", String(64), nullable=False, default="", server_default=""),
    Column("scopes", Text, nullable=False, default="", server_default=""),  # granted, separated by commas
    Column("installer", String(64), nullable=False, default="", server_default=""),
    Column("token", Text, nullable=False, default="", server_default=""),  # encrypted; '' once it was removed
    Column("refresh_token", Text, nullable=False, default="", server_default=""),  # encrypted; '' without rotation
    Column("expires_at", Instant, nullable=True),  # of the token; NULL where it never does
    Column("refreshing_until", Instant, nullable=True),  # one process asks for a new token, and the others wait
    Column("installed_at", Instant, nullable=False),  # the newest time
    Column("removed_at", Instant, nullable=True),  # the app was removed: what is left is deleted after the grace
    Column("refused_at", Instant, nullable=True),  # the platform says since then that the app is gone; nobody heard it
    Column("changed_at", Instant, nullable=False),  # by it other processes learn what they have to forget
    UniqueConstraint("platform", "place"),
    Index("ix_installation_changed_at", "changed_at"),
    Index("ix_installation_expires_at", "expires_at"),
    # Of the few alone that have it: of all, it would be taken for those that have not.
    some("ix_installation_removed_at", "removed_at", where="removed_at IS NOT NULL"),
    some("ix_installation_refused_at", "refused_at", where="refused_at IS NOT NULL"),
    Index("ix_installation_enterprise", "platform", "enterprise"),
)

# Which organization's installation serves a workspace that has none of its own.
admitted = Table(
    "admitted",
    metadata,
    Column("id", String(32), primary_key=True),  # a digest of platform and workspace
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("enterprise", String(64), nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("platform", "workspace"),
    Index("ix_admitted_enterprise", "platform", "enterprise"),
)

# Who is on the way from /slack/install to consent and back; each is used once.
install_state = Table(
    "install_state",
    metadata,
    Column("id", String(64), primary_key=True),  # random; the browser has it too, in a cookie
    Column("expires_at", Instant, nullable=False),
    Index("ix_install_state_expires_at", "expires_at"),
)
