"""Homes are published one at a time for each person, and the last drawing has what changed meanwhile."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bot.tasks import Tasks
from cards.model import Card
from content.library import Library
from handlers.context import CurrentContent, HandlerContext
from handlers.slack.home import SlackHome
from messengers.base import Outcome, Posted
from messengers.slack.messenger import SlackMessenger
from store.database.access import Database
from tests import databases

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


class SlowSlack(SlackMessenger):
    """Slack, which takes its time to show a Home; `most` is how many of one person it was asked for at once."""

    def __init__(self) -> None:
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.drawn: Counter[str] = Counter()
        self.most = 0
        self._under_way: Counter[str] = Counter()

    async def publish_home(self, workspace: str, person: str, card: Card) -> Outcome:  # noqa: ARG002 # the messenger's
        """Wait until it may be shown."""
        self._under_way[person] += 1
        self.most = max(self.most, self._under_way[person])
        self.asked.set()
        await self.may_answer.wait()
        self._under_way[person] -= 1
        self.drawn[person] += 1
        return Posted("V1")


async def test_however_often_it_is_opened(tmp_path: Path, shipped_content: Library) -> None:
    """What comes while one is under way is one drawing after it; nobody waits for somebody else's."""
    database, tasks, slack = Database(databases.put(tmp_path / "bot.db")), Tasks(), SlowSlack()
    content = CurrentContent(shipped_content)
    context = HandlerContext(content, database, lambda: MONDAY, lambda: None, tasks.spawn)
    homes = SlackHome(context, slack, lambda: "T1")
    homes.refresh("T1", "U1")
    await slack.asked.wait()
    for _ in range(20):
        homes.refresh("T1", "U1")
    homes.refresh("T1", "U2")
    slack.may_answer.set()
    await tasks.drain(30)
    assert slack.drawn == {"U1": 2, "U2": 1}
    assert slack.most == 1
    homes.refresh("T1", "U1")
    await tasks.drain(30)
    assert slack.drawn["U1"] == 3
    await database.close()
