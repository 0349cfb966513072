"""Compose a person's own gap: what they opened, tried and recalled, what is kept of it, and the way to forget it."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from cards.compose import notices, parts, phrases
from cards.compose.phrases import rich
from cards.model import Action, Actions, Button, Caption, Card, Header, Listing, TextBlock
from content.inline import Command, Rich
from content.model import Dimension, Tip

_TITLE = "Your own gap"
_FORGET = (
    "What is kept of what you read, tried and recalled goes at once, your plans too; and nobody remembers that you "
    "wanted an answer to feedback. Forget it?"
)


class Progress(Struct, frozen=True):
    """How far somebody has come in a dimension.

    `readable` counts its card, tips and dilemmas, `exercises` and `questions` what there is to try and to recall; of
    the questions `missed` were last answered otherwise than right.
    """

    dimension: Dimension
    readable: int
    opened: int
    exercises: int
    tried: int
    questions: int
    recalled: int
    missed: int


def off() -> Card:
    """Draw what one's own gap would show, and what would be kept for it, to somebody who has not turned it on."""
    return Card(
        title=f"{_TITLE} is off",
        blocks=(
            Header(f"{_TITLE} is off"),
            TextBlock(
                rich(
                    "Turned on, it shows for each of the dimensions what you opened, tried and recalled of what there "
                    "is, and what to read next."
                )
            ),
            TextBlock(
                rich(
                    "For that I keep, of each card, tip or dilemma: that you opened it, tried its exercise, recalled "
                    "it or not quite, and when you last did. Nothing is kept before you turn it on."
                )
            ),
            TextBlock(
                rich(
                    "You alone can see it: nobody else here, no owner of a channel's tips, no admin. ",
                    phrases.strong("Forget me"),
                    " deletes all of it at once.",
                )
            ),
            Actions((Button("Turn on", Action("me-on"), "primary"),)),
        ),
    )


def gap(progress: Sequence[Progress], following: Tip | None, kept: int, since: date) -> Card:
    """Draw one's own gap; `following` is the next tip to read, `kept` how many entries there are `since` a day."""
    entries = {0: "nothing yet", 1: "one entry"}.get(kept, f"{kept} entries")
    day = phrases.date_words(since.isoformat())
    return Card(
        title=_TITLE,
        blocks=(
            Header(_TITLE),
            Listing(tuple(map(_line, progress))),
            *_next(following),
            Actions((Button("Forget me", Action("me-forget"), "danger", asks=_FORGET),)),
            Caption(
                rich(
                    f"Kept since {day}: {entries}, each with what you did with which card, tip or dilemma, and when "
                    "you last did. What you did not do again for 400 days is deleted. You alone can see this."
                )
            ),
        ),
    )


def _line(one: Progress) -> Rich:
    words = [f"opened {one.opened} of {one.readable}", f"tried {one.tried} of {one.exercises}"]
    if one.questions:
        not_yet = f" ({one.missed} not quite)" if one.missed else ""
        words.append(f"recalled {one.recalled} of {one.questions}{not_yet}")
    return rich(phrases.strong(f"{one.dimension.number} · {one.dimension.title}:"), f" {', '.join(words)}")


def _next(tip: Tip | None) -> tuple[TextBlock | Actions, ...]:
    if tip is None:
        return (TextBlock(rich("You have opened every tip there is.")),)
    button = Button(
        "Read it", Action("show", parts.subject_of(tip)), "primary", spoken=parts.shortened(f"Read it: {tip.title}")
    )
    return (TextBlock(rich(phrases.strong("Next to read:"), f" {phrases.titled(tip.title)}")), Actions((button,)))


def forgotten() -> Card:
    """Draw the answer once all of it is deleted."""
    words = "Nothing is kept any longer of what you read, tried or recalled, nor of your plans. To start again, type "
    return notices.notice("Forgotten", rich(words, Command("me"), "."))
