"""Change a conversation's weekly tips for a person who may, and say the result as a card."""

from datetime import datetime

import structlog
from msgspec import Struct

from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.model import Action, Card, Subject
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.tips import ownership, pools, views
from handlers.tips.views import Asker
from messengers.base import Address
from scheduler.subscriptions import coming_tip, owners, pausing
from scheduler.weekly import ScheduleError
from store.database.access import tried_again
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.subscriptions import Subscription, Subscriptions

log = structlog.get_logger()

_subscriptions, _deliveries = Subscriptions(), Deliveries()
_NEEDS_ON = {"tips-now", "tips-skip", "tips-unskip"}


class _Done(Struct, frozen=True):
    """What a change wrote that the answer depends on."""

    extra: Delivery | None = None
    claimed: Subscription | None = None


@tried_again
async def change(
    context: HandlerContext, address: Address, asker: Asker, action: Action, *, owner_is_gone: bool = False
) -> Card:
    """Do what a button or a word asks, if this person may, and show the tips as they are then.

    `owner_is_gone` is looked up for `tips-claim` alone. Who may not change them gets an answer that says who may.
    """
    now = context.clock()
    async with context.database.write() as connection:
        place = (address.platform, address.workspace, address.conversation)
        named = (action.argument,) if action.verb == "tips-send" else ()
        standing = await _subscriptions.find(connection, *place, named)
        refusal = _refusal(context, standing, address, asker, action, now)
        if standing is None or refusal is not None:
            return refusal or tips_notices.not_yours_there()
        done = await _do(context, connection, standing, asker, action, owner_is_gone=owner_is_gone)
    log.info("tips.changed", action=action.verb, subscription=standing.id, person=asker.person)
    if action.verb in {"tips-send", "tips-now", "tips-claim"}:
        context.wake()
    return await _answer(context, address, asker, action, done)


def _refusal(
    context: HandlerContext,
    standing: Subscription | None,
    address: Address,
    asker: Asker,
    action: Action,
    now: datetime,
) -> Card | None:
    """Say why a change is not done; None where it is."""
    state = views.tips_state(context.content.library, standing, address.conversation, asker, now)
    match action.verb:
        case "tips-decline-claim":
            # An owner presses this in a direct message about another conversation, so nobody else is let through.
            may = standing is not None and state.is_owner and bool(standing.claimed_by)
            return None if may else tips_notices.not_claimed(state)
        case _ if asker.is_elsewhere and not ownership.owns(standing, asker.person):
            return tips_notices.not_yours_there()
        case "tips-claim" if state.is_personal:
            return tips_notices.alone(tips_notices.NOT_FOR_ONE)
        case "tips-claim" if state.state == "off" or state.is_owner:
            return tips_settings.settings(state)
        case "tips-claim" if asker.standing == "may-not":
            return tips_notices.not_owning(state, ownership.fault(asker.standing))
        case "tips-claim":
            return None
        case _ if (found := _standing(standing, address, asker)) != "may":
            return tips_notices.not_a_member(state) if found == "may-not" else tips_notices.not_seen(state)
        case _ if not state.may_change:
            return tips_notices.not_yours(state)
        case _ if state.state == "off" or (state.state == "starting" and action.verb in _NEEDS_ON):
            return tips_notices.not_on(state)
        case _:
            return None


def _standing(subscription: Subscription | None, address: Address, asker: Asker) -> ownership.Standing:
    return ownership.standing_to_change(subscription, asker.person, address.conversation, asker.standing)


async def _do(  # the private half of change
    context: HandlerContext,
    connection: AsyncConnection,
    standing: Subscription,
    asker: Asker,
    action: Action,
    *,
    owner_is_gone: bool,
) -> _Done:
    now, person = context.clock(), asker.person
    match action.verb:
        case "tips-skip":
            await coming_tip.skip_next(connection, standing.id, by=person, now=now)
        case "tips-unskip":
            await coming_tip.keep_next(connection, standing.id, by=person, now=now)
        case "tips-pause":
            await pausing.pause(connection, standing.id, by=person, now=now)
        case "tips-resume":
            await resume(context, connection, standing.id, by=person, now=now)
        case "tips-off":
            await pausing.turn_off(connection, standing.id, by=person, now=now)
        case "tips-now":
            pool = pools.of(context.content.library)
            return _Done(extra=await coming_tip.send_now(connection, standing.id, pool, by=person, now=now))
        case "tips-send":
            row = await _deliveries.by_id(connection, action.argument)
            # Only this conversation's own: a button's value is a text that somebody could send us.
            if row is not None and row.subscription_id == standing.id:
                await coming_tip.send_again(connection, row.id, by=person, now=now)
        case "tips-claim":
            may_own = asker.standing == "may"
            claimed = await owners.claim(
                connection, standing.id, by=person, now=now, owner_is_gone=owner_is_gone, may_own=may_own
            )
            return _Done(claimed=claimed)
        case "tips-decline-claim":
            await owners.keep(connection, standing.id, by=person, now=now)
        case _:
            raise ValueError(f"{action.verb} changes nothing")
    return _Done()


async def _answer(context: HandlerContext, address: Address, asker: Asker, action: Action, done: _Done) -> Card:
    match action.verb:
        case "tips-send":
            return await views.shown(context, kinds.Diagnosis(), address, asker)
        case "tips-decline-claim" if action.place:
            return tips_notices.kept(address.conversation)
        case _:
            pass
    state = await views.state(context, address, asker)
    if action.verb == "tips-now":
        library = context.content.library
        tip = library.tip(Subject.parse(done.extra.subject).id) if done.extra else None
        return tips_notices.sent_now(state, tip.title if tip else "")
    if done.claimed is not None and done.claimed.owner != asker.person:
        if state.claimed_by not in {"", asker.person}:
            return tips_notices.claimed_already(state)
        if state.claimed_until is not None and state.claimed_until > context.clock():
            return tips_notices.claimed(state, state.claimed_until)
        return tips_notices.not_owning(state, ownership.fault(asker.standing))
    return tips_settings.settings(state)


async def resume(
    context: HandlerContext, connection: AsyncConnection, subscription_id: str, *, by: str, now: datetime
) -> None:
    """Resume tips; where their zone has gone they stay paused: the card says why, and Edit asks for another zone."""
    try:
        pool = pools.of(context.content.library)
        await pausing.resume(connection, subscription_id, pool, by=by, now=now, grace=context.grace)
    except ScheduleError:
        log.warning("tips.zone_unknown", subscription=subscription_id)
