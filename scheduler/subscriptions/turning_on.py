"""Turn a conversation's weekly tips on: with an introduction that decides, or at once for an operator."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from cards.reason import Cause
from messengers.base import Address
from scheduler.subscriptions import reschedule, rows
from scheduler.subscriptions.reschedule import NO_WISHES, Wishes
from scheduler.subscriptions.states import turned_on
from scheduler.weekly import Schedule
from store import ids
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.history import Action, Change, Entry, History
from store.subscriptions import ChangedBy, Subscription, Subscriptions

_BATCH = 1000  # conversations looked up and written in one statement

_deliveries = Deliveries()
_history = History()
_subscriptions = Subscriptions()


class Addition(Struct, frozen=True):
    """A conversation in which an operator wants tips; what it does not say stays as it is where there are some.

    Without dimensions, those it has, or all; without `changed_by`, who may so far, or anyone. Tips that are paused or
    off stay so unless it `turns_on`.
    """

    address: Address
    schedule: Schedule
    owner: str = ""
    changed_by: ChangedBy | None = None
    dimensions: tuple[str, ...] = ()
    turns_on: bool = True


class Begun(Struct, frozen=True):
    """A subscription that was turned on or changed, what it was before, and its introduction; None without."""

    subscription: Subscription
    introduction: Delivery | None = None
    before: Subscription | None = None


async def begin(  # noqa: PLR0913 # a form has these fields; all but three are by name
    connection: AsyncConnection,
    address: Address,
    schedule: Schedule,
    *,
    owner: str,
    changed_by: ChangedBy,
    dimensions: Sequence[str] = (),
    wishes: Wishes = NO_WISHES,
    now: datetime,
) -> Begun:
    """Turn tips on in a conversation: 'starting', with an introduction to post; its success turns them on.

    `owner` is who asks, and owns them where nobody does.
    Where they are on already, only the settings change, without an introduction; where one is on its way ('starting')
    it stays the only one. A conversation that had tips before goes on where it was. Wake the dispatcher after the
    commit.
    """
    wanted, by = Addition(address, schedule, owner, changed_by, tuple(dimensions)), owner
    standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
    if standing is not None and standing.state == "on":
        changed = await reschedule.reschedule(
            connection,
            standing.id,
            schedule,
            by=by,
            changed_by=changed_by,
            dimensions=dimensions,
            wishes=wishes,
            now=now,
        )
        return Begun(changed)
    # What is off belongs to nobody, even where who turns it on may not own it either.
    free = replace(standing, owner="", co_owners=()) if standing is not None and standing.state == "off" else standing
    subscription = wishes.granted(replace(_started(free, wanted, now), dimensions=wanted.dimensions))
    if standing is None:
        await _subscriptions.insert(connection, subscription)
    else:
        await _subscriptions.save(connection, subscription)
    if standing is not None and standing.state == "starting":
        if subscription != standing:
            await _note(connection, subscription, "changed", by=by, now=now)
        return Begun(subscription)
    await _note(connection, subscription, "began", by=by, now=now)
    await _close_introductions(connection, subscription)
    introduction = _introduction(subscription, now, by)
    await _deliveries.insert_missing(connection, (introduction,))
    return Begun(subscription, introduction)


async def add_each(
    connection: AsyncConnection, entries: Sequence[Addition], *, introduce: bool, now: datetime
) -> list[Begun]:
    """Turn tips on at once in several conversations, for an operator; gives what became of each.

    `introduce` posts the introduction too, whose failure pauses them. Where they are on already, only the settings
    change. A conversation that is named twice counts once, as it is named last. Raises ScheduleError where this machine
    does not know a zone.
    """
    additions = list({entry.address: entry for entry in entries}.values())
    begun: list[Begun] = []
    for start in range(0, len(additions), _BATCH):
        begun += await _add(connection, additions[start : start + _BATCH], introduce=introduce, now=now)
    return begun


async def _add(
    connection: AsyncConnection, additions: Sequence[Addition], *, introduce: bool, now: datetime
) -> list[Begun]:
    """Turn tips on in several conversations, each named once, or change them where they are on."""
    places = [(one.address.platform, one.address.workspace, one.address.conversation) for one in additions]
    standing = await _subscriptions.at(connection, places)
    fresh: list[Subscription] = []
    changed: list[Subscription] = []
    changes: list[Change] = []
    begun: list[Begun] = []
    for place, addition in zip(places, additions, strict=True):
        before = standing.get(place)
        after = _added(before, addition, now)
        is_begun = after.state == "on" and (before is None or before.state != "on")
        if before is None:
            fresh.append(after)
        elif after != before:
            changed.append(after)
        if after != before:
            action: Action = "began" if is_begun else "changed"
            changes.append((after, Entry(now, "", action, rows.settings(after))))
        begun.append(Begun(after, _introduction(after, now, after.owner) if introduce and is_begun else None, before))
    await _subscriptions.insert_many(connection, fresh)
    await _subscriptions.save_many(connection, changed)
    await _history.add_all(connection, changes)
    for one in changed:
        before = standing[one.platform, one.workspace, one.conversation]
        if before.state != "on" and one.state == "on":
            await _close_introductions(connection, one)
    await _deliveries.insert_missing(connection, [one.introduction for one in begun if one.introduction])
    return begun


def _added(standing: Subscription | None, addition: Addition, now: datetime) -> Subscription:
    if standing is not None and (standing.state == "on" or not addition.turns_on):
        return reschedule.rescheduled(
            standing, addition.schedule, addition.owner, addition.changed_by, addition.dimensions or None, now
        )
    return turned_on(_started(standing, addition, now), now)


def _started(standing: Subscription | None, wanted: Addition, now: datetime) -> Subscription:
    """Give the conversation's row with these settings, 'starting'; a row it had keeps what was seen."""
    address, schedule = wanted.address, wanted.schedule
    if standing is None:
        return Subscription(
            id=ids.fresh(now),
            platform=address.platform,
            workspace=address.workspace,
            conversation=address.conversation,
            owner=wanted.owner,
            changed_by=wanted.changed_by or "anyone",
            weekday=schedule.weekday,
            at=schedule.at_text,
            zone=schedule.zone,
            state="starting",
            created_at=now,
            dimensions=wanted.dimensions,
        )
    if not wanted.owner or (standing.state != "off" and standing.owner):
        # The operator takes nothing away from anybody, nor does who saves the form while others' tips wait.
        owned = reschedule.taken_over(standing, wanted.owner, wanted.changed_by)
    elif standing.state == "off":
        # Tips that are off belong to nobody: whoever turns them on owns them.
        owned = replace(rows.owned(standing, wanted.owner), co_owners=())
    else:
        owned = rows.owned(standing, wanted.owner)
    return replace(
        owned,
        changed_by=wanted.changed_by or standing.changed_by,
        weekday=schedule.weekday,
        at=schedule.at_text,
        zone=schedule.zone,
        state="starting",
        reason="",
        paused_by="",
        paused_until=None,
        next_run_at=None,
        dimensions=wanted.dimensions or standing.dimensions,
    )


async def _note(
    connection: AsyncConnection, subscription: Subscription, action: Action, *, by: str, now: datetime
) -> None:
    await rows.noted(connection, subscription, action, rows.settings(subscription), by=by, now=now)


async def _close_introductions(connection: AsyncConnection, subscription: Subscription) -> None:
    """Settle introductions of earlier, before tips are turned on anew: what waits is not posted beside the new one."""
    await _deliveries.withdraw_introductions(connection, subscription.id, str(Cause.OFF))
    await _deliveries.confirm_introductions(connection, subscription.id, "sent", str(Cause.SEEN))


def _introduction(subscription: Subscription, now: datetime, by: str) -> Delivery:
    return rows.promised(subscription, "introduction", ids.fresh(now), now, person=by)
