"""Turn a conversation's weekly tips on, change, skip, pause and stop them."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from messengers.base import Address
from scheduler import planning, weekly
from scheduler.weekly import Schedule, ScheduleError
from store import deliveries as delivery_rows
from store import ids
from store.deliveries import Deliveries, Delivery
from store.posts import Posts
from store.subscriptions import ChangedBy, Subscription, Subscriptions

BY_A_PERSON = "person"
INTRODUCTION_UNKNOWN = "introduction-unknown"
SEEN = "a person saw it"
TURNED_OFF = "off"
OPERATOR = "operator"  # stands in `Delivery.person` for whoever runs the bot

_deliveries = Deliveries()
_posts = Posts()
_subscriptions = Subscriptions()


@dataclass(frozen=True, slots=True)
class Begun:
    """A subscription that was turned on, and the introduction that is to be posted first, if any."""

    subscription: Subscription
    introduction: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of a workspace were deleted."""

    subscriptions: int
    posts: int
    deliveries: int


async def begin(  # a form has these fields; all but three are by name
    connection: AsyncConnection,
    address: Address,
    schedule: Schedule,
    *,
    owner: str,
    changed_by: ChangedBy,
    now: datetime,
) -> Begun:
    """Turn tips on in a conversation: 'starting', with an introduction to post; its success turns them on.

    Where they are on already, only the settings change, without an introduction; where one is on its way ('starting')
    it stays the only one. A conversation that had tips before goes on where it was. Wake the courier after the commit.
    """
    standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
    if standing is not None and standing.state == "on":
        changed = await reschedule(connection, standing.id, schedule, changed_by=changed_by, owner=owner, now=now)
        return Begun(changed)
    subscription = await _written(connection, standing, address, schedule, owner, changed_by, now)
    if standing is not None and standing.state == "starting":
        return Begun(subscription)
    await _close_introductions(connection, subscription)
    return Begun(subscription, await _introduce(connection, subscription, now))


async def add(  # noqa: PLR0913 # the command has these options; all but three are by name
    connection: AsyncConnection,
    address: Address,
    schedule: Schedule,
    *,
    owner: str = "",
    changed_by: ChangedBy = "anyone",
    introduce: bool = False,
    now: datetime,
) -> Begun:
    """Turn tips on at once, for an operator; `introduce` posts the introduction too, whose failure pauses them.

    Where they are on already, only the settings change. Raises ScheduleError where this machine does not know the zone.
    """
    standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
    if standing is not None and standing.state == "on":
        return Begun(await reschedule(connection, standing.id, schedule, changed_by=changed_by, now=now))
    started = await _written(connection, standing, address, schedule, owner, changed_by, now)
    subscription = turned_on(started, now)
    await _subscriptions.save(connection, subscription)
    await _close_introductions(connection, subscription)
    return Begun(subscription, await _introduce(connection, subscription, now) if introduce else None)


def turned_on(subscription: Subscription, now: datetime) -> Subscription:
    """Give the subscription as it is once on: the next moment lies in a week that had no tip yet.

    Raises ScheduleError where this machine does not know its zone (any more).
    """
    schedule = planning.schedule_of(subscription)
    last_slot = weekly.plausible_slot(schedule, subscription.last_slot, now)
    moment = weekly.next_occurrence(schedule, now, last_slot)
    return replace(subscription, state="on", reason="", paused_by="", next_run_at=moment, last_slot=last_slot)


def awaits_introduction(subscription: Subscription) -> bool:
    """Say whether the outcome of an introduction still decides whether tips are on."""
    return subscription.state == "starting" or (
        subscription.state == "paused" and subscription.reason == INTRODUCTION_UNKNOWN
    )


async def pause(connection: AsyncConnection, subscription_id: str, *, by: str, now: datetime) -> Subscription:  # noqa: ARG001 # every change takes its moment, like resume and reschedule
    """Pause one that is on until somebody resumes it; `by` is '' for the operator."""
    standing = await _existing(connection, subscription_id)
    if standing.state != "on":
        return standing
    return await _saved(
        connection, replace(standing, state="paused", reason=BY_A_PERSON, paused_by=by, next_run_at=None)
    )


async def resume(connection: AsyncConnection, subscription_id: str, *, now: datetime) -> Subscription:
    """Turn a paused one on again, whatever paused it; the next tip comes in a week that had none yet.

    Raises ScheduleError, and changes nothing, where this machine does not know its zone (any more).
    """
    standing = await _existing(connection, subscription_id)
    if standing.state != "paused":
        return standing
    resumed = turned_on(standing, now)
    await _deliveries.confirm_introductions(connection, subscription_id, "sent", SEEN)
    return await _saved(connection, resumed)


async def skip_next(connection: AsyncConnection, subscription_id: str, *, by: str) -> Subscription:
    """Let the next scheduled tip fall out; it stays in the pool and comes a week later. Asking twice skips once."""
    standing = await _existing(connection, subscription_id)
    if standing.next_run_at is None:
        return standing
    try:
        slot = weekly.slot(planning.schedule_of(standing), standing.next_run_at)
    except ScheduleError:
        return await _saved(connection, planning.unschedulable(standing))
    return await _saved(connection, replace(standing, skip_slot=slot, skip_by=by))


async def turn_off(connection: AsyncConnection, subscription_id: str, *, by: str) -> Subscription:
    """Turn tips off; what was seen is kept, so that turning them on again goes on from there."""
    standing = await _existing(connection, subscription_id)
    await _deliveries.withdraw_introductions(connection, subscription_id)
    await _deliveries.confirm_introductions(connection, subscription_id, "failed", TURNED_OFF)
    return await _saved(
        connection,
        replace(standing, state="off", reason=BY_A_PERSON, paused_by=by, next_run_at=None, skip_slot="", skip_by=""),
    )


async def reschedule(
    connection: AsyncConnection,
    subscription_id: str,
    schedule: Schedule,
    *,
    changed_by: ChangedBy | None = None,
    owner: str = "",
    now: datetime,
) -> Subscription:
    """Change day, hour or zone, and who may change it; see `weekly.rescheduled`. A skip asked for goes along.

    Who turns "anyone" into "only me" is the `owner` from then on.
    """
    standing = await _existing(connection, subscription_id)
    takes_over = standing.changed_by == "anyone" and changed_by == "owner" and owner != ""
    changed = replace(
        standing,
        owner=owner if takes_over else standing.owner,
        weekday=schedule.weekday,
        at=schedule.at_text,
        zone=schedule.zone,
        changed_by=changed_by or standing.changed_by,
    )
    if standing.next_run_at is not None:
        last_slot = weekly.plausible_slot(schedule, standing.last_slot, now)
        moment = weekly.rescheduled(schedule, standing.next_run_at, last_slot, now)
        changed = replace(changed, next_run_at=moment, last_slot=last_slot)
        if _skips_next(standing, standing.next_run_at):
            changed = replace(changed, skip_slot=weekly.slot(schedule, moment))
    return await _saved(connection, changed)


async def send_again(connection: AsyncConnection, delivery_id: str, *, by: str, now: datetime) -> Delivery | None:
    """Plan a delivery whose outcome is unknown once more, in the same row.

    `by` asked for it, '' for the operator, so it goes even where tips are paused; what somebody asked for before stays
    theirs: a shared card names who shared it. Gives None, and does nothing, where
    it is not unknown (any more). Wake the courier after the commit.
    """
    standing = await _deliveries.by_id(connection, delivery_id)
    if standing is None or standing.state != "unknown":
        return None
    again = replace(
        standing,
        state="planned",
        person=standing.person or by or OPERATOR,
        lease_owner="",
        lease_until=None,
        due_at=now,
        not_before=now,
        reason="",
        changed_at=now,
    )
    await _deliveries.change(connection, (again,))
    return again


async def forget_workspace(connection: AsyncConnection, platform: str, workspace: str) -> Forgotten:
    """Delete everything that is kept about a workspace, because the app was removed from it."""
    return Forgotten(
        deliveries=await _deliveries.forget_workspace(connection, platform, workspace),
        posts=await _posts.forget_workspace(connection, platform, workspace),
        subscriptions=await _subscriptions.forget_workspace(connection, platform, workspace),
    )


def _skips_next(subscription: Subscription, moment: datetime) -> bool:
    """Say whether the tip of `moment` is to be skipped; not where its zone has gone, which a change is to heal."""
    if not subscription.skip_slot:
        return False
    try:
        return subscription.skip_slot == weekly.slot(planning.schedule_of(subscription), moment)
    except ScheduleError:
        return False


async def _existing(connection: AsyncConnection, subscription_id: str) -> Subscription:
    standing = await _subscriptions.by_id(connection, subscription_id)
    if standing is None:
        raise LookupError(f"there is no subscription {subscription_id}")
    return standing


async def _saved(connection: AsyncConnection, subscription: Subscription) -> Subscription:
    await _subscriptions.save(connection, subscription)
    return subscription


async def _written(  # noqa: PLR0913, PLR0917 # the private half of begin and add
    connection: AsyncConnection,
    standing: Subscription | None,
    address: Address,
    schedule: Schedule,
    owner: str,
    changed_by: ChangedBy,
    now: datetime,
) -> Subscription:
    """Write the conversation's row with these settings, 'starting'; a row it had keeps what was seen."""
    subscription = replace(
        standing
        or Subscription(
            id=ids.fresh(now),
            platform=address.platform,
            workspace=address.workspace,
            conversation=address.conversation,
            owner=owner,
            changed_by=changed_by,
            weekday=schedule.weekday,
            at=schedule.at_text,
            zone=schedule.zone,
            state="starting",
            created_at=now,
        ),
        owner=owner,
        changed_by=changed_by,
        weekday=schedule.weekday,
        at=schedule.at_text,
        zone=schedule.zone,
        state="starting",
        reason="",
        paused_by="",
        next_run_at=None,
    )
    if standing is None:
        await _subscriptions.insert(connection, subscription)
    else:
        await _subscriptions.save(connection, subscription)
    return subscription


async def _close_introductions(connection: AsyncConnection, subscription: Subscription) -> None:
    """Settle introductions of earlier, before tips are turned on anew: what waits is not posted beside the new one."""
    await _deliveries.withdraw_introductions(connection, subscription.id)
    await _deliveries.confirm_introductions(connection, subscription.id, "sent", SEEN)


async def _introduce(connection: AsyncConnection, subscription: Subscription, now: datetime) -> Delivery:
    delivery_id = ids.fresh(now)
    introduction = delivery_rows.fresh(
        f"introduction:{subscription.id}:{delivery_id}",
        "introduction",
        id=delivery_id,
        platform=subscription.platform,
        workspace=subscription.workspace,
        conversation=subscription.conversation,
        subscription_id=subscription.id,
        person=subscription.owner,
        now=now,
    )
    await _deliveries.insert_missing(connection, (introduction,))
    return introduction
