"""A second tenant beside the first: its own people and conversations, the same bot, and what being turned away is."""

from collections.abc import AsyncIterator

import pytest

from playground.teams import outbound
from playground.teams.emulator import NORTHWIND, TENANT_ID, TeamsEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.teams.caller import Caller


@pytest.fixture
async def teams(bot: EchoBot) -> AsyncIterator[TeamsEmulator]:
    """Give an emulator with two furnished tenants."""
    async with TeamsEmulator(messaging_endpoint=bot.url, furnished=True, beside=(NORTHWIND,)) as teams:
        yield teams


async def test_activities_carry_their_own_tenant(teams: TeamsEmulator, bot: EchoBot) -> None:
    """In the conversation and in the channel data, as Teams names it twice; the bot is the same one."""
    north = teams.tenants[NORTHWIND.id]
    greta = north.person("Greta Vogel")
    await north.install(north.personal(greta))
    await north.say(greta, north.personal(greta), "risks")
    heard = bot.heard[-1].event
    assert heard["conversation"]["tenantId"] == heard["channelData"]["tenant"]["id"] == NORTHWIND.id
    assert heard["recipient"]["id"] == teams.bot_id
    assert heard["serviceUrl"] == teams.service_url
    alice = teams.person("Alice Martin")
    await teams.say(alice, teams.personal(alice), "risks")
    assert bot.heard[-1].event["conversation"]["tenantId"] == TENANT_ID


async def test_nobody_is_in_both_conversations(teams: TeamsEmulator) -> None:
    """Ids of conversations are the tenants' own; Elif has one id everywhere, and another chat with the app."""
    north = teams.tenants[NORTHWIND.id]
    assert not north.world.conversations.keys() & teams.world.conversations.keys()
    assert north.person("Elif Kaya").id == teams.person("Elif Kaya").id
    assert north.personal(north.person("Elif Kaya")).id != teams.personal(teams.person("Elif Kaya")).id


async def test_the_bots_calls_reach_the_tenant_they_are_about(teams: TeamsEmulator, caller: Caller) -> None:
    """One address and one token for both: the conversation says which, and a new chat its tenant."""
    north = teams.tenants[NORTHWIND.id]
    greta = north.person("Greta Vogel")
    chat = north.personal(greta)
    await north.install(chat)
    assert (await caller.post(chat, {"type": "message", "text": "Hello"})).status == 201
    assert [each.text for each in north.messages(chat)] == ["Hello"]
    made = {"members": [{"id": greta.member_id}], "tenantId": NORTHWIND.id, "bot": {"id": teams.bot_id}}
    answered = await caller.call("POST", "conversations", made)
    assert (answered.status, answered.body["id"]) == (201, chat.id)
    answered = await caller.call("POST", "conversations", {**made, "tenantId": TENANT_ID})
    assert answered.status == 400


async def test_a_tenant_that_is_turned_away_is_told_so_in_words(teams: TeamsEmulator, bot: EchoBot) -> None:
    """403 from the bot: the page names the setting, until the bot answers again; the first tenant hears of nothing."""
    north = teams.tenants[NORTHWIND.id]
    greta = north.person("Greta Vogel")
    bot.answers({"error": "outsider"}, status=403)
    outcome = await north.install(north.personal(greta))
    assert outcome.error == outbound.TURNED_AWAY
    assert north.snapshot(greta)["turned_away"] == outbound.TURNED_AWAY
    assert teams.snapshot(teams.person("Alice Martin"))["turned_away"] == ""
    bot.answers()
    await north.say(greta, north.personal(greta), "risks")
    assert north.snapshot(greta)["turned_away"] == ""
