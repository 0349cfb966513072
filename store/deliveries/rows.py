"""What the store remembers of everything the bot promised to post: the rows of the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import RowMapping, Select, and_, bindparam, func, literal, or_, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store import bulk, ids, locking, tables
from store.deliveries.cleanup import Clearing

Kind = Literal["tip", "reply", "share", "mention", "introduction", "notice"]
State = Literal["planned", "sending", "sent", "failed", "skipped", "unknown"]

# Rows in these states still await something, so housekeeping leaves them.
OPEN: tuple[State, ...] = ("planned", "sending", "unknown")

# Written out, not handed over: only so can PostgreSQL know that its index of planned rows serves.
_PLANNED: Any = literal("planned", literal_execute=True)
# Nothing is posted from a restored copy before it has been looked through: scheduler/recovery.py.
_NOT_RESTORED = text("NOT EXISTS (SELECT 1 FROM note WHERE name = 'backup')")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One promise to post one message, and how it went.

    `key` is unique, which is what makes it once: `tip:<subscription>:<slot>`, `reply:<post>:<level>`, `share:<…>`,
    `mention:<…>`, `introduction:<subscription>:<id>`, `notice:<subscription>:<id>`. `argument` is a reply's level, a
    mention's words until it is answered, a notice's reason and the conversation it is about; `person` who asked for it,
    '' for the clock. `due_at` is when it was promised for, `not_before` when it may be tried next; `message_id` and
    `link` are known once it is 'sent'; `reason` says in the platform's code or our words why it was not. `bucket` is
    its workspace's, `looked_at` when an unknown outcome was last looked up at the platform.
    """

    id: str
    key: str
    kind: Kind
    platform: str
    workspace: str
    conversation: str
    due_at: datetime
    not_before: datetime
    created_at: datetime
    changed_at: datetime
    state: State = "planned"
    thread: str = ""
    subscription_id: str | None = None
    post_id: str | None = None
    slot: str = ""
    subject: str = ""
    argument: str = ""
    person: str = ""
    attempt: int = 0
    lease_owner: str = ""
    lease_until: datetime | None = None
    message_id: str = ""
    link: str = ""
    reason: str = ""
    bucket: int = 0
    looked_at: datetime | None = None

    @property
    def is_asked_for(self) -> bool:
        """Whether a person asked for this one, so that it goes even where weekly tips are paused."""
        return self.person != ""


def fresh(  # a row has these columns; all but two are by name
    key: str,
    kind: Kind,
    *,
    platform: str,
    workspace: str,
    conversation: str,
    now: datetime,
    **more: Any,  # noqa: ANN401 # each takes its field's own type
) -> Delivery:
    """Make a delivery that is due now; `more` takes any other field of `Delivery`."""
    times = {"due_at": now, "not_before": now, "created_at": now, "changed_at": now}
    place = {
        "platform": platform,
        "workspace": workspace,
        "conversation": conversation,
        "bucket": ids.bucket(platform, workspace),
    }
    return Delivery(**{"id": ids.fresh(now), "key": key, "kind": kind, **place, **times, **more})


class Deliveries(Clearing):
    """Plain SQL on the table `delivery`; every method runs in the caller's transaction."""

    async def by_id(self, connection: AsyncConnection, delivery_id: str) -> Delivery | None:
        """Find a delivery by its id, or None."""
        return await self._one(connection, tables.delivery.c.id == delivery_id)

    async def subscription_of(self, connection: AsyncConnection, delivery_id: str) -> str | None:
        """Tell which subscription a delivery belongs to, which never changes, without holding the row."""
        table = tables.delivery.c
        found: str | None = await connection.scalar(select(table.subscription_id).where(table.id == delivery_id))
        return found

    async def by_key(self, connection: AsyncConnection, key: str) -> Delivery | None:
        """Find a delivery by what it promises, or None."""
        return await self._one(connection, tables.delivery.c.key == key)

    async def by_keys(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Delivery]:
        """Find several by what they promise, those that exist."""
        if not keys:
            return {}
        table = tables.delivery.c
        query = select(tables.delivery).where(table.key.in_(keys)).order_by(table.id)
        return {row.key: row for row in await self._held(connection, query, skip=False)}

    async def insert_missing(self, connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        """Insert many in one statement; a key that is there already keeps its row."""
        statement = bulk.insert_missing(connection, tables.delivery)
        await bulk.run(connection, statement, _COLUMNS, [_values(delivery) for delivery in deliveries])

    async def due(
        self, connection: AsyncConnection, now: datetime, limit: int, buckets: Collection[int] | None = None
    ) -> tuple[Delivery, ...]:
        """List planned rows that may be tried now, longest waiting first, at most `limit`; of these `buckets` only.

        What another transaction holds at the moment is left to it.
        """
        query = (
            select(tables.delivery)
            .where(tables.delivery.c.state == _PLANNED, tables.delivery.c.not_before <= now, _NOT_RESTORED)
            .order_by(tables.delivery.c.not_before)
            .limit(limit)
        )
        if buckets is not None:
            query = query.where(tables.delivery.c.bucket.in_(buckets))
        return await self._held(connection, query, skip=True)

    async def planned_buckets(self, connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
        """List the buckets that have rows which may be tried now."""
        table = tables.delivery.c
        query = select(table.bucket).where(table.state == _PLANNED, table.not_before <= now, _NOT_RESTORED)
        return tuple(await connection.scalars(query.distinct().order_by(table.bucket)))

    async def next_turn(
        self, connection: AsyncConnection, now: datetime, buckets: Collection[int] | None = None
    ) -> datetime | None:
        """Give the moment after `now` at which the next planned row may be tried, None where none waits for one."""
        table = tables.delivery.c
        query = select(func.min(table.not_before)).where(table.state == _PLANNED, table.not_before > now)
        if buckets is not None:
            query = query.where(table.bucket.in_(buckets))
        moment: datetime | None = await connection.scalar(query)
        return moment

    async def left(self, connection: AsyncConnection, due: datetime) -> tuple[int, int]:
        """Count the planned rows that were due by a moment, and those of them whose turn comes by itself.

        A weekly tip whose subscription is paused waits for whatever ends that.
        """
        table, subscription = tables.delivery.c, tables.subscription.c
        comes = or_(table.kind != "tip", table.person != "", subscription.state == "on")
        query = (
            select(func.count(), func.count().filter(comes))
            .select_from(tables.delivery.outerjoin(tables.subscription, table.subscription_id == subscription.id))
            .where(table.state == _PLANNED, table.due_at <= due)
        )
        total, coming = (await connection.execute(query)).one()
        return total, coming

    async def undecided(self, connection: AsyncConnection, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """List rows that may have been posted since this copy of the database was made, in some order, at most `limit`.

        They were due by now, and wait or are under way.
        """
        table = tables.delivery.c
        where = or_(table.state == "sending", and_(table.state == "planned", table.due_at <= now))
        return await self._held(connection, select(tables.delivery).where(where).limit(limit), skip=False)

    async def under_way(self, connection: AsyncConnection, now: datetime) -> int:
        """Count the rows that somebody is posting at this moment."""
        table = tables.delivery.c
        query = select(func.count()).where(table.state == "sending", table.lease_until >= now)
        return await connection.scalar(query) or 0

    async def overdue_leases(self, connection: AsyncConnection, now: datetime) -> tuple[Delivery, ...]:
        """List rows that were leased and never recorded, and whose lease has run out.

        One that is being recorded at the moment is not among them.
        """
        query = select(tables.delivery).where(tables.delivery.c.state == "sending", tables.delivery.c.lease_until < now)
        return await self._held(connection, query, skip=True)

    async def change(self, connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        """Write the changing columns of rows read in the same transaction, in one statement."""
        await self._write(connection, deliveries, guarded=False)

    async def leases(
        self, connection: AsyncConnection, delivery_ids: Sequence[str]
    ) -> dict[str, tuple[State, str, int]]:
        """Give state, lease owner and attempt of several rows, those that exist: whose lease each row is."""
        table = tables.delivery.c
        query = select(table.id, table.state, table.lease_owner, table.attempt).where(table.id.in_(delivery_ids))
        query = locking.held(connection, query.order_by(table.id))
        return {row.id: (row.state, row.lease_owner, row.attempt) for row in await connection.execute(query)}

    async def settle(self, connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        """Write what became of rows that were leased earlier, in one statement.

        Only while the row is still that lease's: a lease that ran out meanwhile ('unknown') is settled after all, for
        now we know; one that a person sent again is left alone.
        """
        await self._write(connection, deliveries, guarded=True)

    async def hold_back(
        self, connection: AsyncConnection, platform: str, workspace: str, until: datetime, conversation: str = ""
    ) -> None:
        """Keep a workspace's planned rows, or only those for one conversation, from being tried before `until`.

        What another transaction holds at the moment is left to it: it is leased already, and to wait for it could be a
        deadlock, for this comes last, after subscriptions.
        """
        table = tables.delivery
        await connection.execute(
            update(table)
            .where(
                locking.in_order(
                    connection,
                    table,
                    and_(
                        table.c.state == "planned",
                        table.c.not_before < until,
                        table.c.platform == platform,
                        table.c.workspace == workspace,
                        table.c.conversation == conversation if conversation else true(),
                    ),
                    skip=True,
                )
            )
            .values(not_before=until)
        )

    async def counts(self, connection: AsyncConnection) -> dict[State, int]:
        """Count by state; every state is named."""
        query = select(tables.delivery.c.state, func.count().label("total")).group_by(tables.delivery.c.state)
        counted: dict[State, int] = {
            "planned": 0,
            "sending": 0,
            "sent": 0,
            "failed": 0,
            "skipped": 0,
            "unknown": 0,
        }
        return counted | {row.state: row.total for row in await connection.execute(query)}

    async def in_state(self, connection: AsyncConnection, state: State, limit: int = 100) -> tuple[Delivery, ...]:
        """List rows in a state, newest first, at most `limit`."""
        return await self._many(connection, tables.delivery.c.state == state, limit)

    async def of_subscription(
        self, connection: AsyncConnection, subscription_id: str, limit: int = 20
    ) -> tuple[Delivery, ...]:
        """List what a subscription was promised, newest first, at most `limit`."""
        return await self._many(connection, tables.delivery.c.subscription_id == subscription_id, limit)

    async def withdraw_introductions(self, connection: AsyncConnection, subscription_id: str) -> None:
        """Skip a subscription's introductions that still wait: tips were turned off before they could be posted."""
        table = tables.delivery
        await connection.execute(
            update(table)
            .where(
                locking.in_order(
                    connection,
                    table,
                    and_(
                        table.c.subscription_id == subscription_id,
                        table.c.kind == "introduction",
                        table.c.state == "planned",
                    ),
                )
            )
            .values(state="skipped", reason="off", person="")
        )

    async def confirm_introductions(
        self, connection: AsyncConnection, subscription_id: str, state: State, reason: str
    ) -> None:
        """Settle a subscription's introductions of unknown outcome: a person saw it ('sent'), or did not ('failed')."""
        table = tables.delivery
        await connection.execute(
            update(table)
            .where(
                locking.in_order(
                    connection,
                    table,
                    and_(
                        table.c.subscription_id == subscription_id,
                        table.c.kind == "introduction",
                        table.c.state == "unknown",
                    ),
                )
            )
            .values(state=state, reason=reason, person="")
        )

    async def unknown_of(
        self, connection: AsyncConnection, subscription_id: str, limit: int = 10
    ) -> tuple[Delivery, ...]:
        """List a subscription's tips whose outcome is unknown, newest first, at most `limit`."""
        table = tables.delivery.c
        where = (table.subscription_id == subscription_id) & (table.state == "unknown") & (table.kind == "tip")
        return await self._many(connection, where, limit)

    async def old(self, connection: AsyncConnection, before: datetime) -> tuple[str, ...]:
        """List the ids of rows that were settled before a moment."""
        table = tables.delivery.c
        query = select(table.id).where(table.changed_at < before, table.state.not_in(OPEN))
        return tuple(await connection.scalars(query))

    async def _one(self, connection: AsyncConnection, where: Any) -> Delivery | None:  # noqa: ANN401 # SQLAlchemy's boolean expressions have no narrower public type
        query = locking.held(connection, select(tables.delivery).where(where))
        row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else _delivery(row)

    async def _held(self, connection: AsyncConnection, query: Select[Any], *, skip: bool) -> tuple[Delivery, ...]:
        query = locking.held(connection, query, skip=skip)
        return tuple(_delivery(row) for row in (await connection.execute(query)).mappings())

    async def _many(self, connection: AsyncConnection, where: Any, limit: int) -> tuple[Delivery, ...]:  # noqa: ANN401 # as in _one
        newest = (tables.delivery.c.created_at.desc(), tables.delivery.c.id)
        query = select(tables.delivery).where(where).order_by(*newest).limit(limit)
        return tuple(_delivery(row) for row in (await connection.execute(query)).mappings())

    async def _write(self, connection: AsyncConnection, deliveries: Sequence[Delivery], *, guarded: bool) -> None:
        table = tables.delivery
        statement = update(table).where(table.c.id == bindparam("row_id"))
        if guarded:
            # The lease of a row is its owner and its attempt, neither of which an outcome changes.
            statement = statement.where(
                or_(table.c.state == "sending", table.c.state == "unknown"),
                table.c.lease_owner == bindparam("row_lease_owner"),
                table.c.attempt == bindparam("row_attempt"),
            )
        statement = statement.values({name: bindparam(f"new_{name}") for name in _CHANGING})
        rows = [(row.id, row.lease_owner, row.attempt, *_changes(row)) for row in deliveries]
        names = ("row_id", "row_lease_owner", "row_attempt", *(f"new_{name}" for name in _CHANGING))
        await bulk.run(connection, statement, names, rows)


_CHANGING = (
    "subject",
    "argument",
    "person",
    "state",
    "attempt",
    "lease_owner",
    "lease_until",
    "due_at",
    "not_before",
    "message_id",
    "link",
    "reason",
    "looked_at",
    "changed_at",
)


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**row)


_COLUMNS = tuple(column.name for column in tables.delivery.columns)
_values = attrgetter(*_COLUMNS)
_changes = attrgetter(*_CHANGING)
