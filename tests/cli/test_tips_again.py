"""`python -m bot tips …` where there are tips already: what a command does not say stays as people chose it."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from store import tables
from store.database.access import Database
from tests.cli.program import ledger, typed
from tests.cli.test_tips_command import ONE, WEEKLY, added, listed, steered, turn_on

CHOSEN = {
    "owner": "U061F7AUR",
    "co_owners": "U0G9QF9C6",
    "changed_by": "owner",
    "quiet_country": "DE",
    "dimensions": "risks",
}


async def _choose(folder: Path, **values: object) -> None:
    """Write what people chose in the one channel: there is no command for most of it."""
    database = Database(f"sqlite:///{folder / 'bot.db'}")
    try:
        async with database.write() as connection:
            await connection.execute(update(tables.subscription).values(**values))
    finally:
        await database.close()


@pytest.mark.parametrize("is_file", [False, True])
@pytest.mark.parametrize(
    ("stood", "how"),
    [
        ({"state": "on"}, ""),
        ({"state": "off", "reason": "person", "next_run_at": None}, "off"),
        ({"state": "paused", "reason": "person", "paused_by": "U061F7AUR", "next_run_at": None}, "paused"),
        ({"state": "paused", "reason": "is_archived", "next_run_at": None}, "paused because this channel is archived"),
        ({"state": "starting", "next_run_at": None}, "waiting for their introduction"),
    ],
)
async def test_adding_again_leaves_what_people_chose(
    tmp_path: Path, stood: dict[str, object], how: str, *, is_file: bool
) -> None:
    """The new hour is taken; whose tips they are, who may change them and whether they are on stay, and it is said."""
    await asyncio.to_thread(turn_on, tmp_path)
    await _choose(tmp_path, **CHOSEN, **stood)
    source = tmp_path / "channels.json"
    source.write_text(json.dumps([WEEKLY | {"channel": "C024BE91L", "at": "16:30"}]))
    options = () if is_file else ("--at", "16:30")
    file = source if is_file else None
    before = (await asyncio.to_thread(listed, tmp_path))[0]
    said = await asyncio.to_thread(partial(added, tmp_path, *options, "--introduce", source=file))
    after = (await asyncio.to_thread(listed, tmp_path))[0]
    changed = {"at", "next"}
    assert {name: after[name] for name in after if name not in changed} == {
        name: before[name] for name in before if name not in changed
    }
    assert (after["at"], after["changed_by"], after["owner"]) == ("16:30", "owner", "U061F7AUR")
    is_silent = stood["state"] == "starting"
    assert how in said or is_silent
    assert ("--switch-on turns them on" in said) == (stood["state"] in {"off", "paused"})
    assert [row for row in await ledger(tmp_path) if row.kind == "introduction"] == []
    said = await asyncio.to_thread(partial(added, tmp_path, *options, "--switch-on", "--anyone", source=file))
    last = (await asyncio.to_thread(listed, tmp_path))[0]
    assert (last["state"], last["changed_by"], last["paused_until"]) == ("on", "anyone", None)
    assert (last["owner"], last["co_owners"], last["quiet_country"]) == ("U061F7AUR", ["U0G9QF9C6"], "DE")
    assert "anyone may change them now; only the owners might before" in said
    assert (f"switched on again; they were {how}" in said) == (stood["state"] != "on")


async def test_a_pause_that_ends_too_late_for_the_calendar_can_be_read(tmp_path: Path) -> None:
    """Rows of before such days were refused: every command about them answers, and a new end is taken."""
    await asyncio.to_thread(turn_on, tmp_path)
    for zone in ("Europe/Paris", "Pacific/Kiritimati", "America/Los_Angeles"):
        for until in (datetime(9998, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)):
            await _choose(tmp_path, state="paused", reason="person", next_run_at=None, paused_until=until, zone=zone)
            for words in (
                ("list",),
                ("show", *ONE),
                ("show", *ONE, "--json"),
                ("pause", *ONE),
                ("quiet", *ONE, "--country", ""),
            ):
                ended = await asyncio.to_thread(partial(typed, tmp_path, "tips", *words))
                assert ended.code == 0, (zone, until, words, ended.err)
    await asyncio.to_thread(steered, tmp_path, "pause", "--until", "")
    assert (await asyncio.to_thread(listed, tmp_path))[0]["paused_until"] is None
