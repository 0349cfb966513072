"""Read and change a conversation's weekly tips for a person, and say the result as a card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from cards import compose_tips
from cards.compose_tips import PastTip, TipsState
from cards.model import Action, Card, Subject
from content.library import Library
from content.model import Tip
from handlers.desk import Desk
from messengers.base import Address
from scheduler import planning, steering, weekly
from scheduler.weekly import Schedule, ScheduleError
from store.deliveries import Deliveries, Delivery
from store.subscriptions import ChangedBy, Subscription, Subscriptions

log = structlog.get_logger()

_subscriptions, _deliveries = Subscriptions(), Deliveries()
UNINSTALLED = "app_uninstalled"  # the reason of a pause that lasts until it is known whether the app is gone
_PAST_SHOWN = 5  # tips that the doctor looks back on


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of the settings form: a sentence for each field at fault, or the introduction that goes first."""

    faults: Mapping[str, str] = field(default_factory=dict)
    introduction: str | None = None


async def state(desk: Desk, address: Address, person: str) -> TipsState:
    """Tell how a conversation's tips stand, as `person` may see them."""
    subscription = await _find(desk, address)
    return described(desk.shelf.library, subscription, address.conversation, person)


def described(library: Library, subscription: Subscription | None, conversation: str, person: str) -> TipsState:
    """Turn a row into what cards draw; None is a conversation that never had tips."""
    if subscription is None:
        return TipsState(conversation, "off")
    moment, skipping = _next_moment(subscription)
    return TipsState(
        conversation=conversation,
        state=subscription.state,
        weekday=subscription.weekday,
        at=subscription.at,
        zone=subscription.zone,
        owner=subscription.owner,
        changed_by=subscription.changed_by,
        reason=subscription.reason,
        paused_by=subscription.paused_by,
        next_at=moment,
        next_tip=next_tip(library, subscription),
        skipping=skipping,
        may_change=subscription.state == "off" or subscription.is_open_to(person),
    )


def _next_moment(subscription: Subscription) -> tuple[datetime | None, bool]:
    """Give when the next tip comes, and whether one before it is skipped."""
    moment = subscription.next_run_at
    if moment is None or not subscription.skip_slot:
        return moment, False
    try:
        schedule = planning.schedule_of(subscription)
    except ScheduleError:  # its zone has gone from this machine: the next tick says so
        return moment, False
    if weekly.slot(schedule, moment) != subscription.skip_slot:
        return moment, False
    return weekly.next_occurrence(schedule, moment), True


def next_tip(library: Library, subscription: Subscription | None) -> Tip | None:
    """Tell which tip a conversation gets next; for one without tips, the first of all."""
    seen = subscription.seen if subscription else ()
    choice = weekly.next_tip([tip.id for tip in library.tips], seen)
    return library.tip(choice.tip) if choice else None


async def preview(desk: Desk, address: Address, person: str) -> Card:
    """Show the tip that comes next in a conversation, or the first one where none is planned."""
    library = desk.shelf.library
    subscription = await _find(desk, address)
    tip = next_tip(library, subscription)
    return compose_tips.preview(library, tip, described(library, subscription, address.conversation, person))


async def diagnosis(desk: Desk, address: Address, person: str) -> Card:
    """Say in words how a conversation's tips are doing, and why the last ones came or did not."""
    library = desk.shelf.library
    async with desk.database.read() as connection:
        subscription = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
        rows = await _past(connection, subscription) if subscription else ()
    past = tuple(
        PastTip(row.due_at, _title(library, row), row.state, row.reason, row.id) for row in rows if row.kind == "tip"
    )
    return compose_tips.doctor(described(library, subscription, address.conversation, person), past, desk.clock())


async def _past(connection: AsyncConnection, subscription: Subscription) -> tuple[Delivery, ...]:
    """List the last deliveries, and before them any whose outcome is still unknown, however old."""
    last = await _deliveries.of_subscription(connection, subscription.id, _PAST_SHOWN)
    known = {row.id for row in last}
    unknown = await _deliveries.unknown_of(connection, subscription.id)
    return (*(row for row in unknown if row.id not in known), *last)


async def change(desk: Desk, address: Address, person: str, action: Action) -> Card:
    """Do what a button of the settings card asks, if this person may, and show the settings as they are then."""
    now = desk.clock()
    async with desk.database.write() as connection:
        standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
        if standing is None:
            return compose_tips.settings(TipsState(address.conversation, "off"))
        if not standing.is_open_to(person):
            return compose_tips.not_yours(described(desk.shelf.library, standing, address.conversation, person))
        match action.verb:
            case "tips-skip":
                await steering.skip_next(connection, standing.id, by=person)
            case "tips-pause":
                await steering.pause(connection, standing.id, by=person, now=now)
            case "tips-resume":
                await _resume(connection, standing.id, now)
            case "tips-off":
                await steering.turn_off(connection, standing.id, by=person)
            case "tips-send":
                row = await _deliveries.by_id(connection, action.argument)
                # Only this conversation's own: a button's value is a text that somebody could send us.
                if row is not None and row.subscription_id == standing.id:
                    await steering.send_again(connection, row.id, by=person, now=now)
            case _:
                raise ValueError(f"{action.verb} changes nothing")
    log.info("tips.changed", action=action.verb, subscription=standing.id, person=person)
    if action.verb == "tips-send":
        desk.wake()
        return await diagnosis(desk, address, person)
    return compose_tips.settings(await state(desk, address, person))


async def _resume(connection: AsyncConnection, subscription_id: str, now: datetime) -> None:
    try:
        await steering.resume(connection, subscription_id, now=now)
    except ScheduleError:
        # It stays paused; the card says why, and Edit asks for another zone.
        log.warning("tips.zone_unknown", subscription=subscription_id)


async def save(desk: Desk, address: Address, person: str, values: Mapping[str, str]) -> Saved:
    """Take the settings form: turn tips on (an introduction goes first), or change them where they are on."""
    changed_by: ChangedBy = "owner" if values.get("changed_by") == "owner" else "anyone"
    try:
        weekday = values.get("weekday", "")
        schedule = Schedule.parse(
            int(weekday) if weekday.isdecimal() else weekday, values.get("at", ""), values.get("zone", "")
        )
    except ScheduleError as error:
        return Saved(faults=error.faults)
    async with desk.database.write() as connection:
        standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
        if standing is not None and standing.state != "off" and not standing.is_open_to(person):
            return Saved(faults={"changed_by": compose_tips.NOT_YOURS})
        if standing is not None and standing.state == "paused" and standing.reason == steering.BY_A_PERSON:
            # Paused on purpose: the form changes the settings, Resume starts it again.
            await steering.reschedule(
                connection, standing.id, schedule, changed_by=changed_by, owner=person, now=desk.clock()
            )
            return Saved()
        begun = await steering.begin(
            connection, address, schedule, owner=person, changed_by=changed_by, now=desk.clock()
        )
    log.info("tips.saved", subscription=begun.subscription.id, person=person)
    return Saved(introduction=begun.introduction.id if begun.introduction else None)


async def introduced(desk: Desk, address: Address, person: str, delivery: Delivery) -> Card:
    """Show what came of the introduction: the settings, or why tips stay off and what to do."""
    now = await state(desk, address, person)
    if delivery.state == "failed":
        return compose_tips.not_started(now, delivery.reason)
    return compose_tips.settings(now)


async def stop_workspace(desk: Desk, platform: str, workspace: str) -> None:
    """Pause everything of a workspace that removed the app; written down first, it is decided what to do next."""
    async with desk.database.write() as connection:
        await _subscriptions.pause_workspace(connection, platform, workspace, UNINSTALLED)


async def stopped_workspaces(desk: Desk, platform: str) -> tuple[str, ...]:
    """List the workspaces that were stopped because they removed the app."""
    async with desk.database.read() as connection:
        stopped = await _subscriptions.paused_because(connection, platform, UNINSTALLED)
    return tuple(sorted({one.workspace for one in stopped}))


async def restart_workspace(desk: Desk, platform: str, workspace: str) -> None:
    """Resume what was stopped: the app had been installed again when the event came."""
    async with desk.database.write() as connection:
        for one in await _subscriptions.paused_because(connection, platform, UNINSTALLED):
            if one.workspace == workspace:
                await _resume(connection, one.id, desk.clock())


async def forget_workspace(desk: Desk, platform: str, workspace: str) -> None:
    """Delete everything that is kept about a workspace, because the app was removed from it."""
    async with desk.database.write() as connection:
        await steering.forget_workspace(connection, platform, workspace)


async def _find(desk: Desk, address: Address) -> Subscription | None:
    async with desk.database.read() as connection:
        return await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)


def _title(library: Library, row: Delivery) -> str:
    try:
        tip = library.tip(Subject.parse(row.subject).id)
    except ValueError:
        tip = None
    return tip.title if tip else "a tip that was removed since"
