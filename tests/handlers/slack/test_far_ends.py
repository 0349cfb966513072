"""Pauses that end too late for the calendar, as `tips pause --until` once took them: every answer is drawn."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from scheduler.subscriptions import pausing
from store import tables
from store.subscriptions import Subscriptions
from tests.handlers.slack.test_steering import asked, opened
from tests.handlers.slack.test_tips import tick, turn_on
from tests.handlers.slack.world import World

WORDS = ("tips", "tips history", "tips upcoming", "tip", "doctor", "tips pause", "tips skip", "tips now", "tips more")
ENDS = (datetime(9989, 6, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_every_answer_about_such_tips_is_drawn(world: World, zone: str) -> None:
    """In zones on both sides of UTC; the clock ticks on, the forms open, and Resume ends it."""
    await turn_on(world)
    for end in ENDS:
        async with world.bot.database.write() as connection:
            (row,) = await Subscriptions().every(connection)
            await connection.execute(update(tables.subscription).values(zone=zone))
            await pausing.pause(connection, row.id, by=world.alice.id, now=world.clock(), until=end)
        await tick(world)
        for words in WORDS:
            assert (await asked(world, world.alice, words)).text, (end, words)
        await opened(world, await asked(world, world.alice, "tips"), "Edit")
        assert "are on" in (await asked(world, world.alice, "tips resume")).text
    assert world.failures() == 0
