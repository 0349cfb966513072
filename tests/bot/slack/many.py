"""An emulated Slack with several workspaces, the bot that any of them may install, and a browser to do it with."""

import asyncio
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from bot import app
from bot.app import Bot
from bot.settings.checked import Settings
from bot.web.server import Server
from playground.slack.emulator import SlackEmulator
from playground.slack.oauth import worlds
from playground.slack.oauth.directory import Registration
from store.deliveries.rows import Deliveries
from tests import databases
from tests.listening import listening

_A_TURN = 5.0  # seconds; longer waits have another reason than pacing
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NORTHWIND, HARBOR, JON = "T0NORTHWIND:U0GRETA", "E0HARBOR:U0INES", "T0HARBORAPPS:U0JON"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser shows at the end of a way: the status, the page's HTML, and its headers."""

    status: int
    html: str
    headers: dict[str, str]

    @property
    def title(self) -> str:
        """Give the heading as it is read."""
        found = re.search(r"<h1>(.*?)</h1>", self.html)
        return unescape(found[1]) if found else ""

    @property
    def words(self) -> str:
        """Give the page as it is read."""
        return unescape(re.sub(r"<[^>]+>", " ", self.html.partition("</style>")[2]))


@dataclass(slots=True)
class Many:
    """The bot, Slack, and the browser; the bot goes by Slack's clock."""

    slack: SlackEmulator
    bot: Bot
    browser: aiohttp.ClientSession
    address: str
    jar: aiohttp.CookieJar = field(default_factory=lambda: aiohttp.CookieJar(unsafe=True))

    async def get(self, path: str, **headers: str) -> Shown:
        """Open one of the bot's pages."""
        async with self.browser.get(f"{self.address}{path}", headers=headers, allow_redirects=False) as response:
            return Shown(response.status, await response.text(), dict(response.headers))

    async def press(self, team: str = "", **headers: str) -> Shown:
        """Press Add to Slack; Slack's page is not opened yet."""
        data = {"team": team} if team else {}
        async with self.browser.post(
            f"{self.address}/slack/install", data=data, headers=headers, allow_redirects=False
        ) as response:
            return Shown(response.status, await response.text(), dict(response.headers))

    async def asked(self, team: str = "") -> dict[str, str]:
        """Press it, and read what Slack is asked for."""
        return dict(parse_qsl(urlsplit((await self.press(team)).headers["Location"]).query))

    async def allow(self, place: str, *ticked: str, answer: str = "allow") -> str:
        """Press Add to Slack, and Allow on Slack's page; gives the path with which the browser is sent back."""
        form = [*(await self.asked()).items(), ("place", place), ("answer", answer)]
        form += [("optional", each) for each in ticked]
        async with self.browser.post(
            f"{self.slack.url}oauth/v2/authorize", data=form, allow_redirects=False
        ) as response:
            assert response.status in {302, 303}, await response.text()
            return response.headers["Location"].removeprefix(self.address)

    async def install(self, place: str, *ticked: str) -> Shown:
        """Go the whole way."""
        shown = await self.get(await self.allow(place, *ticked))
        await self.settle()
        return shown

    async def settle(self) -> None:
        """Wait until nothing the bot promised is under way; the clocks go on by the seconds that posts wait."""
        for _ in range(20):
            await self.bot.tasks.drain(5)
            await self.bot.dispatcher.finish()
            async with self.bot.database.read() as connection:
                waiting = await Deliveries().in_state(connection, "planned", 1000)
            turn = min((row.not_before.timestamp() for row in waiting), default=None)
            if turn is None or turn > self.slack.clock.now() + _A_TURN:
                return
            self.slack.clock.shift(max(0.0, turn - self.slack.clock.now()))
            self.bot.dispatcher.wake()


@asynccontextmanager
async def many(
    folder: Path, *, rotates: bool = False, monotonic: Callable[[], float] = time.monotonic, **environ: str
) -> AsyncIterator[Many]:
    """Start all three; a setting may be given by its name."""
    listener = listening()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    registered = Registration(redirects=[f"{address}/slack/oauth_redirect"], optional=("users:read",), rotates=rotates)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(
            SlackEmulator(
                request_url=f"{address}/slack/events",
                retry_delays=(0, 0, 0),
                answer_within=30.0,
                teams=worlds.TEAMS,
                registration=registered,
                furnished=True,
            )
        )
        settings = Settings.read(
            {
                "SLACK_API_URL": slack.api_url,
                "SLACK_CLIENT_ID": registered.client_id,
                "SLACK_CLIENT_SECRET": registered.client_secret,
                "SLACK_SIGNING_SECRET": slack.signing_secret,
                "TOKEN_ENCRYPTION_KEYS": KEY,
                "PUBLIC_URL": address,
                "DATABASE_URL": databases.put(folder / "bot.db"),
                "CONTENT_CACHE": os.environ["CONTENT_CACHE"],
                **environ,
            },
            None,
        )
        bot = await stack.enter_async_context(
            app.build(settings, lambda: datetime.fromtimestamp(slack.clock.now(), UTC), monotonic=monotonic)
        )
        await stack.enter_async_context(bot.dispatcher.running())
        stack.push_async_callback(bot.tasks.drain, 5.0)
        server = Server(bot.web())
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stack.push_async_callback(_stopped, server, serving, listener)
        jar = aiohttp.CookieJar(unsafe=True)
        browser = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        yield Many(slack, bot, browser, address, jar)


async def _stopped(server: Server, serving: "asyncio.Task[None]", listener: socket.socket) -> None:
    serving.cancel()
    for each in server.servers:
        each.close()
    for connection in tuple(server.server_state.connections):
        connection.shutdown()
    await asyncio.gather(serving, return_exceptions=True)
    listener.close()
