"""A pocket and a bot for each test."""

from collections.abc import AsyncIterator

import pytest

from playground.slack import PocketSlack
from tests.playground.echo_bot import EchoBot


@pytest.fixture
async def bot() -> AsyncIterator[EchoBot]:
    """A bot that listens and says nothing."""
    async with EchoBot() as bot:
        yield bot


@pytest.fixture
async def slack(bot: EchoBot) -> AsyncIterator[PocketSlack]:
    """A pocket that knows where the bot is, and retries at once."""
    async with PocketSlack(request_url=bot.url, retry_delays=(0, 0, 0)) as slack:
        yield slack
