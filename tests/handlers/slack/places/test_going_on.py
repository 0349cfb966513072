"""Installed again, a workspace's tips go on, however its bot learned that the app was removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine, event

from cards import scopes
from messengers.slack.installations import Token
from messengers.slack.rotation import AppSecrets, Rotation
from messengers.slack.sealing import Seals
from messengers.slack.stored_installations import Means, StoredInstallations
from playground.slack.emulator import Message
from store import installations
from store.deliveries.rows import Deliveries, Delivery
from store.subscriptions import Subscriptions
from tests.bot.sides import all_installations, slack_side
from tests.bot.slack.many import HARBOR, KEY, NORTHWIND, Many, many
from tests.handlers.slack.places.test_places import tips, tokens, turn_on
from tests.store.rows import subscription

TEAM = "T0NORTHWIND"


def now(world: Many) -> datetime:
    """Give the bot's time."""
    return datetime.fromtimestamp(world.slack.clock.now(), UTC)


async def due(world: Many, team: str = TEAM) -> None:
    """Let the moment of the next tip come, and what is planned be posted."""
    moment = (await tips(world, team)).next_run_at
    assert moment is not None
    world.slack.clock.move_to(moment.timestamp() + 1)
    await tick(world)


async def tick(world: Many) -> None:
    """Have what is due planned and posted."""
    await world.bot.ticker.tick()
    await world.settle()


async def planned(world: Many) -> list[Delivery]:
    """List the weekly tips' rows, oldest first."""
    async with world.bot.database.read() as connection:
        every = [
            row
            for state in ("sent", "failed", "skipped", "planned", "unknown")
            for row in await Deliveries().in_state(connection, state, 100)
        ]
    return sorted((row for row in every if row.kind == "tip"), key=lambda row: row.due_at)


def posts(world: Many) -> list[Message]:
    """List what stands in the channel."""
    north = world.slack.workspaces[TEAM]
    return north.posts(north.channel("product"))


async def again(world: Many) -> None:
    """Install the app again, and invite it."""
    north = world.slack.workspaces[TEAM]
    north.invite_bot(north.channel("product"))
    await world.install(NORTHWIND)


async def removed_unheard(world: Many) -> None:
    """Have the app installed, with tips, and removed; the next tip is refused."""
    await world.install(NORTHWIND)
    await turn_on(world)
    world.slack.directory.uninstall(TEAM)
    await due(world)


async def test_a_removal_that_no_event_told(tmp_path: Path) -> None:
    """A refused post stops the tips; who installs the app again has to do nothing else."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        before = len(posts(world))
        world.slack.directory.uninstall(TEAM)
        await due(world)
        assert ((await tips(world)).state, (await tips(world)).reason) == ("paused", "account_inactive")
        await again(world)
        assert (await tips(world)).state == "on"
        await tick(world)
        assert len(posts(world)) == before  # the refused week has its row
        await due(world)
        assert [row.state for row in await planned(world)] == ["failed", "sent"]
        assert len(posts(world)) == before + 1


@pytest.mark.parametrize("tokens_first", [False, True])
async def test_a_refusal_that_comes_before_the_events(tmp_path: Path, *, tokens_first: bool) -> None:
    """The tips are stopped for the refusal by then, and go on with those that the event holds."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        bot = world.slack.workspaces[TEAM].bot_user
        world.slack.directory.uninstall(TEAM)
        await due(world)
        events: list[dict[str, Any]] = [
            {"type": "app_uninstalled"},
            {"type": "tokens_revoked", "tokens": {"bot": [bot]}},
        ]
        for event in reversed(events) if tokens_first else events:
            await world.slack.installs.tell(TEAM, event)
        await world.settle()
        assert (await tips(world)).reason == "account_inactive"
        await again(world)
        await due(world)
        assert [row.state for row in await planned(world)] == ["failed", "sent"]


async def test_a_week_that_came_while_they_were_stopped(tmp_path: Path) -> None:
    """Within the grace its tip comes when the app is back, and after it in the week after."""
    async with many(tmp_path) as world:
        await removed_unheard(world)
        (failed,) = await planned(world)
        world.slack.clock.move_to(failed.due_at.timestamp() + 7 * 86_400 + 3600)
        await tick(world)
        await again(world)
        await tick(world)
        assert [row.state for row in await planned(world)] == ["failed", "sent"]


@pytest.mark.parametrize("is_heard", [False, True])
async def test_a_removal_that_is_known_only_after_the_week_came(tmp_path: Path, *, is_heard: bool) -> None:
    """A refusal had stopped the tips before; whenever the end is written down after that, this week's tip is theirs."""
    async with many(tmp_path) as world:
        await removed_unheard(world)
        (failed,) = await planned(world)
        world.slack.clock.move_to(failed.due_at.timestamp() + 7 * 86_400 + 60)
        if is_heard:
            await world.slack.installs.tell(TEAM, {"type": "app_uninstalled"})
        else:  # a day has passed since the refusal
            await slack_side(world.bot).look_for_removals()
        await world.settle()
        assert await tokens(world) == [""]
        await again(world)
        await tick(world)
        assert [row.state for row in await planned(world)] == ["failed", "sent"]


@pytest.mark.parametrize("is_absence_known", [False, True])
async def test_an_installation_in_another_process(tmp_path: Path, *, is_absence_known: bool) -> None:
    """Refused with what it remembers, this process posts with the new token, and nobody's tips stop."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        if is_absence_known:
            async with world.bot.database.write() as connection:
                await installations.remove(connection, TEAM, now(world), now(world))
            stored = all_installations(world.bot).stored
            stored.drop(TEAM)
            assert await stored.find(TEAM) is None
        before = len(posts(world))
        world.slack.directory.uninstall(TEAM)
        await installed_elsewhere(world)
        await due(world)
        assert [row.state for row in await planned(world)] == ["sent"]
        assert (await tips(world)).state == "on"
        assert len(posts(world)) == before + 1


async def test_a_token_that_was_called_worthless_is_tried_no_more(tmp_path: Path) -> None:
    """Its end was told and is kept in mind; installed again by another process, all goes on with the new one."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        world.slack.directory.uninstall(TEAM)
        await world.slack.installs.tell(TEAM, {"type": "tokens_revoked", "tokens": {"bot": ["U0NWPMCOMPARE"]}})
        await world.settle()
        calls = world.slack.workspaces[TEAM].platform.calls
        before = len(calls)
        await installed_elsewhere(world)
        await slack_side(world.bot).look_for_removals()
        await due(world)
        assert [row.state for row in await planned(world)] == ["sent"]
        assert all(call.outcome.get("ok") for call in calls[before:])


async def test_who_installed_it_is_killed_before_the_tips_go_on(tmp_path: Path) -> None:
    """The installation is kept by then: whoever looks for what was stopped lets them go on, with the week's tip."""
    async with many(tmp_path) as world:
        await removed_unheard(world)
        (failed,) = await planned(world)
        world.slack.clock.move_to(failed.due_at.timestamp() + 7 * 86_400 + 60)
        await installed_elsewhere(world)
        assert (await tips(world)).reason == "account_inactive"
        await slack_side(world.bot).look_for_removals()
        await tick(world)
        assert (await tips(world)).state == "on"
        assert [row.state for row in await planned(world)] == ["failed", "sent"]


async def test_a_workspace_that_its_organization_admits_again(tmp_path: Path) -> None:
    """A post was refused before the event came: channel by channel, though it is of the whole workspace."""
    team = "T0HARBORAPPS"
    async with many(tmp_path) as world:
        apps, directory = world.slack.workspaces[team], world.slack.directory
        await world.install(HARBOR)
        await world.slack.installs.admit(team)
        await turn_on(world, team, "jon", "apps-product")
        directory.admit(team, is_admitted=False)
        await due(world, team)
        assert (await tips(world, team)).reason == "team_access_not_granted"
        await world.slack.installs.tell("E0HARBOR", {"type": "team_access_revoked", "team_ids": [team]})
        await world.slack.installs.admit(team)
        await world.settle()
        assert (await tips(world, team)).state == "on"
        apps.invite_bot(apps.channel("apps-product"))
        await due(world, team)
        assert [row.state for row in await planned(world)] == ["failed", "sent"]


async def test_what_left_for_good_is_not_looked_up_one_by_one(tmp_path: Path) -> None:
    """A thousand that left cost as many statements as one: their tips stay stopped, and Slack is asked of none."""
    counts = []
    async with many(tmp_path) as world:
        for number in range(2):
            async with world.bot.database.write() as connection:
                left = [
                    subscription(id=f"s{number}{each}", workspace=f"T{number}{each}", state="paused", reason=reason)
                    for each, reason in enumerate(["account_inactive", "token_expired"] * 20)
                ]
                await Subscriptions().insert_many(connection, left)
            with counting() as statements:
                await slack_side(world.bot).look_for_removals()
            counts.append(len(statements))
        async with world.bot.database.read() as connection:
            assert {each.state for each in await Subscriptions().every(connection)} == {"paused"}
    assert counts[0] == counts[1]


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect the statements that reach the database."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def installed_elsewhere(world: Many) -> None:
    """Have the app installed by a process that keeps the installation, and does no more."""
    directory, north = world.slack.directory, world.slack.workspaces[TEAM]
    north.invite_bot(north.channel("product"))
    code = directory.issue_code(TEAM, "U0GRETA", [scope.name for scope in scopes.REQUIRED], "")
    fresh = directory.install(directory.use_code(code, ""))
    at = world.slack.clock.now()
    made = Installation(team_id=TEAM, user_id="U0GRETA", bot_token=fresh.token, bot_id="B1", installed_at=at)
    await other_process(world).keep(made)


def other_process(world: Many) -> StoredInstallations:
    """Give the installations as another process has them, on the same database."""
    seals, app, client = Seals([KEY]), AppSecrets("", Token("")), AsyncWebClient()
    clock = partial(now, world)
    rotation = Rotation(world.bot.database, seals, app, client, clock=clock)
    return StoredInstallations(world.bot.database, seals, rotation, Means(lambda _token, _team: client, clock))


async def test_what_a_person_paused_stays_paused(tmp_path: Path) -> None:
    """Only what was stopped for the app's end goes on with it."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        north = world.slack.workspaces[TEAM]
        north.archive(north.channel("product"))
        await due(world)
        assert (await tips(world)).reason == "is_archived"
        world.slack.directory.uninstall(TEAM)
        await again(world)
        assert ((await tips(world)).state, (await tips(world)).reason) == ("paused", "is_archived")
