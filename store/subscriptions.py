"""What the store remembers of a conversation's weekly tips."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import RowMapping, Select, String, Update, and_, bindparam, func, or_, select, text, tuple_, update

from store import bulk, locking, tables
from store.columns import Instant
from store.database.connection import AsyncConnection
from store.tables import SubscriptionState

ChangedBy = Literal["owner", "anyone", "admins"]


class Subscription(Struct, frozen=True):
    """One conversation's weekly tips.

    `weekday` counts from Monday = 0, `at` is local wall time `HH:MM`, `zone` an IANA name; `owner` is '' where the
    operator set it up. `state` is 'starting' until the introduction is posted; 'off' is kept, for it remembers `seen`.
    `reason` is the text of a `cards.reason.Reason`: why it is not on.
    `last_slot` is the newest local ISO week planned or skipped (`2026-W48`). `next_run_at` is None unless 'on', or
    paused until it is known whether the app is still installed. `paused_until` is when a paused one resumes by
    itself, None where only a person resumes it. `next_tip` is the id of a tip that somebody chose to come next,
    `dimensions` the ids that tips are drawn from (none: all). No tip comes on `quiet_dates` (`2026-12-25`, or a span
    with both ends, `2026-12-24/2027-01-02`) nor on the public holidays of `quiet_country` (`DE`, `DE-BY`).
    `co_owners` may do whatever the owner may.
    Where `dilemmas`, every fourth week brings one of these in place of a tip; where `corrections`, posts are mended.
    `claimed_by` asked at `claimed_at` to take it over from an owner who may be gone.
    """

    id: str
    platform: str
    workspace: str
    conversation: str
    owner: str
    changed_by: ChangedBy
    weekday: int
    at: str
    zone: str
    state: SubscriptionState
    created_at: datetime
    reason: str = ""
    paused_by: str = ""
    cycle: int = 1
    last_slot: str = ""
    skip_slot: str = ""
    skip_by: str = ""
    next_run_at: datetime | None = None
    paused_until: datetime | None = None
    claimed_by: str = ""
    claimed_at: datetime | None = None
    next_tip: str = ""
    quiet_country: str = ""
    seen: tuple[str, ...] = ()
    co_owners: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    quiet_dates: tuple[str, ...] = ()
    dilemmas: bool = False
    corrections: bool = True

    def may_be_changed_by(self, person: str, is_admin: bool = False) -> bool:  # noqa: FBT001, FBT002 # a fact about the person, said beside it
        """Say whether this person may change it: the owners always, others where anyone may, admins where they may."""
        if self.changed_by == "anyone" or (self.changed_by == "admins" and is_admin):
            return True
        return person == self.owner or person in self.co_owners


HAS_REASON = text("reason <> ''")  # word for word as the migration's index has it, or SQLite would not take that


class Subscriptions:
    """Plain SQL on the table `subscription`; every method runs in the caller's transaction."""

    async def find(
        self,
        connection: AsyncConnection,
        platform: str,
        workspace: str,
        conversation: str,
        deliveries: Collection[str] = (),
    ) -> Subscription | None:
        """Find a conversation's subscription in whatever state, or None.

        In a transaction that writes, with the `deliveries` that are to be changed beside it: see store/locking.py.
        """
        values = {"platform": platform, "workspace": workspace, "conversation": conversation}
        place = locking.place_of(platform, workspace, conversation)
        return await self._one(connection, values, deliveries, place=place)

    async def by_id(
        self, connection: AsyncConnection, subscription_id: str, deliveries: Collection[str] = ()
    ) -> Subscription | None:
        """Find a subscription by our own id, or None; `deliveries` as in `find`."""
        return await self._one(connection, {"id": subscription_id}, deliveries)

    async def by_ids(
        self, connection: AsyncConnection, subscription_ids: Collection[str], *, skip: bool = False
    ) -> dict[str, Subscription]:
        """Find several by our own ids, those that exist; with `skip` not those that others hold at the moment."""
        if not subscription_ids:
            return {}
        return {one.id: one for one in await read(connection, _by_ids(), {"ids": list(subscription_ids)}, skip=skip)}

    async def every(
        self, connection: AsyncConnection, platform: str = "", workspace: str = ""
    ) -> tuple[Subscription, ...]:
        """List all, or a platform's, or a workspace's, oldest first."""
        named = {name: value for name, value in (("platform", platform), ("workspace", workspace)) if value}
        return await read(connection, _oldest_first(*named), named)

    async def has_any(self, connection: AsyncConnection, platform: str, workspace: str) -> bool:
        """Say whether a workspace has any, in whatever state."""
        table = tables.subscription.c
        query = select(table.id).where(table.platform == platform, table.workspace == workspace).limit(1)
        return await connection.scalar(query) is not None

    async def owned_by(
        self, connection: AsyncConnection, platform: str, workspace: str, person: str
    ) -> tuple[Subscription, ...]:
        """List what a person owns in a workspace, alone or with others, and is not off: oldest first."""
        values = {"platform": platform, "workspace": workspace, "person": person}
        found = await read(connection, _naming(), values)
        return tuple(one for one in found if person in {one.owner, *one.co_owners})  # an id may be part of another

    async def insert(self, connection: AsyncConnection, subscription: Subscription) -> None:
        """Remember a new one; IntegrityError where the conversation has one already."""
        await bulk.run_one(connection, bulk.insert_into(tables.subscription), _COLUMNS, _values(subscription))

    async def save(self, connection: AsyncConnection, subscription: Subscription) -> None:
        """Write a changed one back over its row, read in the same transaction."""
        await bulk.run_one(connection, _saving(), _SAVED, (subscription.id, *_values(subscription)))

    async def insert_many(self, connection: AsyncConnection, subscriptions: Sequence[Subscription]) -> None:
        """Remember many new ones in one statement; IntegrityError where a conversation has one already."""
        rows = [_values(one) for one in subscriptions]
        await bulk.run(connection, bulk.insert_into(tables.subscription), _COLUMNS, rows)

    async def save_many(self, connection: AsyncConnection, subscriptions: Sequence[Subscription]) -> None:
        """Write changed ones back over their rows, read in the same transaction, in one statement."""
        rows = [(one.id, *_values(one)) for one in subscriptions]
        await bulk.run(connection, _saving(), _SAVED, rows)

    async def at(
        self, connection: AsyncConnection, places: Sequence[tuple[str, str, str]]
    ) -> dict[tuple[str, str, str], Subscription]:
        """Find those of several conversations (platform, workspace, conversation), those that exist."""
        table = tables.subscription.c
        where = tuple_(table.platform, table.workspace, table.conversation).in_(places)
        await locking.to_change(connection, where)
        query = select(tables.subscription).where(where).order_by(table.id)
        return {(one.platform, one.workspace, one.conversation): one for one in await read(connection, query)}

    async def hold(
        self, connection: AsyncConnection, subscription_ids: Sequence[str], workspaces: Collection[tuple[str, str]]
    ) -> None:
        """Take these, and all of these workspaces (platform, workspace), before any of them is changed.

        On PostgreSQL two processes that pause the same workspace, each with one of its rows in hand, would wait for
        each other; taken at once, in order, one goes first.
        """
        if not locking.is_needed(connection):
            return
        table = tables.subscription.c
        where = or_(table.id.in_(subscription_ids), tuple_(table.platform, table.workspace).in_(workspaces))
        await connection.execute(locking.held(connection, select(table.id).where(where).order_by(table.id)))

    async def pause_workspace(
        self, connection: AsyncConnection, platform: str, workspace: str, reason: str, *, keeps_moment: bool = False
    ) -> int:
        """Pause everything of a workspace that is on, with the platform's reason; gives how many there were.

        With `keeps_moment` each goes on knowing its `next_run_at`, for a pause that may end as if it had not been.
        """
        table = tables.subscription.c
        where = and_(table.platform == platform, table.workspace == workspace, table.state == "on")
        moment: dict[str, Any] = {} if keeps_moment else {"next_run_at": None}
        return await locking.change(
            connection, tables.subscription, where, state="paused", reason=reason, paused_by="", **moment
        )

    async def paused_because(
        self, connection: AsyncConnection, platform: str, reasons: Collection[str], workspace: str = ""
    ) -> tuple[Subscription, ...]:
        """List the subscriptions of a platform, or of one workspace there, that are paused for one of some reasons.

        However many they are, no places are locked: each lock is a place in the server's memory, and whoever asks
        for these leaves introductions alone.
        """
        table = tables.subscription.c
        where = and_(table.platform == platform, table.state == "paused", table.reason.in_(reasons))
        if workspace:
            where = and_(where, table.workspace == workspace)
        return await read(connection, select(tables.subscription).where(where).order_by(table.id))

    async def workspaces_paused(
        self, connection: AsyncConnection, platform: str, reasons: Collection[str]
    ) -> tuple[str, ...]:
        """List the workspaces in which any is paused for one of some reasons; by an index of those that have one."""
        named = {"platform": platform, "reasons": list(reasons)}
        return tuple({*await connection.scalars(_workspaces_paused(), named)})  # DISTINCT changes the index

    async def forget_claims(self, connection: AsyncConnection, before: datetime) -> int:
        """Let go of claims made before a moment; gives how many."""
        table = tables.subscription.c
        where = and_(table.claimed_by != "", table.claimed_at < before)
        return await locking.change(connection, tables.subscription, where, claimed_by="", claimed_at=None)

    async def next_due(self, connection: AsyncConnection) -> datetime | None:
        """Tell the earliest moment at which something is to be planned, or None where nothing is on."""
        table = tables.subscription.c
        query = select(func.min(table.next_run_at, type_=Instant())).where(table.state == "on")
        moment: datetime | None = (await connection.execute(query)).scalar()
        return moment

    async def coming(self, connection: AsyncConnection, most: int) -> tuple[Subscription, ...]:
        """List those that are on and planned next, at most so many, earliest first."""
        table = tables.subscription.c
        query = select(tables.subscription).where(table.state == "on", table.next_run_at.is_not(None))
        return await read(connection, query.order_by(table.next_run_at, table.id).limit(most))

    async def counts(self, connection: AsyncConnection) -> dict[SubscriptionState, int]:
        """Count by state; every state is named."""
        query = select(tables.subscription.c.state, func.count().label("total")).group_by(tables.subscription.c.state)
        counted = {row.state: row.total for row in await connection.execute(query)}
        return {state: counted.get(state, 0) for state in get_args(SubscriptionState)}

    async def _one(
        self, connection: AsyncConnection, values: Mapping[str, str], deliveries: Collection[str], *, place: str = ""
    ) -> Subscription | None:
        if locking.is_needed(connection):
            where = and_(*(tables.subscription.c[name] == value for name, value in values.items()))
            await locking.to_change(connection, where, deliveries, place=place)
        found = await read(connection, _where(*values), values)
        return found[0] if found else None


@cache  # to make a statement takes longer than to run it
def _where(*names: str) -> Select[Any]:
    return select(tables.subscription).where(*(tables.subscription.c[name] == bindparam(name) for name in names))


@cache  # as above
def _oldest_first(*names: str) -> Select[Any]:
    return _where(*names).order_by(tables.subscription.c.created_at, tables.subscription.c.id)


@cache  # as above
def _by_ids() -> Select[Any]:
    table = tables.subscription.c
    return select(tables.subscription).where(table.id.in_(bindparam("ids", expanding=True))).order_by(table.id)


@cache  # as above
def _naming() -> Select[Any]:
    table, person = tables.subscription.c, bindparam("person", type_=String())
    query = _oldest_first("platform", "workspace").where(table.state != "off")
    return query.where(or_(table.owner == person, table.co_owners.contains(person)))


@cache  # as above
def _workspaces_paused() -> Select[Any]:
    table = tables.subscription.c
    is_so = and_(table.platform == bindparam("platform"), table.reason.in_(bindparam("reasons", expanding=True)))
    return select(table.workspace).where(is_so, HAS_REASON, table.state == "paused")


@cache  # as above
def _saving() -> Update:
    statement = update(tables.subscription).where(tables.subscription.c.id == bindparam("row_id"))
    return statement.values({name: bindparam(f"new_{name}") for name in _COLUMNS})


async def read(
    connection: AsyncConnection, query: Select[Any], values: Mapping[str, object] | None = None, *, skip: bool = False
) -> tuple[Subscription, ...]:
    """Give the rows of a query that has all their columns; it holds them, as `locking.held` does."""
    found = (await connection.execute(locking.held(connection, query, skip=skip), values)).mappings()
    return tuple(_read(row) for row in found)


_COLUMNS = Subscription.__struct_fields__
_SAVED = ("row_id", *(f"new_{name}" for name in _COLUMNS))
_LISTS = ("seen", "co_owners", "dimensions", "quiet_dates")  # space-separated in their columns
_FLAGS = ("dilemmas", "corrections")  # 0 or 1 in theirs


def _values(subscription: Subscription) -> tuple[object, ...]:
    lists = {name: " ".join(getattr(subscription, name)) for name in _LISTS}
    flags = {name: int(getattr(subscription, name)) for name in _FLAGS}
    return tuple((asdict(subscription) | lists | flags).values())


def _read(row: RowMapping) -> Subscription:
    lists = {name: tuple(row[name].split()) for name in _LISTS}
    return Subscription(**{**row, **lists, **{name: bool(row[name]) for name in _FLAGS}})
