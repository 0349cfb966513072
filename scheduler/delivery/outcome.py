"""Write down how deliveries ended, and everything that follows from it, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler import planning, weekly
from scheduler.subscriptions import stop
from scheduler.weekly import ScheduleError
from store import history, ids
from store.deliveries import rows as delivery_rows
from store.deliveries.rows import Deliveries, Delivery
from store.history import Entry, History, Line
from store.posts import Post, Posts
from store.subscriptions import Subscription, Subscriptions

_deliveries = Deliveries()
_history = History()
_posts = Posts()
_subscriptions = Subscriptions()

# A tip that the platform definitely refused would be refused next week too: a person has to look. (`workspace` pauses
# all of the workspace's subscriptions at once, and leaves nobody to tell.)
_PAUSING = {"conversation", "message"}
_REMEMBERED = {"tip", "share", "mention"}  # kinds whose post may be reacted to; a thread reply has its own root


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery in the state its attempt left it in.

    `scope` is how far a refusal reaches (`messengers.base.Refused`), `subject` what the posted card is about,
    `conversation` where it stands if that is not where it was addressed to. A delivery that was asked to wait is
    'planned' again and holds its whole workspace back until its `not_before`, or, where `scope` is "conversation",
    what waits for the same conversation.
    """

    delivery: Delivery
    scope: str = ""
    subject: str = ""
    conversation: str = ""


async def record(connection: AsyncConnection, group: Sequence[Settled], now: datetime) -> tuple[Delivery | None, ...]:
    """Write a group of outcomes and give their rows in order, with who asked, which the store forgets.

    None stands for an outcome that concerns nobody any more, since its row is another lease's by now, or gone: it is
    not written, and nothing follows from it.

    Sent: the post is remembered, an introduction turns its subscription on. Failed or skipped: the tip goes back to
    the pool; a refusal pauses, and the owner is told once where the workspace still takes messages. Slowed: the
    workspace's other rows wait too.
    """
    if not group:
        return ()
    standing = await _deliveries.leases(connection, [settled.delivery.id for settled in group])
    # A row that was sent again since, or forgotten with its workspace, is none of this attempt's business.
    held = [_is_held(settled.delivery, standing.get(settled.delivery.id)) for settled in group]
    rows = tuple(settled.delivery if is_held else None for settled, is_held in zip(group, held, strict=True))
    group = [settled for settled, is_held in zip(group, held, strict=True) if is_held]
    await _deliveries.settle(connection, [_closed(settled.delivery) for settled in group])
    await _posts.remember(connection, [_post(settled, now) for settled in group if _is_remembered(settled)])
    await _posts.bury(
        connection, [one.delivery.post_id for one in group if one.scope == "thread" and one.delivery.post_id]
    )
    stopped = {
        (one.delivery.platform, one.delivery.workspace, one.delivery.reason)
        for one in group
        if one.scope == "workspace" and one.delivery.state == "failed"
    }
    concerned = [settled for settled in group if _concerns_subscription(settled)]
    if stopped:
        places = {(platform, workspace) for platform, workspace, _ in stopped}
        await _subscriptions.hold(connection, [one.delivery.subscription_id or "" for one in concerned], places)
    await _follow(connection, concerned, now)
    for platform, workspace, reason in stopped:
        await stop.pause_workspace(connection, platform, workspace, reason, now)
    slowed = {
        (row.platform, row.workspace, row.conversation if settled.scope == "conversation" else "", row.not_before)
        for settled, row in ((settled, settled.delivery) for settled in group)
        if row.state == "planned" and row.not_before > now
    }
    # In one order, or two processes could wait for each other.
    for platform, workspace, conversation, until in sorted(slowed):
        await _deliveries.hold_back(connection, platform, workspace, until, conversation)
    return rows


async def _follow(connection: AsyncConnection, group: Sequence[Settled], now: datetime) -> None:
    """Change the subscriptions whose deliveries ended in a way that matters to them."""
    before = await _subscriptions.by_ids(connection, [id_ for one in group if (id_ := one.delivery.subscription_id)])
    after = dict(before)
    notices: list[Delivery] = []
    lines: list[Line] = []
    for settled in group:
        row = settled.delivery
        standing = after.get(row.subscription_id or "")
        if standing is None:
            continue
        changed = _after_introduction(standing, row, now) if row.kind == "introduction" else _after_tip(standing, row)
        if settled.scope in _PAUSING and changed.state == "on":
            changed = replace(
                changed, state="paused", reason=row.reason, paused_by="", paused_until=None, next_run_at=None
            )
            if changed.owner:
                notices.append(_notice(changed, row, now))
        if changed.state != standing.state:
            lines.append((changed, _what_we_did(changed, now)))
        after[standing.id] = changed
    for subscription_id, changed in after.items():
        if changed != before[subscription_id]:
            await _subscriptions.save(connection, changed)
    await _deliveries.insert_missing(connection, notices)
    await _history.add_all(connection, lines)


def _what_we_did(changed: Subscription, now: datetime) -> Entry:
    """Give the line of history for what the bot did by itself: its introduction was posted, or something refused."""
    if changed.state == "on":
        return Entry(now, history.BOT, "began")
    return Entry(now, history.BOT, "stopped", changed.reason)


def _after_introduction(subscription: Subscription, row: Delivery, now: datetime) -> Subscription:
    if not stop.awaits_introduction(subscription):
        return subscription
    match row.state:
        case "sent":
            try:
                # A moment that came while the introduction was on its way was meant: somebody had turned them on. What
                # is later than the grace comes no more, and was not missed either: tips were not on yet.
                return planning.turned_on(subscription, now, max(row.due_at, now - planning.GRACE))
            except ScheduleError:
                return planning.unschedulable(subscription)
        case "unknown":
            return replace(subscription, state="paused", reason=stop.INTRODUCTION_UNKNOWN)
        case "failed" | "skipped":
            return replace(subscription, state="off", reason=row.reason)
        case "planned" | "sending":
            return subscription
        case _:
            assert_never(row.state)


def _after_tip(subscription: Subscription, row: Delivery) -> Subscription:
    if row.state in {"failed", "skipped"}:
        return replace(subscription, seen=weekly.without(subscription.seen, row.subject.removeprefix("tip/")))
    return subscription


def _concerns_subscription(settled: Settled) -> bool:
    """Say whether it may change its subscription: a sent tip doesn't, nor does a notice about it."""
    row = settled.delivery
    return row.kind == "introduction" or (row.kind == "tip" and row.state in {"failed", "skipped"})


def _notice(subscription: Subscription, cause: Delivery, now: datetime) -> Delivery:
    """Plan the direct message that tells the owner once why tips paused."""
    return delivery_rows.fresh(
        f"notice:{subscription.id}:{cause.id}",
        "notice",
        platform=subscription.platform,
        workspace=subscription.workspace,
        conversation=subscription.owner,  # Slack: chat.postMessage to a user's id is a direct message
        subscription_id=subscription.id,
        argument=f"{cause.reason} {subscription.conversation}",
        now=now,
    )


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
    )


def _is_held(row: Delivery, standing: tuple[str, str, int] | None) -> bool:
    return (
        standing is not None
        and standing[0] in {"sending", "unknown"}
        and standing[1:] == (row.lease_owner, row.attempt)
    )


def _closed(row: Delivery) -> Delivery:
    """Give the row without who asked for it, and without the words of a mention: kept no longer than needed."""
    if row.state in delivery_rows.OPEN or row.kind == "tip":
        return row
    return replace(row, person="", argument="" if row.kind == "mention" else row.argument)
