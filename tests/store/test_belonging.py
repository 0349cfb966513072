"""Whose a row is: everything of a workspace can be found, exported and forgotten, and nothing of another."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Column, MetaData, String, Table

from store import copying, installation_tables, tables
from store.columns import metadata
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.forgetting import Forgetting
from store.subscriptions import Subscriptions
from store.workspaces import belonging
from store.workspaces.belonging import UnplacedError
from tests.store import everything, rows
from tests.store.everything import NOW

HERE, NEIGHBORS = ("slack", "T1"), (("slack", "T2"), ("teams", "T1"))


def test_every_table_says_whose_its_rows_are() -> None:
    """Each is somebody's, or is named as nobody's; one that nobody thought of cannot be passed over."""
    assert belonging.unplaced() == frozenset()
    assert set(copying.TABLES) == set(metadata.tables.values())
    for table in belonging.theirs():
        belonging.of(table, *HERE)
    stray = Table("stray", MetaData(), Column("id", String(32), primary_key=True))
    with pytest.raises(UnplacedError, match="stray: say in"):
        belonging.of(stray, *HERE)


def test_whatever_is_called_a_token_is_shown_to_nobody() -> None:
    """By its name: a new column with a secret has to be named."""
    called = {
        column
        for table in metadata.tables.values()
        for column in table.columns
        if any(word in column.name for word in ("token", "secret", "password"))
    }
    assert called == belonging.SECRET


async def test_a_workspace_is_emptied_out_of_every_table(database: Database) -> None:
    """Of each table one row goes, the workspace's own; those with the same ids elsewhere stay as they are."""
    async with database.write() as connection:
        for platform, workspace in (HERE, *NEIGHBORS):
            await everything.plant(connection, platform, workspace)
    async with database.read() as connection:
        before = await everything.totals(connection)
        others = [[row async for row in belonging.rows(connection, *each)] for each in NEIGHBORS]
        assert await belonging.counts(connection, *HERE) == {table.name: 1 for table in belonging.theirs()}
    async with database.write() as connection:
        await Forgetting().workspace(connection, *HERE)
    async with database.read() as connection:
        assert await belonging.counts(connection, *HERE) == {}
        left = await everything.totals(connection)
        assert {name: before[name] - left[name] for name in before} == {
            table.name: int(table not in belonging.NOBODYS) for table in copying.TABLES
        }
        assert others == [[row async for row in belonging.rows(connection, *each)] for each in NEIGHBORS]


async def test_an_installation_that_stands_is_not_deleted_by_the_way(database: Database) -> None:
    """Its token would be lost, and other processes would go on with it: whoever wants that removes it first."""
    async with database.write() as connection:
        await everything.plant(connection, *HERE, removed_at=None)
        await Forgetting().workspace(connection, *HERE)
        assert await belonging.counts(connection, *HERE) == {"installation": 1}


async def test_rows_are_shown_whole_and_without_tokens(database: Database) -> None:
    """Every column of every table but the tokens; moments say their zone."""
    async with database.write() as connection:
        await everything.plant(connection, *HERE)
        found = {name: row async for name, row in belonging.rows(connection, *HERE)}
    assert {name: set(row) for name, row in found.items()} == {
        table.name: {column.name for column in table.columns if column not in belonging.SECRET}
        for table in belonging.theirs()
    }
    assert everything.TOKEN not in json.dumps(found)
    assert found["post"]["created_at"] == "2026-11-23T09:00:00+00:00"


async def test_what_is_being_posted_at_this_moment_stays_until_it_has_ended(database: Database) -> None:
    """The rest that would be posted goes at once: tips, promises, and votes that end."""
    leased = {"state": "sending", "lease_owner": "a", "workspace": "T1"}
    async with database.write() as connection:
        for workspace in ("T1", "T2"):
            await Subscriptions().insert(connection, rows.subscription(workspace=workspace))
        owed = (
            rows.delivery("planned"),
            rows.delivery("posting", lease_until=NOW + timedelta(seconds=1), **leased),
            rows.delivery("lost", lease_until=NOW - timedelta(seconds=1), **leased),
            rows.delivery("other", workspace="T2"),
        )
        await Deliveries().insert_missing(connection, owed)
        await Forgetting().withdraw(connection, *HERE, NOW)
        assert await belonging.counts(connection, *HERE) == {"delivery": 1}
        assert [
            row.key for row in (await Deliveries().by_keys(connection, ["posting", "lost", "planned"])).values()
        ] == ["posting"]
        assert await belonging.counts(connection, "slack", "T2") == {"subscription": 1, "delivery": 1}


def test_forgetting_takes_tables_in_the_order_of_all() -> None:
    """Those whose rows hang on others' go with them: votes with their round, what was learned with who learned it."""
    hanging = {
        key.parent.table for table in belonging.theirs() for key in table.foreign_keys if key.ondelete == "CASCADE"
    }
    from store import forgetting, locking  # noqa: PLC0415 # what is private to them is looked at here alone

    taken = [table.name for table in forgetting._OF_WORKSPACES]  # noqa: SLF001 # its order is a promise
    assert set(taken) == {table.name for table in belonging.theirs() if table not in hanging}
    assert taken == [name for name in locking._LOCKED if name in taken]  # noqa: SLF001 # as above
    assert tables.note.name in taken
    assert installation_tables.admitted.name in taken
