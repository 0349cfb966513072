"""Write down how deliveries ended: in groups, since a transaction for each would cap the posts a second."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

import structlog
from msgspec import Struct
from msgspec.structs import replace

from cards import reason as reasons
from cards.model import Edition
from messengers.base import Scope
from scheduler.delivery import aftermath, consequences
from scheduler.subscriptions import pausing
from store import ids, installations, locking, tables
from store.database.access import Database, UnusableError
from store.database.connection import AsyncConnection
from store.deliveries.queue import Queue
from store.deliveries.rows import Delivery
from store.posts import Post, Posts
from store.subscriptions import Subscriptions
from store.tables import DeliveryKind

_REMEMBERED: frozenset[DeliveryKind] = frozenset(
    {"tip", "share", "mention", "round"}
)  # kinds whose post may be reacted to; a thread reply has its own root

log = structlog.get_logger()
_queue = Queue()
_posts = Posts()
_subscriptions = Subscriptions()


class Settled(Struct, frozen=True):
    """A delivery in the state its attempt left it in.

    `scope` is how far a refusal reaches (`messengers.base.Refused`), `subject` what the posted card is about, `edition`
    which version of it,
    `conversation` where it stands if that is not where it was addressed to. A delivery that was asked to wait is
    'planned' again and holds its whole workspace back until its `not_before`, or, where `scope` is "conversation",
    what waits for the same conversation. `installed_at` is of the installation that a workspace was refused for.
    """

    delivery: Delivery
    scope: Scope | Literal[""] = ""
    subject: str = ""
    conversation: str = ""
    edition: Edition | None = None
    installed_at: datetime | None = None


_Waiting = tuple[Settled, asyncio.Future[Delivery | None]]


class Recorder:
    """Collects outcomes for `group` seconds and commits them together; what was posted is never dropped.

    One that is said to be `alone`, with no other under way, waits for none.

    While the database can't be used it tries on every `retry` seconds, for as long as the process lives. `tasks` are
    what to wait for at the end.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime], group: float = 0.02, retry: float = 1.0
    ) -> None:
        self._database = database
        self._clock = clock
        self._group = group
        self._retry = retry
        self._waiting: list[_Waiting] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def record(self, settled: Settled, *, alone: bool = False) -> Delivery | None:
        """Write one outcome down; gives the row once it is committed, None where it is no longer that lease's."""
        future: asyncio.Future[Delivery | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((settled, future))
        if len(self._waiting) == 1:
            # A task of its own: whoever waits may be cancelled, the outcome is written all the same.
            task = asyncio.create_task(self._write_group(0.0 if alone else self._group))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return await future

    async def _write_group(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        group, self._waiting = self._waiting, []
        try:
            await self._write(group)
        except Exception:  # one bad outcome must not leave the whole group unrecorded
            log.exception("delivery.group_not_recorded", count=len(group))
            for one in group:
                await self._write_alone(one)

    async def _write_alone(self, one: _Waiting) -> None:
        try:
            await self._write((one,))
        except Exception as error:  # noqa: BLE001 # handed to whoever waits for this outcome
            if not one[1].done():
                one[1].set_exception(error)

    async def _write(self, group: Sequence[_Waiting]) -> None:
        while True:
            try:
                async with self._database.write() as connection:
                    rows = await record(connection, [settled for settled, _ in group], self._clock())
                break
            except UnusableError as error:
                log.error("delivery.not_recorded", count=len(group), error=str(error))  # noqa: TRY400 # the sentence says it all
                await asyncio.sleep(self._retry)
        for row, (_, future) in zip(rows, group, strict=True):
            if not future.done():
                future.set_result(row)


async def record(connection: AsyncConnection, group: Sequence[Settled], now: datetime) -> tuple[Delivery | None, ...]:
    """Write a group of outcomes and give their rows in order, with who asked, which the store forgets.

    None stands for an outcome that concerns nobody any more, since its row is another lease's by now, or gone: it is
    not written, and nothing follows from it.

    Sent: the post is remembered, an introduction turns its subscription on. Failed or skipped: the tip goes back to
    the pool; a refusal pauses, and the owner is told once where the workspace still takes messages. Slowed: the
    workspace's other rows wait too. What was refused for an installation in whose place there is a newer one is tried
    again with that.
    """
    if not group:
        return ()
    refused = {(one.delivery.platform, one.delivery.workspace) for one in group if _is_of_workspace(one)}
    await locking.in_workspaces(connection, refused)
    group = [await _for_the_newest(connection, settled, now) for settled in group]
    held = await _written(connection, group)
    rows = tuple(settled.delivery if is_held else None for settled, is_held in zip(group, held, strict=True))
    group = [settled for settled, is_held in zip(group, held, strict=True) if is_held]
    await _posts.remember(connection, [_post(settled, now) for settled in group if _is_remembered(settled)])
    await _posts.bury(
        connection, [one.delivery.post_id for one in group if one.scope == "thread" and one.delivery.post_id]
    )
    stopped = {
        (one.delivery.platform, one.delivery.workspace, one.delivery.reason) for one in group if _is_of_workspace(one)
    }
    concerned = [settled for settled in group if consequences.concerns_subscription(settled.delivery)]
    if stopped:
        places = {(platform, workspace) for platform, workspace, _ in stopped}
        await _subscriptions.hold(connection, [one.delivery.subscription_id or "" for one in concerned], places)
    await consequences.follow(connection, [(settled.delivery, settled.scope) for settled in concerned], now)
    await aftermath.follow(connection, [(one.delivery, one.conversation) for one in group], now)
    for platform, workspace, reason in stopped:
        await pausing.pause_workspace(connection, platform, workspace, reasons.parse(reason), now)
    slowed = {
        (row.platform, row.workspace, row.conversation if settled.scope == "conversation" else "", row.not_before)
        for settled, row in ((settled, settled.delivery) for settled in group)
        if row.state == "planned" and row.not_before > now and row.reason  # without one, an edit is repeated
    }
    # In one order, or two processes could wait for each other.
    for platform, workspace, conversation, until in sorted(slowed):
        await _queue.hold_back(connection, platform, workspace, until, conversation)
    return rows


async def _for_the_newest(connection: AsyncConnection, settled: Settled, now: datetime) -> Settled:
    """Try again what was refused for an installation that is no more: whoever installed it anew lets all go on."""
    row = settled.delivery
    if not _is_of_workspace(settled) or settled.installed_at is None:
        return settled
    if not await installations.is_newer_served(connection, row.workspace, settled.installed_at):
        return settled
    return Settled(replace(row, state="planned", reason="", not_before=now))


def _is_of_workspace(settled: Settled) -> bool:
    """Say whether the platform refused the whole workspace, so that all its tips are stopped."""
    return settled.scope == "workspace" and settled.delivery.state == "failed"


async def _written(connection: AsyncConnection, group: Sequence[Settled]) -> list[bool]:
    """Write the rows of outcomes, and say of each whether it was its lease's yet.

    A row that was sent again since, or forgotten with its workspace, is none of this attempt's business.
    """
    if len(group) == 1:
        return [await _queue.settle_one(connection, _closed(group[0].delivery))]
    standing = await _queue.leases(connection, [settled.delivery.id for settled in group])
    held = [_is_held(settled.delivery, standing.get(settled.delivery.id)) for settled in group]
    closed = [_closed(settled.delivery) for settled, is_held in zip(group, held, strict=True) if is_held]
    await _queue.settle(connection, closed)
    return held


def _is_remembered(settled: Settled) -> bool:
    row = settled.delivery
    return row.state == "sent" and row.kind in _REMEMBERED and settled.subject != ""


def _post(settled: Settled, now: datetime) -> Post:
    row = settled.delivery
    return Post(
        id=ids.fresh(now),
        platform=row.platform,
        workspace=row.workspace,
        conversation=settled.conversation or row.conversation,
        message_id=row.message_id,
        thread=row.thread,
        subject=settled.subject,
        created_at=now,
        kind=row.kind,
        version=settled.edition.version if settled.edition else 0,
        corrected=settled.edition.corrected if settled.edition else "",
        remembers=settled.edition.remembers if settled.edition else "",
    )


def _is_held(row: Delivery, standing: tuple[str, str, int] | None) -> bool:
    return (
        standing is not None
        and standing[0] in {"sending", "unknown"}
        and standing[1:] == (row.lease_owner, row.attempt)
    )


def _closed(row: Delivery) -> Delivery:
    """Give the row without who asked for it, and without what a person wrote: kept no longer than needed."""
    if row.state in tables.OPEN or row.kind == "tip":
        return row
    return replace(row, person="", argument="" if row.kind in tables.OWN_WORDS else row.argument)
