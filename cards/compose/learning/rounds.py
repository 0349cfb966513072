"""Compose a round: the form that asks a conversation, the post it votes on, how it voted, and what people are told."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from cards.compose import notices, parts, phrases, questions, reasons
from cards.compose.phrases import rich
from cards.compose.questions import Question
from cards.forms import DateInput, Form, TimeInput
from cards.model import Action, Actions, Block, Button, Caption, Card, Chart, Header, Listing, Subject, TextBlock
from cards.reason import Cause
from content.inline import Moment, Rich
from content.library import Library

DAYS = 14  # at most, for voting
MOST = 3  # that a conversation votes on at a time
MOST_OF_ONE = 5  # that a person may ask others in a day
NOT_SEEN = "I could not find out in time whether you can ask the channel. Nothing was posted; try again."
FAR_DAY = f"That is more than {DAYS} days away. Choose an earlier one."
_CHART = "How you voted"


class Asked(Struct, frozen=True):
    """A question as a round asks it: the round's id, and when voting ends, told in `zone`."""

    question: Question
    round_id: str
    ends: datetime
    zone: str

    @property
    def until(self) -> Moment:
        """When voting ends."""
        return phrases.moment(self.ends, self.zone)


def members_only() -> Card:
    """Draw the answer to a guest, or somebody from outside, who would ask a conversation."""
    words = rich(
        "Ask somebody who works here to put it to the channel. Once it stands there, you can vote like anyone."
    )
    return notices.notice("Only members of this workspace can ask the channel", words)


def form(question: Question, context: str, zone: str, day: str, at: str) -> Form:
    """Draw the form that asks a conversation: when voting ends, by the clocks of `zone`."""
    return Form(
        title="Ask the channel",
        submit="Ask",
        # The zone comes back with the answers, so that they mean what was shown.
        action=Action("round-save", question.subject, zone),
        context=context,
        fields=(
            DateInput("day", "Voting ends on", day, optional=False),
            TimeInput("at", "At", at, f"By the clock in {zone}"),
        ),
        notes=(
            rich(
                f"I post {phrases.titled(question.title)} here, with a button for each choice. Nobody sees how others "
                "vote until voting ends; then the thread says what is to be said for each choice, and, with five votes "
                "or more, how they fell. Where something changes in the case, a second vote follows, for a working day."
            ),
        ),
    )


def post(library: Library, asked: Asked, total: int = 0) -> Card:
    """Draw the post that a conversation votes on; `total` have voted."""
    question = asked.question
    return Card(
        title=question.title,
        subject=question.subject,
        blocks=(
            *questions.asked(library, question),
            Actions(
                tuple(
                    Button(parts.shortened(choice.label), Action("vote", argument=f"{asked.round_id}:{place}"))
                    for place, choice in enumerate(question.choices)
                )
            ),
            *((TextBlock(rich(phrases.strong(f"{_voted(total)}."))),) if total else ()),
            Caption(
                rich(
                    "Nobody's vote is ever shown, and the result stays hidden until voting ends: ",
                    asked.until,
                    ". With five votes or more, the thread then says how they fell. Why would you ",
                    "choose that? Say so in the thread.",
                )
            ),
        ),
    )


def closed(library: Library, question: Question, numbers: Sequence[int]) -> Card:
    """Draw the post once voting has ended: how they voted, in place of the buttons; `numbers` as in the ledger."""
    return Card(
        title=question.title,
        subject=question.subject,
        blocks=(
            *questions.asked(library, question),
            TextBlock(rich(phrases.strong("Voting has ended."))),
            *_spread(question, numbers),
            Caption(rich("What speaks for each choice is in the thread.")),
        ),
    )


def withdrawn(subject: Subject, total: int) -> Card:
    """Draw a round's post once voting has ended on a dilemma that has gone from the content; `total` had voted."""
    voted = f"{total} had voted; their votes are erased." if total else "Nobody had voted."
    words = rich(f"The dilemma that stood here has gone from the content. {voted}")
    title = "This dilemma was withdrawn"
    return Card(title=title, subject=subject, blocks=(Header(title), TextBlock(words)))


def revealed(question: Question, numbers: Sequence[int]) -> Card:
    """Draw the answer in the thread: how they voted, what is to be said for each choice, and what the sources say."""
    title = f"How you voted: {question.title}"
    follows = rich("What if something changes? That comes next, below.")
    return Card(
        title=title,
        subject=question.subject,
        blocks=(
            Header(title),
            *_spread(question, numbers),
            *questions.answers(question),
            *questions.sources(question),
            *((Caption(follows),) if question.dilemma.twist and not question.twist and any(numbers) else ()),
        ),
    )


def _spread(question: Question, numbers: Sequence[int]) -> tuple[Block, ...]:
    """Draw how they voted, as bars and in words; of too few that would be told apart, their number alone."""
    total = sum(numbers)
    if len(numbers) < 2:  # noqa: PLR2004 # every question has two choices at least
        return (TextBlock(_too_few(total)),)
    bars = tuple((question.label(place), number) for place, number in enumerate(numbers))
    lines = tuple(rich(phrases.strong(f"{number}"), f" · {label}") for label, number in bars)
    return Chart(_CHART, bars), Listing(lines, f"{_voted(total)}")


def _too_few(total: int) -> Rich:
    if total == 0:
        return rich("Nobody voted.")
    return rich(f"{_voted(total)}; with fewer than five I do not say how, as that could reveal who.")


def _voted(total: int) -> str:
    return f"{total} {'has' if total == 1 else 'have'} voted"


def voted(asked: Asked, place: int, total: int) -> Card:
    """Draw the answer to a vote, for who voted alone."""
    chosen = f"You chose {phrases.titled(asked.question.label(place))}"
    return notices.notice(chosen, rich("You can change it until ", asked.until, f". {_voted(total)}."))


def ended(asked: Asked) -> Card:
    """Draw the answer to a vote that came too late."""
    return notices.notice(
        "Voting has ended", rich("It ended ", phrases.past(asked.ends, asked.zone), "; the thread shows the result.")
    )


def not_votable() -> Card:
    """Draw the answer to a vote in a round, or for a choice, that is not there any more."""
    words = rich("This vote is gone, or its choice was removed. Nothing was counted.")
    return notices.notice("I could not count that", words)


def coming(asked: Asked) -> Card:
    """Draw the answer to who asked the conversation."""
    words = rich("The dilemma will be here in a moment, with a button for each choice. Voting ends ", asked.until, ".")
    return notices.notice("On its way", words)


def nobody_to_ask() -> Card:
    """Draw the answer to asking a channel where nobody else is."""
    return notices.notice("There is nobody to ask here", rich("Open the dilemma in a channel, and ask there."))


def asked_already(asked: Asked) -> Card:
    """Draw the answer to asking what the conversation is voting on already."""
    words = rich(f"{phrases.titled(asked.question.title)} is being voted on until ", asked.until, ".")
    return notices.notice("That is already being asked here", words)


def enough_here() -> Card:
    """Draw the answer to asking a conversation that votes on as many as it may."""
    words = rich(f"{MOST} dilemmas are being voted on, which is as many as go at a time. Ask again once one has ended.")
    return notices.notice("Enough is asked here already", words)


def enough_today() -> Card:
    """Draw the answer to somebody who asked as often as they may in a day."""
    words = rich(f"You asked {MOST_OF_ONE} times today, which is as often as goes. Ask again tomorrow.")
    return notices.notice("That is enough for today", words)


def not_asked(code: str, subject: Subject) -> Card:
    """Draw why a dilemma does not stand in the channel, and what to do about it."""
    again = Button("Ask the channel…", Action("round-ask", subject), "primary")
    if code == Cause.AMONG_PEOPLE:  # pressing again would change nothing here
        why = reasons.cause(code)
        return notices.notice("I cannot ask here", rich(f"{why[:1].upper()}{why[1:]}. Ask in a channel that I am in."))
    words = notices.advice(reasons.sentence(code, "press Ask the channel again"))
    return notices.notice("I could not ask here", words, again)
