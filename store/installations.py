"""What the store remembers of where Slack's app was installed, and which organization serves which workspace.

Tokens come here encrypted and leave as they came.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Row, and_, delete, exists, or_, select, update

from store import bulk, facts, ids, locking
from store.database.connection import AsyncConnection
from store.installation_tables import admitted, installation
from store.workspaces import removals

# Teams has no installation of its own, for a tenant is admitted: so all rows are Slack's, and no query asks which. It
# would be answered from the index of places, row by row, in place of the one by the moment that is asked for.
_PLATFORM: Final = "slack"
_lives = installation.c.removed_at.is_(None)


class Stored(Struct, frozen=True):
    """A row of `installation`; `token` and `refresh_token` are encrypted, '' where there is none."""

    place: str
    enterprise: str
    name: str
    app: str
    bot_user: str
    bot: str
    scopes: str
    installer: str
    token: str
    refresh_token: str
    expires_at: datetime | None
    installed_at: datetime
    changed_at: datetime
    refreshing_until: datetime | None = None
    removed_at: datetime | None = None
    refused_at: datetime | None = None


class Serving(Struct, frozen=True):
    """The installation that serves a workspace; `is_new` where only the request tells that its organization does."""

    stored: Stored
    is_new: bool = False


COLUMNS = tuple(installation.c[name] for name in Stored.__struct_fields__)


async def keep(connection: AsyncConnection, stored: Stored) -> None:
    """Write an installation in place of what was there, unless that one is newer."""
    row = {"id": _key(stored.place), "platform": _PLATFORM, **asdict(stored)}
    await bulk.write_newer(connection, installation, row, "installed_at")


async def of_place(connection: AsyncConnection, place: str) -> Stored | None:
    """Give the row of a workspace or an organization, also where the app was removed; None where there is none."""
    row = (await connection.execute(select(*COLUMNS).where(_is(place)))).one_or_none()
    return None if row is None else stored_of(row)


async def serving(connection: AsyncConnection, workspace: str, enterprise: str) -> Serving | None:
    """Give the installation that serves a workspace: its own, or that of the organization named, or else known."""
    known = await connection.scalar(select(admitted.c.enterprise).where(_is_admitted(workspace))) or ""
    named = [each for each in (workspace, enterprise, known) if each]
    query = select(*COLUMNS).where(installation.c.id.in_([_key(place) for place in named]), _lives)
    found = {row.place: row for row in await connection.execute(query)}
    place = next((each for each in named if each in found), "")
    if not place:
        return None
    return Serving(stored_of(found[place]), is_new=place == enterprise != known and bool(workspace))


async def admit(connection: AsyncConnection, workspace: str, enterprise: str, at: datetime) -> None:
    """Remember that an organization's installation serves a workspace; an older word does not undo a newer one."""
    values = {
        "id": ids.digest(_PLATFORM, workspace),
        "platform": _PLATFORM,
        "workspace": workspace,
        "enterprise": enterprise,
        "changed_at": at,
    }
    await bulk.write_newer(connection, admitted, values, "changed_at")


async def turn_out(connection: AsyncConnection, workspace: str, enterprise: str, at: datetime, now: datetime) -> bool:
    """Forget that an organization serves a workspace, unless that was learned after `at`; gives whether it did.

    The organization's own row changes with it: by that other processes learn it. That the workspace lost the app is
    noted, so that what is kept of it goes after the grace.
    """
    served = and_(_is_admitted(workspace), admitted.c.enterprise == enterprise, admitted.c.changed_at <= at)
    await removals.note_turned_out(connection, served, at)
    await connection.execute(update(installation).where(_is(enterprise), _lives).values(changed_at=now))
    return (await connection.execute(delete(admitted).where(served))).rowcount > 0


async def admitted_by(connection: AsyncConnection, enterprise: str) -> tuple[str, ...]:
    """List the workspaces that an organization's installation is known to serve."""
    query = select(admitted.c.workspace).where(_admits(enterprise)).order_by(admitted.c.id)
    return tuple(await connection.scalars(query))


async def remove(
    connection: AsyncConnection, place: str, at: datetime, now: datetime, seen: Stored | None = None
) -> bool:
    """Blank the tokens of what was removed at `at`, unless it was installed after that; gives whether it was.

    Of an organization what it admits goes too, with a note for each that it lost the app; never an installation that
    a workspace has of its own. Where `seen` is given, only that installation, with that token: its encryption, and what
    renews it, may be others by now.
    """
    is_older = and_(_is(place) if seen is None else _is_token_of(seen), _lives, installation.c.installed_at <= at)
    await removals.note_turned_out(connection, and_(_admits(place), exists().where(is_older)), at)
    gone = update(installation).where(is_older)
    blank = {"token": "", "refresh_token": "", "expires_at": None, "refreshing_until": None, "refused_at": None}
    changed = await connection.execute(gone.values(removed_at=at, changed_at=now, **blank))
    if not changed.rowcount:
        return False
    await locking.remove(connection, admitted, _admits(place))
    return True


async def refuse(connection: AsyncConnection, seen: Stored, now: datetime) -> None:
    """Remember since when the platform says that the app is gone, though nobody heard that it was removed."""
    first = and_(_is_as(seen), _lives, installation.c.refused_at.is_(None))
    await connection.execute(update(installation).where(first).values(refused_at=now))


async def accept(connection: AsyncConnection, seen: Stored) -> None:
    """Forget that: the platform takes the token."""
    await connection.execute(update(installation).where(_is_as(seen)).values(refused_at=None))


async def refused_before(connection: AsyncConnection, before: datetime, limit: int) -> list[Stored]:
    """List whose token was refused before a moment, and nothing has been heard of it since."""
    query = select(*COLUMNS).where(_lives, installation.c.refused_at < before).order_by(installation.c.refused_at)
    return [stored_of(row) for row in await connection.execute(query.limit(limit))]


async def is_newer_served(connection: AsyncConnection, workspace: str, than: datetime) -> bool:
    """Say whether a workspace is served by an installation that was made after a moment."""
    found = await serving(connection, workspace, "")
    return found is not None and found.stored.installed_at > than


async def removed_before(connection: AsyncConnection, before: datetime) -> tuple[str, ...]:
    """List where the app was removed before a moment."""
    query = select(installation.c.place).where(installation.c.removed_at < before)
    return tuple(sorted(await connection.scalars(query)))


async def is_removed_since(connection: AsyncConnection, place: str, since: datetime) -> bool:
    """Say whether the app was removed from a place at a moment or later, and is not there again."""
    query = select(installation.c.id).where(_is(place), installation.c.removed_at >= since)
    return await connection.scalar(query) is not None


async def forget_removed(connection: AsyncConnection, place: str, before: datetime) -> bool:
    """Delete the row of what was removed before a moment; gives whether it still was."""
    gone = delete(installation).where(_is(place), installation.c.removed_at < before)
    return (await connection.execute(gone)).rowcount > 0


async def forget_unserved(connection: AsyncConnection, before: datetime) -> None:
    """Delete what was heard before a moment of organizations that have no installation here, and never had one."""
    places = select(installation.c.place)
    await locking.remove(
        connection, admitted, and_(admitted.c.changed_at < before, admitted.c.enterprise.not_in(places))
    )


async def changed_since(connection: AsyncConnection, since: datetime) -> dict[str, datetime]:
    """Tell which places' rows changed after a moment, and when."""
    query = select(installation.c.place, installation.c.changed_at).where(installation.c.changed_at > since)
    return {row.place: row.changed_at for row in await connection.execute(query)}


async def page(connection: AsyncConnection, after: str, limit: int) -> list[tuple[str, Stored]]:
    """List rows by id, from the one after `after`, each with its id."""
    query = select(installation.c.id, *COLUMNS).where(installation.c.id > after)
    rows = await connection.execute(query.order_by(installation.c.id).limit(limit))
    return [(row.id, stored_of(row)) for row in rows]


async def due(connection: AsyncConnection, before: datetime, now: datetime, limit: int) -> list[Stored]:
    """List whose token ends before a moment and can be asked for anew, the first to end first, unless somebody is.

    None in a restored copy before it has been looked through: the bot that it is a copy of may be running, and each
    token that is renewed here would be its last one there.
    """
    query = (
        select(*COLUMNS)
        .where(_lives, installation.c.expires_at < before, installation.c.refresh_token != "", _is_free(now))
        .where(facts.NOT_RESTORED)
        .order_by(installation.c.expires_at, installation.c.id)
        .limit(limit)
    )
    return [stored_of(row) for row in await connection.execute(query)]


async def lease(connection: AsyncConnection, seen: Stored, now: datetime, until: datetime) -> bool:
    """Take the turn to ask for a new token, until a moment; False where somebody has it, or the row is another."""
    taken = update(installation).where(_is_as(seen), _is_free(now)).values(refreshing_until=until)
    return (await connection.execute(taken)).rowcount > 0


async def postpone(connection: AsyncConnection, seen: Stored, until: datetime) -> None:
    """Let nobody ask for a new token before a moment, in whichever process."""
    await connection.execute(update(installation).where(_is_as(seen)).values(refreshing_until=until))


async def renew(
    connection: AsyncConnection,
    seen: Stored,
    token: str,
    refresh_token: str,
    expires_at: datetime | None,
    now: datetime,
) -> bool:
    """Write new tokens in place of those that were `seen`, and give the turn back; False where others stand there."""
    values = {"token": token, "refresh_token": refresh_token, "expires_at": expires_at}
    is_fresh = {"refused_at": None} if token != seen.token else {}
    changed = update(installation).where(_is_as(seen))
    changed = changed.values(refreshing_until=None, changed_at=now, **values, **is_fresh)
    return (await connection.execute(changed)).rowcount > 0


async def seal_anew(connection: AsyncConnection, seen: Stored, token: str, refresh_token: str) -> bool:
    """Write the same tokens in another encryption; False where others stand there by now.

    Nobody has to forget anything for that, so `changed_at` stays.
    """
    changed = update(installation).where(_is_as(seen)).values(token=token, refresh_token=refresh_token)
    return (await connection.execute(changed)).rowcount > 0


async def rename(connection: AsyncConnection, place: str, name: str, now: datetime) -> None:
    """Write what a workspace or an organization is called now."""
    await connection.execute(update(installation).where(_is(place)).values(name=name, changed_at=now))


async def move(connection: AsyncConnection, place: str, enterprise: str, now: datetime) -> None:
    """Write which organization a workspace belongs to now; its own installation stays its own."""
    await connection.execute(update(installation).where(_is(place)).values(enterprise=enterprise, changed_at=now))


async def is_newer(connection: AsyncConnection, place: str, at: datetime) -> bool:
    """Say whether a place was installed in after a moment, and still is."""
    found = await of_place(connection, place)
    return found is not None and found.removed_at is None and found.installed_at > at


def _is_as(seen: Stored) -> ColumnElement[bool]:
    """Say that a row still holds the tokens that were seen: encrypted anew they are others."""
    return and_(_is(seen.place), installation.c.token == seen.token, installation.c.refresh_token == seen.refresh_token)


def _is_token_of(seen: Stored) -> ColumnElement[bool]:
    """Say that a row holds the token that was seen: each newer one has another end, or is of a newer installation."""
    is_same = and_(installation.c.installed_at == seen.installed_at, _is(seen.place))
    return and_(is_same, installation.c.expires_at.is_not_distinct_from(seen.expires_at))


def _is(place: str) -> ColumnElement[bool]:
    return installation.c.id == _key(place)


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(installation.c.refreshing_until.is_(None), installation.c.refreshing_until <= now)


def _is_admitted(workspace: str) -> ColumnElement[bool]:
    return admitted.c.id == ids.digest(_PLATFORM, workspace)


def _admits(enterprise: str) -> ColumnElement[bool]:
    return and_(admitted.c.platform == _PLATFORM, admitted.c.enterprise == enterprise)


def _key(place: str) -> str:
    return ids.digest(_PLATFORM, place)


def stored_of(row: Row[tuple[object, ...]]) -> Stored:
    """Make one of a row with all of `COLUMNS`."""
    return Stored(**{name: getattr(row, name) for name in Stored.__struct_fields__})
