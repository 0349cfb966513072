"""Ask the same request twice: ahead of Bolt where that is done, and by Bolt alone, on a bot that remembers nothing."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.slack import sdk
from bot.slack.guard import GuardedRequest
from bot.slack.shape import Kind
from bot.tasks import Tasks
from bot.web.asgi import Answer
from content.library import Library
from handlers.context import CurrentContent, HandlerContext
from handlers.slack import listeners
from handlers.slack.ahead import Ahead
from handlers.slack.installs import SlackInstalls
from handlers.slack.listeners import SlackHandlers
from messengers.slack.messenger import SlackMessenger
from store import learning_tables
from store.database.access import Database
from store.learning.learners import Learners
from tests import databases

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
BOT = "U0002"
LEARNER = "U0001"


class Recording(SlackMessenger):
    """Slack, as far as response_urls go: what came to which."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    async def send(self, url: str, written: bytes) -> bool:
        """Take it."""
        self.sent.append((url, written))
        return True


@dataclass(slots=True)
class Way:
    """One bot: its listeners, what it sends, and how often Bolt was asked."""

    context: HandlerContext
    hears: SlackHandlers
    app: AsyncApp
    ahead: Ahead
    slack: Recording
    tasks: Tasks
    asked: list[Mapping[str, Any]]

    async def answer(self, kind: Kind, body: dict[str, Any]) -> tuple[Answer, list[tuple[str, bytes]]]:
        """Answer a guarded request; gives the answer and what was sent to its response_url."""
        before = len(self.slack.sent)
        request = GuardedRequest("0123456789", kind, body, 0)
        answer = await sdk.dispatch(self.app, self.ahead, request, sdk.Identity(BOT, "xoxb-1"))
        await self.tasks.drain(30)
        return answer, self.slack.sent[before:]

    async def kept(self) -> tuple[list[Any], list[Any]]:
        """Give what was written down: what was opened privately, and by whom who wants to know."""
        await self.context.opened.flush()
        async with self.context.database.read() as connection:
            tally, learned = learning_tables.tally.c, learning_tables.learned.c
            counted = await connection.execute(select(tally.conversation, tally.subject, tally.what, tally.total))
            noted = await connection.execute(select(learned.subject, learned.how))
            return sorted(map(tuple, counted.all())), sorted(map(tuple, noted.all()))


@asynccontextmanager
async def way(folder: Path, library: Library, home: str, *, is_ahead: bool) -> AsyncIterator[Way]:
    """Build one in `folder`; `home` is the workspace whose token is set, '' where there are many."""
    database, tasks, slack = Database(databases.put(folder / f"{is_ahead}.db")), Tasks(), Recording()
    context = HandlerContext(CurrentContent(library), database, lambda: MONDAY, lambda: None, tasks.spawn)
    app = sdk.bolt(AsyncWebClient(token="xoxb-1"))  # noqa: S106 # opens nothing
    asked: list[Mapping[str, Any]] = []

    async def note(body: dict[str, Any], next_: Any) -> None:  # noqa: ANN401 # Bolt's
        asked.append(body)
        await next_()

    app.middleware(note)

    def where() -> str:
        return home

    hears = listeners.register(app, context, slack, where, SlackInstalls(context, slack, where))
    try:
        yield Way(context, hears, app, hears.ahead if is_ahead else Ahead(()), slack, tasks, asked)
    finally:
        await tasks.drain(30)
        await context.opened.flush()
        await database.close()


@dataclass(frozen=True, slots=True)
class Both:
    """The same bot twice: one that answers ahead, and one that asks Bolt for everything."""

    early: Way
    long: Way

    async def alike(self, kind: Kind, body: dict[str, Any], *, ahead: bool) -> Answer:
        """Ask both, the early one twice: what it remembers must be what it drew. Gives the answer that all gave.

        `ahead` says which way it must have gone.
        """
        asked = len(self.early.asked)
        fresh = await self.early.answer(kind, body)
        again = await self.early.answer(kind, body)
        assert (len(self.early.asked) == asked) is ahead, body
        assert fresh == again == await self.long.answer(kind, body), body
        return fresh[0]


@asynccontextmanager
async def both(folder: Path, library: Library, home: str) -> AsyncIterator[Both]:
    """Build both, with somebody who wants their gap to be seen."""
    async with (
        way(folder, library, home, is_ahead=True) as early,
        way(folder, library, home, is_ahead=False) as long,
    ):
        for each in (early, long):
            person = ("slack", home or "T0001", LEARNER)
            async with each.context.database.write() as connection:
                await Learners().add(connection, person, MONDAY)
            each.context.learners.add(person)
        yield Both(early, long)
        await asyncio.sleep(0)
