"""Hold a workspace's weekly tips while nobody knows whether the app is still there, and let them go on as they were."""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec.structs import replace

from cards.reason import Cause
from scheduler import planning
from scheduler.choosing import Candidates
from scheduler.subscriptions import states
from scheduler.weekly import ScheduleError
from store import history, locking
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.history import Change, Entry, History
from store.subscriptions import Subscription, Subscriptions

WAITS = timedelta(seconds=5)  # after which what was planned before it began is looked at again

_deliveries = Deliveries()
_history = History()
_subscriptions = Subscriptions()


def is_held(subscription: Subscription) -> bool:
    """Say whether it waits for the bot itself to find out, and for nobody's decision."""
    return subscription.state == "paused" and subscription.reason == Cause.UNINSTALLED


async def release(  # noqa: PLR0913 # whose tips, by which content and clock; the last three are by name
    connection: AsyncConnection,
    platform: str,
    workspace: str,
    tips: Candidates,
    *,
    now: datetime,
    grace: timedelta,
    since: datetime,
    causes: Collection[str] = (),
) -> int:
    """Let a workspace's tips go on as if they had not been held; gives how many subscriptions that were.

    That they were is no decision of anybody's: what fell due meanwhile is planned by the next tick, and what is too
    late for that is written as skipped, with the reason. `since` is when they were held, for rows that do not say
    which moment they waited for. Those that were refused for one of the `causes` go on with them; they had stopped
    before that, so what fell due within the `grace` is theirs too, unless nobody wanted it then. Wake the dispatcher
    after the commit.
    """
    await locking.in_workspaces(connection, [(platform, workspace)])
    refused_since = min(since, now - grace)  # what they had before they stopped has its slot, and comes no second time
    changes: list[Change] = []
    missed: list[Delivery] = []
    for one in await _subscriptions.paused_because(connection, platform, (str(Cause.UNINSTALLED), *causes), workspace):
        try:
            resumed = as_it_was(one, now, since if is_held(one) else refused_since)
            if not is_held(one) and resumed.next_run_at is not None and resumed.next_run_at <= now:
                resumed = as_it_was(one, now, await _wanted_since(connection, one, refused_since))
            rows, resumed = planning.overdue(resumed, tips, now, grace, Cause.MISSED_WHILE_HELD)
        except ScheduleError:
            changes.append(states.unschedulable(one, now))
            continue
        missed += rows
        changes.append((resumed, Entry(now, history.BOT, "resumed")))
    await _deliveries.insert_missing(connection, missed)
    await _subscriptions.save_many(connection, [resumed for resumed, _ in changes])
    await _history.add_all(connection, changes)
    return len(changes)


async def _wanted_since(connection: AsyncConnection, subscription: Subscription, since: datetime) -> datetime:
    """Give since when tips were wanted before they were refused: where somebody had paused them, since they went on."""
    wanted = since
    for line in await _history.of_subscription(connection, subscription.id):  # the newest first
        if line.action in {"paused", "off"}:
            return max(wanted, since)
        if line.action in {"resumed", "began"}:
            wanted = line.at
    return since


def as_it_was(subscription: Subscription, now: datetime, since: datetime) -> Subscription:
    """Give a held one as it is once it goes on, at the moment it waited for, even if that has passed.

    Raises ScheduleError where this machine does not know its zone (any more).
    """
    if subscription.next_run_at is None:
        return states.turned_on(subscription, now, max(since, subscription.created_at))
    states.schedule_of(subscription)
    return replace(subscription, state="on", reason="")
