"""Compose a dilemma with all that is said for and against each choice, for who writes it; no reader is sent it so."""

from collections.abc import Iterable, Iterator

from cards.compose import parts, phrases
from cards.compose.phrases import rich
from cards.model import Block, Caption, Card, Header, TextBlock
from content.inline import Text
from content.model import Choice, Dilemma, Twist


def dilemma(written: Dilemma) -> Card:
    """Draw the situation, each choice with its reasoning, its cost and who is against it, and the sources."""
    return Card(
        title=written.title,
        blocks=(
            Header(written.title),
            *parts.prose(written.situation),
            *_choices(written.choices),
            *(
                TextBlock(rich(phrases.link(each.reference.url, each.reference.title), "\n", each.says))
                for each in written.sources
            ),
            Caption(rich(parts.checked(len(written.sources), written.checked_on))),
        ),
    )


def twist(written: Dilemma, changed: Twist) -> Card:
    """Draw what changes after the first vote, and the choices then."""
    title = f"{written.title}: twist"
    return Card(title=title, blocks=(Header(title), TextBlock(changed.situation), *_choices(changed.choices)))


def _choices(choices: Iterable[Choice]) -> Iterator[Block]:
    for choice in choices:
        against = (Text("\nAgainst it: "), *choice.against) if choice.against else ()
        yield TextBlock(rich(phrases.strong(choice.label), "\n", choice.reasoning, "\nCost: ", choice.cost, against))
