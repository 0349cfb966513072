"""An emulator and a bot for each test."""

from collections.abc import AsyncIterator

import pytest

from playground.slack.emulator import SlackEmulator
from playground.teams.emulator import TeamsEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.teams.caller import Caller


@pytest.fixture
async def bot() -> AsyncIterator[EchoBot]:
    """A bot that listens and says nothing."""
    async with EchoBot() as bot:
        yield bot


@pytest.fixture
async def slack(bot: EchoBot) -> AsyncIterator[SlackEmulator]:
    """An emulator that knows where the bot is, and retries at once."""
    async with SlackEmulator(request_url=bot.url, retry_delays=(0, 0, 0)) as slack:
        yield slack


@pytest.fixture
async def teams(bot: EchoBot) -> AsyncIterator[TeamsEmulator]:
    """An emulator that knows where the bot is."""
    async with TeamsEmulator(messaging_endpoint=bot.url) as teams:
        yield teams


@pytest.fixture
async def caller(teams: TeamsEmulator) -> AsyncIterator[Caller]:
    """What the bot calls the emulator with, token in hand."""
    async with Caller(teams) as caller:
        await caller.sign_in()
        yield caller
