"""Compose what readers tell the writers with: the forms, the thanks, and what they hear once it is closed."""

from collections.abc import Mapping
from typing import Literal

from cards.compose import notices, phrases
from cards.compose.phrases import rich
from cards.forms import Form, Option, SingleSelect, TextInput
from cards.model import Action, Button, Card, Subject

Why = Literal["wrong", "outdated", "unclear", "not-for-us"]
Suggested = Literal["tip", "dilemma"]
MOST_WORDS = 500  # characters of what is said of a text, or was missing
MOST_SUGGESTED = 1_500
MOST_SOURCE = 500
NO, YES = "no", "yes"

# What thumbs down asks, and how the answer is repeated to whoever gave it.
WHY: Mapping[Why, str] = {
    "wrong": "Something in it is wrong",
    "outdated": "It is outdated",
    "unclear": "It is hard to understand",
    "not-for-us": "It is not for us",
}
_SAID: Mapping[Why, str] = {
    "wrong": "was wrong",
    "outdated": "was outdated",
    "unclear": "was hard to understand",
    "not-for-us": "was not for you",
}
SUGGESTED: Mapping[Suggested, str] = {
    "tip": "A tip: one idea, and something to try",
    "dilemma": "A dilemma: a situation with no easy way out",
}
_TOLD: Mapping[str, str] = {
    "missing": "You told the writers",
    "tip": "You suggested a tip",
    "dilemma": "You suggested a dilemma",
}
# What became of it: something, or nothing.
_ANSWERED: Mapping[str, tuple[str, str]] = {
    "missing": ("It is covered now.", "The writers read it, and are adding nothing on it for now."),
    "tip": ("It is one of the tips now.", "The writers read it, and decided against it."),
    "dilemma": ("It is one of the dilemmas now.", "The writers read it, and decided against it."),
}

# What is said under a field.
WHAT_IS_WRONG = "Say what is wrong, so that the writers can check it."
ANYTHING = "What should they know?"
EMPTY = "Write it in a few words."
CHOOSE = "Choose one."
NO_SOURCE = "Name a source: a web address, or the title of a document that can be found."
UNSAFE_SOURCE = "Give a web address that begins with https:// or http://, or a title in plain words, without markup."
NO_ADDRESS = "Not everyone can open that address. Write it in full, beginning with https://, or give a title."

_UNNAMED = rich("The writers see it without your name, unless you want an answer.")


def why(title: str, saves: Action, context: str, *, may_be_told: bool) -> Form:
    """Draw the form behind thumbs down; `title` is what it is about, `may_be_told` whether an answer can be asked for.

    It comes back as `why`, `words` and `tell`.
    """
    return Form(
        title="What should be better?",
        submit="Send",
        action=saves,
        context=context,
        fields=(
            SingleSelect("why", "Why was it not useful?", tuple(Option(said, kind) for kind, said in WHY.items()), ""),
            TextInput(
                "words",
                "In your own words",
                hint=f"At most {MOST_WORDS} characters. If something is wrong, say what.",
                most=MOST_WORDS,
                is_long=True,
            ),
            *_tell("May I tell you when it is fixed?", may_be_told=may_be_told),
        ),
        notes=(rich("About ", phrases.titled(title), ". ", _UNNAMED),),
    )


def missing(words: str, saves: Action, context: str, *, may_be_told: bool) -> Form:
    """Draw the form that tells the writers what was missing, with the words that found nothing filled in.

    Without such words it asks for anything that they should know. It comes back as `words` and `tell`.
    """
    title, label = ("What was missing?", "What were you looking for?") if words else ("Tell the writers", ANYTHING)
    hint = "A question says more than a word." if words else "If something is wrong, say what, and where."
    told = "May I tell you when it is covered?" if words else "May I tell you when it is closed?"
    return Form(
        title=title,
        submit="Send",
        action=saves,
        context=context,
        fields=(
            TextInput(
                "words",
                label,
                words,
                hint=f"At most {MOST_WORDS} characters. {hint}",
                most=MOST_WORDS,
                is_long=True,
                optional=False,
            ),
            *_tell(told, may_be_told=may_be_told),
        ),
        notes=(_UNNAMED,),
    )


def suggestion(saves: Action, context: str, *, may_be_told: bool) -> Form:
    """Draw the form that suggests a tip or a dilemma; it comes back as `kind`, `words`, `source` and `tell`."""
    return Form(
        title="Suggest something",
        submit="Send",
        action=saves,
        context=context,
        fields=(
            SingleSelect("kind", "What is it?", tuple(Option(said, kind) for kind, said in SUGGESTED.items()), ""),
            TextInput(
                "words",
                "Your idea",
                hint=f"At most {MOST_SUGGESTED:,} characters. What should an AI PM do differently, and when?",
                most=MOST_SUGGESTED,
                is_long=True,
                optional=False,
            ),
            TextInput(
                "source",
                "Source",
                hint="An https address, or the title of a document. Nothing is published without one.",
                most=MOST_SOURCE,
                optional=False,
            ),
            *_tell("May I tell you what happens to it?", may_be_told=may_be_told),
        ),
        notes=(rich("It goes to the writers, and is posted nowhere. ", _UNNAMED),),
    )


def _tell(label: str, *, may_be_told: bool) -> tuple[SingleSelect, ...]:
    options = (Option("No, keep my name out of it", NO), Option("Yes, once, in our chat", YES))
    return (SingleSelect("tell", label, options, NO),) if may_be_told else ()


def useful() -> Card:
    """Draw the answer to thumbs up."""
    return notices.notice("Thank you", rich("Noted without your name."))


def thanks(*, is_told: bool) -> Card:
    """Draw the answer to something that the writers were told; `is_told` says that an answer is wanted."""
    then = (
        "I will tell you in our chat once it is closed. Until then I keep your id for that."
        if is_told
        else "It was noted without your name."
    )
    return notices.notice("Thank you", rich("It is on the writers' list now. ", then))


def suggested(*, is_told: bool) -> Card:
    """Draw the answer to a suggestion; `is_told` says that an answer is wanted."""
    then = (
        "I will tell you in our chat once they decide. Until then I keep your id for that."
        if is_told
        else "It was noted without your name."
    )
    return notices.notice("Thank you", rich("It is on the writers' list now; nothing is posted. ", then))


def gone() -> Card:
    """Draw the answer where what is to be judged has left the content."""
    return notices.notice("This card has been retired", rich("There is nothing left in it to fix."))


def enough(most: int) -> Card:
    """Draw the answer to somebody who told the writers as much today as is taken from one person."""
    return notices.notice("That is enough for today", rich(enough_words(most)))


def enough_words(most: int) -> str:
    """Say that more is taken tomorrow."""
    return f"The writers take {most} things a day from one person. Come back tomorrow with this one."


def closed(kind: str, day: str, fixed_in: int, *, title: str = "", subject: Subject | None = None) -> Card:
    """Draw what a person is told once: what they said on a `day` (ISO), and what became of it.

    `fixed_in` is the version that mended it, 0 where it was closed without. `title` is what it was about, '' where that
    has gone or there was nothing; `subject` is what the button opens, None without one.
    """
    when = phrases.date_words(day)
    buttons = (_opening(subject),) if subject else ()
    if kind in _TOLD:
        what = " what was missing" if kind == "missing" else ""
        done, left = _ANSWERED[kind]
        words = rich(f"{_TOLD[kind]} on {when}{what}. ", done if fixed_in else left)
        return notices.notice("About your feedback", words, *buttons)
    about = phrases.titled(title) if title else "a card"
    said = f"You said on {when} that {about} {_said(kind)}. "
    then = f"It was fixed in version {fixed_in}." if fixed_in else "The writers read it, and left it as it is."
    return notices.notice("About your feedback", rich(said, then), *buttons)


def _said(kind: str) -> str:
    return next((said for known, said in _SAID.items() if known == kind), "should be better")


def _opening(subject: Subject) -> Button:
    return Button("Open it", Action("dilemma" if subject.kind == "dilemma" else "show", subject), "primary")


def too_long(most: int) -> str:
    """Say how much is taken."""
    return f"That is more than {most:,} characters. Shorten it."
