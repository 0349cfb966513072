"""Change when a conversation's weekly tips come, what they are about, and who may change them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from scheduler import outlook, weekly
from scheduler.subscriptions import rows
from scheduler.weekly import Schedule, ScheduleError
from store.database.connection import AsyncConnection
from store.history import Entry
from store.subscriptions import ChangedBy, Subscription


class Wishes(Struct, frozen=True):
    """What a channel may want besides: dilemmas every fourth week, posts that are mended; None leaves it as it is."""

    dilemmas: bool | None = None
    corrections: bool | None = None

    def granted(self, subscription: Subscription) -> Subscription:
        """Give the subscription with these."""
        return replace(
            subscription,
            dilemmas=subscription.dilemmas if self.dilemmas is None else self.dilemmas,
            corrections=subscription.corrections if self.corrections is None else self.corrections,
        )


NO_WISHES = Wishes()


async def reschedule(  # noqa: PLR0913 # a form has these fields; all but three are by name
    connection: AsyncConnection,
    subscription_id: str,
    schedule: Schedule,
    *,
    by: str,
    changed_by: ChangedBy | None = None,
    dimensions: Sequence[str] | None = None,
    wishes: Wishes = NO_WISHES,
    now: datetime,
) -> Subscription:
    """Change day, hour, zone or dimensions, who may change it, and whether posts are mended; a skip goes along.

    For when the next comes then, see `weekly.rescheduled`. What is None stays.
    Who turns "anyone" into "only me" is the owner from then on.
    """
    standing = await rows.existing(connection, subscription_id)
    changed = rescheduled(standing, schedule, by, changed_by, None if dimensions is None else tuple(dimensions), now)
    changed = wishes.granted(changed)
    if changed == standing:
        return standing
    return await rows.saved(connection, changed, Entry(now, by, "changed", rows.settings(changed)))


def rescheduled(  # the private half of reschedule and add
    standing: Subscription,
    schedule: Schedule,
    by: str,
    changed_by: ChangedBy | None,
    dimensions: tuple[str, ...] | None,
    now: datetime,
) -> Subscription:
    """Give the subscription as `reschedule` leaves it."""
    changed = replace(
        taken_over(standing, by, changed_by),
        weekday=schedule.weekday,
        at=schedule.at_text,
        zone=schedule.zone,
        changed_by=changed_by or standing.changed_by,
        dimensions=standing.dimensions if dimensions is None else dimensions,
    )
    if standing.next_run_at is not None:
        last_slot = weekly.plausible_slot(schedule, standing.last_slot, now)
        moment = weekly.rescheduled(schedule, standing.next_run_at, last_slot, now)
        changed = replace(changed, next_run_at=moment, last_slot=last_slot)
        if _skips_next(standing, now):
            changed = replace(changed, skip_slot=outlook.next_wanted(changed, now))
    return changed


def taken_over(standing: Subscription, by: str, changed_by: ChangedBy | None) -> Subscription:
    """Give it to who turns "anyone" into "only me"; the operator, and an owner, change nothing by that."""
    if standing.changed_by == "anyone" and changed_by == "owner" and by and by not in standing.co_owners:
        return rows.owned(standing, by) if by != standing.owner else standing
    return standing


def _skips_next(subscription: Subscription, now: datetime) -> bool:
    """Say whether the next tip is to be skipped; not where its zone has gone, which a change is to heal."""
    if not subscription.skip_slot:
        return False
    try:
        return subscription.skip_slot == outlook.next_wanted(subscription, now)
    except ScheduleError:
        return False
