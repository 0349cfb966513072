"""What the store remembers of rounds: the dilemmas that conversations vote on, and the votes while they are open."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import Integer, Select, Update, and_, bindparam, exists, func, select, update

from store import bulk, ids, locking, tables
from store.database.connection import AsyncConnection
from store.learning_tables import RoundState, vote, vote_round

LEAST_TOLD = 5  # votes below which nobody is told how they fell: it would show who


class Round(Struct, frozen=True):
    """A dilemma that a conversation is asked: 'asked' until its post stands, 'open' to votes, 'closed' with counts.

    `dilemma` is its id, `version` what it was asked in, `labels` the choices as they were put, one a line; `parent` the
    round of the case that this one is the twist of. `message_id` is its post once that stands, `thread` the thread
    that is in, if any. Its end is told in `zone`. `counts` has the votes for each choice once it is closed,
    space-separated; of fewer than `LEAST_TOLD` votes it has their number alone.
    """

    id: str
    platform: str
    workspace: str
    conversation: str
    dilemma: str
    closes_at: datetime
    created_at: datetime
    zone: str = "UTC"
    subscription_id: str | None = None
    version: int = 0
    labels: str = ""
    parent: str = ""
    person: str = ""
    state: RoundState = "asked"
    message_id: str = ""
    thread: str = ""
    counts: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The labels of its choices, by whose places votes are kept."""
        return tuple(self.labels.splitlines())

    @property
    def replies_to(self) -> str:
        """The message whose thread a reply belongs in."""
        return self.thread or self.message_id


class Vote(Struct, frozen=True):
    """One person's choice, by its place, in a round."""

    round_id: str
    person: str
    choice: int

    @property
    def id(self) -> str:
        """The same for the same person in the same round: one vote each."""
        return ids.digest(self.round_id, self.person)


class Rounds:
    """Plain SQL on the tables `vote_round` and `vote`; every method runs in the caller's transaction."""

    async def add(self, connection: AsyncConnection, rounds: Sequence[Round]) -> None:
        """Insert rounds; one that is there already keeps its row."""
        statement = bulk.insert_missing(connection, vote_round)
        await bulk.run(connection, statement, _COLUMNS, [_values(one) for one in rounds])

    async def by_ids(self, connection: AsyncConnection, round_ids: Sequence[str]) -> dict[str, Round]:
        """Find several by their ids, those that exist."""
        if not round_ids:
            return {}
        found = await connection.execute(locking.held(connection, _by_ids()), {"ids": round_ids})
        return {row["id"]: Round(**row) for row in found.mappings()}

    async def standing(
        self, connection: AsyncConnection, platform: str, workspace: str, conversation: str
    ) -> tuple[Round, ...]:
        """List what a conversation is asked, and votes on, at the moment; what ends first comes first."""
        place = {"platform": platform, "workspace": workspace, "conversation": conversation}
        return tuple(Round(**row) for row in (await connection.execute(_standing(), place)).mappings())

    async def awaited_reveals(self, connection: AsyncConnection, round_ids: Sequence[str]) -> Mapping[str, datetime]:
        """Tell for twists which of the rounds before them are not told yet: when that may be tried next."""
        table, delivery = vote_round.c, tables.delivery.c
        is_its_reveal = delivery.key == "round:" + table.parent + ":reveal"
        query = (
            select(table.id, delivery.not_before)
            .select_from(vote_round.join(tables.delivery, is_its_reveal))
            .where(table.id.in_(round_ids), delivery.state.in_(("planned", "sending")))
        )
        return {row[0]: row[1] for row in await connection.execute(query)}

    async def asked_of(
        self, connection: AsyncConnection, subscription_ids: Sequence[str]
    ) -> Mapping[str, Counter[str]]:
        """Count for each subscription how often its conversation was asked each dilemma, whoever asked."""
        table, subscription = vote_round.c, tables.subscription.c
        here = and_(
            subscription.platform == table.platform,
            subscription.workspace == table.workspace,
            subscription.conversation == table.conversation,
        )
        query = (
            select(subscription.id, table.dilemma, func.count())
            .select_from(vote_round.join(tables.subscription, here))
            .where(subscription.id.in_(subscription_ids), table.parent == "")
            .group_by(subscription.id, table.dilemma)
        )
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for subscription_id, dilemma, total in await connection.execute(query):
            found[subscription_id][dilemma] = total
        return found

    async def due(self, connection: AsyncConnection, now: datetime, limit: int) -> tuple[str, ...]:
        """List the ids of open rounds that are to be closed by now, longest waiting first, at most `limit`."""
        return tuple(await connection.scalars(_due(), {"now": now, "most": limit}))

    async def counted(self, connection: AsyncConnection, overdue: datetime) -> tuple[int, int]:
        """Count the open rounds, and those of them that were to be closed before a moment."""
        table = vote_round.c
        late = func.count().filter(table.closes_at < overdue)
        total, waiting = (await connection.execute(select(func.count(), late).where(table.state == "open"))).one()
        return total, waiting

    async def open(self, connection: AsyncConnection, standing: Sequence[tuple[str, str, str]]) -> None:
        """Open rounds whose posts stand: each by its id, with conversation and message; others stay as they are."""
        await bulk.run(connection, _opening(), ("row_id", "new_conversation", "new_message_id"), sorted(standing))

    async def withdraw(self, connection: AsyncConnection, round_ids: Sequence[str]) -> None:
        """Delete rounds whose post does not stand, by their ids; one that is open stays."""
        await locking.remove(
            connection, vote_round, and_(vote_round.c.id.in_(round_ids), vote_round.c.state == "asked")
        )

    async def vote(self, connection: AsyncConnection, votes: Sequence[Vote]) -> None:
        """Write votes down, the later of one person's in place of the one before; the caller holds their rounds."""
        latest = {one.id: one for one in votes}  # one statement must not name a row twice
        rows = sorted((id_, one.round_id, one.person, one.choice) for id_, one in latest.items())
        await bulk.run(connection, bulk.upserting(connection, vote), ("id", "round_id", "person", "choice"), rows)

    async def totals(self, connection: AsyncConnection, round_ids: Sequence[str]) -> dict[str, int]:
        """Count the votes of some rounds."""
        return {row[0]: row[1] for row in await connection.execute(_totals(), {"rounds": round_ids})}

    async def spreads(self, connection: AsyncConnection, round_ids: Sequence[str]) -> Mapping[str, Counter[int]]:
        """Count the votes of some rounds by choice."""
        found: dict[str, Counter[int]] = defaultdict(Counter)
        for round_id, choice, total in await connection.execute(_spreads(), {"rounds": round_ids}):
            found[round_id][choice] = total
        return found

    async def close(self, connection: AsyncConnection, closed: Sequence[Round]) -> None:
        """Close rounds with their `counts`, and erase who voted what, and who asked; the caller holds them."""
        rows = sorted((one.id, one.counts) for one in closed)
        await bulk.run(connection, _closing(), ("row_id", "new_counts"), rows)
        await locking.remove(connection, vote, vote.c.round_id.in_([one.id for one in closed]))

    async def clear(self, connection: AsyncConnection, before: datetime) -> int:
        """Delete rounds that ended before a moment, and those whose post was given up; gives how many."""
        table, delivery = vote_round.c, tables.delivery.c
        # Few rows are open; what a round's post is drawn by begins with the round's id.
        is_its_post = and_(delivery.kind == "round", delivery.argument.like(table.id + " %"))
        awaited = exists().where(delivery.state.in_(tables.OPEN), is_its_post)
        given_up = and_(table.state == "asked", ~awaited)
        ended = and_(table.state == "closed", table.closes_at < before)
        return await locking.remove(connection, vote_round, given_up | ended)


@cache  # to make a statement takes longer than to run it
def _by_ids() -> Select[Any]:
    table = vote_round.c
    return select(vote_round).where(table.id.in_(bindparam("ids", expanding=True))).order_by(table.id)


@cache  # as above
def _standing() -> Select[Any]:
    table = vote_round.c
    is_here = and_(*(table[name] == bindparam(name) for name in ("platform", "workspace", "conversation")))
    return select(vote_round).where(is_here, table.state != "closed").order_by(table.closes_at, table.id)


@cache  # as above
def _due() -> Select[Any]:
    table = vote_round.c
    query = select(table.id).where(table.state == "open", table.closes_at <= bindparam("now"))
    return query.order_by(table.closes_at).limit(bindparam("most", type_=Integer()))


@cache  # as above
def _totals() -> Select[Any]:
    table = vote.c
    query = select(table.round_id, func.count()).where(table.round_id.in_(bindparam("rounds", expanding=True)))
    return query.group_by(table.round_id)


@cache  # as above
def _spreads() -> Select[Any]:
    table = vote.c
    query = select(table.round_id, table.choice, func.count())
    its = table.round_id.in_(bindparam("rounds", expanding=True))
    return query.where(its).group_by(table.round_id, table.choice)


@cache  # as above
def _opening() -> Update:
    statement = update(vote_round).where(vote_round.c.id == bindparam("row_id"), vote_round.c.state == "asked")
    return statement.values(
        state="open", conversation=bindparam("new_conversation"), message_id=bindparam("new_message_id")
    )


@cache  # as above
def _closing() -> Update:
    statement = update(vote_round).where(vote_round.c.id == bindparam("row_id"))
    return statement.values(state="closed", person="", counts=bindparam("new_counts"))


_COLUMNS = tuple(column.name for column in vote_round.columns)
_values = attrgetter(*_COLUMNS)
