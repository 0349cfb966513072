"""Send an exercise's if-then plan back to the person who made it, once."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never

from msgspec.structs import replace

from cards.compose import faults as typed_faults
from cards.compose import phrases
from cards.compose.learning import plans as cards
from cards.compose.phrases import rich
from cards.forms import Form
from cards.model import Card, Subject, Verb
from cards.zones import names
from content.inline import Rich
from handlers import answers, learners
from handlers.context import HandlerContext
from handlers.learning import numbers, telling
from handlers.learning.asked import Answer, Asked, Beside, Open, Take, Taken
from handlers.tips import views
from store import ids
from store.database.access import tried_again
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery, fresh
from store.learning import plans
from store.learning.plans import Plan

# What ends a plan: nothing can be pressed any more on the message that brought it back.
ENDING: frozenset[Verb] = frozenset({"plan-done", "plan-drop"})
_WEEK = timedelta(days=7)
_LONGEST = timedelta(days=366)
_MOST_TYPED = 40  # characters of a day that are said again
_deliveries = Deliveries()


async def _open(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Draw the form: with the exercise's own plan, or with one that is to come again."""
    if asked.is_outsider:
        return cards.unreached()
    zone, here = await _zone(context, asked), asked.address
    day = context.clock().astimezone(names.clock(zone)).date() + _WEEK
    again, subject = asked.action.argument, asked.action.subject
    if again:
        found = await _find(context, asked, again)
        return cards.form(None, again, found.words, day, zone, carried) if found else cards.gone()
    content = answers.content_of(context.content.library, subject)
    if content is None:
        return cards.no_exercise()
    async with context.database.read() as connection:
        waiting = await plans.waiting(connection, here.platform, here.workspace, asked.person, context.clock())
    if waiting >= cards.MOST_WAITING:
        return cards.enough()
    words = f"{content.exercise.plan}." if content.exercise.plan else ""
    return cards.form(subject, "", words, day, zone, carried)


async def _take(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Keep a plan, and promise it for its day."""
    again, subject = asked.action.argument, asked.action.subject
    if asked.is_outsider:
        return Taken(card=cards.unreached())
    if not again and answers.content_of(context.content.library, subject) is None:
        return Taken(card=cards.no_exercise())
    zone, now = await _zone(context, asked), context.clock()
    words = " ".join(telling.typed(values, "words").split())
    if not words or len(words) > cards.MOST:
        return Taken({"words": cards.TOO_LONG if words else cards.NO_WORDS})
    at = _moment(values.get("day", ""), zone, now)
    if isinstance(at, str):
        return Taken({"day": at})
    here = asked.address
    # The same for the same form sent again; where the platform does not say which it is, each is another.
    plan_id = ids.digest("plan", here.workspace, asked.person, asked.occasion) if asked.occasion else ids.fresh(now)
    wanted = Plan(plan_id, here.platform, here.workspace, asked.person, str(subject or ""), words, at, now)
    refused = await _keep(context, wanted, again)
    if refused is not None:
        return refused
    context.wake()
    return Taken(card=cards.saved(plan_id, at, zone))


@tried_again
async def _keep(context: HandlerContext, wanted: Plan, again: str) -> Taken | None:
    """Write a plan down with what brings it back, in place of the one that is to come `again`; or say why not."""
    who = (wanted.platform, wanted.workspace, wanted.person)
    async with context.database.write() as connection:
        if await plans.find(connection, wanted.id, *who) is not None:  # a form that came twice
            return None
        before = await plans.find(connection, again, *who) if again else None
        if again and before is None:
            return Taken(card=cards.gone())
        # The one in whose place it comes waits no longer.
        replaced = before is not None and before.state == "waiting" and before.due_at > wanted.created_at
        if await plans.waiting(connection, *who, wanted.created_at) - replaced >= cards.MOST_WAITING:
            return Taken({"words": cards.ENOUGH})
        kept = replace(wanted, subject=before.subject) if before else wanted
        if before is not None:
            await _forget_promise(connection, before.id)
        await _deliveries.insert_missing(connection, [_promise(kept)])
        if before is not None:
            await plans.forget(connection, before.id)
        await plans.insert(connection, kept)
    return None


def _promise(plan: Plan) -> Delivery:
    row = fresh(
        plans.key(plan.id),
        "plan",
        platform=plan.platform,
        workspace=plan.workspace,
        conversation=plan.person,
        subject=plan.subject,
        argument=f"{plan.id} {plan.words}",
        person=plan.person,
        now=plan.created_at,
    )
    return replace(row, due_at=plan.due_at, not_before=plan.due_at)


async def _done(context: HandlerContext, asked: Asked) -> Card | Beside:
    found = await _find(context, asked, asked.action.argument)
    if found is not None and found.subject:
        learners.note(context, asked.address, asked.person, Subject.parse(found.subject), "tried")
    return await _forget(context, asked, cards.done())


async def _later(context: HandlerContext, asked: Asked) -> Card | Beside:
    found = await _find(context, asked, asked.action.argument)
    return cards.later(found.id) if found else cards.gone()


async def _drop(context: HandlerContext, asked: Asked) -> Card | Beside:
    return await _forget(context, asked, cards.dropped())


async def _list(context: HandlerContext, asked: Asked) -> Card | Beside:
    """Show a person what is kept of their plans, from the place on that a button names."""
    zone, here = await _zone(context, asked), asked.address
    async with context.database.read() as connection:
        found = await plans.of_person(connection, here.platform, here.workspace, asked.person)
        first = numbers.below(asked.action.argument, len(found)) or 0
        shown = found[first : first + cards.SHOWN]
        promises = await _deliveries.by_keys(connection, [plans.key(one.id) for one in shown])
    rows = [(one.id, _when(one, promises.get(plans.key(one.id)), zone), one.words) for one in shown]
    return cards.listed(rows, first, len(found))


def _when(plan: Plan, promise: Delivery | None, zone: str) -> Rich:
    """Say when a plan comes or came, or that it did not: it was refused, or nobody knows."""
    at = phrases.moment(plan.due_at, zone)
    match promise.state if promise else None:
        case "planned" | "sending":
            return rich("Comes ", at)
        case "sent":
            return rich("Came ", at)
        case "unknown":
            return rich("May have come ", at)
        case "failed" | "skipped" | None:  # what is given up after a week may have come
            return rich("May have come " if plan.state == "sent" else "Could not be sent ", at)
        case state:
            assert_never(state)


@tried_again
async def _forget(context: HandlerContext, asked: Asked, said: Card) -> Card:
    """Delete a person's plan, and what the ledger has of it.

    Where it is being sent at this moment it goes out, and whoever sends it finds nothing to write its outcome into.
    """
    here, plan_id = asked.address, asked.action.argument
    async with context.database.write() as connection:
        if await plans.find(connection, plan_id, here.platform, here.workspace, asked.person) is None:
            return cards.gone()
        await _forget_promise(connection, plan_id)
        await plans.forget(connection, plan_id)
    return said


async def _forget_promise(connection: AsyncConnection, plan_id: str) -> None:
    standing = await _deliveries.by_keys(connection, [plans.key(plan_id)])
    await _deliveries.forget(connection, [row.id for row in standing.values()])


async def _find(context: HandlerContext, asked: Asked, plan_id: str) -> Plan | None:
    here = asked.address
    async with context.database.read() as connection:
        return await plans.find(connection, plan_id, here.platform, here.workspace, asked.person)


async def _zone(context: HandlerContext, asked: Asked) -> str:
    """Give the zone of a person, or of the conversation's tips, or UTC."""
    if names.knows(asked.zone):
        return asked.zone
    subscription = await views.find(context, asked.address)
    return subscription.zone if subscription and names.knows(subscription.zone) else "UTC"


def _moment(typed: str, zone: str, now: datetime) -> datetime | str:
    """Read on which day a plan comes back, at nine; or say what is wrong with it."""
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        return typed_faults.NO_DATE.format(typed.strip()[:_MOST_TYPED])
    try:
        at = datetime.combine(day, time.fromisoformat(cards.AT), names.clock(zone)).astimezone(UTC)
    except OverflowError:  # a day at either end of the calendar
        return cards.FAR_DAY if day > now.date() else typed_faults.PAST_DAY
    if at <= now:
        return typed_faults.PAST_DAY
    return cards.FAR_DAY if at > now + _LONGEST else at


ANSWERS: Mapping[Verb, Answer] = {"plan-done": _done, "plan-later": _later, "plan-drop": _drop, "plans": _list}
OPENED: Mapping[Verb, Open] = {"plan": _open}
TAKEN: Mapping[Verb, Take] = {"plan-save": _take}
