"""How many installations there are, and what is wrong with them, is told from indexes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from store import installations
from store.database.access import Database
from store.installations import Stored
from store.subscriptions import Subscriptions
from store.workspaces import census
from store.workspaces.census import Census
from tests.store import rows

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
LATER, RENEWED = {"expires_at": NOW + timedelta(hours=1)}, {"refresh_token": "sealed"}


def stored(place: str, **fields: object) -> Stored:
    """Give an installation of a place."""
    given = {"token": f"sealed-{place}", "scopes": "commands", "expires_at": None, **fields}
    blank = dict.fromkeys(("enterprise", "name", "app", "bot_user", "bot", "installer", "refresh_token"), "")
    return Stored(place=place, installed_at=NOW, changed_at=NOW, **{**blank, **given})  # type: ignore[arg-type] # any


async def test_all_are_counted_once(database: Database) -> None:
    """Removed ones are no installed ones, whatever else they were."""
    given = [
        stored("T1"),
        stored("T2", expires_at=NOW - timedelta(hours=1), scopes="chat:write,commands"),
        stored("T3", refused_at=NOW),
        stored("E1", expires_at=NOW + timedelta(hours=1)),
        stored("T4", removed_at=NOW, expires_at=NOW - timedelta(hours=1), refused_at=NOW),
        stored("E2", removed_at=NOW),
    ]
    async with database.write() as connection:
        for one in given:
            await installations.keep(connection, one)
    async with database.read() as connection:
        assert await census.counted(connection, NOW) == Census(3, 1, removed=2, ended=1, refused=1)
        assert await census.ended(connection, NOW, 5) == ["T2"]
        assert await census.refused(connection, 5) == ["T3"]
        assert await census.granted(connection) == [("chat:write,commands", 1, "T2"), ("commands", 3, "E1")]
        assert {row.place for row in await census.outermost(connection, 1)} <= {"T1", "T2", "T3", "E1"}
        assert {row.place for row in await census.outermost(connection, 9)} == {"T1", "T2", "T3", "E1"}


async def test_whose_tips_are_stopped_though_they_are_served(database: Database) -> None:
    """By their own installation, or else by that of the organization that admits them; not with an ended token."""
    given = [
        *(stored("T1"), stored("T2", refused_at=NOW), stored("T3", removed_at=NOW), stored("T4", removed_at=NOW)),
        *(stored("T5", refused_at=NOW), stored("T7"), stored("E1"), stored("E2", refused_at=NOW)),
        *(stored("T10", expires_at=NOW), stored("T11", expires_at=NOW, **RENEWED), stored("T12", **LATER)),
    ]
    paused = {"state": "paused", "reason": "account_inactive"}
    async with database.write() as connection:
        for one in given:
            await installations.keep(connection, one)
        for workspace, enterprise in (("T4", "E1"), ("T5", "E1"), ("T6", "E1"), ("T8", "E2")):
            await installations.admit(connection, workspace, enterprise, NOW)
        tips = [rows.subscription(workspace=f"T{number}", **paused) for number in range(13) if number != 7]
        await Subscriptions().insert_many(connection, [*tips, rows.subscription(workspace="T7")])
    async with database.read() as connection:
        found = await census.stopped_though_served(connection, "slack", ["account_inactive"], NOW)
        assert found == ("T1", "T11", "T12", "T4", "T6")
        assert await census.stopped_though_served(connection, "slack", ["token_expired"], NOW) == ()


async def test_no_row_is_looked_at_where_all_is_well(sqlite: Database) -> None:
    """What is wrong is found by an index of those alone, and all are counted from the smallest index there is."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:  # noqa: ANN401 # SQLAlchemy's own
        asked.append((statement, parameters))

    async with sqlite.read() as connection:
        listened = connection.sync_connection
        event.listen(listened, "before_cursor_execute", note)
        await census.counted(connection, NOW)
        await census.ended(connection, NOW, 5)
        await census.refused(connection, 5)
        await census.outermost(connection, 5)
        await installations.refused_before(connection, NOW, 5)
        await Subscriptions().workspaces_paused(connection, "slack", ["app_uninstalled"])
        await census.stopped_though_served(connection, "slack", ["account_inactive"], NOW)
        event.remove(listened, "before_cursor_execute", note)
        steps = []
        for statement, parameters in asked:
            found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps += [row.detail for row in found]
    assert len(steps) >= len(asked)
    scans = [step for step in steps if step.startswith("SCAN")]
    assert all("USING COVERING INDEX" in step or "USING INDEX" in step for step in scans), scans
    searches = [step for step in steps if step.startswith("SEARCH") and "(platform=?)" in step]
    assert searches == [], searches
    assert any("ix_subscription_reason" in step for step in steps), steps
    assert not [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step], steps
