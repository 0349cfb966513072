"""`rotate-keys`: all tokens under the first key, at any moment, and in words where no key opens one."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.cli.workspaces.rotate_keys import Rotated, rotated
from bot.settings.checked import Settings
from messengers.slack.sealing import SealedError, Seals
from store import installations
from store.database.access import Database
from store.installation_tables import installation
from store.installations import Stored
from tests import databases
from tests.cli.program import typed

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


async def put(database: Database, place: str, key: str, token: str = "", refresh_token: str = "") -> None:
    """Put an installation there, encrypted with a key."""
    seals = Seals([key])
    row = Stored(
        place=place,
        enterprise="",
        name=place,
        app="A1",
        bot_user="U1",
        bot="B1",
        scopes="commands",
        installer="U2",
        token=seals.seal(token or f"xoxb-{place}"),
        refresh_token=seals.seal(refresh_token),
        expires_at=NOW + timedelta(hours=12),
        installed_at=NOW,
        changed_at=NOW,
    )
    async with database.write() as connection:
        await installations.keep(connection, row)


async def opened(database: Database, key: str) -> dict[str, tuple[str, str]]:
    """Open every row with one key alone."""
    seals, found = Seals([key]), {}
    async with database.read() as connection:
        rows = (await connection.execute(select(installation))).all()
    for row in rows:
        try:
            found[row.place] = (seals.open(row.token, row.place), seals.open(row.refresh_token, row.place))
        except SealedError:
            found[row.place] = ("sealed", "sealed")
    return found


def settings(address: str, *keys: str) -> Settings:
    """Give settings with these keys, newest first."""
    return Settings.read({"DATABASE_URL": address, "TOKEN_ENCRYPTION_KEYS": ",".join(keys)}, None)


async def test_every_row_is_opened_by_the_first_key_alone(address: str) -> None:
    """More rows than go into one batch; run again, nothing is left to do, and no process has to forget anything."""
    database = Database(address)
    for n in range(230):
        await put(database, f"T{n}", OLD, refresh_token="xoxe-1" if n % 2 else "")
    await put(database, "T-new", NEW)
    assert await rotated(settings(address, NEW, OLD)) == Rotated(230, 1, ())
    after = await opened(database, NEW)
    assert after["T7"] == ("xoxb-T7", "xoxe-1")
    assert ("sealed", "sealed") not in after.values()
    assert await rotated(settings(address, NEW)) == Rotated(0, 231, ())
    async with database.read() as connection:
        assert await installations.changed_since(connection, NOW) == {}
    await database.close()


async def test_places_that_no_key_opens_are_named_and_left(address: str) -> None:
    """The others are done; with the lost key back, these are too."""
    database = Database(address)
    await put(database, "T1", OLD)
    await put(database, "T2", LOST)
    assert await rotated(settings(address, NEW, OLD)) == Rotated(1, 0, ("T2",))
    assert await opened(database, LOST) == {"T1": ("sealed", "sealed"), "T2": ("xoxb-T2", "")}
    assert await rotated(settings(address, NEW, LOST)) == Rotated(1, 1, ())
    await database.close()


async def test_what_a_running_bot_wrote_meanwhile_stays(address: str) -> None:
    """A row that changed between reading and writing keeps what is newer."""
    database = Database(address)
    await put(database, "T1", OLD)
    async with database.read() as connection:
        seen = await installations.of_place(connection, "T1")
    assert seen is not None
    await put(database, "T1", OLD, "xoxb-newer")
    async with database.write() as connection:
        assert not await installations.seal_anew(connection, seen, "a", "b")
    assert await rotated(settings(address, NEW, OLD)) == Rotated(1, 0, ())
    assert await opened(database, NEW) == {"T1": ("xoxb-newer", "")}
    await database.close()


async def test_what_it_says(tmp_path: Path) -> None:
    """How many, and what is to be done; exit code 1 where something is."""
    database = Database(databases.put(tmp_path / "bot.db"))
    await put(database, "T1", OLD)
    done = await asyncio.to_thread(typed, tmp_path, "rotate-keys", TOKEN_ENCRYPTION_KEYS=f"{NEW},{OLD}")
    assert (done.code, done.out) == (0, "1 installation encrypted with the first key; 0 had been.\n")
    await put(database, "T2", LOST)
    await database.close()
    left = await asyncio.to_thread(typed, tmp_path, "rotate-keys", TOKEN_ENCRYPTION_KEYS=NEW)
    assert (left.code, left.out) == (1, "0 installations encrypted with the first key; 1 had been.\n")
    assert "opens the tokens of T2." in left.err
    assert "xoxb" not in left.err + left.out
    none = await asyncio.to_thread(typed, tmp_path, "rotate-keys")
    assert none.code == 1
    assert "TOKEN_ENCRYPTION_KEYS is not set" in none.err
