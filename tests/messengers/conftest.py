"""An emulated Slack, and our messenger that talks to it."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from cards.model import Card
from messengers.base import Address, Posted
from messengers.slack.messenger import SlackMessenger
from playground.slack.emulator import Channel, SlackEmulator
from playground.slack.platform import DEFAULT_SCOPES

CARD = Card("A card", ())


@dataclass
class Post:
    """An emulator, our messenger, its own clock for how long something is remembered, and how its posts ended."""

    slack: SlackEmulator
    messenger: SlackMessenger
    now: float = 1000.0
    endings: list[str] = field(default_factory=list)

    def address(self, channel: Channel, thread: str = "") -> Address:
        """Give where a channel is, or a thread in it."""
        return Address("slack", self.slack.team, channel.id, thread)

    async def post(self, channel: Channel, delivery_id: str, thread: str = "") -> str:
        """Post a card, and give its ts."""
        outcome = await self.messenger.post(self.address(channel, thread), CARD, delivery_id)
        assert isinstance(outcome, Posted)
        return outcome.message_id

    def calls(self) -> Counter[str]:
        """Count what was asked of Slack, by method."""
        return Counter(call.method for call in self.slack.calls)


Opened = Callable[..., AbstractAsyncContextManager[Post]]
JUST_NOW = 5.0  # seconds


def lately() -> datetime:
    """Give a moment a few seconds ago, by the emulator's clock, which is the machine's."""
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() - JUST_NOW, UTC)


@pytest.fixture
def opened() -> Opened:
    """Open an emulator with these scopes besides the required ones, and whatever else it takes."""

    @asynccontextmanager
    async def open_(*scopes: str, slow_history: bool = False) -> AsyncIterator[Post]:
        async with (
            SlackEmulator(scopes=(*DEFAULT_SCOPES, *scopes), slow_history=slow_history) as slack,
            aiohttp.ClientSession() as session,
        ):
            client = AsyncWebClient(slack.bot_token, slack.api_url, session=session, timeout=5, retry_handlers=[])

            async def client_of(_: str) -> AsyncWebClient:
                return client

            def record(_: str, ending: str) -> None:
                post.endings.append(ending)

            post = Post(slack, SlackMessenger(client_of, session, record, lambda: post.now))
            yield post

    return open_
