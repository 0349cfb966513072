"""Compose what concerns plans: the form, what comes back on the day, and what is waiting."""

from collections.abc import Sequence
from datetime import date, datetime

from cards.compose import notices, parts, phrases
from cards.compose.phrases import rich
from cards.forms import DateInput, Form, TextInput
from cards.model import Action, Actions, Button, Caption, Card, Header, Subject, TextBlock
from content.inline import Command
from content.model import Dimension, Tip

MOST = 300  # characters of a plan
AT = "09:00"


def offer(content: Dimension | Tip) -> Button:
    """Draw the button on an exercise that sends its plan back."""
    return Button(
        "I’ll do it…", Action("plan", parts.subject_of(content)), spoken="Be sent this plan on a day you choose"
    )


def form(subject: Subject | None, again: str, words: str, day: date, zone: str, context: str) -> Form:
    """Draw the form for a plan and its day; `again` is the id of one that is to come once more."""
    return Form(
        title="A plan for myself",
        submit="Send it back to me",
        action=Action("plan-save", subject, again),
        context=context,
        fields=(
            TextInput(
                "words",
                "My plan",
                words,
                "If … happens, then I …: name the moment, and what you do then.",
                most=MOST,
                is_long=True,
                optional=False,
            ),
            DateInput("day", "Ask me about it on", day.isoformat(), optional=False),
        ),
        notes=(rich(f"It comes to you alone, once, at {AT} ({zone}). ", Command("plans"), " shows and deletes it."),),
    )


def saved(plan_id: str, at: datetime, zone: str) -> Card:
    """Draw that a plan is kept, with the way to drop it."""
    return notices.notice(
        "Your plan comes back to you",
        rich(f"On {phrases.moment_words(at, zone)}, by direct message, once. Nobody else sees it."),
        Button("Drop it", Action("plan-drop", argument=plan_id)),
    )


def due(plan_id: str, subject: Subject | None, words: str) -> Card:
    """Draw what comes back on the day."""
    opening = (Button("Open the exercise", Action("deepen", subject, "exercise")),) if subject else ()
    return Card(
        title="You wanted to be asked",
        blocks=(
            Header("You wanted to be asked"),
            TextBlock(rich(words)),
            Actions(
                (
                    Button("Done", Action("plan-done", argument=plan_id), "primary"),
                    Button("Not yet", Action("plan-later", argument=plan_id)),
                    Button("Drop it", Action("plan-drop", argument=plan_id)),
                    *opening,
                )
            ),
            Caption(rich("You alone get this, because you asked for it, and only this once.")),
        ),
    )


def done() -> Card:
    """Draw the answer to a plan that was carried out."""
    return notices.notice("Done", rich("Good. What you planned is no longer kept."))


def later(plan_id: str) -> Card:
    """Draw the answer to a plan that was not carried out yet."""
    return notices.notice(
        "Not yet",
        rich("A plan that names the exact moment is kept more often. You may change it, and choose another day."),
        Button("Another day…", Action("plan", argument=plan_id), "primary"),
        Button("Drop it", Action("plan-drop", argument=plan_id)),
    )


def dropped() -> Card:
    """Draw the answer to a plan that was dropped."""
    return notices.notice("Dropped", rich("The plan is deleted, and does not come."))


def gone() -> Card:
    """Draw the answer where a plan is not there any more."""
    return notices.notice("That plan is no longer kept", rich("It was done or dropped, or its time is long past."))


def listed(plans: Sequence[tuple[str, str, str]]) -> Card:
    """Draw a person's plans: the id, when it comes in words, and what it says."""
    if not plans:
        return notices.notice(
            "No plan of yours is kept",
            rich("Open an exercise and press “I’ll do it…”: its plan comes back to you on a day you choose."),
            Button("All dimensions", Action("list")),
        )
    return Card(
        title="Your plans",
        blocks=(
            Header("Your plans"),
            *(
                block
                for plan_id, when, words in plans
                for block in (
                    TextBlock(rich(phrases.strong(when), "\n", words)),
                    Actions(
                        (Button("Drop it", Action("plan-drop", argument=plan_id), spoken=f"Drop the plan: {when}"),)
                    ),
                )
            ),
            Caption(rich("Nobody else can see them.")),
        ),
    )
