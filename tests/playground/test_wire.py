"""The exchange on the wire: each request with its answer, without what is secret, bounded, and in memory alone."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.shared.page import wire as drawer
from playground.shared.trouble import Trouble
from playground.shared.wire import MOST, Wire
from playground.slack.emulator import SlackEmulator
from playground.teams.emulator import TeamsEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.teams.caller import Caller


async def told(address: str) -> dict[str, Any]:
    """Read the first news of a stream of lines."""
    async with aiohttp.ClientSession() as session, session.get(f"{address}wire") as response, asyncio.timeout(5):
        first = await response.content.readuntil(b"\n\n")
    news: dict[str, Any] = json.loads(first.removeprefix(b"data: "))
    return news


async def opened(address: str, number: int) -> tuple[int, dict[str, Any]]:
    """Open one line."""
    async with aiohttp.ClientSession() as session, session.get(f"{address}wire/{number}") as response:
        return response.status, await response.json()


def client_of(slack: SlackEmulator) -> AsyncWebClient:
    """Give Slack's own client, pointed at the emulator."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


async def test_a_change_before_one_begins_to_wait_is_not_missed(slack: SlackEmulator) -> None:
    """Who looks, and then waits, hears of what came in between: else a page would stand still until the next change."""
    wire = Wire(slack.clock)
    for changing, change in ((slack.world, slack.world.touch), (wire, wire.clear)):
        waiting = changing.next_change()
        change()
        async with asyncio.timeout(5):
            await waiting


async def test_a_command_and_a_call_stand_there_with_their_answers(slack: SlackEmulator, bot: EchoBot) -> None:
    """Both ways, with method, status, time and bodies; tokens, signatures and one-time addresses are left out."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    bot.answers({"text": "here"})
    await slack.command(alice, room, "/pm-compare risks")
    await client_of(slack).chat_postMessage(channel=room.id, text="hello")
    lines = (await told(f"{slack.url}page/"))["fresh"]
    assert [(line["is_from_bot"], line["name"], line["status"]) for line in lines] == [
        (False, "/pm-compare risks", 200),
        (True, "chat.postMessage", 200),
    ]
    assert all(0 < line["milliseconds"] < 5000 for line in lines)
    status, command = await opened(f"{slack.url}page/", lines[0]["number"])
    assert (status, command["request"]["text"], command["answer"]) == (200, "risks", {"text": "here"})
    assert command["request"]["response_url"].endswith(f"/response/{drawer.HIDDEN}")
    assert command["headers"]["X-Slack-Signature"] == drawer.HIDDEN
    _, call = await opened(f"{slack.url}page/", lines[1]["number"])
    assert call["answer"]["message"]["text"] == "hello"
    assert slack.bot_token not in json.dumps([command, call])


async def test_what_failed_says_how(slack: SlackEmulator) -> None:
    """A code inside a 200, a status, and an answer that never came."""
    room, client = slack.channel("pm-learning"), client_of(slack)
    with pytest.raises(Exception, match="not_in_channel"):
        await client.chat_postMessage(channel=room.id, text="x")
    slack.trouble.append(Trouble("auth.test", "cut_before"))
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    lines = (await told(f"{slack.url}page/"))["fresh"]
    assert [(line["status"], line["error"]) for line in lines] == [(200, "not_in_channel"), (None, None)]


async def test_the_bots_silence_stands_there_too(slack: SlackEmulator) -> None:
    """Nobody listens at the bot's address: the request is there, with no answer."""
    slack.request_url = "http://127.0.0.1:9/slack/events"
    await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare")
    (line,) = (await told(f"{slack.url}page/"))["fresh"]
    assert (line["name"], line["status"]) == ("/pm-compare", None)


async def test_teams_activities_and_calls(teams: TeamsEmulator, caller: Caller) -> None:
    """The token that was given out is not shown, and an activity goes by its type and words."""
    alice = teams.person("Alice Martin")
    room = teams.channel(teams.team("Product"), "pm-learning")
    await teams.install(room)
    await teams.say(alice, room, "risks", mention=True)
    lines = (await told(f"{teams.url}/page/teams/"))["fresh"]
    assert [lines[0]["name"], lines[-1]["name"]] == ["token", "message PM Compare risks"]
    _, token = await opened(f"{teams.url}/page/teams/", lines[0]["number"])
    assert token["request"]["client_secret"] == token["answer"]["access_token"] == drawer.HIDDEN
    _, message = await opened(f"{teams.url}/page/teams/", lines[-1]["number"])
    assert message["headers"]["Authorization"] == drawer.HIDDEN
    assert caller.token not in json.dumps([token, message])


def written(folder: Path) -> str:
    """Read everything in a folder."""
    return "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())


async def test_only_the_latest_are_kept_and_nothing_on_disk(tmp_path: Path, bot: EchoBot) -> None:
    """The oldest go first, what is gone says so, and starting over forgets the rest."""
    async with SlackEmulator(request_url=bot.url, data=tmp_path, retry_delays=()) as slack:
        client = client_of(slack)
        for _ in range(MOST + 5):
            await client.api_test()
        await client.api_test(marked="only on the wire")
        news = await told(f"{slack.url}page/")
        assert (news["oldest"], len(news["fresh"])) == (7, MOST)
        assert (await opened(f"{slack.url}page/", 1))[0] == 404
        await slack.start_over()
        assert (await told(f"{slack.url}page/"))["fresh"] == []
    assert '"form": 1' in written(tmp_path)  # what is kept is there
    assert "only on the wire" not in written(tmp_path)
