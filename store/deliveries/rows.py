"""What the store remembers of everything the bot promised to post: the rows of the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, get_args

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, Select, Update, and_, bindparam, func, or_, select, update

from store import bulk, ids, locking, tables
from store.database.connection import AsyncConnection
from store.deliveries.cleanup import Clearing
from store.tables import DeliveryKind, DeliveryState


class Delivery(Struct, frozen=True):
    """One promise to post one message, and how it went.

    `key` is unique, which is what makes it once: `tip:<subscription>:<slot>`, `reply:<post>:<level>`, `share:<…>`,
    `mention:<…>`, `introduction:<subscription>:<id>`, `notice:<subscription>:<id>`. `argument` is a reply's level, a
    mention's words until it is answered, a notice's reason and the conversation it is about; `person` who asked for it,
    '' for the clock. `due_at` is when it was promised for, `not_before` when it may be tried next; `message_id` and
    `link` are known once it is 'sent'; `reason` is the text of a `cards.reason.Reason`: why it was not. `bucket` is its
    workspace's, `looked_at` when an unknown outcome was last looked up at the platform; of such a one `not_before` is
    when the platform may be asked, and `lease_until` until when somebody asks.
    """

    id: str
    key: str
    kind: DeliveryKind
    platform: str
    workspace: str
    conversation: str
    due_at: datetime
    not_before: datetime
    created_at: datetime
    changed_at: datetime
    state: DeliveryState = "planned"
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
    kind: DeliveryKind,
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
        found = await read(connection, locking.held(connection, _by_id()), {"id": delivery_id})
        return found[0] if found else None

    async def subscription_of(self, connection: AsyncConnection, delivery_id: str) -> str | None:
        """Tell which subscription a delivery belongs to, which never changes, without holding the row."""
        table = tables.delivery.c
        found: str | None = await connection.scalar(select(table.subscription_id).where(table.id == delivery_id))
        return found

    async def by_keys(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Delivery]:
        """Find several by what they promise, those that exist."""
        if not keys:
            return {}
        found = await read(connection, locking.held(connection, _by_keys()), {"keys": keys})
        return {row.key: row for row in found}

    async def unknown_rounds(
        self, connection: AsyncConnection, subscription_ids: Sequence[str]
    ) -> tuple[Delivery, ...]:
        """List the weeks' rounds of some subscriptions whose outcome is unknown; what others hold is passed over."""
        table = tables.delivery.c
        where = and_(table.subscription_id.in_(subscription_ids), table.kind == "round", table.state == "unknown")
        return await read(connection, locking.held(connection, select(tables.delivery).where(where), skip=True))

    async def insert_missing(self, connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        """Insert many in one statement; a key that is there already keeps its row."""
        await insert_missing(connection, deliveries)

    async def change(self, connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        """Write the changing columns of rows read in the same transaction, in one statement."""
        await write(connection, deliveries, guarded=False)

    async def counts(self, connection: AsyncConnection) -> dict[DeliveryState, int]:
        """Count by state; every state is named."""
        query = select(tables.delivery.c.state, func.count().label("total")).group_by(tables.delivery.c.state)
        counted = {row.state: row.total for row in await connection.execute(query)}
        return {state: counted.get(state, 0) for state in get_args(DeliveryState)}

    async def in_state(
        self, connection: AsyncConnection, state: DeliveryState, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """List rows in a state, newest first, at most `limit`."""
        return await read(connection, _in_state(), {"state": state, "most": limit})

    async def of_subscription(
        self, connection: AsyncConnection, subscription_id: str, limit: int = 20
    ) -> tuple[Delivery, ...]:
        """List what a subscription was promised, corrections of it left out, newest first, at most `limit`."""
        return await read(connection, _of_subscription(), {"subscription": subscription_id, "most": limit})

    async def last_sent(self, connection: AsyncConnection, subscription_ids: Sequence[str]) -> Delivery | None:
        """Find the newest tip that was posted for any of these subscriptions; None where none was."""
        if not subscription_ids:
            return None
        found = await read(connection, _tips_sent(), {"subscriptions": subscription_ids, "most": 1})
        return found[0] if found else None

    async def withdraw_introductions(self, connection: AsyncConnection, subscription_id: str, reason: str) -> None:
        """Skip a subscription's introductions that still wait: tips were turned off before they could be posted."""
        table = tables.delivery
        waiting = and_(_introductions(subscription_id), table.c.state == "planned")
        await locking.change(connection, table, waiting, state="skipped", reason=reason, person="")

    async def confirm_introductions(
        self, connection: AsyncConnection, subscription_id: str, state: DeliveryState, reason: str
    ) -> None:
        """Settle a subscription's introductions of unknown outcome: a person saw it ('sent'), or did not ('failed')."""
        table = tables.delivery
        unknown = and_(_introductions(subscription_id), table.c.state == "unknown")
        await locking.change(connection, table, unknown, state=state, reason=reason, person="")

    async def unknown_of(
        self, connection: AsyncConnection, subscription_id: str, limit: int = 10
    ) -> tuple[Delivery, ...]:
        """List a subscription's weeks, of a tip or a round, whose outcome is unknown, newest first, at most `limit`."""
        return await read(connection, _unknown_of(), {"subscription": subscription_id, "most": limit})

    async def old(self, connection: AsyncConnection, before: datetime) -> tuple[str, ...]:
        """List the ids of rows that were settled before a moment."""
        table = tables.delivery.c
        query = select(table.id).where(table.changed_at < before, table.state.not_in(tables.OPEN))
        return tuple(await connection.scalars(query))


@cache  # to make a statement takes longer than to run it
def _by_id() -> Select[Any]:
    return select(tables.delivery).where(tables.delivery.c.id == bindparam("id"))


@cache  # as above
def _by_keys() -> Select[Any]:
    table = tables.delivery.c
    return select(tables.delivery).where(table.key.in_(bindparam("keys", expanding=True))).order_by(table.id)


@cache  # as above
def _in_state() -> Select[Any]:
    return _newest(tables.delivery.c.state == bindparam("state"))


@cache  # as above
def _of_subscription() -> Select[Any]:
    table = tables.delivery.c
    return _newest(table.subscription_id == bindparam("subscription"), table.kind.not_in(tables.LAST))


@cache  # as above
def _tips_sent() -> Select[Any]:
    table = tables.delivery.c
    is_theirs = table.subscription_id.in_(bindparam("subscriptions", expanding=True))
    return _newest(is_theirs, table.kind == "tip", table.state == "sent")


@cache  # as above
def _unknown_of() -> Select[Any]:
    table = tables.delivery.c
    is_its_own = table.subscription_id == bindparam("subscription")
    return _newest(is_its_own, table.state == "unknown", table.kind.in_(("tip", "round")))


def _newest(*where: ColumnElement[bool]) -> Select[Any]:
    table = tables.delivery.c
    query = select(tables.delivery).where(*where).order_by(table.created_at.desc(), table.id)
    return query.limit(bindparam("most", type_=Integer()))


def _introductions(subscription_id: str) -> ColumnElement[bool]:
    table = tables.delivery.c
    return and_(table.subscription_id == subscription_id, table.kind == "introduction")


async def read(
    connection: AsyncConnection, query: Select[Any], values: Mapping[str, object] | None = None
) -> tuple[Delivery, ...]:
    """Give the rows of a query that has all their columns."""
    return tuple(Delivery(**row) for row in (await connection.execute(query, values)).mappings())


async def insert_missing(connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
    """Insert many in one statement; a key that is there already keeps its row."""
    statement = bulk.insert_missing(connection, tables.delivery)
    await bulk.run(connection, statement, COLUMNS, [values(delivery) for delivery in deliveries])


async def settle_one(connection: AsyncConnection, row: Delivery) -> bool:
    """Write what became of a row in one statement; gives whether it was still its lease's, else it is left alone."""
    changed = (row.id, row.lease_owner, row.attempt, *_changes(row))
    return await bulk.run_one(connection, _settling(), _PARAMETERS, changed) is not None


async def write(connection: AsyncConnection, deliveries: Sequence[Delivery], *, guarded: bool) -> None:
    """Write the changing columns of rows in one statement; where `guarded`, only of those that are still their lease's.

    The lease of a row is its owner and its attempt, neither of which an outcome changes.
    """
    changed = [(row.id, row.lease_owner, row.attempt, *_changes(row)) for row in deliveries]
    await bulk.run(connection, _writing(guarded=guarded), _PARAMETERS, changed)


@cache  # to make it and to compile it takes longer than to run it
def _writing(*, guarded: bool) -> Update:
    table = tables.delivery
    statement = update(table).where(table.c.id == bindparam("row_id"))
    if guarded:
        statement = statement.where(
            or_(table.c.state == "sending", table.c.state == "unknown"),
            table.c.lease_owner == bindparam("row_lease_owner"),
            table.c.attempt == bindparam("row_attempt"),
        )
    return statement.values({name: bindparam(f"new_{name}") for name in _CHANGING})


@cache  # as above
def _settling() -> Update:
    return _writing(guarded=True).returning(tables.delivery.c.id)


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


_PARAMETERS = ("row_id", "row_lease_owner", "row_attempt", *(f"new_{name}" for name in _CHANGING))
COLUMNS = tuple(column.name for column in tables.delivery.columns)
values = attrgetter(*COLUMNS)
_changes = attrgetter(*_CHANGING)
