"""Who is not served leaves nothing and learns nothing, and nobody is served with somebody else's token."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import func, select, update

from bot.slack.install.flow import InstallFlow, RefusedInstallError, Stores
from messengers.slack.oauth_stores import BoltInstallations, StoredStates
from scheduler import housekeeping
from store import copying, facts, installations, tables
from store.facts import Fact, Facts
from store.installation_tables import admitted, installation
from store.installations import Stored
from tests.bot.sides import all_installations, slack_side
from tests.bot.slack.many import HARBOR, NORTHWIND, Many, many
from tests.handlers.slack.places.test_places import tips, turn_on


async def count(world: Many) -> dict[str, int]:
    """Count all rows of tables that know of places."""
    async with world.bot.database.read() as connection:
        return {name: n for name, n in (await copying.counts(connection)).items() if n and name != "install_state"}


async def admissions(world: Many) -> dict[str, str]:
    """Give which organization serves which workspace."""
    async with world.bot.database.read() as connection:
        rows = await connection.execute(select(admitted.c.workspace, admitted.c.enterprise))
        return {row.workspace: row.enterprise for row in rows}


def click(workspace: str, enterprise: str, **of_team: str) -> bytes:
    """Give a click on a card of the organization's installation, which came from a workspace."""
    press = {
        "type": "block_actions",
        "team": {"id": workspace, "domain": "somewhere", **of_team},
        "enterprise": {"id": enterprise, "name": "somebody"},
        "is_enterprise_install": True,
        "user": {"id": "U0VISITOR", "team_id": workspace},
        "channel": {"id": "C0SHARED", "name": "shared"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C0SHARED"},
        "message": {"type": "message", "ts": "1.1", "text": "a card"},
        "trigger_id": "1.1.x",
        "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": "help||"}],
    }
    return urlencode({"payload": json.dumps(press)}).encode()


@pytest.mark.parametrize("tokens_first", [False, True])
async def test_who_is_turned_away_leaves_no_row_at_all(tmp_path: Path, *, tokens_first: bool) -> None:
    """Slack tells of the removal that follows, too: there is nothing to stop, and nothing to remember."""
    async with many(tmp_path, ALLOWED_WORKSPACES="T0POCKET") as world:
        before = await count(world)
        await world.install(NORTHWIND)
        await world.install(HARBOR)
        await world.settle()
        north = world.slack.workspaces["T0NORTHWIND"]
        events: list[dict[str, Any]] = [
            {"type": "app_uninstalled"},
            {"type": "tokens_revoked", "tokens": {"bot": ["U0NWPMCOMPARE"]}},
        ]
        for event in reversed(events) if tokens_first else events:
            await north.send_event(event)
        await north.send_event({"type": "grid_migration_started", "enterprise_id": "E0NEW"})
        await world.settle()
        assert await count(world) == before


async def test_what_is_heard_of_an_organization_that_nobody_installs_in_is_forgotten(tmp_path: Path) -> None:
    """It may come before the installation does; a day later it will not."""
    async with many(tmp_path, ALLOWED_WORKSPACES="T0POCKET") as world:
        await world.install("T0POCKET:U0CHLOE")
        now = world.bot.clock()
        async with world.bot.database.write() as connection:
            await installations.admit(connection, "T0HARBORAPPS", "E0HARBOR", now)
        await slack_side(world.bot).look_for_removals()
        assert await admissions(world) == {"T0HARBORAPPS": "E0HARBOR"}
        world.slack.clock.shift(86_401)
        await slack_side(world.bot).look_for_removals()
        assert await admissions(world) == {}


async def test_a_visitors_click_does_not_make_the_organization_serve_them(tmp_path: Path) -> None:
    """Neither a workspace of nobody, nor one of another organization: their tips would be posted by its token."""
    async with many(tmp_path) as world:
        await world.install(HARBOR)
        found = all_installations(world.bot).stored
        for of_team in ({}, {"enterprise_id": "E0OTHER"}):
            answer = await world.slack.post_signed(click("T0VISITOR", "E0HARBOR", **of_team))
            assert answer.status == 200
            await world.settle()
            assert await admissions(world) == {}
            assert await found.find("T0VISITOR") is None
        await world.slack.post_signed(click("T0HARBORWEB", "E0HARBOR", enterprise_id="E0HARBOR"))
        assert await admissions(world) == {"T0HARBORWEB": "E0HARBOR"}


async def test_who_is_struck_off_the_list_gets_no_posts(tmp_path: Path) -> None:
    """The list holds for what the clock posts, too; back on it, all goes on."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
    async with many(tmp_path, ALLOWED_WORKSPACES="T0POCKET") as world:
        side = slack_side(world.bot)
        assert await side.messenger.is_installed("T0NORTHWIND") is None
        assert not world.slack.workspaces["T0NORTHWIND"].platform.calls


async def test_installed_again_while_an_end_is_followed(tmp_path: Path) -> None:
    """The event that comes late finds the new installation only once it has stopped everything: it goes on."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        stored = all_installations(world.bot).stored
        marked = stored.mark_removed

        async def installed_meanwhile(place: str, at: datetime, seen: Stored | None = None) -> bool:
            async with world.bot.database.write() as connection:
                later = world.bot.clock().replace(year=2090)
                await connection.execute(update(installation).values(installed_at=later))
            return await marked(place, at, seen)

        stored.mark_removed = installed_meanwhile  # type: ignore[method-assign] # the moment between two steps
        await world.slack.workspaces["T0NORTHWIND"].send_event({"type": "app_uninstalled"})
        await world.settle()
        assert (await tips(world)).state == "on"


async def test_the_grace_begins_with_the_removal(tmp_path: Path) -> None:
    """What was held for weeks, since its token was revoked, is kept as long as anything else once it is removed."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        north = world.slack.workspaces["T0NORTHWIND"]
        await north.send_event({"type": "grid_migration_started", "enterprise_id": "E0NEW"})
        world.slack.clock.shift(40 * 86_400)
        await world.slack.installs.remove("T0NORTHWIND", tokens_first=False)
        await world.settle()
        world.slack.clock.shift(86_400)
        await housekeeping.clear_old(world.bot.database, world.bot.clock())
        assert (await tips(world)).state == "paused"
        world.slack.clock.shift(30 * 86_400)
        await housekeeping.clear_old(world.bot.database, world.bot.clock())
        async with world.bot.database.read() as connection:
            assert await connection.scalar(select(func.count()).select_from(installation)) == 0


async def test_a_restored_copy_renews_nothing(tmp_path: Path) -> None:
    """The bot that it is a copy of may be running: with each token renewed here it would lose its own."""
    async with many(tmp_path, rotates=True) as world:
        await world.install(NORTHWIND)
        world.slack.clock.shift(11 * 3600)
        stored, now = all_installations(world.bot).stored, world.bot.clock()
        async with world.bot.database.write() as connection:
            await Facts().write(connection, Fact(facts.BACKUP, "", now))
        assert await stored.refresh_due(now) == 0
        async with world.bot.database.write() as connection:
            await Facts().forget(connection, facts.BACKUP)
        assert await stored.refresh_due(now) == 1


async def test_one_workspace_of_an_organization_lets_not_the_others_in(tmp_path: Path) -> None:
    """Slack may name the workspace of who installs beside the organization, whose own id has to be listed."""
    async with many(tmp_path, ALLOWED_WORKSPACES="T0HARBORAPPS") as world:
        found = all_installations(world.bot)
        stores = Stores(
            BoltInstallations(found.stored),
            StoredStates(world.bot.database, world.bot.clock),
            found.places.installed,
        )
        flow = InstallFlow(world.bot.settings, found.client, stores, world.bot.clock)
        whole = Installation(
            user_id="U0INES",
            enterprise_id="E0HARBOR",
            team_id="T0HARBORAPPS",
            is_enterprise_install=True,
            bot_token="xoxb-whole",  # noqa: S106 # a token of nobody
        )
        with pytest.raises(RefusedInstallError):
            await flow.store_installation(AsyncBoltRequest(body=""), whole)
        assert await count(world) == {}


async def test_a_visitor_who_has_the_app_too_does_not_press_as_their_own_workspace(tmp_path: Path) -> None:
    """The card was posted by another workspace's installation: it answers, and the visitor is a visitor there."""
    async with many(tmp_path) as world:
        await world.install("T0POCKET:U0CHLOE")
        await world.install(NORTHWIND)
        pocket, north = world.slack, world.slack.workspaces["T0NORTHWIND"]
        before = len(north.platform.calls)
        partners = pocket.channel("partners")
        pocket.invite_bot(partners)
        press = {
            "type": "block_actions",
            "team": {"id": "T0NORTHWIND", "domain": "somewhere"},
            "user": {"id": "U0ELIF", "team_id": "T0NORTHWIND"},
            "channel": {"id": partners.id, "name": "partners"},
            "container": {"type": "message", "message_ts": "1.1", "channel_id": partners.id},
            "message": {"type": "message", "ts": "1.1", "team": "T0POCKET", "text": "a card"},
            "api_app_id": pocket.app,
            "response_url": pocket.platform.response_url(pocket.platform.tickets.issue_url("U0ELIF", partners.id)),
            "trigger_id": "1.1.x",
            "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": "share|dimension/risks|"}],
        }
        assert (await pocket.post_signed(urlencode({"payload": json.dumps(press)}).encode())).status == 200
        await world.settle()
        async with world.bot.database.read() as connection:
            made = (await connection.execute(select(tables.delivery).where(tables.delivery.c.kind == "share"))).all()
        assert [row.workspace for row in made] == ["T0POCKET"]
        assert len(north.platform.calls) == before
