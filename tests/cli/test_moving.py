"""`move` and `restored`: from one database to another and back, and what an operator is told."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from store import copying, ids, tables
from store.database.access import Database, UnusableError
from store.deliveries.rows import Deliveries
from store.due_subscriptions import DueSubscriptions
from store.facts import Fact, Facts
from store.history import Entry, History
from store.posts import Posts
from store.subscriptions import Subscriptions
from tests.cli.program import Ended, typed
from tests.store import rows
from tests.store.rows import NOW


async def fill(url: str, *, sending_until: datetime | None = None, many: int = 3) -> None:
    """Put rows into every table, with what a person may have typed."""
    database = Database(url)
    await database.migrate()
    subscriptions = [rows.subscription(f"C{number}", seen=("a", "b")) for number in range(many)]
    moment = NOW + timedelta(microseconds=1)
    async with database.write() as connection:
        await Subscriptions().insert_many(connection, subscriptions)
        await Posts().remember(connection, [post := rows.post(subject="tip/ä")])
        reply = rows.delivery("reply", kind="reply", post_id=post.id, argument="detail", due_at=moment)
        mention = rows.delivery("mention", kind="mention", argument="“what's” 100 % \\ 🔍\n", state="unknown")
        sending = rows.delivery("sending", state="sending", lease_until=sending_until or NOW, id=ids.fresh(NOW))
        await Deliveries().insert_missing(connection, [reply, mention, sending])
        await History().add(connection, subscriptions[0], [Entry(moment, "U1", "paused", "")])
        await Facts().write(connection, Fact("tick", "7 here", moment))
    await database.close()


async def everything(url: str) -> dict[str, list[Any]]:
    """Read every row of every table but the note that it was moved, or is a backup."""
    database = Database(url)
    async with database.read() as connection:
        found = {
            table.name: [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
            for table in copying.TABLES
        }
    await database.close()
    found["note"] = [row for row in found["note"] if row[0] not in {"moved", "backup"}]
    return found


async def command(folder: Path, *words: str, **environ: str) -> Ended:
    """Type a command; it has a loop of its own."""
    return await asyncio.to_thread(typed, folder, *words, **environ)


async def test_there_and_back(tmp_path: Path, postgres: str) -> None:
    """Every row arrives as it was, in both directions, however many batches it takes."""
    first, last = f"sqlite:///{tmp_path}/first.db", f"sqlite:///{tmp_path}/last.db"
    await fill(first, many=2500)
    before = await everything(first)
    ended = await command(tmp_path, "move", "--to", postgres, DATABASE_URL=first)
    assert (ended.code, ended.err.strip()) == (0, ""), ended.err
    assert "Moved into PostgreSQL, every row counted: 1 of post, 2,500 of subscription, 3 of delivery" in ended.out
    assert "set DATABASE_URL to the new database" in ended.out
    assert await everything(postgres) == before
    ended = await command(tmp_path, "move", "--to", last, DATABASE_URL=postgres)
    assert "Moved into an SQLite file" in ended.out
    assert await everything(last) == await everything(first) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_old_one_takes_nothing_more(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A bot that runs on it, or is started on it, is told where its rows went; there is a way back."""
    old = f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else request.getfixturevalue("postgres")
    await fill(old)
    running = Database(old)
    assert await running.is_current()
    assert (await command(tmp_path, "move", "--to", f"sqlite:///{tmp_path}/new.db", DATABASE_URL=old)).code == 0
    with pytest.raises(UnusableError, match="moved to another"):
        async with running.write() as connection:
            await Subscriptions().insert(connection, rows.subscription("C9"))
    with pytest.raises(UnusableError, match="was moved to an SQLite file on"):
        await running.is_current()
    for words in (("tips", "list"), ("migrate",), ("move", "--to", f"sqlite:///{tmp_path}/again.db")):
        ended = await command(tmp_path, *words, DATABASE_URL=old)
        assert ended.code == 1
        assert "run `python -m bot move --undo`" in ended.err
    ended = await command(tmp_path, "move", "--undo", DATABASE_URL=old)
    assert "in use again" in ended.out
    async with running.write() as connection:
        await Subscriptions().insert(connection, rows.subscription("C9"))
        assert await DueSubscriptions().due(connection, NOW, 10) == ()  # not before it has been looked through
    assert (await command(tmp_path, "move", "--undo", DATABASE_URL=old)).err.endswith("there is nothing to undo.\n")
    await running.close()


async def test_what_it_refuses(tmp_path: Path, postgres: str) -> None:
    """Nothing is moved over rows, from under a post, or from an older version; nothing has changed then."""
    old, new = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/new.db"
    later = datetime.now(UTC) + timedelta(minutes=1)
    await fill(old, sending_until=later)
    before = await everything(old)
    busy = await command(tmp_path, "move", "--to", new, DATABASE_URL=old)
    assert "1 deliveries are being posted at this moment: stop the bot" in busy.err
    itself = await command(tmp_path, "move", "--to", old, DATABASE_URL=old)
    assert "The target holds rows already" in itself.err
    await fill(postgres)
    full = await command(tmp_path, "move", "--to", postgres, DATABASE_URL=old)
    assert "The target holds rows already" in full.err
    wrong = await command(tmp_path, "move", "--to", "mysql://u:secret@h/n", DATABASE_URL=old)
    assert "--to begins with mysql" in wrong.err
    assert "secret" not in wrong.err
    unmade = await command(tmp_path, "move", "--to", new, DATABASE_URL=f"sqlite:///{tmp_path}/unmade.db")
    assert "run `python -m bot migrate` first" in unmade.err
    neither = await command(tmp_path, "move", DATABASE_URL=old)
    assert "Give either --to URL or --undo" in neither.err
    assert {ended.code for ended in (busy, itself, full, wrong, unmade)} == {1}
    assert await everything(old) == before


async def test_a_character_that_postgresql_lacks(tmp_path: Path, postgres: str) -> None:
    """A character of code zero becomes the sign for one that cannot be shown; the row is not lost."""
    old = f"sqlite:///{tmp_path}/old.db"
    await fill(old)
    database = Database(old)
    async with database.write() as connection:
        await connection.execute(text("UPDATE delivery SET argument = 'a' || char(0) || 'b' WHERE key = 'mention'"))
    await database.close()
    assert (await command(tmp_path, "move", "--to", postgres, DATABASE_URL=old)).code == 0
    column = [column.name for column in tables.delivery.columns].index("argument")
    assert "a\ufffdb" in {row[column] for row in (await everything(postgres))["delivery"]}


async def test_restored_is_declared(tmp_path: Path) -> None:
    """The operator of a copy made in another way is told what may have been posted, and what to do."""
    url = f"sqlite:///{tmp_path}/bot.db"
    await fill(url)
    since = (NOW - timedelta(days=1)).isoformat()
    ended = await command(tmp_path, "restored", "--since", since)
    assert ended.code == 0, ended.err
    assert "tips came due since 22 November 2026 09:00 UTC, and 2 deliveries were open" in ended.out
    again = await command(tmp_path, "restored", "--since", since)
    assert "Nothing came due since then" in again.out
    ahead = await command(tmp_path, "restored", "--since", "2099-01-01")
    assert "lies ahead" in ahead.err
    unmade = await command(tmp_path, "restored", "--since", since, DATABASE_URL=f"sqlite:///{tmp_path}/unmade.db")
    assert "run `python -m bot migrate` first" in unmade.err
