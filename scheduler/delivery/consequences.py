"""Change the subscriptions whose deliveries ended: an introduction turns them on, a refusal pauses them."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from cards import reason
from cards.reason import Cause
from messengers.base import Scope
from scheduler import choosing, planning
from scheduler.subscriptions import pausing, rows, states
from scheduler.weekly import ScheduleError
from store import history
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.history import Change, Entry, History
from store.subscriptions import Subscription, Subscriptions

_deliveries = Deliveries()
_history = History()
_subscriptions = Subscriptions()

# A tip that the platform definitely refused would be refused next week too: a person has to look. (`workspace` pauses
# all of the workspace's subscriptions at once, and leaves nobody to tell.)
_PAUSING: frozenset[Scope] = frozenset({"conversation", "message"})


async def follow(connection: AsyncConnection, ended: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Change the subscriptions of deliveries that `ended`, each with its refusal's scope, in a way that matters."""
    before = await _subscriptions.by_ids(connection, [id_ for row, _ in ended if (id_ := row.subscription_id)])
    after = dict(before)
    notices: list[Delivery] = []
    changes: list[Change] = []
    for row, scope in ended:
        standing = after.get(row.subscription_id or "")
        if standing is None:
            continue
        changed = _after_introduction(standing, row, now) if row.kind == "introduction" else _after_tip(standing, row)
        if scope in _PAUSING and changed.state == "on":
            changed = states.paused(changed, reason.parse(row.reason))
            if changed.owner:
                notices.append(rows.notice(changed, row.reason, now, key=row.id))
        if changed.state != standing.state:
            changes.append((changed, _what_we_did(changed, now)))
        after[standing.id] = changed
    for subscription_id, changed in after.items():
        if changed != before[subscription_id]:
            await _subscriptions.save(connection, changed)
    await _deliveries.insert_missing(connection, notices)
    await _history.add_all(connection, changes)


def _what_we_did(changed: Subscription, now: datetime) -> Entry:
    """Give the line of history for what the bot did by itself: its introduction was posted, or something refused."""
    if changed.state == "on":
        return Entry(now, history.BOT, "began")
    return Entry(now, history.BOT, "stopped", changed.reason)


def _after_introduction(subscription: Subscription, row: Delivery, now: datetime) -> Subscription:
    if not pausing.awaits_introduction(subscription):
        return subscription
    match row.state:
        case "sent":
            try:
                # A moment that came while the introduction was on its way was meant: somebody had turned them on. What
                # is later than the grace comes no more, and was not missed either: tips were not on yet.
                return states.turned_on(subscription, now, max(row.due_at, now - planning.GRACE))
            except ScheduleError:
                return states.unschedulable(subscription, now)[0]
        case "unknown":
            return replace(subscription, state="paused", reason=str(Cause.INTRODUCTION_UNKNOWN))
        case "failed" | "skipped":
            return replace(subscription, state="off", reason=row.reason)
        case "planned" | "sending":
            return subscription
        case _:
            assert_never(row.state)


def _after_tip(subscription: Subscription, row: Delivery) -> Subscription:
    if row.state in {"failed", "skipped"}:
        return replace(subscription, seen=choosing.without(subscription.seen, row.subject.removeprefix("tip/")))
    return subscription


def concerns_subscription(row: Delivery) -> bool:
    """Say whether it may change its subscription: a sent tip doesn't, nor does a notice about it."""
    return row.kind == "introduction" or (row.kind in {"tip", "round"} and row.state in {"failed", "skipped"})
