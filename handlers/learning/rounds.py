"""Ask a conversation, and take its votes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import structlog

from cards.compose import faults as typed_faults
from cards.compose.learning import dilemmas, rounds
from cards.compose.learning.rounds import Asked as Put
from cards.compose.questions import Question
from cards.forms import Form
from cards.model import Card
from cards.zones import names
from handlers.context import HandlerContext
from handlers.learning.asked import Asked, Beside, Taken
from handlers.learning.posts import rounds as round_posts
from handlers.learning.votes import Ballot
from scheduler.learning import round_rows
from store import ids
from store.database.access import tried_again
from store.deliveries.rows import Deliveries
from store.learning.rounds import Round, Rounds, Vote
from store.subscriptions import Subscriptions

_LONGEST = timedelta(days=rounds.DAYS)
_FALLBACK = "UTC"

log = structlog.get_logger()
_deliveries = Deliveries()
_rounds = Rounds()
_subscriptions = Subscriptions()


async def opened(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Open the form that asks the conversation, or say why it cannot be asked."""
    question = _question(context, asked)
    if question is None:
        return dilemmas.gone(context.content.library)
    if asked.is_direct:
        return rounds.nobody_to_ask()
    here = asked.address
    async with context.database.read() as connection:
        subscription = await _subscriptions.find(connection, here.platform, here.workspace, here.conversation)
        standing = await _rounds.standing(connection, here.platform, here.workspace, here.conversation)
    if (same := next((one for one in standing if one.dilemma == question.dilemma.id), None)) is not None:
        return rounds.asked_already(_put(question, same))
    wanted = (asked.action.argument, subscription.zone if subscription else "", asked.zone)
    zone = next(filter(names.knows, wanted), _FALLBACK)
    ends = round_rows.next_working_day(context.clock(), zone).astimezone(names.clock(zone))
    return rounds.form(question, carried, zone, ends.date().isoformat(), f"{ends:%H:%M}")


async def taken(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Ask the conversation, once for each form; a moment that cannot be meant is said at its field."""
    question = _question(context, asked)
    if question is None:
        return Taken(card=dilemmas.gone(context.content.library))
    if asked.is_direct:
        return Taken(card=rounds.nobody_to_ask())
    now = context.clock()
    zone = asked.action.argument if names.knows(asked.action.argument) else _FALLBACK
    ends, faults = _end(values, zone, now)
    if ends is None:
        return Taken(faults)
    here = asked.address
    wanted = Round(
        id=_id(asked, question) if asked.occasion else ids.fresh(now),
        platform=here.platform,
        workspace=here.workspace,
        conversation=here.conversation,
        dilemma=question.dilemma.id,
        version=question.dilemma.version,
        person=asked.person,
        zone=zone,
        closes_at=ends,
        created_at=now,
    )
    await _ask(context, wanted, asked)
    return Taken(card=rounds.coming(_put(question, wanted)))


@tried_again
async def _ask(context: HandlerContext, wanted: Round, asked: Asked) -> None:
    """Write the round down with what it brings into the ledger; one that is there already stays as it is."""
    post, tally = round_rows.asking(wanted, wanted.created_at)
    async with context.database.write() as connection:
        await _deliveries.insert_missing(connection, sorted((post, tally), key=lambda row: row.key))
        is_new = (await _deliveries.by_keys(connection, [post.key]))[post.key].id == post.id
        if is_new:
            await _rounds.add(connection, [wanted])
    if is_new:
        log.info("round.asked", round=wanted.id, dilemma=wanted.dilemma)
        context.pending_replies.add(post.id, asked.sender)
        context.wake()


async def vote(context: HandlerContext, asked: Asked) -> Beside:
    """Count a vote, and say to who voted what they chose, and until when they may change it."""
    round_id, _, number = asked.action.argument.partition(":")
    place = int(number) if number.isdecimal() else -1
    async with context.database.read() as connection:
        found = (await _rounds.by_ids(connection, [round_id])).get(round_id)
    question = _asked_in(context, found) if found else None
    if found is None or question is None or not 0 <= place < len(question.choices):
        return Beside(rounds.not_votable())
    ballot = Ballot(
        Vote(round_id, asked.person, place), replace(asked.address, thread=""), asked.message_id, context.clock()
    )
    cast = await context.votes.cast(ballot)
    if cast.round is None:
        return Beside(rounds.not_votable())
    if not cast.counts:
        return Beside(rounds.ended(_put(question, cast.round)))
    context.wake()
    return Beside(rounds.voted(_put(question, cast.round), place, cast.total))


def _question(context: HandlerContext, asked: Asked) -> Question | None:
    subject = asked.action.subject
    return round_posts.question_of(context.content.library, subject.id, "case") if subject else None


def _asked_in(context: HandlerContext, one: Round) -> Question | None:
    return round_posts.question_of(context.content.library, one.dilemma, "twist" if one.parent else "case")


def _put(question: Question, one: Round) -> Put:
    return Put(question, one.id, one.closes_at, one.zone)


def _id(asked: Asked, question: Question) -> str:
    """Give a round the same id for the same form sent again, and another for every other."""
    here = asked.address
    place = (here.platform, here.workspace, here.conversation)
    return ids.digest(*place, asked.person, asked.occasion, question.dilemma.id)


def _end(values: Mapping[str, str], zone: str, now: datetime) -> tuple[datetime | None, Mapping[str, str]]:
    """Read when voting ends; or say at which field why that cannot be meant."""
    faults: dict[str, str] = {}
    day, at = values.get("day", "").strip(), values.get("at", "").strip()
    read_day, read_at = _date(day), _time(at)
    if read_day is None:
        faults["day"] = typed_faults.NO_DATE.format(day)
    if read_at is None:
        faults["at"] = typed_faults.NO_TIME.format(at)
    if read_day is None or read_at is None:
        return None, faults
    try:
        ends = datetime.combine(read_day, read_at, names.clock(zone)).astimezone(UTC)
    except OverflowError:  # a day at the end of the calendar
        return None, {"day": rounds.FAR_DAY}
    if ends <= now:
        local = now.astimezone(names.clock(zone)).date()
        return None, {"at" if read_day == local else "day": typed_faults.PAST_MOMENT}
    if ends > now + _LONGEST:
        return None, {"day": rounds.FAR_DAY}
    return ends, {}


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _time(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
