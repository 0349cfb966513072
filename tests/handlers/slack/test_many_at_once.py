"""Many people who steer one channel's tips at the same moment: each change is done, and nobody gets an apology."""

import asyncio
import random
from pathlib import Path

import psycopg
import pytest

from playground.slack.emulator import Outcome, User
from playground.slack.values import Channel
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_tips import FORM, turn_on
from tests.handlers.slack.world import World, labels

PEOPLE, CHANGES = 16, 8
WORDS = ("tips off", "tips skip", "tips keep", "tips pause", "tips resume", "tips now")
MAY_BE_SLOW = {None, "operation_timeout"}  # three seconds, on a machine that does other things as well


async def steer(world: World, room: Channel, person: User, number: int) -> None:
    """Change the room's tips over and over, turning them on wherever they are off."""
    chance = random.Random(number)  # noqa: S311 # guards nothing

    async def typed(words: str) -> Outcome:
        answer = await world.slack.command(person, room, f"/pm-compare {words}")
        assert answer.error in MAY_BE_SLOW
        return answer

    for _ in range(CHANGES):
        answer = await typed(chance.choice(WORDS))
        world.clock.move(hours=1 / 3600)
        if answer.ephemeral is None or "Settings" not in labels(answer.ephemeral):
            continue
        card = (await typed("tips")).ephemeral
        if card is None or "Turn on…" not in labels(card):
            continue
        await world.slack.click(person, card, label="Turn on…")
        view = world.slack.view(person)
        if view is not None:
            answer = await world.slack.submit(person, view, dict(FORM))
            assert answer.error in MAY_BE_SLOW


@pytest.mark.long
async def test_many_steer_one_channel_at_once(tmp_path: Path, migrated_postgres: str) -> None:
    """Sixteen people on PostgreSQL, with the dispatcher posting their introductions meanwhile."""
    async with World(tmp_path, DATABASE_URL=migrated_postgres) as world:
        people = [world.slack.user(f"person-{number}") for number in range(PEOPLE)]
        room = world.slack.channel("crowded", members=people, bot=True)
        await asyncio.gather(*(steer(world, room, person, number) for number, person in enumerate(people)))
        assert world.failures() == 0


async def test_a_deadlock_is_nobodys_trouble(tmp_path: Path, migrated_postgres: str) -> None:
    """Another program takes our rows in another order: PostgreSQL gives our change up, and it is done again."""
    async with World(tmp_path, DATABASE_URL=migrated_postgres) as world:
        await turn_on(world)
        async with await psycopg.AsyncConnection.connect(migrated_postgres) as other:
            await other.execute("SET deadlock_timeout = '1min'")  # so that it is ours that is given up, after a second
            await other.execute("SELECT id FROM subscription FOR UPDATE")
            asking = asyncio.create_task(ask(world, "tips skip"))
            while not await waits(other):  # noqa: ASYNC110 # the server knows, and tells nobody
                await asyncio.sleep(0)
            # What who steers has taken already, and holds until its change is done.
            await other.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(platform || ' ' || workspace || ' ' || conversation, "
                "0)) FROM subscription"
            )
        card = await asking
        assert "Undo skip" in labels(card)
        assert world.failures() == 0


async def waits(connection: psycopg.AsyncConnection) -> bool:
    """Say whether somebody waits for a row."""
    found = await connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
    row = await found.fetchone()
    return row is not None and row[0] > 0
