"""Pause, resume and stop a conversation's weekly tips.

As in the modules beside this one, every function runs in the caller's transaction and writes its line of history there;
where it raises, nothing has changed.
"""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from cards import reason as reasons
from cards.compose import faults
from cards.reason import Cause, PlatformCode, Reason
from scheduler.choosing import Candidates
from scheduler.planning import GRACE, overdue
from scheduler.subscriptions import held, rows, states
from scheduler.weekly import ScheduleError
from store import history
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.forgetting import Forgetting, Forgotten
from store.history import Entry, History
from store.subscriptions import Subscription, Subscriptions

_deliveries = Deliveries()
_forgetting = Forgetting()
_history = History()
_subscriptions = Subscriptions()


def awaits_introduction(subscription: Subscription) -> bool:
    """Say whether the outcome of an introduction still decides whether tips are on."""
    return subscription.state == "starting" or (
        subscription.state == "paused" and subscription.reason == Cause.INTRODUCTION_UNKNOWN
    )


def is_paused_by_person(subscription: Subscription) -> bool:
    """Say whether somebody paused it on purpose, the operator too."""
    return subscription.state == "paused" and subscription.reason == Cause.PERSON


def _is_refused(subscription: Subscription) -> bool:
    """Say whether it stopped since the platform refused something."""
    return subscription.state == "paused" and isinstance(reasons.parse(subscription.reason), PlatformCode)


async def pause(
    connection: AsyncConnection,
    subscription_id: str,
    *,
    by: str,
    now: datetime,
    until: datetime | None = None,
    keeps_end: bool = True,
) -> Subscription:
    """Pause one that is on until a moment, or until somebody resumes it; `by` is '' for the operator.

    One that a person paused already gets the new end; without one it keeps what it had, unless `keeps_end` is false.
    One that waits until it is known whether the app is still there is paused by the person from now on; so is one that
    the platform refused, without an end: else it would go on by itself once the app is back. Any other stays paused for
    its own reason. Raises ScheduleError, under `until`, for a moment in the past.
    """
    if until is not None and until <= now:
        raise ScheduleError({"until": faults.PAST_MOMENT})
    standing = await rows.existing(connection, subscription_id)
    is_new_end = standing.paused_until != until and not (until is None and keeps_end)
    has_new_end = is_paused_by_person(standing) and is_new_end
    becomes_theirs = held.is_held(standing) or (until is None and _is_refused(standing))
    if standing.state != "on" and not has_new_end and not becomes_theirs:
        return standing
    paused = states.paused(standing, Cause.PERSON, by=by, until=until)
    detail = until.astimezone(UTC).isoformat(timespec="minutes") if until is not None else ""
    return await rows.saved(connection, paused, Entry(now, by, "paused", detail))


async def resume(  # what it resumes, and what has fallen due meanwhile; the last three are by name
    connection: AsyncConnection,
    subscription_id: str,
    tips: Candidates,
    *,
    by: str,
    now: datetime,
    grace: timedelta = GRACE,
) -> Subscription:
    """Turn a paused one on again, whatever paused it; the next tip comes in a week that had none yet.

    What fell due while it was held comes within the `grace`, and is written as skipped, with that reason, after it.
    Raises ScheduleError, and changes nothing, where this machine does not know its zone (any more).
    """
    standing = await rows.existing(connection, subscription_id)
    if standing.state != "paused":
        return standing
    missed: tuple[Delivery, ...] = ()
    if held.is_held(standing):
        resumed = held.as_it_was(standing, now, now)
        missed, resumed = overdue(resumed, tips, now, grace, Cause.MISSED_WHILE_HELD)
    else:
        resumed = states.turned_on(standing, now)
    await _deliveries.confirm_introductions(connection, subscription_id, "sent", str(Cause.SEEN))
    await _deliveries.insert_missing(connection, missed)
    return await rows.saved(connection, resumed, Entry(now, by, "resumed"))


async def turn_off(connection: AsyncConnection, subscription_id: str, *, by: str, now: datetime) -> Subscription:
    """Turn tips off; what was seen is kept, so that turning them on again goes on from there."""
    standing = await rows.existing(connection, subscription_id)
    await _deliveries.withdraw_introductions(connection, subscription_id, str(Cause.OFF))
    await _deliveries.confirm_introductions(connection, subscription_id, "failed", str(Cause.OFF))
    off = replace(
        states.paused(standing, Cause.PERSON, by=by),
        state="off",
        skip_slot="",
        skip_by="",
        next_tip="",
        claimed_by="",
        claimed_at=None,
    )
    return await rows.saved(connection, off, Entry(now, by, "off") if standing.state != "off" else None)


async def pause_workspace(
    connection: AsyncConnection, platform: str, workspace: str, reason: Reason, now: datetime
) -> int:
    """Pause everything of a workspace that is on, because the platform says so; gives how many there were."""
    standing = await _subscriptions.every(connection, platform, workspace)
    code = str(reason)
    stopped = Entry(now, history.BOT, "stopped", code)
    keeps_moment = code == Cause.UNINSTALLED
    paused = await _subscriptions.pause_workspace(connection, platform, workspace, code, keeps_moment=keeps_moment)
    await _history.add_all(connection, [(one, stopped) for one in standing if one.state == "on"])
    return paused


async def forget_workspace(connection: AsyncConnection, platform: str, workspace: str) -> Forgotten:
    """Delete everything that is kept about a workspace, because the app was removed from it."""
    return await _forgetting.workspace(connection, platform, workspace)
