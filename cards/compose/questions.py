"""Build what the cards of a dilemma share, alone or in a round: what is asked, and what each choice has for it."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cards.compose import below, parts, phrases
from cards.compose.phrases import rich
from cards.model import Block, Caption, Header, Subject, TextBlock
from content.inline import Rich
from content.library import Library
from content.model import Choice, Dilemma, Twist

CHOSEN = "You chose this"


class Question(Struct, frozen=True):
    """What a dilemma asks: its case, or with `twist` what changed in that."""

    dilemma: Dilemma
    twist: Twist | None = None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices there are."""
        return self.twist.choices if self.twist else self.dilemma.choices

    @property
    def subject(self) -> Subject:
        """The dilemma as a subject."""
        return Subject("dilemma", self.dilemma.id)

    @property
    def title(self) -> str:
        """What it is called."""
        return f"What if… {self.dilemma.title}" if self.twist else self.dilemma.title

    def as_put(self, labels: Sequence[str]) -> "Question":
        """Give it with the choices that were put, in that order, whatever the content has by now.

        What is to be said for a choice is found by its label; one that the content has no more has nothing.
        """
        by_label = {" ".join(choice.label.split()): choice for choice in self.choices}
        choices = tuple(by_label.get(label) or Choice(label, (), ()) for label in labels)
        if self.twist:
            return replace(self, twist=replace(self.twist, choices=choices))
        return replace(self, dilemma=replace(self.dilemma, choices=choices))

    def label(self, place: int) -> str:
        """Give the label of a choice by its place; of one that has gone from the content, words that say so."""
        return self.choices[place].label if place < len(self.choices) else "A choice that was removed"


def asked(library: Library, question: Question) -> tuple[Block, ...]:
    """Draw the situation under its kicker and title."""
    dimension = library.dimension(question.dilemma.dimension)
    kicker = f"Dilemma · {dimension.short}" if dimension else "Dilemma"
    situation = (TextBlock(question.twist.situation),) if question.twist else parts.prose(question.dilemma.situation)
    return (Caption(rich(kicker)), Header(question.title), *situation)


def answers(question: Question, chosen: int | None = None) -> Iterator[TextBlock]:
    """Draw for each choice why one would, what it costs, and who would disagree; `chosen` is marked in words.

    Nothing for a choice that was put and has gone from the content since.
    """
    for place, choice in enumerate(question.choices):
        if not choice.reasoning:
            continue
        mark = rich(" · ", phrases.emphasis(CHOSEN)) if place == chosen else ()
        against: Rich = rich("\n", phrases.strong("Who would disagree:"), " ", choice.against) if choice.against else ()
        yield TextBlock(
            rich(
                phrases.strong(choice.label),
                mark,
                "\n",
                choice.reasoning,
                "\n",
                phrases.strong("What it costs:"),
                " ",
                choice.cost,
                against,
            )
        )


def sources(question: Question) -> tuple[Block, ...]:
    """Draw what the sources say, and when they were checked."""
    dilemma = question.dilemma
    return (
        TextBlock(rich(phrases.strong("What the sources say"))),
        *(below.source(each) for each in dilemma.sources),
        Caption(rich(parts.checked(len(dilemma.sources), dilemma.checked_on))),
    )
