"""A removal that no event told, since the bot was off for longer than Slack tells it, ends as one that was heard."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, update

from handlers import uninstall
from handlers.context import HandlerContext
from playground.shared.trouble import Trouble
from scheduler import removals
from store import tables
from store.installation_tables import installation
from store.workspaces import belonging
from tests.bot.sides import slack_side
from tests.bot.slack.many import NORTHWIND, Many, many
from tests.handlers.slack.places.test_going_on import TEAM, again, due, planned, removed_unheard, tick
from tests.handlers.slack.places.test_places import tips, tokens, turn_on

DAY = 86_400


async def look(world: Many) -> None:
    """Let it look for what was removed, as it does every ten minutes."""
    await slack_side(world.bot).look_for_removals()
    await world.settle()


def asked(world: Many) -> int:
    """Count how often Slack was asked whether the token is good."""
    return sum(call.method == "auth.test" for call in world.slack.workspaces[TEAM].platform.calls)


async def test_after_a_day_it_counts_as_removed(tmp_path: Path) -> None:
    """Not before; then the token goes, Slack is asked no more, and after the grace all the rest goes."""
    async with many(tmp_path) as world:
        await removed_unheard(world)
        world.slack.clock.shift(DAY - 60)
        await look(world)
        assert await tokens(world) != [""]
        world.slack.clock.shift(120)
        await look(world)
        assert await tokens(world) == [""]
        before = asked(world)
        for _ in range(3):
            world.slack.clock.shift(600)
            await look(world)
        assert asked(world) == before
        world.slack.clock.shift(29 * DAY)
        assert await removals.forget_gone(world.bot.database, world.bot.clock()) == 0
        world.slack.clock.shift(2 * DAY)
        assert await removals.forget_gone(world.bot.database, world.bot.clock()) == 1
        async with world.bot.database.read() as connection:
            assert await belonging.counts(connection, "slack", TEAM) == {}


async def test_two_that_look_at_once_let_nothing_go_on(tmp_path: Path) -> None:
    """What one of them has blanked is no new installation to the other; the week's tip waits for one."""
    async with many(tmp_path) as world:
        await removed_unheard(world)
        (failed,) = await planned(world)
        world.slack.clock.move_to(failed.due_at.timestamp() + 7 * DAY + 60)
        await asyncio.gather(look(world), look(world))
        assert await tokens(world) == [""]
        assert (await tips(world)).state == "paused"
        await tick(world)
        await again(world)
        await tick(world)
        assert [row.state for row in await planned(world)] == ["failed", "sent"]


@pytest.mark.parametrize(
    "values", [{"token": "another"}, {"refresh_token": "another"}], ids=["encrypted anew", "with another to renew it"]
)
async def test_a_token_that_is_kept_otherwise_by_now_is_no_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, str]
) -> None:
    """Its end was found, and before that is written down another process writes the same row."""
    async with many(tmp_path) as world:
        await removed_unheard(world)
        world.slack.clock.shift(2 * DAY)
        stop = uninstall.stop

        async def stop_late(context: HandlerContext, platform: str, workspace: str) -> None:
            await stop(context, platform, workspace)
            async with world.bot.database.write() as connection:
                await connection.execute(update(installation).values(**values))

        monkeypatch.setattr(uninstall, "stop", stop_late)
        await look(world)
        assert await tokens(world) == [""]
        async with world.bot.database.read() as connection:
            actions = list(await connection.scalars(select(tables.history.c.action).order_by(tables.history.c.id)))
        assert "resumed" not in actions
        assert actions[-1] == "stopped"
        monkeypatch.undo()
        await again(world)
        assert (await tips(world)).state == "on"


async def test_installed_again_in_between_it_is_forgotten(tmp_path: Path) -> None:
    """Before the day is over, or after it: the tips go on."""
    async with many(tmp_path) as world:
        await removed_unheard(world)
        await again(world)
        world.slack.clock.shift(2 * DAY)
        await look(world)
        assert await tokens(world) != [""]
        assert (await tips(world)).state == "on"
        world.slack.directory.uninstall(TEAM)
        await due(world)
        world.slack.clock.shift(2 * DAY)
        await look(world)
        assert await tokens(world) == [""]
        await again(world)
        assert (await tips(world)).state == "on"
        assert await tokens(world) != [""]


async def test_in_doubt_nothing_is_removed(tmp_path: Path) -> None:
    """Slack is down, or takes the token again after all: a day and more later it is the only thing that counts."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        north = world.slack.workspaces[TEAM]
        north.trouble.append(Trouble("chat.postMessage", "error", error="account_inactive"))
        await due(world)
        assert (await tips(world)).reason == "account_inactive"
        world.slack.clock.shift(DAY + 60)
        north.trouble.append(Trouble("auth.test", "garbage_after"))
        await look(world)
        assert await tokens(world) != [""]
        await look(world)  # it answers as ever
        assert await tokens(world) != [""]
        assert (await tips(world)).state == "on"
        world.slack.clock.shift(2 * DAY)
        before = asked(world)
        await look(world)
        assert asked(world) == before


async def test_revoked_tokens_alone_count_after_a_day_too(tmp_path: Path) -> None:
    """The first of two events was heard, the other never came."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        world.slack.directory.uninstall(TEAM)
        await world.slack.installs.tell(TEAM, {"type": "tokens_revoked", "tokens": {"bot": ["U0NWPMCOMPARE"]}})
        await world.settle()
        assert await tokens(world) != [""]
        for _ in range(2):
            world.slack.clock.shift(DAY)
            await look(world)
        assert await tokens(world) == [""]
