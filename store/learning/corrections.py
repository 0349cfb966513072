"""Find the posts that show an older version of what was corrected since, and how their corrections are going."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple, get_args

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Select,
    Update,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    update,
)

from store import bulk, locking, tables
from store.columns import Instant
from store.database.connection import AsyncConnection
from store.facts import NOT_RESTORED
from store.tables import DeliveryState

YOUNGER = timedelta(days=400)  # older posts are left as they are
KindPosted = Literal["tip", "share", "mention"]  # what posts were made as that are drawn again
_KINDS = get_args(KindPosted)
_SUBJECTS = 100  # in one statement
_DAY = len("2026-12-02")
BEGIN = (0, "z")  # behind all posts whose version is not known: their ids are hex

# What there is to be said of a post whose subject was corrected; the first that holds.
Standing = Literal["current", "dead", "not kept", "made later", "too old", "opted out", "planned", "waiting"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)


class Wanted(Struct, frozen=True):
    """What a subject's posts are to show: its version now, and the mark of its newest correction.

    The mark begins with the ISO day: `2026-12-02:9f86d081`.
    """

    subject: str
    version: int
    mark: str

    @property
    def day(self) -> str:
        """The ISO day of that correction."""
        return self.mark[:_DAY]


class Outdated(NamedTuple):
    """What planning needs of a post, of the same meaning as in `Post`: a tuple, since it is read by the thousand."""

    id: str
    platform: str
    workspace: str
    conversation: str
    message_id: str
    thread: str
    kind: KindPosted
    version: int
    remembers: str
    subscription_id: str | None  # whose weekly tip it is


class Ahead(Struct, frozen=True):
    """The corrections that wait for their turn: the last turn of each workspace, and how many each second has."""

    last: Mapping[tuple[str, str], float]
    taken: Mapping[int, int]


class Seen(NamedTuple):
    """What tells whether posts may need a correction that needed none before, as long as the content is the same.

    The newest post; how many conversations want their posts left as they are, and since when they all exist in sum; and
    whether this is a restored copy that has not been looked through.
    """

    newest: str | None
    opted_out: int
    since: int | None
    is_restored: bool


class Corrections:
    """Plain SQL over posts and their corrections; every method runs in the caller's transaction."""

    async def seen(self, connection: AsyncConnection) -> Seen:
        """Tell what there is, without looking at each post."""
        post, subscription = tables.post.c, tables.subscription.c
        since = func.sum(cast(type_coerce(subscription.created_at, Double), BigInteger))
        left_alone = select(func.count(), since).where(subscription.corrections == 0)
        newest = await connection.scalar(select(func.max(post.id)))
        opted_out, sum_ = (await connection.execute(left_alone)).one()
        is_ours = await connection.scalar(select(literal(1)).where(NOT_RESTORED))
        return Seen(newest, opted_out, None if sum_ is None else int(sum_), is_restored=is_ours is None)

    async def concerned(self, connection: AsyncConnection, wanted: Sequence[Wanted], now: datetime) -> frozenset[str]:
        """Tell of which subjects some post is to be corrected and none has been planned: of most, there is none."""
        found: set[str] = set()
        for start in range(0, len(wanted), _SUBJECTS):
            query = _concerned(tuple(wanted[start : start + _SUBJECTS]))
            found |= set(await connection.scalars(query, {"oldest": now - YOUNGER}))
        return frozenset(found)

    async def outdated(
        self, connection: AsyncConnection, wanted: Wanted, now: datetime, after: tuple[int, str], limit: int
    ) -> tuple[Outdated, ...]:
        """List posts of one subject that are to be corrected, by version and id, those `after` a version and an id.

        `BEGIN` is before all of them.
        """
        table, subscription = tables.post.c, tables.subscription.c
        here = and_(
            table.kind == "tip",
            subscription.platform == table.platform,
            subscription.workspace == table.workspace,
            subscription.conversation == table.conversation,
        )
        query = (
            select(*(table[name] for name in Outdated._fields[:-1]), subscription.id)
            .select_from(tables.post.outerjoin(tables.subscription, here))
            # Without another beginning of the range: SQLite takes the first it finds, and would read all again.
            .where(_is_fit(wanted), tuple_(table.version, table.id) > after, NOT_RESTORED)
            .order_by(table.version, table.id)
            .limit(limit)
        )
        found = await connection.execute(query, {"oldest": now - YOUNGER})
        return tuple(Outdated._make(row) for row in found)

    async def ahead(self, connection: AsyncConnection) -> Ahead:
        """Tell which turns are taken by corrections that wait."""
        table = tables.delivery.c
        waits = and_(table.state == "planned", table.kind == "correction")
        latest = func.max(type_coerce(table.not_before, Double))
        lasts = select(table.platform, table.workspace, latest).where(waits).group_by(table.platform, table.workspace)
        second = cast(type_coerce(table.not_before, Double), BigInteger).label("second")
        taken = select(second, func.count()).where(waits).group_by(second)
        return Ahead(
            {(platform, workspace): last for platform, workspace, last in await connection.execute(lasts)},
            {row[0]: int(row[1]) for row in await connection.execute(taken)},
        )

    async def done(self, connection: AsyncConnection, shown: Sequence[tuple[str, int, str]]) -> None:
        """Write down what posts show from now on: id, version, and the mark of the newest correction."""
        if not shown:
            return
        table = tables.post
        ids = sorted(id_ for id_, _, _ in shown)
        await connection.execute(
            locking.held(connection, select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id))
        )
        await bulk.run(connection, _showing(), ("row_id", "new_version", "new_corrected"), sorted(shown))

    async def census(
        self, connection: AsyncConnection, wanted: Sequence[Wanted], now: datetime
    ) -> dict[str, dict[Standing, int]]:
        """Count the posts of each subject by how they stand; every standing is named."""
        counted: dict[str, dict[Standing, int]] = {}
        for one in wanted:
            standing = _standing(one, now).label("standing")
            query = select(standing, func.count()).where(tables.post.c.subject == one.subject).group_by(standing)
            found = {row[0]: int(row[1]) for row in await connection.execute(query)}
            counted[one.subject] = {each: found.get(each, 0) for each in STANDINGS}
        return counted

    async def counts(self, connection: AsyncConnection) -> dict[DeliveryState, int]:
        """Count all corrections by state; every state is named."""
        table = tables.delivery.c
        query = select(table.state, func.count()).where(table.kind == "correction").group_by(table.state)
        found = {row[0]: int(row[1]) for row in await connection.execute(query)}
        return {state: found.get(state, 0) for state in get_args(DeliveryState)}

    async def counts_in(
        self, connection: AsyncConnection, place: tuple[str, str, str], wanted: Collection[Wanted]
    ) -> dict[DeliveryState, int]:
        """Count the newest corrections of one conversation's posts by state; every state is named."""
        post, delivery = tables.post.c, tables.delivery.c
        version = case({one.subject: one.version for one in wanted}, value=post.subject, else_=0)
        query = (
            select(delivery.state, func.count())
            .select_from(tables.post.join(tables.delivery, delivery.key == _key(version)))
            .where(
                post.platform == place[0],
                post.workspace == place[1],
                post.conversation == place[2],
                post.subject.in_([one.subject for one in wanted]),
            )
            .group_by(delivery.state)
        )
        found = {row[0]: int(row[1]) for row in await connection.execute(query)} if wanted else {}
        return {state: found.get(state, 0) for state in get_args(DeliveryState)}


def key(post_id: str, version: int) -> str:
    """Give the key of a post's correction to a version."""
    return f"correction:{post_id}:{version}"


def _key(version: ColumnElement[int] | int) -> ColumnElement[str]:
    """Give `key` of the post of a query."""
    number = literal(str(version)) if isinstance(version, int) else cast(version, tables.delivery.c.key.type)
    return literal("correction:") + tables.post.c.id + literal(":") + number


@lru_cache(maxsize=16)  # to make it takes longer than to run it, and it changes with the content alone
def _concerned(wanted: tuple[Wanted, ...]) -> Select[Any]:
    """Find the subjects of which some post is to be corrected: it shows an older version, and is fit to be mended."""
    is_outdated = or_(*(and_(tables.post.c.version > 0, _is_fit(one)) for one in wanted))
    return select(tables.post.c.subject).where(is_outdated, NOT_RESTORED).distinct()


@cache  # to make it and to compile it takes longer than to run it
def _showing() -> Update:
    statement = update(tables.post).where(tables.post.c.id == bindparam("row_id"))
    return statement.values(version=bindparam("new_version"), corrected=bindparam("new_corrected"))


def _is_fit(wanted: Wanted) -> ColumnElement[bool]:
    """Say in SQL that a post may be mended, if it was made after what the query is given as `oldest`."""
    table = tables.post.c
    return and_(
        table.subject == wanted.subject,
        table.version < wanted.version,
        _lacks(wanted),
        table.kind.in_(_KINDS),
        table.dead == 0,
        table.created_at < _end_of(wanted.day),
        table.created_at > bindparam("oldest"),
        ~_has_opted_out(),
        ~_is_planned(wanted),
    )


def _lacks(wanted: Wanted) -> ColumnElement[bool]:
    """Say in SQL that a post shows an older correction, another one of the same day, or none."""
    corrected = tables.post.c.corrected
    day = func.substr(corrected, 1, _DAY)
    return or_(day < wanted.day, and_(day == wanted.day, corrected != wanted.mark))


def _standing(wanted: Wanted, now: datetime) -> ColumnElement[str]:
    """Give in SQL how a post of the subject stands."""
    table = tables.post.c
    standings: dict[Standing, ColumnElement[bool]] = {
        "current": or_(table.version >= wanted.version, and_(table.version > 0, ~_lacks(wanted))),
        "dead": table.dead != 0,
        "not kept": or_(table.version == 0, table.kind.not_in(_KINDS)),
        "made later": table.created_at >= _end_of(wanted.day),
        "too old": table.created_at <= now - YOUNGER,
        "planned": _is_planned(wanted),
        "opted out": _has_opted_out(),
        "waiting": true(),
    }
    return case(*((where, literal(name)) for name, where in standings.items() if name != "waiting"), else_="waiting")


def _has_opted_out() -> ColumnElement[bool]:
    post, subscription = tables.post.c, tables.subscription.c
    return (
        exists()
        .where(
            subscription.platform == post.platform,
            subscription.workspace == post.workspace,
            subscription.conversation == post.conversation,
            subscription.corrections == 0,
        )
        .correlate(tables.post)
    )


def _is_planned(wanted: Wanted) -> ColumnElement[bool]:
    return exists().where(tables.delivery.c.key == _key(wanted.version)).correlate(tables.post)


def _end_of(day: str) -> ColumnElement[datetime]:
    """Give the end of an ISO day, UTC."""
    after = date.fromisoformat(day) + timedelta(days=1)
    return literal(datetime.combine(after, time(), UTC), Instant())
