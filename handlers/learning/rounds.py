"""Ask a conversation, and take its votes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import structlog
from msgspec.structs import replace

from cards.compose import faults as typed_faults
from cards.compose.learning import dilemmas, rounds
from cards.compose.learning.rounds import Asked as Put
from cards.compose.questions import Question
from cards.forms import Form
from cards.model import Card
from cards.zones import names
from handlers.context import HandlerContext
from handlers.learning import numbers
from handlers.learning.asked import Asked, Beside, Taken
from handlers.learning.posts import rounds as round_posts
from handlers.learning.votes import Ballot
from handlers.tips import ownership
from scheduler.learning import round_rows
from scheduler.learning.round_rows import Part
from store import ids, locking
from store.database.access import tried_again
from store.deliveries.rows import Deliveries
from store.learning.rounds import Round, Rounds, Vote
from store.subscriptions import Subscriptions

_LONGEST = timedelta(days=rounds.DAYS)
_FALLBACK = "UTC"

_MOST_CHOICES = 100  # more than any dilemma has

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
        if asked.standing == "may-not" and not ownership.owns(subscription, asked.person):
            return rounds.members_only()
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
    if (refused := await _refused(context, asked)) is not None:
        return refused
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
        labels=round_rows.labels([choice.label for choice in question.choices]),
        person=asked.person,
        zone=zone,
        closes_at=ends,
        created_at=now,
    )
    if (fault := await _ask(context, wanted, asked, question)) is not None:
        return Taken(card=fault)
    return Taken(card=rounds.coming(_put(question, wanted)))


async def _refused(context: HandlerContext, asked: Asked) -> Taken | None:
    """Say why somebody may not ask a conversation: members may, and who owns its tips."""
    if asked.standing == "may":
        return None
    here = asked.address
    async with context.database.read() as connection:
        tips = await _subscriptions.find(connection, here.platform, here.workspace, here.conversation)
    if ownership.owns(tips, asked.person):
        return None
    return Taken(card=rounds.members_only()) if asked.standing == "may-not" else Taken({"day": rounds.NOT_SEEN})


@tried_again
async def _ask(context: HandlerContext, wanted: Round, asked: Asked, question: Question) -> Card | None:
    """Write the round down with what it brings into the ledger; one that is there already stays as it is.

    Gives why not, and writes nothing, where it is asked there already, and where enough is.
    """
    post, tally = round_rows.asking(wanted, wanted.created_at)
    place = wanted.platform, wanted.workspace, wanted.conversation
    async with context.database.write() as connection:
        await locking.in_place(connection, *place)
        standing = [one for one in await _rounds.standing(connection, *place) if one.closes_at > wanted.created_at]
        if all(one.id != wanted.id for one in standing):
            if (same := next((one for one in standing if one.dilemma == wanted.dilemma), None)) is not None:
                return rounds.asked_already(_put(question, same))
            if len(standing) >= rounds.MOST:
                return rounds.enough_here()
            if context.askers.is_enough(wanted.workspace, wanted.person):
                return rounds.enough_today()
        await _deliveries.insert_missing(connection, sorted((post, tally), key=lambda row: row.key))
        is_new = (await _deliveries.by_keys(connection, [post.key]))[post.key].id == post.id
        if is_new:
            await _rounds.add(connection, [wanted])
    if is_new:
        context.askers.note(wanted.workspace, wanted.person)
        log.info("round.asked", round=wanted.id, dilemma=wanted.dilemma)
        context.pending_replies.add(post.id, asked.sender)
        context.wake()
    return None


async def vote(context: HandlerContext, asked: Asked) -> Beside:
    """Count a vote, and say to who voted what they chose, and until when they may change it."""
    round_id, _, number = asked.action.argument.partition(":")
    place = numbers.below(number, _MOST_CHOICES)  # which there are is looked up in the group
    if place is None:
        return Beside(rounds.not_votable())
    ballot = Ballot(
        Vote(round_id, asked.person, place), replace(asked.address, thread=""), asked.message_id, context.clock()
    )
    cast = await context.votes.cast(ballot)  # all that is looked up is looked up there, once for many
    question = _asked_in(context, cast.round) if cast.round else None
    if cast.round is None or question is None:
        return Beside(rounds.not_votable())
    if not cast.counts:
        return Beside(rounds.ended(_put(question, cast.round)))
    if cast.told is not None:
        context.expect(cast.told)
    return Beside(rounds.voted(_put(question, cast.round), place, cast.total))


def _question(context: HandlerContext, asked: Asked) -> Question | None:
    subject = asked.action.subject
    return round_posts.question_of(context.content.library, subject.id, "case") if subject else None


def _asked_in(context: HandlerContext, one: Round) -> Question | None:
    part: Part = "twist" if one.parent else "case"
    return round_posts.question_of(context.content.library, one.dilemma, part, one.choices)


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
