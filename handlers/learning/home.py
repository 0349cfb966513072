"""Draw the home of a person: their tips, this week's, and the way to everything else."""

from collections.abc import Mapping, Sequence

from cards.compose import parts
from cards.compose.learning import home as home_cards
from cards.compose.learning.home import Home
from cards.model import Action, Card, Subject, Verb
from content.library import Library
from handlers import answers
from handlers.context import HandlerContext
from handlers.learning.asked import Answer, Asked, Open, Take
from handlers.tips import views
from handlers.tips.views import Asker
from store.deliveries.rows import Deliveries, Delivery
from store.learners import Learner, Learners
from store.subscriptions import Subscription, Subscriptions

_subscriptions, _deliveries, _learners = Subscriptions(), Deliveries(), Learners()


async def drawn(context: HandlerContext, asked: Asked) -> Card:
    """Draw it for who asks: of conversations it names those alone whose tips they own."""
    platform, workspace, person = asked.address.platform, asked.address.workspace, asked.person
    async with context.database.read() as connection:
        found = await _subscriptions.owned_by(connection, platform, workspace, person)
        newest = await _deliveries.last_sent(connection, [one.id for one in found])
        is_learner = (platform, workspace, person) in context.learners
        learner = await _learners.find(connection, (platform, workspace, person)) if is_learner else None
    owned = sorted(found, key=lambda one: one.conversation != person)  # their own first
    return home_cards.home(context.content.library, _home(context, person, owned, newest, learner))


def _home(
    context: HandlerContext,
    person: str,
    owned: Sequence[Subscription],
    newest: Delivery | None,
    learner: Learner | None,
) -> Home:
    library, now = context.content.library, context.clock()
    posted = library.tip(Subject.parse(newest.subject).id) if newest else None
    listed = owned[: home_cards.MOST_TIPS]
    return Home(
        tips=tuple(
            views.tips_state(library, one, one.conversation, Asker(person, is_elsewhere=True), now) for one in listed
        ),
        more=len(owned) - len(listed),
        week=posted or views.first_tip(library, now),
        is_posted=posted is not None,
        left_off=_left_off(library, learner) if learner else None,
    )


def _left_off(library: Library, learner: Learner) -> tuple[str, Action] | None:
    """Find what was opened last and is still there: its title, and what opens it."""
    for one in learner.learned:
        subject = Subject.parse(one.subject)
        if one.how != "opened":
            continue
        if subject.kind == "dilemma":
            dilemma = library.dilemma(subject.id)
            if dilemma is not None:
                return dilemma.title, Action("dilemma", subject)
        elif content := answers.content_of(library, subject):
            return content.title, Action("show", parts.subject_of(content))
    return None


ANSWERS: Mapping[Verb, Answer] = {"home": drawn}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
