"""Somebody of each kind to act as: what the bot is told of them, and what they may do on either page."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.shared.clock import EmulatorClock
from playground.shared.page import clock as page_clock
from playground.slack.emulator import SlackEmulator, User
from playground.teams.emulator import Person, TeamsEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.teams.caller import Caller


async def do(slack: SlackEmulator, act: str, user: User, **body: object) -> dict[str, Any]:
    """One act of a person on Slack's page."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.url}page/{act}", json={"user": user.id, **body}) as response,
    ):
        found: dict[str, Any] = await response.json()
        return found


async def do_on_teams(teams: TeamsEmulator, act: str, person: Person, **body: object) -> dict[str, Any]:
    """One act of a person on Teams' page."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{teams.url}/page/teams/{act}", json={"person": person.id, **body}) as response,
    ):
        found: dict[str, Any] = await response.json()
        return found


async def seen(slack: SlackEmulator, user: User) -> dict[str, Any]:
    """What Slack's page shows to this person."""
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}page/state?user={user.id}") as response:
        found: dict[str, Any] = await response.json()
        return found


async def test_slack_says_of_each_what_they_are(slack: SlackEmulator) -> None:
    """users.info names owner, admin, guest and stranger, and the page says it beside the name."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    slack.scopes.add("users:read")
    people = [
        slack.user("bob"),
        slack.user("alice", admin=True),
        slack.user("chloe", kind="owner"),
        slack.user("dan", kind="guest"),
        slack.user("elif", kind="stranger"),
    ]
    names = ("is_admin", "is_owner", "is_restricted", "is_ultra_restricted", "is_stranger")
    found = [(await client.users_info(user=each.id))["user"] for each in people]
    assert [{name for name in names if each.get(name)} for each in found] == [
        set(),
        {"is_admin"},
        {"is_admin", "is_owner"},
        {"is_restricted", "is_ultra_restricted"},
        {"is_stranger"},
    ]
    assert [each["team_id"] == slack.team for each in found] == [True, True, True, True, False]
    roles = [person["role"] for person in (await seen(slack, people[0]))["people"]]
    assert roles == ["Member", "Admin", "Owner", "Guest", "From Northwind"]


async def test_somebody_of_another_workspace(slack: SlackEmulator, bot: EchoBot) -> None:
    """Their events say whose they are, and are authorized for the bot's own; its command is none of theirs."""
    alice, elif_ = slack.user("alice"), slack.user("elif", kind="stranger")
    room = slack.channel("shared", members=[alice, elif_], bot=True)
    own = slack.channel("pm-learning", members=[alice], bot=True)
    await slack.mention(elif_, room, "risks")
    event = bot.heard[-1].event
    assert (event["team_id"], event["event"]["user_team"]) == ("T0NORTHWIND", "T0NORTHWIND")
    assert (event["authorizations"][0]["team_id"], event["is_ext_shared_channel"]) == (slack.team, True)
    await slack.mention(alice, room, "risks")
    assert (bot.heard[-1].event["team_id"], bot.heard[-1].event["is_ext_shared_channel"]) == (slack.team, True)
    await slack.mention(alice, own, "risks")
    assert not bot.heard[-1].event["is_ext_shared_channel"]
    await do(slack, "say", alice, channel=room.id, text="/remove @elif")
    assert "in no other channel" in slack.ephemerals(alice, room)[-1].text
    assert elif_.id in slack.world.members[room.id]
    heard = len(bot.heard)
    await do(slack, "say", elif_, channel=room.id, text="/pm-compare risks")
    assert len(bot.heard) == heard
    assert "not a valid command" in slack.ephemerals(elif_, room)[0].text
    assert all(not channel["has_bot"] or channel["kind"] != "im" for channel in (await seen(slack, elif_))["channels"])


async def test_what_is_no_command_is_said_once(slack: SlackEmulator) -> None:
    """Slackbot answers in the channel; the page has nothing to add."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    for typed, words in (
        ("/nothing", "/nothing is not a valid command."),
        ("/invite @Nobody", "Nobody here is called “@Nobody”."),
        ("/invite", "Who?"),
        ("/remove @alice bob", "Nobody here is called “@alice bob”."),
    ):
        assert (await do(slack, "say", alice, channel=room.id, text=typed))["error"] is None
        assert slack.ephemerals(alice, room)[-1].text.startswith(words)
    assert len(slack.ephemerals(alice, room)) == 4
    assert slack.posts(room) == []


async def test_people_come_and_go(slack: SlackEmulator) -> None:
    """Invited, joined, left; a guest changes nothing; an archived channel takes nobody in."""
    alice, bob, dan = slack.user("alice"), slack.user("bob"), slack.user("dan", kind="guest")
    room, other = slack.channel("pm-learning", members=[alice, dan]), slack.channel("research", members=[bob])
    await do(slack, "say", alice, channel=room.id, text="/invite @Bob")
    assert bob.id in slack.world.members[room.id]
    assert [each["name"] for each in (await seen(slack, alice))["joinable"]] == ["research"]
    await do(slack, "say", alice, channel=room.id, text="/join #research")
    assert alice.id in slack.world.members[other.id]
    await do(slack, "leave", alice, channel=other.id)
    await do(slack, "join", alice, channel=other.id)
    assert alice.id in slack.world.members[other.id]
    assert "can't join" in (await do(slack, "join", dan, channel=other.id))["error"]
    assert "is not in #research" in (await do(slack, "archive", dan, channel=other.id))["error"]
    await do(slack, "say", dan, channel=room.id, text="/invite @PM Compare")
    await do(slack, "archive", dan, channel=room.id)
    assert len(slack.ephemerals(dan, room)) == 2
    await do(slack, "invite", alice, channel=room.id)
    await do(slack, "remove", alice, channel=room.id)
    await do(slack, "say", alice, channel=room.id, text="/archive")
    await do(slack, "invite", alice, channel=room.id)
    assert not slack.has_bot(room)
    assert slack.posts(room)[-1].text.endswith("archived the channel.")
    await do(slack, "unarchive", alice, channel=room.id)
    await do(slack, "invite", alice, channel=room.id)
    assert slack.has_bot(room)


async def test_teams_rosters_say_of_each_what_they_are(teams: TeamsEmulator, caller: Caller) -> None:
    """A guest by role and principal name, an outsider by tenant; owners are told of to nobody."""
    people = [
        teams.person("Alice Martin", kind="owner"),
        teams.person("Bob Okafor"),
        teams.person("Dan Moreau", kind="guest"),
        teams.person("Elif Kaya", kind="outsider"),
    ]
    room = teams.group("All", members=people)
    await teams.install(room)
    roster = (await caller.call("GET", f"conversations/{room.id}/members")).body
    found = {each["name"]: (each["userRole"], each["tenantId"] == teams.tenant_id) for each in roster}
    assert found == {
        "Alice Martin": ("user", True),
        "Bob Okafor": ("user", True),
        "Dan Moreau": ("guest", True),
        "Elif Kaya": ("user", False),
    }
    assert ["#EXT#" in each["userPrincipalName"] for each in roster].count(True) == 1
    assert [person["role"] for person in teams.snapshot(people[0])["people"]] == [
        "Owner",
        "Member",
        "Guest",
        "From Northwind",
    ]


async def test_teams_lets_owners_end_a_team_and_guests_nothing(teams: TeamsEmulator) -> None:
    """Words say who may."""
    alice, bob = teams.person("Alice Martin", kind="owner"), teams.person("Bob Okafor")
    dan = teams.person("Dan Moreau", kind="guest")
    team = teams.team("Product", members=[alice, bob, dan])
    room = teams.channel(team, "pm-learning")
    assert "Only an owner" in (await do_on_teams(teams, "manage", bob, what="archive_team", team=team.id))["error"]
    assert (await do_on_teams(teams, "manage", alice, what="archive_team", team=team.id))["error"] is None
    assert (await do_on_teams(teams, "manage", alice, what="unarchive_team", team=team.id))["error"] is None
    assert "Guests" in (await do_on_teams(teams, "install", dan, conversation=room.id))["error"]
    assert "Guests" in (await do_on_teams(teams, "manage", dan, what="create_channel", team=team.id, name="x"))["error"]
    assert (await do_on_teams(teams, "install", bob, conversation=room.id))["error"] is None


@pytest.mark.parametrize(
    ("zone", "start", "change", "words"),
    [
        ("Europe/Paris", 1795773600, 1806195600, "forward on Sunday 28 March 2027, from 02:00 to 03:00."),
        ("America/New_York", 1804000000, 1805007600, "forward on Sunday 14 March 2027, from 02:00 to 03:00."),
        ("Europe/Paris", 1806195600, 1824944400, "back on Sunday 31 October 2027, from 03:00 to 02:00."),
        ("Australia/Lord_Howe", 1795773600, 1806764400, "back on Sunday 4 April 2027, from 02:00 to 01:30."),
    ],
)
def test_the_clock_goes_to_an_hour_before_a_change(zone: str, start: int, change: int, words: str) -> None:
    """In whole seconds, and it says which change it is, by the clocks of that zone."""
    clock = EmulatorClock(real=lambda: float(start))
    error, told = page_clock.to_clock_change(clock, zone)
    assert error is None
    assert told.endswith(words)
    assert clock.now() == pytest.approx(change - 3600, abs=0.001)


def test_a_zone_without_changes_says_so() -> None:
    """Nothing moves."""
    clock = EmulatorClock(real=lambda: 1795773600.0)
    error, _ = page_clock.to_clock_change(clock, "Asia/Kolkata")
    assert error is not None
    assert "Asia/Kolkata does not change its clocks" in error
    assert clock.offset == 0
