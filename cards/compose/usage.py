"""Compose what can be typed, pressed and reacted with."""

from collections.abc import Sequence

from cards.compose import parts, phrases
from cards.compose.phrases import rich
from cards.model import ME, Action, Actions, Button, Caption, Card, Header, Listing, TextBlock
from content.inline import Command, Rich
from content.levels import LEVELS
from content.library import Library

# What is typed after the command, and what it brings; whatever the content says these stay the same.
TIPS = (
    ("tips", "this channel's weekly tip: turn it on, change it, skip one, pause it"),
    ("tips me", "a weekly tip for you alone"),
    ("tips skip", "or keep, pause, resume, now, off, upcoming, history, swap and words for a tip"),
    ("stop", "how to stop getting them"),
    ("tip", "a preview of the next one"),
    ("doctor", "why a tip did or did not come"),
    ("stats", "how they are used, as counts; for owners, record lists what was taught here"),
)
CASES = (("dilemma", "a case with no easy answer, on your own or as a vote in the channel"),)
RECALL = (("recall", "three new cases, to test yourself on earlier tips"),)
OWN = (
    ("home", "your weekly tips, this week's tip, and everything else in one place"),
    ("me", "what you opened, tried and recalled; off until you turn it on"),
    ("plans", "the plans you asked to be reminded of"),
)
FEEDBACK = (
    ("suggest", "a tip or a dilemma to add"),
    ("report", "something that is wrong; or press the thumb down below a post"),
)


def usages(dimensions: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """List what can be typed, with what it brings, for content with dimensions of these ids; '' is the bare command."""
    last = dimensions[-1]
    return (
        ("", f"all {phrases.number(len(dimensions))} dimensions"),
        *of_one(last),
        *((id_, "one card") for id_ in dimensions[:-1]),
        ("random", "a random card"),
        ("search", "and words: in all cards, tips and terms"),
        ("what is", "and a term: in two sentences"),
        *TIPS,
        *CASES,
        *RECALL,
        *OWN,
        *FEEDBACK,
        ("help", "all that can be typed"),
        ("privacy", "what is kept"),
    )


def of_one(id_: str) -> tuple[tuple[str, str], ...]:
    """List what can be typed of one dimension."""
    return (
        (id_, "one card; its number, its title or a close spelling will do"),
        (f"{id_} {LEVELS[0]}", _or((*LEVELS[1:], "share"))),
    )


def usage(library: Library) -> Card:
    """Draw what can be typed, clicked and reacted with."""
    first, last = library.dimensions[0], library.dimensions[-1]
    pages, words = last.depth.pages, parts.words_to_try(library)

    def line(command: str, meaning: str) -> Rich:
        return rich(Command(command), f"  {meaning}")

    return Card(
        title="How to use PM Compare",
        blocks=(
            Header("How to use PM Compare"),
            Listing(
                label="Ask",
                items=(
                    line("", f"all {phrases.number(len(library.dimensions))} dimensions"),
                    *(line(*one) for one in of_one(last.id)),
                    *((line(f"{last.id} {pages[0]}", _or(pages[1:])),) if pages else ()),
                    line("random", "a random card"),
                    line(f"search {words[-1]}", "words in all cards, tips and terms"),
                    *((line(f"what is {words[0]}", "a term in two sentences"),) if library.terms else ()),
                ),
            ),
            Listing(
                label="Weekly tips",
                items=tuple(line(*one) for one in TIPS),
            ),
            Listing(
                label="Practice",
                items=tuple(line(*one) for one in (*(CASES if library.dilemmas else ()), *RECALL)),
            ),
            Listing(label="Just for you", items=tuple(line(*one) for one in OWN)),
            Listing(label="Feedback", items=tuple(line(*one) for one in FEEDBACK)),
            Listing(label="Go deeper", items=(rich(parts.reaction_line(library)),)),
            TextBlock(
                rich(
                    "You can also mention me in a channel that I am in. I answer in the thread; where I have to guess, "
                    "only you see it."
                )
            ),
            Actions(
                (
                    Button(f"Start with {first.short}", Action("show", parts.subject_of(first)), "primary"),
                    parts.menu(library),
                    Button("Tips just for me…", Action("tips", place=ME)),
                    Button("Suggest something…", Action("suggest")),
                )
            ),
            Caption(
                rich(
                    "Only you see what you ask with a slash command, until you share it. ",
                    Command("privacy"),
                    " says what I keep.",
                )
            ),
        ),
    )


def _or(words: Sequence[str]) -> str:
    return f"or {', '.join(words)}" if words else ""
