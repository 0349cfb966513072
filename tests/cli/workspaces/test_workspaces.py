"""`python -m bot workspaces`: what an operator sees, takes away and deletes of one workspace, on both databases."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.cli.workspaces import exporting, forgetting, listing, showing
from bot.cli.workspaces.forgetting import Means
from bot.settings.checked import Settings
from scheduler import removals
from store import installations
from store.columns import metadata
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.facts import Fact, Facts
from store.installations import Stored
from store.posts import Posts
from store.subscriptions import Subscriptions
from store.workspaces import belonging
from store.workspaces import listing as kept_listing
from store.workspaces.removals import GONE
from tests import databases
from tests.cli.program import Ended, typed
from tests.store import everything, rows
from tests.store.rows import NOW

PAGE = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")
TENANT = "11111111-2222-3333-4444-555555555555"
PAGE_ROWS = kept_listing.PAGE - 1
TOKEN = "planted-token"  # noqa: S105 # nobody's


def stored(place: str, enterprise: str = "", **fields: Any) -> Stored:  # noqa: ANN401 # each takes its field's own type
    """Give an installation."""
    made = Stored(
        place, enterprise, f"Acme {place}", "A1", "U0", "B0", "chat:write,commands", "U1", TOKEN, "", None, NOW, NOW
    )
    return replace(made, **fields)


@dataclass(frozen=True, slots=True)
class Kept:
    """A database, its address, and a folder to work in."""

    database: Database
    address: str
    folder: Path

    async def ran(self, *words: str, **more: Any) -> Ended:  # noqa: ANN401 # settings, and `answers`
        """Run a command of these in a thread of its own."""
        return await asyncio.to_thread(typed, self.folder, "workspaces", *words, DATABASE_URL=self.address, **more)

    async def counts(self, workspace: str, platform: str = "slack") -> dict[str, int]:
        """Count what is kept of a workspace."""
        async with self.database.read() as connection:
            return await belonging.counts(connection, platform, workspace)

    def settings(self, **more: str) -> Settings:
        """Give settings with this database."""
        return Settings.read({"DATABASE_URL": self.address, **more}, None)


@pytest.fixture
async def kept(address: str, tmp_path: Path) -> AsyncIterator[Kept]:
    """Give a database: T1 is installed, T2 and T3 are served by E1, T4 removed the app, T5 has no installation."""
    database = Database(address)
    async with database.write() as connection:
        for workspace in ("T1", "T2", "T4", "T5"):
            await Subscriptions().insert(connection, rows.subscription(workspace=workspace))
        off = rows.subscription("C2", workspace="T1", state="off", next_run_at=None)
        await Subscriptions().insert(connection, off)
        await Posts().remember(
            connection, [rows.post(workspace="T1"), rows.post("2.0", workspace="T1", created_at=later(1))]
        )
        await Subscriptions().insert(connection, rows.subscription("19:a", platform="teams", workspace=TENANT))
        for each in (stored("T1", "E2"), stored("E1", "E1", name="\x1b[31mGrid"), stored("T4"), stored("T3", "E1")):
            await installations.keep(connection, each)
        for workspace in ("T2", "T3"):
            await installations.admit(connection, workspace, "E1", NOW)
    async with database.write() as connection:
        await installations.remove(connection, "T4", later(2), later(2))
    yield Kept(database, address, tmp_path)
    await database.close()


@pytest.fixture
async def sqlite_list(tmp_path: Path) -> AsyncIterator[Database]:
    """Give an empty file, whose plans can be read."""
    database = Database(databases.put(tmp_path / "bot.db"))
    yield database
    await database.close()


def later(days: float) -> datetime:
    """Give a moment after NOW."""
    return NOW + timedelta(days=days)


async def listed(kept: Kept, **environ: str) -> dict[str, dict[str, Any]]:
    """Give what `list` finds, by id."""
    return {each["id"]: each async for each in listing.records(kept.settings(**environ), later(3))}


MANY = {
    "SLACK_CLIENT_ID": "111.222",
    "SLACK_CLIENT_SECRET": "a" * 32,
    "SLACK_SIGNING_SECRET": "b" * 32,
    "TOKEN_ENCRYPTION_KEYS": "A" * 43 + "=",
    "PUBLIC_URL": "https://bot.example.com",
}
ONE = {"SLACK_BOT_TOKEN": "xoxb-1-abcdefgh", "SLACK_SIGNING_SECRET": "b" * 32}


async def test_the_list_says_who_is_there_and_who_is_served(kept: Kept) -> None:
    """Of both platforms, with what installed it, its tips and its last post; each once."""
    found = await listed(kept, **MANY)
    assert list(found) == ["E1", "T1", "T2", "T3", "T4", "T5", TENANT]
    assert {id_: (each["state"], each["organization"], each["name"]) for id_, each in found.items()} == {
        "E1": ("served", "", "[31mGrid"),
        "T1": ("served", "E2", "Acme T1"),
        "T2": ("served", "E1", ""),
        "T3": ("served", "E1", "Acme T3"),
        "T4": ("removed", "", "Acme T4"),
        "T5": ("not served", "", ""),
        TENANT: ("not served", "", ""),
    }
    first = found["T1"]
    assert first["tips"] == {"starting": 0, "on": 1, "paused": 0, "off": 1}
    assert (first["last_post"], first["installer"]) == ("2026-11-24T09:00:00+00:00", "U1")
    assert found["T4"]["removed_at"] == "2026-11-25T09:00:00+00:00"
    assert datetime.fromisoformat(found["T4"]["deleted_after"]) == later(2) + removals.KEPT
    assert "not installed" in found["T5"]["why"]
    assert "Teams is not set up" in found[TENANT]["why"]
    assert TOKEN not in json.dumps(found)


async def test_the_list_knows_why_something_is_not_served(kept: Kept) -> None:
    """By one token, with none, with a token that ended, and while Slack is asked."""
    assert (await listed(kept, **ONE))["T5"]["state"] == "one token"
    assert "SLACK_CLIENT_ID is not set" in (await listed(kept, **ONE))["T1"]["why"]
    assert (await listed(kept))["T5"]["why"] == "no token is set"
    async with kept.database.write() as connection:
        await installations.keep(connection, stored("T1", expires_at=later(2), installed_at=later(1)))
        await Facts().write(connection, Fact(belonging.removal_note("slack", "T5"), "app_uninstalled", NOW))
        await Facts().write(connection, Fact(belonging.removal_note("slack", "T4"), "app_uninstalled", NOW))
        await Facts().write(connection, Fact(belonging.removal_note("slack", "T9"), GONE, NOW))
    found = await listed(kept, **MANY)
    assert "the token of T1 has ended" in found["T1"]["why"]
    assert found["T5"]["state"] == "in doubt"
    assert found["T4"]["state"] == "removed"  # the row of its installation says so
    assert found["T9"]["state"] == "removed"  # of which nothing is left but that


async def test_what_only_a_single_row_knows_is_listed(kept: Kept) -> None:
    """Whichever table it stands in: each workspace is found, once, by its row in that table alone."""
    for number, table in enumerate(belonging.theirs()):
        async with kept.database.write() as connection:
            workspace = f"T00{number}"
            await everything.plant(connection, "slack", workspace)
            for other in reversed(belonging.theirs()):
                hangs = {key.column.table for key in table.foreign_keys}
                if other is not table and other not in hangs:
                    await connection.execute(other.delete().where(belonging.of(other, "slack", workspace)))
    found = [each["id"] async for each in listing.records(kept.settings(**MANY), later(3))]
    assert len(found) == len(set(found))
    # A line of history is never without its subscription.
    expected = {f"T00{number}" for number, table in enumerate(belonging.theirs()) if table.name != "history"}
    assert expected <= set(found)


async def test_the_list_takes_as_many_statements_for_a_page_however_many_there_are(kept: Kept) -> None:
    """Some for each page of workspaces, none for each workspace."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    async def count() -> int:
        statements.clear()
        event.listen(Engine, "before_cursor_execute", note)
        async with kept.database.read() as connection:
            found = [each async for each in kept_listing.every(connection)]
        event.remove(Engine, "before_cursor_execute", note)
        assert len({(each.platform, each.id) for each in found}) == len(found)
        return len(statements)

    few = await count()
    async with kept.database.write() as connection:
        many = [rows.subscription(workspace=f"T{number:05}") for number in range(4 * kept_listing.PAGE)]
        await Subscriptions().insert_many(connection, many)
    assert await count() == few + 4 * 6


async def test_no_page_of_the_list_looks_at_every_row(sqlite_list: Database) -> None:
    """Each of its statements finds its rows by an index, or a page of a hundred thousand would be as slow as all."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:  # noqa: ANN401 # the driver's
        asked.append((statement, parameters))

    keys = [("slack", f"T{number}") for number in range(PAGE_ROWS)] + [("teams", TENANT)]
    async with sqlite_list.read() as connection:
        event.listen(Engine, "before_cursor_execute", note)
        await kept_listing.of(connection, keys)
        await connection.execute(kept_listing.page("slack", "T1"))
        event.remove(Engine, "before_cursor_execute", note)
        assert len(asked) == 5 + 1
        for statement, parameters in asked:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row.detail for row in plan]
            assert not [step for step in steps if step.startswith("SCAN") and step.split()[1] in metadata.tables], steps


async def test_the_list_is_printed_as_lines_and_as_json(kept: Kept) -> None:
    """Columns below each other; nothing that a name holds reaches the terminal."""
    ended = await kept.ran("list", **ONE)
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert " ".join(lines[0].split()) == "platform id state tips paused off last post installed by organization name"
    assert {line[lines[0].index("installed") :][:10] for line in lines[1:]} == {"2026-11-23", ""}
    assert "removed 2026-11-25" in ended.out
    assert "\x1b" not in ended.out
    told = json.loads((await kept.ran("list", "--json", **ONE)).out)
    assert [each["id"] for each in told] == [line.split()[1] for line in lines[1:]]


def test_nothing_is_listed_where_nothing_is_kept(tmp_path: Path) -> None:
    """In words for a person, and an empty list for a script."""
    assert "Nothing is kept of any workspace yet" in typed(tmp_path, "workspaces", "list").out
    assert json.loads(typed(tmp_path, "workspaces", "list", "--json").out) == []


async def test_one_is_shown_with_all_that_is_kept(kept: Kept) -> None:
    """Rows by table, channels with tips, what installed it; an organization with what it serves alone."""
    report = await showing.shown(kept.settings(), "T1", None, later(3))
    assert report["rows"] == {"post": 2, "subscription": 2, "installation": 1}
    assert [each["channel"] for each in report["channels"]] == ["C1", "C2"]
    assert report["scopes"] == ["chat:write", "commands"]
    grid = await showing.shown(kept.settings(**MANY), "E1", None, later(3))
    assert grid["workspaces"] == ["T2"]
    assert grid["rows"]["subscription"] == 1
    assert "No key in TOKEN_ENCRYPTION_KEYS opens the token of E1" in grid["why"]
    assert (await showing.shown(kept.settings(**MANY), "T2", None, later(3)))["served_by"] == "E1"
    assert TOKEN not in json.dumps([report, grid])
    said = await kept.ran("show", "T1")
    assert "2 post, 2 subscription, 1 installation" in said.out
    assert json.loads((await kept.ran("show", "T1", "--json")).out)["id"] == "T1"


@pytest.mark.parametrize("command", ["show", "export", "forget"])
async def test_an_id_that_is_unknown_or_means_two(kept: Kept, command: str) -> None:
    """Both are said, with the nearest ids, or with what tells them apart; nothing is done."""
    async with kept.database.write() as connection:
        await Subscriptions().insert(connection, rows.subscription(platform="teams", workspace="T1"))
    unknown = await kept.ran(command, TENANT.replace("5", "6", 1))
    assert unknown.code == 1
    assert f"Nearest: {TENANT} (teams)" in unknown.err
    both = await kept.ran(command, "T1")
    assert "T1 is on slack and on teams: say which one with --platform" in both.err
    assert "Nothing is kept of T2" in (await kept.ran(command, "T2", "--platform", "teams")).err
    nobody = await kept.ran(command, "Zzzzzzzzzzzzzz")
    assert "`python -m bot workspaces list`" in nobody.err
    assert await kept.counts("T1", "teams") == {"subscription": 1}


async def test_an_export_is_everything_and_whole(kept: Kept) -> None:
    """A line for each row of each table, every column but the tokens, counted at both ends; nothing of another."""
    async with kept.database.write() as connection:
        for workspace in ("T7", "T8"):
            await everything.plant(connection, "slack", workspace)
    ended = await kept.ran("export", "T7", "--out", "t7.jsonl")
    assert ended.code == 0, ended.err
    path = kept.folder / "t7.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    head, *body, end = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert (head["format"], head["version"], head["workspaces"]) == (exporting.FORMAT, exporting.VERSION, ["T7"])
    assert head["rows"] == {table.name: 1 for table in belonging.theirs()}
    assert end == {"end": len(body)} == {"end": sum(head["rows"].values())}
    columns = {each["table"]: set(each["row"]) for each in body}
    assert columns == {
        table.name: {column.name for column in table.columns} - {"token", "refresh_token"}
        for table in metadata.tables.values()
        if table not in belonging.NOBODYS
    }
    text = path.read_text(encoding="utf-8")
    assert everything.TOKEN not in text
    assert "T8" not in text
    assert (await kept.ran("export", "T7")).out.splitlines()[1:] == text.splitlines()[1:]
    assert all(f"`{name}`" in PAGE for name in (exporting.FORMAT, *head, *body[0], *end))


async def test_an_export_of_many_rows_has_each_once(kept: Kept) -> None:
    """However many pages they take."""
    async with kept.database.write() as connection:
        many = [rows.subscription(f"C{number}", workspace="T8") for number in range(1201)]
        await Subscriptions().insert_many(connection, many)
    written: list[str] = []
    assert await exporting.exported(kept.settings(), "T8", None, later(0), written.append) == 1201
    found = [json.loads(line)["row"]["conversation"] for line in written[1:-1]]
    assert sorted(found) == sorted(one.conversation for one in many)


async def test_an_export_overwrites_nothing_and_leaves_nothing_half_done(kept: Kept) -> None:
    """A file that exists stays as it is; an unknown workspace makes none; a missing folder is said."""
    (kept.folder / "mine.jsonl").write_text("mine")
    refused = await kept.ran("export", "T1", "--out", "mine.jsonl")
    assert "exists already" in refused.err
    assert (kept.folder / "mine.jsonl").read_text() == "mine"
    assert "could not be written" in (await kept.ran("export", "T1", "--out", "no/where.jsonl")).err
    assert (await kept.ran("export", "T99", "--out", "none.jsonl")).code == 1
    assert sorted(kept.folder.glob("*.jsonl")) == [kept.folder / "mine.jsonl"]


async def test_an_organizations_export_has_what_it_serves(kept: Kept) -> None:
    """Each row says whose it is."""
    written: list[str] = []
    await exporting.exported(kept.settings(), "E1", None, later(0), written.append)
    assert json.loads(written[0])["workspaces"] == ["E1", "T2"]
    body = [json.loads(line) for line in written[1:-1]]
    assert {(each["workspace"], each["table"]) for each in body} == {
        ("E1", "installation"),
        ("T2", "subscription"),
        ("T2", "admitted"),
    }


async def test_forgetting_asks_first_and_deletes_all_of_it(kept: Kept) -> None:
    """It says what and how much; whoever does not agree keeps everything, and everybody else does anyway."""
    others = [await kept.counts(each) for each in ("T1", "T2", "E1")]
    for answers in (["n"], []):
        refused = await kept.ran("forget", "T5", answers=answers)
        assert refused.code == 1
        assert "Of T5 on slack: 1 subscription." in refused.out
    assert await kept.counts("T5") == {"subscription": 1}
    assert (await kept.ran("forget", "T5", answers=["y"])).code == 0
    assert await kept.counts("T5") == {}
    done = await kept.ran("forget", "T4", "--yes")
    assert "Nothing is kept of T4 (Acme T4) any more." in done.out
    assert await kept.counts("T4") == {}
    assert (await kept.ran("forget", TENANT, "--yes")).code == 0
    assert others == [await kept.counts(each) for each in ("T1", "T2", "E1")]


@pytest.mark.parametrize(
    ("id_", "environ", "said"),
    [
        ("T1", MANY, "The app is installed there"),
        ("T2", MANY, "by the installation of E1, which stays"),
        ("E1", MANY, "With the workspaces that it serves: T2."),
        ("T5", ONE, "SLACK_BOT_TOKEN is set"),
        ("T5", {}, "Of T5 on slack: 1 subscription."),
    ],
)
async def test_forgetting_says_what_it_does_not_do(kept: Kept, id_: str, environ: dict[str, str], said: str) -> None:
    """Where the app stays in Slack, and how it is removed there."""
    found = await forgetting.looked_up(kept.settings(**environ), id_, None)
    assert said in found.as_text(kept.settings(**environ))


async def test_an_installation_is_forgotten_when_every_process_has_let_go_of_it(kept: Kept) -> None:
    """Its token is blanked first, which other processes see; only after they had the time the row goes."""
    seen: list[tuple[str, dict[str, int]]] = []

    async def sleep(seconds: float) -> None:
        assert seconds == forgetting.LETS_GO.total_seconds()
        async with kept.database.read() as connection:
            row = await installations.of_place(connection, "T1")
            changed = await installations.changed_since(connection, later(2.9))
        assert row is not None
        assert "T1" in changed
        seen.append((row.token, await kept.counts("T1")))

    found = await forgetting.looked_up(kept.settings(), "T1", None)
    await forgetting.forgotten(kept.settings(), found, Means(lambda: later(3), sleep, lambda _: None))
    assert seen == [("", {"post": 2, "installation": 1})]
    assert await kept.counts("T1") == {}


async def test_an_organization_is_forgotten_with_what_it_serves_alone(kept: Kept) -> None:
    """T3 has the app by itself too, and stays."""
    found = await forgetting.looked_up(kept.settings(), "E1", None)

    async def sleep(_: float) -> None:
        """Wait for nobody."""

    await forgetting.forgotten(kept.settings(), found, Means(lambda: later(3), sleep, lambda _: None))
    assert [await kept.counts(each) for each in ("E1", "T2")] == [{}, {}]
    assert await kept.counts("T3") == {"installation": 1}


async def test_what_is_being_posted_is_waited_for(kept: Kept) -> None:
    """Its outcome is written and then deleted too; what a dead process leased ends by itself."""
    now = [later(3)]
    leased = {"state": "sending", "lease_owner": "a", "workspace": "T5"}
    posting = rows.delivery("posting", lease_until=now[0] + timedelta(seconds=60), **leased)
    async with kept.database.write() as connection:
        await Deliveries().insert_missing(connection, [posting, rows.delivery("planned", workspace="T5")])
    looks: list[dict[str, int]] = []
    said: list[str] = []

    async def sleep(seconds: float) -> None:
        looks.append(await kept.counts("T5"))
        if len(looks) == 1:  # what was posted is remembered
            async with kept.database.write() as connection:
                await Posts().remember(connection, [rows.post(workspace="T5")])
        now[0] += timedelta(seconds=max(seconds, 40))

    found = await forgetting.looked_up(kept.settings(), "T5", None)
    await forgetting.forgotten(kept.settings(), found, Means(lambda: now[0], sleep, said.append))
    assert looks == [{"delivery": 1}, {"post": 1, "delivery": 1}]
    assert said == ["Waiting for what is being posted there at this moment."]
    assert await kept.counts("T5") == {}
