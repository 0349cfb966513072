"""Say which tip comes next, on which days none comes, and send one at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from cards.compose import faults, phrases
from scheduler import outlook
from scheduler.choosing import Candidates
from scheduler.learning import rounds
from scheduler.subscriptions import rows, states
from scheduler.weekly import ScheduleError
from store import ids, tables
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.history import Entry
from store.subscriptions import Subscription, Subscriptions

OPERATOR = "operator"  # stands in `Delivery.person` for whoever runs the bot
MANUAL = "manual:"  # begins the slot of an extra tip
_DOUBLE_CLICK = timedelta(seconds=10)
_LATEST = 5  # deliveries among which an extra tip of a moment ago is found

_deliveries = Deliveries()
_subscriptions = Subscriptions()


async def skip_next(connection: AsyncConnection, subscription_id: str, *, by: str, now: datetime) -> Subscription:
    """Let the next scheduled tip fall out; it stays in the pool and comes a week later. Asking twice skips once.

    A week in which none comes anyway, because its date is quiet, is passed over: the tip after it is the next.
    """
    standing = await rows.existing(connection, subscription_id)
    if standing.next_run_at is None:
        return standing
    try:
        slot = outlook.next_wanted(standing, now)
    except ScheduleError:
        return await rows.saved(connection, *states.unschedulable(standing, now))
    if not slot or slot == standing.skip_slot:
        return standing
    changed = replace(standing, skip_slot=slot, skip_by=by)
    return await rows.saved(connection, changed, Entry(now, by, "skipped", slot))


async def keep_next(connection: AsyncConnection, subscription_id: str, *, by: str, now: datetime) -> Subscription:
    """Take a skip back, as long as its week has not come."""
    standing = await rows.existing(connection, subscription_id)
    if standing.skip_slot <= standing.last_slot:
        return standing
    changed = replace(standing, skip_slot="", skip_by="")
    return await rows.saved(connection, changed, Entry(now, by, "kept", standing.skip_slot))


async def swap_next(  # noqa: PLR0913 # all but three are by name
    connection: AsyncConnection,
    subscription_id: str,
    tip: str,
    *,
    tips: Candidates,
    by: str,
    now: datetime,
    has_dilemmas: bool = True,
) -> Subscription:
    """Choose which tip comes next, '' for the one in order; the others keep their order.

    Raises ValueError, in a sentence, for a tip that is not in `outlook.pool` on the day on which the next one comes.
    """
    standing = await rows.existing(connection, subscription_id)
    if tip == standing.next_tip:
        return standing
    if tip and tip not in tips:
        raise ValueError(faults.TIP_GONE)
    day = outlook.next_day(standing, now, has_dilemmas=has_dilemmas)
    if tip and (before := tips[tip].before) is not None and tips[tip].is_too_late(day):
        raise ValueError(faults.TIP_TOO_LATE.format(phrases.date_words(before.isoformat())))
    if tip and tip not in outlook.pool(standing, tips, day):
        raise ValueError(faults.TIP_SEEN)
    return await rows.saved(connection, replace(standing, next_tip=tip), Entry(now, by, "swapped", tip))


async def send_now(
    connection: AsyncConnection, subscription_id: str, tips: Candidates, *, by: str, now: datetime
) -> Delivery | None:
    """Plan an extra tip at once, even where tips are paused; the weekly one stays, with the tip after it.

    `by` asked for it, '' for the operator. A second click gives the extra tip that is on its way. None, and nothing is
    done, where tips are off or not introduced yet, and where no tip can come. Wake the dispatcher after the commit.
    """
    standing = await rows.existing(connection, subscription_id)
    if standing.state not in {"on", "paused"}:
        return None
    for row in await _deliveries.of_subscription(connection, subscription_id, _LATEST):
        is_fresh = row.state in tables.OPEN or row.state == "sent"
        if row.slot.startswith(MANUAL) and is_fresh and now - row.created_at < _DOUBLE_CLICK:
            return row
    chosen = outlook.choice(standing, tips, states.local_day(standing, now))
    if chosen is None:
        return None
    delivery_id = ids.fresh(now)
    slot = f"{MANUAL}{delivery_id}"
    subject, person = f"tip/{chosen.tip}", by or OPERATOR
    extra = rows.promised(standing, "tip", delivery_id, now, key=slot, slot=slot, subject=subject, person=person)
    await _deliveries.insert_missing(connection, (extra,))
    seen = replace(standing, seen=chosen.seen, cycle=standing.cycle + chosen.is_new_cycle, next_tip="")
    await rows.saved(connection, seen, Entry(now, by, "sent-now", chosen.tip))
    return extra


async def send_again(connection: AsyncConnection, delivery_id: str, *, by: str, now: datetime) -> Delivery | None:
    """Plan a delivery whose outcome is unknown once more, in the same row.

    `by` asked for it, '' for the operator, so it goes even where tips are paused; what somebody asked for before stays
    theirs: a shared card names who shared it. Gives None, and does nothing, where it is not unknown (any more), and for
    a round that stands, or whose voting has ended. Wake the dispatcher after the commit.
    """
    owner = await _deliveries.subscription_of(connection, delivery_id)
    subscription = await _subscriptions.by_id(connection, owner, (delivery_id,)) if owner else None
    standing = await _deliveries.by_id(connection, delivery_id)
    if standing is None or standing.state != "unknown":
        return None
    if standing.kind == "round" and not await rounds.may_be_posted(connection, standing, now):
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
    if subscription is not None:
        what = again.subject.removeprefix("tip/") or again.kind
        await rows.noted(connection, subscription, "sent-now", what, by=by, now=now)
    return again


async def set_quiet(  # all but four are by name
    connection: AsyncConnection,
    subscription_id: str,
    dates: Sequence[str],
    country: str,
    *,
    by: str,
    now: datetime,
) -> Subscription:
    """Say on which days no tip comes, in place of those so far.

    As `quiet_dates.parse_dates` and `quiet_dates.parse_country` give them; () and '' for none.
    """
    standing = await rows.existing(connection, subscription_id)
    changed = replace(standing, quiet_dates=tuple(dates), quiet_country=country)
    if changed == standing:
        return standing
    return await rows.saved(connection, changed, Entry(now, by, "quiet", " ".join((*dates, country)).strip()))
