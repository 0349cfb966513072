"""What Slack tells of installations is followed: removed, revoked, admitted, moved, and installed again."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from playground.slack.emulator import Ephemeral
from store import tables
from store.installation_tables import installation
from store.subscriptions import Subscription, Subscriptions
from tests.bot.sides import all_installations
from tests.bot.slack import requests as sent
from tests.bot.slack.many import HARBOR, JON, NORTHWIND, Many, many

FORM = {"weekday": "0", "at": "09:00", "zone": "Europe/Berlin"}


async def turn_on(world: Many, team: str = "T0NORTHWIND", person: str = "greta", room: str = "product") -> Subscription:
    """Have somebody turn tips on in a channel of their workspace."""
    place = world.slack.workspaces[team]
    channel, who = place.channel(room), place.user(person)
    place.invite_bot(channel)
    answer = await place.command(who, channel, "/pm-compare tips")
    await world.settle()
    assert answer.ephemeral is not None
    await place.click(who, answer.ephemeral, label="Turn on…")
    view = place.view(who)
    assert view is not None
    await place.submit(who, view, FORM)
    await world.settle()
    return await tips(world, team)


async def rows(world: Many, team: str = "T0NORTHWIND") -> list[Subscription]:
    """List the weekly tips of a workspace."""
    async with world.bot.database.read() as connection:
        return list(await Subscriptions().every(connection, "slack", team))


async def tips(world: Many, team: str = "T0NORTHWIND") -> Subscription:
    """Give the only weekly tips of a workspace."""
    (found,) = await rows(world, team)
    return found


async def tokens(world: Many) -> list[str]:
    """List what is stored of tokens."""
    async with world.bot.database.read() as connection:
        return list(await connection.scalars(installation.select().with_only_columns(installation.c.token)))


async def asked(world: Many, words: str = "risks") -> Ephemeral:
    """Ask at Northwind, as Greta."""
    north = world.slack.workspaces["T0NORTHWIND"]
    answer = await north.command(north.user("greta"), north.channel("product"), f"/pm-compare {words}")
    assert answer.ephemeral is not None
    return answer.ephemeral


@pytest.mark.parametrize("tokens_first", [False, True])
async def test_removed_in_either_order_and_installed_again(tmp_path: Path, *, tokens_first: bool) -> None:
    """Tokens are gone at once, and tips are held; installed again within the grace, they go on as they were."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND, "users:read")
        before = await turn_on(world)
        await world.slack.installs.remove("T0NORTHWIND", tokens_first=tokens_first)
        await world.settle()
        assert await tokens(world) == [""]
        assert ((await tips(world)).state, (await tips(world)).reason) == ("paused", "app_uninstalled")
        await world.install(NORTHWIND, "users:read")
        after = await tips(world)
        assert (after.state, after.next_run_at, after.owner) == ("on", before.next_run_at, before.owner)
        assert "Risks" in (await asked(world)).text


async def test_what_was_answered_before_is_nobodys_once_the_app_is_removed(tmp_path: Path) -> None:
    """A card that is kept is given to those alone who have an installation, and to them at once."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        north = world.slack.workspaces["T0NORTHWIND"]
        typed = sent.command() | {"team_id": "T0NORTHWIND", "user_id": "U0GRETA"}

        async def said() -> str:
            return json.dumps((await north.post_signed(urlencode(typed).encode())).body)

        kept = await said()
        assert "Risks" in kept
        assert await said() == kept
        await world.slack.installs.remove("T0NORTHWIND", tokens_first=True)
        await world.settle()
        assert "Risks" not in await said()
        assert "/slack/install" in await said()
        await world.install(NORTHWIND)
        assert await said() == kept


async def test_events_of_a_former_installation_come_late(tmp_path: Path) -> None:
    """Whoever installed it again since loses nothing, whichever event it is, and however often it comes."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        await world.slack.installs.remove("T0NORTHWIND", tokens_first=False)
        await world.settle()
        late = world.slack.workspaces["T0NORTHWIND"].outbound.deliveries[-2:]
        assert {each.envelope["event"]["type"] for each in late} == {"app_uninstalled", "tokens_revoked"}
        world.slack.clock.shift(60)
        await world.install(NORTHWIND)
        for each in (*late, *reversed(late)):
            await world.slack.resend(each)
        await world.settle()
        assert (await tips(world)).state == "on"
        assert await tokens(world) != [""]
        assert "Risks" in (await asked(world)).text


async def test_revoked_tokens_alone_are_no_removal(tmp_path: Path) -> None:
    """A person's token says nothing of ours; a bot's that works goes on; one that does not holds tips, and is kept."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        north = world.slack.workspaces["T0NORTHWIND"]
        for revoked in ({"oauth": ["U0GRETA"]}, {"bot": ["U0NWPMCOMPARE"]}):
            world.slack.clock.shift(5)
            await north.send_event({"type": "tokens_revoked", "tokens": revoked})
            await world.settle()
            assert (await tips(world)).state == "on"
        assert await tokens(world) != [""]


async def test_what_was_removed_is_deleted_after_thirty_days(tmp_path: Path) -> None:
    """Not a day before, and then all of it."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        await turn_on(world)
        await world.slack.installs.remove("T0NORTHWIND", tokens_first=False)
        await world.settle()
        world.slack.clock.shift(29 * 86_400)
        await world.bot.ticker.housekeep()
        assert len(await rows(world)) == 1
        world.slack.clock.shift(2 * 86_400)
        await world.bot.ticker.housekeep()
        assert await rows(world) == []
        assert await tokens(world) == []


async def test_an_organization_serves_what_it_admits(tmp_path: Path) -> None:
    """The first request of an admitted workspace is answered; turned out, its tips are held; removed, all are."""
    async with many(tmp_path) as world:
        await world.install(HARBOR, "users:read")
        await world.slack.installs.admit("T0HARBORAPPS")
        await world.slack.installs.admit("T0HARBORWEB")
        await world.settle()
        apps, web = (world.slack.workspaces[team] for team in ("T0HARBORAPPS", "T0HARBORWEB"))
        welcomes = [call for each in (apps, web) for call in each.platform.calls if call.method == "chat.postMessage"]
        assert len(welcomes) == 1
        assert {call.arguments["team_id"] for call in welcomes} == {"T0HARBORAPPS"}
        await turn_on(world, "T0HARBORAPPS", "jon", "apps-product")
        await turn_on(world, "T0HARBORWEB", "lea", "web-product")
        await world.slack.installs.withdraw("T0HARBORAPPS")
        await world.settle()
        assert (await tips(world, "T0HARBORAPPS")).state == "paused"
        assert (await tips(world, "T0HARBORWEB")).state == "on"
        await world.slack.installs.admit("T0HARBORAPPS")
        await world.settle()
        assert (await tips(world, "T0HARBORAPPS")).state == "on"
        await world.slack.installs.remove("E0HARBOR", tokens_first=False)
        await world.settle()
        assert await tokens(world) == [""]
        assert {(await tips(world, team)).state for team in ("T0HARBORAPPS", "T0HARBORWEB")} == {"paused"}


async def test_one_workspace_of_an_organization_on_its_own(tmp_path: Path) -> None:
    """It is served by its own installation, and another of the organization by none."""
    async with many(tmp_path) as world:
        await world.install(JON)
        apps = world.slack.workspaces["T0HARBORAPPS"]
        answer = await apps.command(apps.user("jon"), apps.channel("apps-product"), "/pm-compare risks")
        assert answer.ephemeral is not None
        assert "Risks" in answer.ephemeral.text


async def test_slack_connect_goes_by_whose_installation_it_is(tmp_path: Path) -> None:
    """A visitor's reaction reaches the workspace whose post it is, though the event is sent for another as well."""
    async with many(tmp_path) as world:
        await world.install("T0POCKET:U0CHLOE")
        pocket, north = world.slack, world.slack.workspaces["T0NORTHWIND"]
        partners = pocket.channel("partners")
        pocket.invite_bot(partners)
        inside = next(
            one
            for one in pocket.world.people.values()
            if one.id in pocket.world.members[partners.id] and one.kind != "stranger"
        )
        await pocket.mention(inside, partners, "risks")
        await world.settle()
        roots = pocket.posts(partners)
        replies = [each for root in roots for each in pocket.thread(partners, root.ts)]
        shown = next(each for each in replies if each.blocks)
        seen = north.message(partners, shown.ts)
        assert seen is not None
        await north.react(north.user("elif"), seen, "mag")
        await world.settle()
        async with world.bot.database.read() as connection:
            made = (await connection.execute(tables.delivery.select().where(tables.delivery.c.kind == "reply"))).all()
        assert [(row.workspace, row.state) for row in made] == [("T0POCKET", "sent")]


async def test_a_visitors_click_is_for_the_workspace_whose_card_it_is(tmp_path: Path) -> None:
    """Whichever workspace the payload names first, the visitor is answered by the installation that posted it."""
    async with many(tmp_path) as world:
        await world.install("T0POCKET:U0CHLOE")
        pocket = world.slack
        partners = pocket.channel("partners")
        for team in ("T0POCKET", "T0NORTHWIND"):
            press = {
                "type": "block_actions",
                "team": {"id": team, "domain": "somewhere"},
                "user": {"id": "U0ELIF", "team_id": "T0NORTHWIND"},
                "channel": {"id": partners.id, "name": "partners"},
                "container": {"type": "message", "message_ts": "1.1", "channel_id": partners.id},
                "message": {"type": "message", "ts": "1.1", "team": "T0POCKET", "text": "a card"},
                "api_app_id": pocket.app,
                "response_url": pocket.platform.response_url(pocket.platform.tickets.issue_url("U0ELIF", partners.id)),
                "trigger_id": "1.1.x",
                "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": "help||"}],
            }
            answer = await pocket.post_signed(urlencode({"payload": json.dumps(press)}).encode())
            assert answer.status == 200
            await world.settle()
        said = [each.text for each in pocket.world.ephemerals.values() if each.user == "U0ELIF"]
        assert len(said) == 2
        assert not any("not installed" in text for text in said)


async def test_a_workspace_that_moves_into_an_organization_keeps_all(tmp_path: Path) -> None:
    """Held while Slack moves it, on again afterwards, with what it had; it is allowed by the organization's id then."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        before = await turn_on(world)
        north = world.slack.workspaces["T0NORTHWIND"]
        await north.send_event({"type": "grid_migration_started", "enterprise_id": "E0NEW"})
        assert (await tips(world)).state == "paused"
        await north.send_event({"type": "grid_migration_finished", "enterprise_id": "E0NEW"})
        await north.send_event({"type": "team_rename", "name": "Northwind Labs"})
        await world.settle()
        after = await tips(world)
        assert (after.state, after.next_run_at) == ("on", before.next_run_at)
        async with world.bot.database.read() as connection:
            row = (await connection.execute(installation.select())).one()
        assert (row.place, row.enterprise, row.name) == ("T0NORTHWIND", "E0NEW", "Northwind Labs")


async def test_who_lost_the_installation_is_told_how_to_add_it(tmp_path: Path) -> None:
    """A command is answered with the link, to who asked alone; an event is taken; nothing is done."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        north = world.slack.workspaces["T0NORTHWIND"]
        card = await asked(world, "tips")
        async with world.bot.database.write() as connection:
            await connection.execute(installation.delete())
        all_installations(world.bot).stored.drop("T0NORTHWIND")  # as another process's change is learned
        gone = await asked(world)
        assert "I am not installed in this workspace any more" in gone.text
        assert f"{world.address}/slack/install?team=T0NORTHWIND" in str(gone.blocks)
        await north.click(north.user("greta"), card, label="Turn on…")
        await world.settle()
        assert any(
            "not installed" in each.text for each in north.ephemerals(north.user("greta"), north.channel("product"))
        )
        assert (await north.mention(north.user("greta"), north.channel("product"), "risks"))[1] is None
        assert await rows(world) == []


async def test_a_scope_that_is_missing_later_is_asked_for_once(tmp_path: Path) -> None:
    """Whoever installed it is told what does not work, with the page that asks for all; everything else goes on."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        async with world.bot.database.write() as connection:
            await connection.execute(update(installation).values(scopes="commands,chat:write,app_mentions:read"))
        all_installations(world.bot).stored.drop("T0NORTHWIND")
        for _ in range(2):
            assert "Risks" in (await asked(world)).text
            await world.settle()
        north = world.slack.workspaces["T0NORTHWIND"]
        told = [call for call in north.platform.calls if "lack a permission" in str(call.arguments.get("text"))]
        assert [call.arguments["channel"] for call in told] == ["U0GRETA"]
        assert "reactions bring no details" in told[0].arguments["text"]
        assert f"{world.address}/slack/install?team=T0NORTHWIND" in str(told[0].arguments["blocks"])


async def test_a_scope_that_could_not_be_asked_for_is_asked_for_later(tmp_path: Path) -> None:
    """The database was away when it was to be written down that somebody is told: the next request has it done."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        async with world.bot.database.write() as connection:
            await connection.execute(update(installation).values(scopes="commands,chat:write,app_mentions:read"))
        stored = all_installations(world.bot).stored
        stored.drop("T0NORTHWIND")
        await stored.find("T0NORTHWIND")  # from now on in memory
        (tmp_path / "bot.db").rename(tmp_path / "elsewhere.db")
        with capture_logs() as logged:
            await asked(world)
            await world.bot.tasks.drain(5)
        assert [line["event"] for line in logged if line["log_level"] == "error"] == ["task.failed"]
        (tmp_path / "elsewhere.db").rename(tmp_path / "bot.db")
        for _ in range(2):
            await asked(world)
            await world.settle()
        calls = world.slack.workspaces["T0NORTHWIND"].platform.calls
        told = [call for call in calls if "lack a permission" in str(call.arguments.get("text"))]
        assert [call.arguments["channel"] for call in told] == ["U0GRETA"]
