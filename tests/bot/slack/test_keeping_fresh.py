"""What is known of installations is kept up to date whatever goes wrong on the way, and a stop breaks nothing off."""

import asyncio
from pathlib import Path

from playground.shared.trouble import Trouble
from store import installations
from store.installation_tables import installation
from tests.bot.sides import all_installations
from tests.bot.slack.many import NORTHWIND, Many, many


class Turns:
    """Stands in the place of the rest between two looks: each waits until it is let go on."""

    def __init__(self) -> None:
        """Let nobody go on yet."""
        self.waiting: list[tuple[float, asyncio.Future[None]]] = []
        self.came = asyncio.Event()

    async def rest(self, seconds: float) -> None:
        """Wait to be let go on."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((seconds, turn))
        self.came.set()
        await turn

    async def wait_for(self, *kinds: float) -> None:
        """Wait until all those rest that rest for so many seconds."""
        async with asyncio.timeout(20):
            while not set(kinds) <= {seconds for seconds, _ in self.waiting}:
                self.came.clear()
                await self.came.wait()

    def go_on(self, kind: float) -> None:
        """Let those go on who rest for so many seconds."""
        for seconds, turn in self.waiting:
            if seconds == kind:
                turn.set_result(None)
        self.waiting = [each for each in self.waiting if each[0] != kind]


async def _held(world: Many) -> None:
    """Have Northwind's tips held, so that Slack is asked whether the app is still installed there."""
    north = world.slack.workspaces["T0NORTHWIND"]
    north.trouble.append(Trouble("auth.test", "garbage_after"))
    await north.send_event({"type": "grid_migration_started", "enterprise_id": "E0NEW"})


async def _removed_elsewhere(world: Many) -> None:
    """Have another process hear that Northwind removed the app."""
    now = world.bot.clock()
    async with world.bot.database.write() as connection:
        assert await installations.remove(connection, "T0NORTHWIND", now, now)


async def test_rubbish_from_slack_ends_no_watching(tmp_path: Path) -> None:
    """Whoever is asked about and answers what nobody can read: the others are watched and renewed as before."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        found, turns = all_installations(world.bot), Turns()
        found.rest = turns.rest
        await _held(world)
        keeping = asyncio.create_task(found.keep_fresh())
        await turns.wait_for(3.0, 60.0, 600.0)
        assert await found.stored.find("T0NORTHWIND") is not None
        await _removed_elsewhere(world)
        turns.go_on(3.0)
        await turns.wait_for(3.0)
        assert await found.stored.find("T0NORTHWIND") is None
        keeping.cancel()
        await asyncio.wait([keeping])


async def test_a_slack_that_does_not_answer_holds_up_no_watching(tmp_path: Path) -> None:
    """While it is asked about what was stopped, an end in another process is learned within seconds all the same."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        found, turns = all_installations(world.bot), Turns()
        found.rest = turns.rest
        north = world.slack.workspaces["T0NORTHWIND"]
        await north.send_event({"type": "grid_migration_started", "enterprise_id": "E0NEW"})
        north.trouble.append(Trouble("auth.test", "stall_before"))
        keeping = asyncio.create_task(found.keep_fresh())
        await turns.wait_for(3.0, 60.0)
        assert await found.stored.find("T0NORTHWIND") is not None
        await _removed_elsewhere(world)
        turns.go_on(3.0)
        await turns.wait_for(3.0)
        assert await found.stored.find("T0NORTHWIND") is None
        assert not any(seconds == 600.0 for seconds, _ in turns.waiting)  # it still asks
        keeping.cancel()
        await asyncio.wait([keeping])


async def test_a_stop_waits_for_a_token_that_is_being_renewed(tmp_path: Path) -> None:
    """Slack has used the refresh token up by then, so what it gives is still written down."""
    async with many(tmp_path, rotates=True) as world:
        await world.install(NORTHWIND)
        found, turns = all_installations(world.bot), Turns()
        found.rest = turns.rest
        async with world.bot.database.read() as connection:
            before = await connection.scalar(installation.select().with_only_columns(installation.c.refresh_token))
        slow = Trouble("oauth.v2.access", "slow", seconds=0.5)
        world.slack.trouble.append(slow)
        world.slack.clock.shift(11 * 3600)
        keeping = asyncio.create_task(found.keep_fresh())
        await world.slack.wait_for(lambda: slow.met, within=20)  # the request has come, and waits for its answer
        keeping.cancel()
        await world.bot.tasks.drain(5)
        async with world.bot.database.read() as connection:
            row = (await connection.execute(installation.select())).one()
        assert row.refresh_token != before
        assert row.refreshing_until is None
        await asyncio.wait([keeping])
