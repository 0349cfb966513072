"""Count what came of the posts of one conversation, of a workspace, or of all: read, never kept.

Posts and what was opened below them are remembered for 400 days; what is in `tally` for as long as the bot is there.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, Select, Table, and_, case, func, literal_column, select, true

from content.levels import LEVELS
from store.columns import Instant
from store.database.connection import AsyncConnection
from store.learning_tables import Counted, FeedbackKind, feedback, tally, vote_round
from store.tables import delivery, post

_CHUNK = 3000  # keys in a query; SQLite takes 32,766 parameters


class Scope(Struct, frozen=True):
    """Whose posts are meant: those of `conversations`, of a workspace, of a platform; without any, all.

    A person's own tips are addressed to the person, and stand in a chat with an id of its own: both are named then.
    """

    platform: str = ""
    workspace: str = ""
    conversations: tuple[str, ...] = ()


class Posted(NamedTuple):
    """How often a subject was posted in a month (`2026-11`, UTC); `kind` is a DeliveryKind, or '' of long ago."""

    kind: str
    subject: str
    month: str
    total: int
    first: datetime


class Below(NamedTuple):
    """How often a level of a subject was opened in threads, where everybody reads it."""

    subject: str
    level: str
    total: int


class Tally(NamedTuple):
    """How often something else was done with a subject, and how many different people did something like it, at least.

    `people` with this subject, `people_here` with any; those of one conversation only, for others may be the same.
    """

    subject: str
    what: Counted
    total: int
    people: int = 0
    people_here: int = 0


class Round(NamedTuple):
    """Rounds of a dilemma that ended with the same votes: how many votes in each, and how many such rounds."""

    dilemma: str
    votes: int
    total: int


class Told(NamedTuple):
    """What readers told the writers, by kind: how many are open, and how many were seen to."""

    subject: str
    kind: FeedbackKind
    is_open: bool
    total: int


class Outcomes(Struct, frozen=True):
    """All that was counted in a scope."""

    posted: tuple[Posted, ...] = ()
    below: tuple[Below, ...] = ()
    tallies: tuple[Tally, ...] = ()
    rounds: tuple[Round, ...] = ()
    told: tuple[Told, ...] = ()


class Taught(NamedTuple):
    """One post: `version` is that of the content it shows, 0 where that was not kept; `below` counts levels opened."""

    at: datetime
    kind: str
    subject: str
    version: int
    corrected: str
    below: int


async def of(connection: AsyncConnection, scope: Scope) -> Outcomes:
    """Count everything in a scope, by few grouped queries."""
    posted, tallied, rounds, told = [await connection.execute(query) for query in queries(connection, scope)]
    return Outcomes(
        tuple(Posted(*row) for row in posted),
        await _below(connection, scope),
        tuple(Tally(subject, what, int(total), *people) for subject, what, total, *people in tallied),
        tuple(Round(dilemma, sum(map(int, counts.split())), total) for dilemma, counts, total in rounds),
        tuple(Told(subject, kind, bool(is_open), total) for subject, kind, is_open, total in told),
    )


def queries(connection: AsyncConnection, scope: Scope) -> tuple[Select[Any], ...]:
    """Give the queries that group: posts, counts that are kept, closed rounds, and what the writers were told."""
    return _posted(connection, scope), _tallies(scope), _rounds(scope), _told(scope)


async def taught(
    connection: AsyncConnection, scope: Scope, since: datetime | None, until: datetime | None, newest: int = 0
) -> tuple[Taught, ...]:
    """List what was posted from `since` on and before `until`, oldest first; where it is not 0, the `newest` alone.

    A dilemma is one post, of the version that was voted on: what was asked of its twist belongs to it.
    """
    table, put = post.c, vote_round.c
    version = func.coalesce(put.version, table.version)
    query = (
        select(table.id, table.created_at, table.kind, table.subject, version, table.corrected)
        .select_from(post.outerjoin(vote_round, _put()))
        .where(_in(post, scope), func.coalesce(put.parent, "") == "")
        .order_by(table.created_at.desc(), table.id.desc())
    )
    if since is not None:
        query = query.where(table.created_at >= since)
    if until is not None:
        query = query.where(table.created_at < until)
    rows = list(await connection.execute(query.limit(newest) if newest else query))
    opened = Counter(reply.post for reply in await _replies(connection, [row[0] for row in rows]))
    return tuple(
        Taught(at, kind, subject, version, corrected, opened[id_])
        for id_, at, kind, subject, version, corrected in reversed(rows)
    )


def _put() -> ColumnElement[bool]:
    """Give which round a post asks; none where it asks none."""
    same = (vote_round.c[name] == post.c[name] for name in ("platform", "workspace", "conversation", "message_id"))
    return and_(post.c.kind == "round", *same)


def _posted(connection: AsyncConnection, scope: Scope) -> Select[Any]:
    month = _month(connection, post.c.created_at)
    first = func.min(post.c.created_at, type_=Instant())
    return (
        select(post.c.kind, post.c.subject, month.label("month"), func.count(), first)
        .where(_in(post, scope))
        .group_by(post.c.kind, post.c.subject, month)
        .order_by(post.c.kind, post.c.subject, month)
    )


async def _below(connection: AsyncConnection, scope: Scope) -> tuple[Below, ...]:
    """Count levels in threads; of a conversation by the keys of its posts' answers, so that no other is read."""
    if scope.conversations:
        posts = await connection.scalars(select(post.c.id).where(_in(post, scope)))
        replies = await _replies(connection, list(posts))
        found = Counter((reply.subject, reply.level) for reply in replies)
        return tuple(Below(*key, total) for key, total in sorted(found.items()))
    level = delivery.c.argument
    query = (
        select(delivery.c.subject, level, func.count())
        .where(_in(delivery, scope), delivery.c.kind == "reply", delivery.c.state == "sent")
        .group_by(delivery.c.subject, level)
        .order_by(delivery.c.subject, level)
    )
    return tuple(Below(*row) for row in await connection.execute(query))


class _Reply(NamedTuple):
    post: str
    subject: str
    level: str


async def _replies(connection: AsyncConnection, posts: Sequence[str]) -> list[_Reply]:
    """List the levels that stand below posts, by the keys that `handlers.enqueue.reply` gives them.

    The state is looked at here: asked for it, SQLite would look for each post among all that was ever sent.
    """
    keys = {f"reply:{id_}:{level}": id_ for id_ in posts for level in LEVELS}
    found: list[_Reply] = []
    listed, columns = list(keys), (delivery.c.key, delivery.c.state, delivery.c.subject, delivery.c.argument)
    for start in range(0, len(listed), _CHUNK):
        chunk = delivery.c.key.in_(listed[start : start + _CHUNK])
        rows = await connection.execute(select(*columns).where(chunk))
        found += [_Reply(keys[key], subject, level) for key, state, subject, level in rows if state == "sent"]
    return found


def _tallies(scope: Scope) -> Select[Any]:
    return (
        select(
            tally.c.subject,
            tally.c.what,
            func.sum(tally.c.total),
            func.max(tally.c.people),
            func.max(tally.c.people_here),
        )
        .where(_in(tally, scope))
        .group_by(tally.c.subject, tally.c.what)
        .order_by(tally.c.subject, tally.c.what)
    )


def _rounds(scope: Scope) -> Select[Any]:
    table = vote_round.c
    return (
        select(table.dilemma, table.counts, func.count())
        .where(_in(vote_round, scope), table.state == "closed")
        .group_by(table.dilemma, table.counts)
        .order_by(table.dilemma, table.counts)
    )


def _told(scope: Scope) -> Select[Any]:
    is_open = case((feedback.c.closed_at.is_(None), literal_column("1", Integer)), else_=literal_column("0", Integer))
    return (
        select(feedback.c.subject, feedback.c.kind, is_open.label("is_open"), func.count())
        .where(_in(feedback, scope))
        .group_by(feedback.c.subject, feedback.c.kind, is_open)
        .order_by(feedback.c.subject, feedback.c.kind, is_open)
    )


def _in(table: Table, scope: Scope) -> ColumnElement[bool]:
    where: list[ColumnElement[bool]] = [true()]
    if scope.platform:
        where.append(table.c.platform == scope.platform)
    if scope.workspace:
        where.append(table.c.workspace == scope.workspace)
    if scope.conversations:
        where.append(table.c.conversation.in_(scope.conversations))
    return and_(*where)


def _month(connection: AsyncConnection, moment: ColumnElement[datetime]) -> ColumnElement[str]:
    """Give an instant's month in UTC; formats are literal, since PostgreSQL tells grouped parameters apart."""
    if connection.dialect.name == "postgresql":
        in_utc = func.timezone(literal_column("'UTC'"), func.to_timestamp(moment))
        return func.to_char(in_utc, literal_column("'YYYY-MM'"))
    return func.strftime(literal_column("'%Y-%m'"), moment, literal_column("'unixepoch'"))
