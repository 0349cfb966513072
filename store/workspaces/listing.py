"""List the workspaces and tenants that anything is kept of, page by page: as many statements for each, however many."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select, union

from store import learning_tables, tables
from store.columns import Instant
from store.database.connection import AsyncConnection
from store.installation_tables import admitted, installation
from store.tables import SubscriptionState
from store.workspaces import belonging

PAGE: Final = 500
Key = tuple[str, str]  # platform and workspace

# In these a page is found by an index; in the others each page would take a look at every row.
_INDEXED = (
    tables.subscription,
    tables.post,
    tables.conversation,
    learning_tables.vote_round,
    learning_tables.tally,
    learning_tables.plan,
    admitted,
)
# What learners learned and who changed which tips is never without the row that it hangs on.
_OTHERS = (tables.delivery, learning_tables.learner, learning_tables.feedback)


class Installation(Struct, frozen=True):
    """What serves a workspace, or did: its own installation, or its organization's."""

    place: str
    name: str
    enterprise: str
    installer: str
    scopes: str
    installed_at: datetime
    expires_at: datetime | None
    can_renew: bool
    removed_at: datetime | None
    refused_at: datetime | None


class Kept(Struct, frozen=True):
    """A workspace, a tenant or an organization: how many weekly tips it has by state, and what is known of it.

    `organization` is that which it belongs to, '' for none. `noted` says what a note of its removal holds, and since
    when; `last_post` is when the newest post was made.
    """

    platform: str
    id: str
    organization: str
    installation: Installation | None
    noted: tuple[str, datetime] | None
    tips: dict[SubscriptionState, int]
    last_post: datetime | None


async def every(connection: AsyncConnection) -> AsyncIterator[Kept]:
    """Give all of them, by platform and id; last those of which so little is kept that no index finds them."""
    for platform in await _platforms(connection):
        last = ""
        while found := [(platform, row.workspace) for row in await connection.execute(page(platform, last))]:
            for one in await of(connection, found):
                yield one
            last = found[-1][1]
    strays = iter(await _strays(connection))
    while batch := list(islice(strays, PAGE)):
        for one in await of(connection, batch):
            yield one


async def of(connection: AsyncConnection, keys: Sequence[Key]) -> list[Kept]:
    """Tell what is known of these, in their order, whether or not anything is."""
    tips = await _tips(connection, keys)
    posts = await _posts(connection, keys)
    orgs = await _organizations(connection, keys)
    places = {workspace for platform, workspace in keys if platform == "slack"} | set(orgs.values())
    installed = await _installations(connection, places)
    noted = await _notes(connection, keys)
    found = []
    for key in keys:
        platform, workspace = key
        own = installed.get(workspace) if platform == "slack" else None
        lent = installed.get(orgs.get(key, ""))
        serving = own if own and (own.removed_at is None or lent is None) else lent
        organization = orgs.get(key, "") or (own.enterprise if own and own.enterprise != workspace else "")
        found.append(
            Kept(platform, workspace, organization, serving, noted.get(key), tips.get(key, {}), posts.get(key))
        )
    return found


async def keys(connection: AsyncConnection) -> AsyncIterator[Key]:
    """Give only their platforms and ids."""
    for platform in await _platforms(connection):
        last = ""
        while found := (await connection.scalars(page(platform, last))).all():
            for workspace in found:
                yield platform, workspace
            last = found[-1]
    for key in await _strays(connection):
        yield key


async def _platforms(connection: AsyncConnection) -> list[str]:
    columns = [table.c.platform for table in (*_INDEXED, installation)]
    every = union(*(select(column).distinct() for column in columns)).subquery()
    return list(await connection.scalars(select(every.c.platform).order_by(every.c.platform)))


def page(platform: str, last: str) -> Select[Any]:
    """Give the ids of a platform's next workspaces, by those tables in which an index leads to them."""
    columns = [*((table.c.platform, table.c.workspace) for table in _INDEXED)]
    columns.append((installation.c.platform, installation.c.place))
    parts = [
        select(there.label("workspace"))
        .where(where == platform, there > last)
        .distinct()
        .order_by(there)
        .limit(PAGE)
        .subquery()
        for where, there in columns
    ]
    every = union(*(select(part.c.workspace) for part in parts)).subquery()
    return select(every.c.workspace).order_by(every.c.workspace).limit(PAGE)


async def _strays(connection: AsyncConnection) -> list[Key]:
    """List those that only the other tables know, and notes."""
    found: set[Key] = set()
    for table in _OTHERS:
        known = [_same(table, each, "workspace") for each in _INDEXED]
        known.append(_same(table, installation, "place"))
        query = select(table.c.platform, table.c.workspace).where(*(~each for each in known)).distinct()
        found |= {(row.platform, row.workspace) for row in await connection.execute(query)}
    noted = await connection.scalars(select(tables.note.c.name).where(tables.note.c.name.like("removed % %")))
    named = [tuple(name.split(" ", 2)[1:]) for name in noted]
    for start in range(0, len(named), PAGE):
        batch = named[start : start + PAGE]
        known_here: set[Key] = set()
        for table in _INDEXED:
            query = select(table.c.platform, table.c.workspace).where(_among(table, batch)).distinct()
            rows = await connection.execute(query)
            known_here |= {(row.platform, row.workspace) for row in rows}
        where = installation.c.place.in_([workspace for _, workspace in batch])
        known_here |= {
            ("slack", place) for place in await connection.scalars(select(installation.c.place).where(where))
        }
        found |= {(platform, workspace) for platform, workspace in batch} - known_here
    return sorted(found)


def _same(table: Table, other: Table, name: str) -> ColumnElement[bool]:
    query = select(other.c.id).where(other.c.platform == table.c.platform, other.c[name] == table.c.workspace)
    return query.correlate(table).exists()


def _among(table: Table, keys: Iterable[Key]) -> ColumnElement[bool]:
    """Say that a row is of these. Not as pairs: SQLite looks at every row for them, whatever index there is."""
    by: defaultdict[str, list[str]] = defaultdict(list)
    for platform, workspace in keys:
        by[platform].append(workspace)
    return or_(*(and_(table.c.platform == platform, table.c.workspace.in_(ids)) for platform, ids in by.items()))


async def _tips(connection: AsyncConnection, keys: Sequence[Key]) -> dict[Key, dict[SubscriptionState, int]]:
    table = tables.subscription
    grouped = (table.c.platform, table.c.workspace, table.c.state)
    query = select(*grouped, func.count().label("total")).where(_among(table, keys)).group_by(*grouped)
    found: defaultdict[Key, dict[SubscriptionState, int]] = defaultdict(dict)
    for row in await connection.execute(query):
        found[row.platform, row.workspace][row.state] = row.total
    return found


async def _posts(connection: AsyncConnection, keys: Sequence[Key]) -> dict[Key, datetime]:
    table = tables.post
    last = func.max(table.c.created_at, type_=Instant()).label("last")
    grouped = (table.c.platform, table.c.workspace)
    rows = await connection.execute(select(*grouped, last).where(_among(table, keys)).group_by(*grouped))
    return {(row.platform, row.workspace): row.last for row in rows}


async def _organizations(connection: AsyncConnection, keys: Sequence[Key]) -> dict[Key, str]:
    query = select(admitted.c.platform, admitted.c.workspace, admitted.c.enterprise).where(_among(admitted, keys))
    return {(row.platform, row.workspace): row.enterprise for row in await connection.execute(query)}


async def _installations(connection: AsyncConnection, places: Iterable[str]) -> dict[str, Installation]:
    table = installation.c
    shown = (table.place, table.name, table.enterprise, table.installer, table.scopes, table.installed_at)
    can_renew = (table.refresh_token != "").label("can_renew")
    query = select(*shown, table.expires_at, can_renew, table.removed_at, table.refused_at)
    query = query.where(table.platform == "slack", table.place.in_(sorted(places)))
    return {row.place: Installation(**row._mapping) for row in await connection.execute(query)}  # noqa: SLF001 # SQLAlchemy's own public name for it


async def _notes(connection: AsyncConnection, keys: Sequence[Key]) -> dict[Key, tuple[str, datetime]]:
    names = {belonging.removal_note(*key): key for key in keys}
    query = select(tables.note).where(tables.note.c.name.in_(names))
    return {names[row.name]: (row.value, row.at) for row in await connection.execute(query)}
