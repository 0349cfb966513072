"""Show a person what they opened, tried and recalled, and forget it at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date

import structlog

from cards.compose.learning import gap as gap_cards
from cards.compose.learning.gap import Progress
from cards.model import Card, Subject, Verb
from content.library import Library
from content.model import Dimension, Tip
from handlers.context import HandlerContext
from handlers.learning.asked import Answer, Asked, Open, Take
from store.database.access import tried_again
from store.learning.learners import Learned, Learner, Learners, Person

log = structlog.get_logger()
_learners = Learners()


async def _me(context: HandlerContext, asked: Asked) -> Card:
    person = _who(asked)
    async with context.database.read() as connection:
        learner = await _learners.find(connection, person)
    return gap_cards.off() if learner is None else _drawn(context, learner)


@tried_again
async def _turn_on(context: HandlerContext, asked: Asked) -> Card:
    person = _who(asked)
    async with context.database.write() as connection:
        await _learners.add(connection, person, context.clock())
        learner = await _learners.find(connection, person)
    context.learners.add(person)
    return _drawn(context, learner or Learner(context.clock()))


@tried_again
async def _forget(context: HandlerContext, asked: Asked) -> Card:
    person = _who(asked)
    context.learners.discard(person)
    async with context.database.write() as connection:
        await _learners.forget(connection, person)
    log.info("learner.forgotten", workspace=asked.address.workspace)
    return gap_cards.forgotten()


def _who(asked: Asked) -> Person:
    return (asked.address.platform, asked.address.workspace, asked.person)


def _drawn(context: HandlerContext, learner: Learner) -> Card:
    library, learned = context.content.library, learner.learned
    opened = {one.subject for one in learned if one.how == "opened"}
    today = context.clock().astimezone(UTC).date()
    return gap_cards.gap(
        progress(library, learned),
        following(library, opened, today),
        len(learned),
        learner.since.astimezone(UTC).date(),
    )


def progress(library: Library, learned: Sequence[Learned]) -> tuple[Progress, ...]:
    """Count for each dimension what somebody did of what there is; of a question its last answer counts.

    `learned` is newest first. What has gone from the content is counted nowhere.
    """
    opened = {one.subject for one in learned if one.how == "opened"}
    tried = {one.subject for one in learned if one.how == "tried"}
    answered: dict[str, bool] = {}
    for one in learned:
        if one.how in {"recalled", "missed"}:
            answered.setdefault(one.subject, one.how == "recalled")
    return tuple(_progress(library, dimension, opened, tried, answered) for dimension in library.dimensions)


def _progress(
    library: Library,
    dimension: Dimension,
    opened: Collection[str],
    tried: Collection[str],
    answered: Mapping[str, bool],
) -> Progress:
    tips = [tip for tip in library.tips if tip.dimension == dimension.id]
    exercises = [str(Subject("dimension", dimension.id)), *(_of(tip) for tip in tips)]
    cases = [str(Subject("dilemma", one.id)) for one in library.dilemmas if one.dimension == dimension.id]
    questions = [_of(tip) for tip in tips if tip.recall is not None]
    return Progress(
        dimension=dimension,
        readable=len(exercises) + len(cases),
        opened=sum(each in opened for each in (*exercises, *cases)),
        exercises=len(exercises),
        tried=sum(each in tried for each in exercises),
        questions=len(questions),
        recalled=sum(answered.get(each, False) for each in questions),
        missed=sum(not answered.get(each, True) for each in questions),
    )


def following(library: Library, opened: Collection[str], today: date) -> Tip | None:
    """Choose what to read next: the first tip not opened yet of the dimension of which least was; None without any.

    A tip that would be too late today is passed over.
    """
    unread = [
        tip for tip in library.tips if _of(tip) not in opened and (tip.before is None or today < tip.before)
    ]  # in file order

    def share(tip: Tip) -> float:
        all_of = [_of(other) for other in library.tips if other.dimension == tip.dimension]
        return sum(each in opened for each in all_of) / len(all_of)

    return min(unread, key=share, default=None)


def _of(tip: Tip) -> str:
    return str(Subject("tip", tip.id))


ANSWERS: Mapping[Verb, Answer] = {"me": _me, "me-on": _turn_on, "me-forget": _forget}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
