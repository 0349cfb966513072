"""Written replies in turn: so many at once, each with the log's words of its own request, none forgotten at a stop."""

import asyncio

from structlog.testing import capture_logs

from bot.tasks import Tasks
from handlers.current_request import current_request
from handlers.slack.written_replies import WrittenReplies


class Slack:
    """Takes replies when it is let, and notes of each for which request it came."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.begun: list[str] = []
        self.came: list[tuple[str, bytes, str]] = []

    async def take(self, url: str, written: bytes) -> None:
        """Take one; `/bad` is a fault of ours."""
        self.begun.append(url)
        await self.open.wait()
        if url == "/bad":
            raise ZeroDivisionError
        self.came.append((url, written, current_request.get()))


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_crowd_is_answered_in_turn() -> None:
    """Never more at once than may be, first those that came first, and each is logged as its own request's."""
    slack, tasks = Slack(), Tasks()
    replies = WrittenReplies(slack.take, tasks.spawn, 2)
    for number in range(5):
        current_request.set(f"r{number}")
        replies.add(f"/{number}", b"card %d" % number)
    current_request.set("another")
    await settled()
    assert slack.begun == ["/0", "/1"]
    slack.open.set()
    await tasks.drain(5)
    assert slack.came == [(f"/{each}", b"card %d" % each, f"r{each}") for each in range(5)]
    slack.open.clear()
    for number in (5, 6, 7):
        replies.add(f"/{number}", b"")
    await settled()
    assert slack.begun[5:] == ["/5", "/6"]
    slack.open.set()
    await tasks.drain(5)
    assert len(slack.came) == 8


async def test_one_that_fails_holds_nobody_up() -> None:
    """It is logged once, and its turn is the next one's."""
    slack, tasks = Slack(), Tasks()
    replies = WrittenReplies(slack.take, tasks.spawn, 1)
    slack.open.set()
    with capture_logs() as logged:
        for url in ("/bad", "/1", "/bad", "/2"):
            replies.add(url, b"")
        await tasks.drain(5)
    assert [url for url, _, _ in slack.came] == ["/1", "/2"]
    assert [line["event"] for line in logged] == ["task.failed"] * 2


async def test_what_a_stop_leaves_unsaid_is_counted() -> None:
    """Nothing is begun any more once time is up."""
    slack, tasks = Slack(), Tasks()
    replies = WrittenReplies(slack.take, tasks.spawn, 2)
    for number in range(5):
        replies.add(f"/{number}", b"")
    await settled()
    with capture_logs() as logged:
        await tasks.drain(0)
    await settled()
    assert slack.begun == ["/0", "/1"]
    assert [(line["event"], line["count"]) for line in logged] == [("tasks.gave_up", 2), ("replies.gave_up", 3)]
    slack.open.set()
    replies.add("/5", b"")
    await tasks.drain(5)
    assert [url for url, _, _ in slack.came] == ["/5"]
