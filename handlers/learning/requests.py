"""Answer what concerns learning: one function a verb, the same for both platforms."""

from collections.abc import Mapping

from cards.compose import dimensions, notices
from cards.compose.phrases import rich
from cards.forms import Form
from cards.model import Action, Button, Card, Verb
from handlers.context import HandlerContext
from handlers.learning import dilemmas, feedback, gap, home, plans, privacy, recalls, records, stats, suggestions
from handlers.learning.asked import Answer, Asked, Beside, Open, Take, Taken

_PARTS = (dilemmas, recalls, plans, gap, home, privacy, feedback, suggestions, stats, records)
ANSWERS: Mapping[Verb, Answer] = {verb: answer for part in _PARTS for verb, answer in part.ANSWERS.items()}
OPENED: Mapping[Verb, Open] = {verb: opening for part in _PARTS for verb, opening in part.OPENED.items()}
TAKEN: Mapping[Verb, Take] = {verb: taking for part in _PARTS for verb, taking in part.TAKEN.items()}
# What the buttons are called that open a form which was asked for in words.
CALLED: Mapping[Verb, str] = {
    "round-ask": "Ask the channel…",
    "plan": "Remind me…",
    "not-useful": "Say why…",
    "missing": "Tell the writers…",
    "suggest": "Suggest something…",
    "compare": "Compare…",
}


async def answer(context: HandlerContext, asked: Asked) -> Card | Beside:
    """Answer a verb; one that opens a form is answered with the button that does.

    No button of ours carries a verb under which a form comes back: that is a card which has been retired.
    """
    if asked.action.verb in CALLED:  # it opens a form, and was typed
        return with_button(asked.action)
    answering = ANSWERS.get(asked.action.verb)
    return await answering(context, asked) if answering else dimensions.gone(context.content.library)


async def opened(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Draw the form that a verb opens, or the card that says why there is none."""
    return await OPENED[asked.action.verb](context, asked, carried)


async def taken(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Take a form's answers; `asked.action` is the one that the form named."""
    return await TAKEN[asked.action.verb](context, asked, values)


def is_opening(action: Action) -> bool:
    """Say whether a button opens one of these forms."""
    return action.verb in OPENED


def takes(action: Action) -> bool:
    """Say whether a form that was sent is one of these."""
    return action.verb in TAKEN


def with_button(action: Action) -> Card:
    """Draw the button that opens one of these forms."""
    button = Button(CALLED[action.verb], action, "primary")
    return notices.notice("One more press", rich("The button opens a short form."), button)
