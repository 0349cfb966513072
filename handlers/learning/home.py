"""Answer what belongs to no channel: a person's home, and the form that asks for a dimension, or for words."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from cards.compose import dimensions, parts
from cards.compose.learning import home as home_cards
from cards.compose.learning.home import Home
from cards.compose.tips import notices as tips_notices
from cards.forms import Form
from cards.model import ME, Action, Card, Subject, Verb
from content.library import Library
from content.model import Dimension
from handlers import answers, learners
from handlers.asking import kinds
from handlers.comparisons import Comparisons
from handlers.context import HandlerContext
from handlers.learning.asked import Answer, Asked, Open, Take, Taken
from handlers.tips import views
from handlers.tips.views import Asker
from store.deliveries.rows import Deliveries, Delivery
from store.learning.learners import Learner, Learners
from store.subscriptions import Subscription, Subscriptions

_LONGEST_PLACE = 100  # characters of a conversation's id: a button has 150 for what it does there
_MOST_TYPED = 500  # characters that are looked at
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
    named = [one for one in owned if len(one.conversation) <= _LONGEST_PLACE]
    listed = named[: home_cards.MOST_TIPS]
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


# --- compare


async def _open(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:  # noqa: ARG001 # anybody may
    return home_cards.compare(context.content.library.dimensions, carried)


async def _take(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Answer the words where there are any, else the dimension that was chosen."""
    library, words = context.content.library, values.get("words", "")[:_MOST_TYPED].strip()
    if words:
        answer = answers.ask(library, words)
    elif dimension := library.dimension(values.get("dimension", "")):
        answer = kinds.Compare(dimension)
    else:
        return Taken({"words": home_cards.NO_WORDS})
    learners.note_asked(context, asked.person, asked.address, answer)
    return Taken(card=_card(context, answer), is_content=True)


def _card(context: HandlerContext, answer: kinds.Answer) -> Card:
    """Draw an answer for one person; what the store has to answer, or what changes something, is a press away."""
    library = context.content.library
    match answer:
        case kinds.Show() | kinds.Compare() | kinds.AnyDimension():
            return Comparisons(lambda card: card).card(library, answer)
        case kinds.Share(content):
            if isinstance(content, Dimension):
                return dimensions.comparison(library, content)
            return dimensions.opened_tip(library, content)
        case kinds.Learn(action):
            return tips_notices.in_private(action, "Show me")
        case kinds.ChangeTips() | kinds.TipsView() | kinds.Stopping():
            return tips_notices.in_private(Action("tips", place=ME), "Settings")
        case _:
            assert_never(answer)


ANSWERS: Mapping[Verb, Answer] = {"home": drawn}
OPENED: Mapping[Verb, Open] = {"compare": _open}
TAKEN: Mapping[Verb, Take] = {"compare-save": _take}
