"""An emulated Slack for the scenarios, and the whole bot beside it on a port of its own."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import app
from bot.app import Bot
from bot.settings.checked import Settings
from bot.web.server import Server
from playground.slack.emulator import Answer, Ephemeral, Message, SlackEmulator, User, View
from playground.slack.platform import DEFAULT_SCOPES
from store import tables
from store.deliveries.queue import Queue
from store.deliveries.rows import Deliveries, Delivery
from tests import databases
from tests.listening import listening

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # 09:30 in Paris
_A_TURN = timedelta(seconds=5)  # longer waits have another reason than pacing
_MOST_TURNS = 50
_REQUESTS = "pm_compare_requests_total"


def labels(shown: Ephemeral | Message | View) -> list[str]:
    """List what can be pressed in rows, by what is read on it: buttons, and what an overflow menu offers."""
    elements = [each for block in shown.blocks if block["type"] == "actions" for each in block["elements"]]
    kinds = {"button", "overflow"}
    pressed = [part for each in elements if each["type"] in kinds for part in each.get("options", [each])]
    return [each["text"]["text"] for each in pressed]


class HandClock:
    """A clock that stands where a test put it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """Give the moment."""
        return self.moment

    def move(self, **by: float) -> None:
        """Go forward by days, and hours."""
        self.moment += timedelta(**by)


class World:
    """An emulated Slack with Alice, Bob, and Carol, who is an admin, and the bot that serves it.

    The bot can be stopped and started again.
    """

    def __init__(self, folder: Path, *, scopes: tuple[str, ...] = (), **environ: str) -> None:
        self.folder = folder
        self.clock = HandClock(MONDAY)
        # Slack waits 3 s; how fast a busy machine answers is not what these tests are about.
        self.slack = SlackEmulator(retry_delays=(0, 0, 0), answer_within=30.0, scopes=(*DEFAULT_SCOPES, *scopes))
        self.alice = self.slack.user("alice", tz="Europe/Paris")
        self.bob = self.slack.user("bob", tz="America/New_York")
        self.carol = self.slack.user("carol", tz="Asia/Kolkata", admin=True)
        self.room = self.slack.channel("pm-learning", members=[self.alice, self.bob, self.carol], bot=True)
        self.elsewhere = self.slack.channel("product", members=[self.alice, self.bob])
        self.patience = 5.0  # seconds that a stop waits for tasks
        self._environ = environ
        self._stack = AsyncExitStack()
        self.bot: Bot

    def settings(self) -> Settings:
        """Give the settings the bot runs with."""
        return Settings.read(
            {
                "SLACK_API_URL": self.slack.api_url,
                "SLACK_BOT_TOKEN": self.slack.bot_token,
                "SLACK_SIGNING_SECRET": self.slack.signing_secret,
                "DATABASE_URL": databases.put(self.folder / "bot.db"),
                "CONTENT_CACHE": os.environ["CONTENT_CACHE"],
                **self._environ,
            },
            None,
        )

    async def start(self) -> None:
        """Start the bot; a second time, it finds what the first left."""
        self.bot = await self._stack.enter_async_context(app.build(self.settings(), self.clock))
        self._stack.push_async_callback(self._drain)
        await self._stack.enter_async_context(self.bot.dispatcher.running())
        await self.bot.platforms["slack"].learn_credentials()
        self.slack.request_url = f"{await self._stack.enter_async_context(served(self.bot))}/slack/events"

    async def stop(self) -> None:
        """Stop the bot in good order."""
        await self._stack.aclose()

    async def _drain(self) -> None:
        await self.bot.tasks.drain(self.patience)

    async def settle(self) -> None:
        """Wait until nothing the bot promised is under way: the ledger is delivered, tasks are done.

        A channel gets one post a second, so the clock goes on by the seconds that posts wait for their turn.
        """
        await settle(self.bot, self.clock)

    async def bot_counts(self) -> dict[str, int]:
        """Count the ledger's rows by state."""
        async with self.bot.database.read() as connection:
            return {str(state): count for state, count in (await Deliveries().counts(connection)).items()}

    def failures(self) -> float:
        """Count the requests that ended in a fault of ours, politely answered or not."""
        return failures(self.bot)

    async def rows(self) -> int:
        """Count everything that is kept: subscriptions, posts and deliveries."""
        async with self.bot.database.read() as connection:
            counts = [
                (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (tables.subscription, tables.post, tables.delivery)
            ]
        return sum(counts)

    async def deliveries(self, connection: AsyncConnection) -> tuple[Delivery, ...]:
        """List the ledger's rows of every state."""
        found = [
            await Deliveries().in_state(connection, state, 1000) for state in ("planned", "sent", "skipped", "failed")
        ]
        return tuple(row for rows in found for row in rows)

    def local(self, moment: datetime) -> datetime:
        """Give a moment by the clocks of Paris."""
        return moment.astimezone(ZoneInfo("Europe/Paris"))

    def another_bot(self) -> AbstractAsyncContextManager[Bot]:
        """Build a second bot on the same database, as a second process would."""
        return app.build(self.settings(), self.clock)

    async def press_raw_as(self, person: User, value: str) -> Answer:
        """Press a button that is not on any card: one of another version, or a forged one."""
        answer = await self.slack.command(person, self.room, "/pm-compare risks")
        assert answer.ephemeral is not None
        card = answer.ephemeral
        payload = {
            "type": "block_actions",
            "team": {"id": self.slack.team, "domain": "pocket"},
            "user": {"id": person.id, "team_id": self.slack.team},
            "channel": {"id": self.room.id, "name": self.room.name},
            "container": {"type": "message", "is_ephemeral": True, "message_ts": card.ts, "channel_id": self.room.id},
            "api_app_id": self.slack.app,
            "response_url": answer.response_url,
            "trigger_id": "1.1.x",
            "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": value}],
        }
        return await self.slack.post_signed(urlencode({"payload": json.dumps(payload)}).encode())

    async def __aenter__(self) -> Self:
        """Start Slack, then the bot."""
        await self.slack.start()
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both."""
        await self.stop()
        await self.slack.stop()


async def settle(bot: Bot, clock: HandClock) -> None:
    """Wait as `World.settle` does."""
    for _ in range(_MOST_TURNS):
        await bot.tasks.drain(5)
        await bot.dispatcher.finish()
        await bot.tasks.drain(5)
        async with bot.database.read() as connection:
            if await Queue().under_way(connection, clock.moment):
                continue  # the dispatcher, woken, has leased it since
            waiting = await Deliveries().in_state(connection, "planned", 1000)
        turn = min((row.not_before for row in waiting), default=None)
        if turn is None or turn > clock.moment + _A_TURN:
            return
        clock.moment = max(turn, clock.moment)


def failures(bot: Bot) -> float:
    """Count as `World.failures` does."""
    return sum(
        sample.value
        for metric in bot.health.metrics.registry.restricted_registry([_REQUESTS]).collect()
        for sample in metric.samples
        if sample.labels["outcome"] == "failed"
    )


@asynccontextmanager
async def served(bot: Bot) -> AsyncIterator[str]:
    """Serve a bot on a port of its own; gives where."""
    listener = listening()
    server = Server(bot.web())
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        # As uvicorn stops, which looks every 0.1 s whether it should, and waits as long again.
        serving.cancel()
        for each in getattr(server, "servers", ()):  # which uvicorn has once it began
            each.close()
        if server.server_state.tasks:
            await asyncio.wait(server.server_state.tasks)
        for connection in tuple(server.server_state.connections):
            connection.shutdown()
        await asyncio.gather(serving, return_exceptions=True)
        listener.close()
