"""Send an exercise's if-then plan back to the person who made it, once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from cards.compose import faults as typed_faults
from cards.compose import phrases
from cards.compose.learning import plans as cards
from cards.forms import Form
from cards.model import Card, Subject, Verb
from cards.zones import names
from handlers import answers, learners
from handlers.context import HandlerContext
from handlers.learning.asked import Answer, Asked, Beside, Open, Take, Taken
from handlers.tips import views
from store import ids
from store.deliveries.rows import Deliveries, fresh
from store.learning import plans
from store.learning.plans import Plan

_WEEK = timedelta(days=7)
_LONGEST = timedelta(days=366)
_MOST_SHOWN = 10
_deliveries = Deliveries()


def key(plan_id: str) -> str:
    """Give the ledger's key for a plan."""
    return f"plan:{plan_id}"


async def _open(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Draw the form: with the exercise's own plan, or with one that is to come again."""
    zone = await _zone(context, asked)
    day = context.clock().astimezone(names.clock(zone)).date() + _WEEK
    again, subject = asked.action.argument, asked.action.subject
    if again:
        found = await _find(context, asked, again)
        return cards.form(None, again, found.words, day, zone, carried) if found else cards.gone()
    content = answers.content_of(context.content.library, subject)
    if content is None:
        return cards.gone()
    words = f"{content.exercise.plan}." if content.exercise.plan else ""
    return cards.form(subject, "", words, day, zone, carried)


async def _take(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Keep a plan, and promise it for its day."""
    zone, now = await _zone(context, asked), context.clock()
    words = " ".join(values.get("words", "").split())
    if not words or len(words) > cards.MOST:
        said = "Write what you will do, and when." if not words else f"Write at most {cards.MOST} characters."
        return Taken({"words": said})
    at = _moment(values.get("day", ""), zone, now)
    if isinstance(at, str):
        return Taken({"day": at})
    here = asked.address
    subject = str(asked.action.subject or "")
    plan_id = ids.digest("plan", here.workspace, asked.person, asked.occasion)
    wanted = Plan(plan_id, here.platform, here.workspace, asked.person, subject, words, at, now)
    async with context.database.write() as connection:
        if again := asked.action.argument:
            standing = await plans.find(connection, again, here.platform, here.workspace, asked.person)
            if standing is None:
                return Taken(card=cards.gone())
            wanted = replace(wanted, subject=standing.subject)
        row = fresh(
            key(plan_id),
            "plan",
            platform=here.platform,
            workspace=here.workspace,
            conversation=asked.person,
            subject=wanted.subject,
            argument=f"{plan_id} {words}",
            person=asked.person,
            now=now,
        )
        await _deliveries.insert_missing(connection, [replace(row, due_at=at, not_before=at)])
        if again:
            await plans.forget(connection, again)
        await plans.insert(connection, wanted)
    context.wake()
    return Taken(card=cards.saved(plan_id, at, zone))


async def _done(context: HandlerContext, asked: Asked) -> Card | Beside:
    found = await _find(context, asked, asked.action.argument)
    if found is not None:
        learners.note(context, asked.address, asked.person, Subject.parse(found.subject), "tried")
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
    """Show a person what is kept of their plans."""
    zone, here = await _zone(context, asked), asked.address
    async with context.database.read() as connection:
        found = await plans.of_person(connection, here.platform, here.workspace, asked.person)
    return cards.listed([(one.id, _when(one, zone), one.words) for one in found[:_MOST_SHOWN]])


def _when(plan: Plan, zone: str) -> str:
    words = phrases.moment_words(plan.due_at, zone)
    return f"Comes on {words}" if plan.state == "waiting" else f"Came on {words}"


async def _forget(context: HandlerContext, asked: Asked, said: Card) -> Card:
    """Delete a person's plan, and its promise where that still waits."""
    here, plan_id = asked.address, asked.action.argument
    async with context.database.write() as connection:
        if await plans.find(connection, plan_id, here.platform, here.workspace, asked.person) is None:
            return cards.gone()
        standing = (await _deliveries.by_keys(connection, [key(plan_id)])).get(key(plan_id))
        if standing is not None and standing.state == "planned":
            await _deliveries.forget(connection, [standing.id])
        await plans.forget(connection, plan_id)
    return said


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
        return typed_faults.NO_DATE.format(typed)
    local = names.clock(zone)
    at = datetime.combine(day, time.fromisoformat(cards.AT), local)
    if at <= now:
        return typed_faults.PAST_DAY
    return typed_faults.FAR_DAY if at > now + _LONGEST else at


ANSWERS: Mapping[Verb, Answer] = {"plan-done": _done, "plan-later": _later, "plan-drop": _drop, "plans": _list}
OPENED: Mapping[Verb, Open] = {"plan": _open}
TAKEN: Mapping[Verb, Take] = {"plan-save": _take}
