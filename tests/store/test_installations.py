"""The rows of installations themselves: what is listed, compared and deleted, on either database."""

from datetime import datetime, timedelta

from store import installations
from store.database.access import Database
from store.installations import Stored
from tests.store.rows import NOW

HOUR = timedelta(hours=1)


def stored(place: str, *, at: datetime = NOW, ends: datetime | None = None, refresh_token: str = "") -> Stored:
    """Make a row of a place."""
    return Stored(
        place=place,
        enterprise="",
        name=place,
        app="A1",
        bot_user="U1",
        bot="B1",
        scopes="commands",
        installer="U2",
        token="sealed",  # noqa: S106 # of nobody
        refresh_token=refresh_token,
        expires_at=ends,
        installed_at=at,
        changed_at=at,
    )


async def put(database: Database, *rows: Stored) -> None:
    """Keep some rows."""
    async with database.write() as connection:
        for row in rows:
            await installations.keep(connection, row)


async def test_rows_are_listed_page_by_page(database: Database) -> None:
    """Each once, by id, however many go into a page."""
    await put(database, *(stored(f"T{n}") for n in range(7)))
    found, after = list[str](), ""
    async with database.read() as connection:
        while page := await installations.page(connection, after, 3):
            assert len(page) <= 3
            found += [row.place for _, row in page]
            after = page[-1][0]
    assert sorted(found) == [f"T{n}" for n in range(7)]


async def test_what_was_removed_goes_after_its_grace(database: Database) -> None:
    """Unless it was installed again; the tokens are gone from the first moment."""
    await put(database, stored("T1"), stored("T2"), stored("T3"))
    async with database.write() as connection:
        for place in ("T1", "T2"):
            assert await installations.remove(connection, place, NOW + HOUR, NOW + HOUR)
    before = NOW + 2 * HOUR
    async with database.read() as connection:
        assert await installations.removed_before(connection, NOW + HOUR) == ()
        assert set(await installations.removed_before(connection, before)) == {"T1", "T2"}
        row = await installations.of_place(connection, "T1")
        assert row is not None
        assert (row.token, row.removed_at) == ("", NOW + HOUR)
    await put(database, stored("T2", at=NOW + HOUR * 1.5))
    async with database.write() as connection:
        gone = [await installations.forget_removed(connection, place, before) for place in ("T1", "T2", "T3")]
    assert gone == [True, False, False]
    async with database.read() as connection:
        assert [row.place for _, row in await installations.page(connection, "", 9)] in (["T2", "T3"], ["T3", "T2"])


async def test_what_is_due_comes_in_the_order_of_its_end(database: Database) -> None:
    """Without those that never end, have no refresh token, were removed, or whose turn somebody has."""
    soon = [stored(f"T{n}", ends=NOW + n * timedelta(minutes=1), refresh_token="r") for n in range(1, 6)]  # noqa: S106 # of nobody
    await put(database, stored("T-ever"), stored("T-none", ends=NOW), *reversed(soon))
    async with database.write() as connection:
        await installations.remove(connection, "T1", NOW, NOW)
        assert await installations.lease(connection, soon[1], NOW, NOW + timedelta(seconds=60))
        due = await installations.due(connection, NOW + timedelta(minutes=5), NOW, 9)
        assert [row.place for row in due] == ["T3", "T4"]
        assert [row.place for row in await installations.due(connection, NOW + HOUR, NOW, 1)] == ["T3"]
        again = await installations.due(connection, NOW + HOUR, NOW + timedelta(seconds=60), 9)
        assert [row.place for row in again] == ["T2", "T3", "T4", "T5"]


async def test_an_older_word_of_what_is_admitted_does_not_undo_a_newer_one(database: Database) -> None:
    """A workspace that moved from one organization to another belongs where it was last."""
    async with database.write() as connection:
        await installations.admit(connection, "T1", "E2", NOW)
        await installations.admit(connection, "T1", "E1", NOW - HOUR)
        assert await installations.admitted_by(connection, "E2") == ("T1",)
        assert await installations.admitted_by(connection, "E1") == ()
        assert not await installations.turn_out(connection, "T1", "E1", NOW + HOUR, NOW)
        assert await installations.turn_out(connection, "T1", "E2", NOW, NOW)
        assert await installations.admitted_by(connection, "E2") == ()
