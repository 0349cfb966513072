"""Compose what concerns plans: the form, what comes back on the day, and what is waiting."""

from collections.abc import Sequence
from datetime import date, datetime

from cards.compose import notices, parts, phrases
from cards.compose.phrases import rich
from cards.forms import DateInput, Form, TextInput
from cards.model import Action, Actions, Button, Caption, Card, Header, Subject, TextBlock
from content.inline import Command, Rich, Strong
from content.model import Dimension, Tip

MOST = 300  # characters of a plan
MOST_WAITING = 20  # plans of one person
SHOWN = 10  # plans on one card
AT = "09:00"
NO_WORDS = "Write what you will do, and when."
TOO_LONG = f"Write at most {MOST} characters."
FAR_DAY = "That is more than a year away. Choose an earlier day."
ENOUGH = f"{MOST_WAITING} plans of yours wait already. Drop one of them first."
_UNREACHED = "A plan comes back by direct message, and the bot opens none with people of another workspace."


def offer(content: Dimension | Tip) -> Button:
    """Draw the button on an exercise that sends its plan back."""
    return Button(
        "Remind me…", Action("plan", parts.subject_of(content)), spoken="Remind me of this plan on a day I choose"
    )


def form(subject: Subject | None, again: str, words: str, day: date, zone: str, context: str) -> Form:
    """Draw the form for a plan and its day; `again` is the id of one that is to come once more."""
    return Form(
        title="Remind me of my plan",
        submit="Remind me",
        action=Action("plan-save", subject, again),
        context=context,
        fields=(
            TextInput(
                "words",
                "My plan",
                words,
                "When … happens, I will …: name the moment, and what you will do.",
                most=MOST,
                is_long=True,
                optional=False,
            ),
            DateInput("day", "Remind me on", day.isoformat(), optional=False),
        ),
        notes=(
            rich(
                f"The reminder comes to you alone, once, at {AT} ({zone}). ", Command("plans"), " shows and deletes it."
            ),
        ),
    )


def saved(plan_id: str, at: datetime, zone: str) -> Card:
    """Draw that a plan is kept, with the way to drop it."""
    return notices.notice(
        "You will be reminded",
        rich("Comes ", phrases.moment(at, zone), ", by direct message, once. Nobody else sees it."),
        Button("Drop it", Action("plan-drop", argument=plan_id)),
    )


def due(plan_id: str, subject: Subject | None, words: str) -> Card:
    """Draw what comes back on the day."""
    opening = (Button("Open the exercise", Action("deepen", subject, "exercise")),) if subject else ()
    return Card(
        title="You asked to be reminded",
        blocks=(
            Header("You asked to be reminded"),
            TextBlock(rich(words)),
            Actions(
                (
                    Button("Done", Action("plan-done", argument=plan_id), "primary"),
                    Button("Not yet", Action("plan-later", argument=plan_id)),
                    Button("Drop it", Action("plan-drop", argument=plan_id)),
                    *opening,
                )
            ),
            Caption(rich("Only you get this, because you asked for it, and only this once.")),
        ),
    )


def done() -> Card:
    """Draw what stands in a reminder's place once its plan was carried out: one line."""
    return _settled("Done", "The plan is deleted; it is no longer needed.")


def later(plan_id: str) -> Card:
    """Draw the answer to a plan that was not carried out yet."""
    return notices.notice(
        "Not yet",
        rich("Plans that name the exact moment are carried out more often. You can reword it, and choose another day."),
        Button("Another day…", Action("plan", argument=plan_id), "primary"),
        Button("Drop it", Action("plan-drop", argument=plan_id)),
    )


def dropped() -> Card:
    """Draw what stands in a reminder's place once its plan was dropped: one line."""
    return _settled("Dropped", "The plan is deleted, and no reminder comes.")


def _settled(title: str, words: str) -> Card:
    return Card(title=title, blocks=(TextBlock(rich(phrases.strong(f"{title}."), f" {words}")),))


def gone() -> Card:
    """Draw the answer where a plan is not there any more."""
    return notices.notice("That plan is no longer kept", rich("It was done or dropped, or its time is long past."))


def no_exercise() -> Card:
    """Draw the answer where a plan belongs to no exercise, or to one that is not there any more."""
    return notices.notice("Choose an exercise first", _HOW, Button("All dimensions", Action("list")))


def unreached() -> Card:
    """Draw the answer to people of another workspace, to whom no plan can be sent."""
    return notices.notice("A plan cannot reach you here", rich(f"{_UNREACHED} Nothing was kept."))


def enough() -> Card:
    """Draw the answer where as many plans of a person wait as may."""
    return notices.notice("Enough plans wait", rich(ENOUGH), Button("My plans", Action("plans")))


def listed(plans: Sequence[tuple[str, Rich, str]], first: int = 0, total: int = 0) -> Card:
    """Draw some of a person's plans: the id, when it comes in words, and what it says.

    They are those from the place `first` on, of `total`; the button at the end shows what follows.
    """
    if not plans:
        return notices.notice("You have no plans", _HOW, Button("All dimensions", Action("list")))
    following = max(total - first - len(plans), 0)
    onward = Action("plans", argument=str(first + len(plans)))
    next_ = Button(f"{following} more", onward, spoken=f"{following} more plans")
    return Card(
        title="Your plans",
        blocks=(
            Header("Your plans"),
            *(
                block
                for plan_id, when, words in plans
                for block in (
                    TextBlock(rich(Strong(when), "\n", words)),
                    Actions(
                        (
                            Button(
                                "Drop it",
                                Action("plan-drop", argument=plan_id),
                                spoken=parts.shortened(f"Drop it: {words}"),
                            ),
                        )
                    ),
                )
            ),
            *((Actions((next_,)),) if following else ()),
            Caption(rich("Nobody else can see them.")),
        ),
    )


_HOW = rich("Open an exercise and press “Remind me…”: I remind you of its plan on a day you choose.")
