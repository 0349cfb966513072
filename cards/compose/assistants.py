"""Compose what assistants are told: the cards that people see, without anything to press.

Who reads them cannot press: an assistant calls another tool instead, and no handler of ours would hear a button of it.
"""

from collections.abc import Sequence
from typing import assert_never

from cards import model, text
from cards.compose import below, dimensions, found, parts, phrases
from cards.compose.phrases import rich
from cards.model import Block, Caption, Card, Divider, Header, TextBlock
from content.levels import LEVELS, called
from content.library import Entry, Library, Match
from content.model import Choice, Dilemma, Dimension, Levelled, Term, Tip, Twist
from content.references import Source


def comparison(library: Library, dimension: Dimension) -> Card:
    """Draw one dimension: the two sides and the shift."""
    return _unpressable(dimensions.comparison(library, dimension))


def tip(library: Library, tip_: Tip) -> Card:
    """Draw a tip: the idea, and what to try."""
    return _unpressable(dimensions.opened_tip(library, tip_))


def definition(library: Library, term: Term) -> Card:
    """Draw a glossary term in two sentences."""
    return _unpressable(found.definition(library, term))


def dilemma(library: Library, asked: Dilemma) -> Card:
    """Draw a dilemma whole: the situation, what speaks for each choice and what it costs, and what changes it."""
    dimension = library.dimension(asked.dimension)
    return Card(
        title=asked.title,
        blocks=(
            *((Caption(rich(f"A dilemma · {dimension.short}")),) if dimension else ()),
            Header(asked.title),
            *parts.prose(asked.situation),
            *map(_choice, asked.choices),
            *(_twist(asked.twist) if asked.twist else ()),
            Caption(rich("Each can be defended. ", parts.checked(len(asked.sources), asked.checked_on))),
        ),
    )


def results(words: str, matches: Sequence[Match]) -> Card:
    """Draw all that was found, best first."""
    title = f"Results for “{parts.quoted(words)}”"
    return Card(
        title=title,
        blocks=(
            Header(title),
            *(
                TextBlock(rich(phrases.strong(parts.named(match.passage.entry)), "\n", match.passage.shown))
                for match in matches
            ),
        ),
    )


def nothing(words: str, nearest: Sequence[Entry]) -> Card:
    """Draw the answer to words that nothing answers, with what comes nearest."""
    title = f"Nothing on “{parts.quoted(words)}” yet"
    near = f" Nearest to it may be: {'; '.join(map(parts.named, nearest))}." if nearest else ""
    return Card(title=title, blocks=(Header(title), TextBlock(rich(f"No card, tip or term answers that.{near}"))))


def levels(content: Levelled) -> tuple[Card, ...]:
    """Draw what lies below a dimension or a tip, a card for each level."""
    return tuple(
        Card(title=called(level).title, blocks=(Header(called(level).title), *below.level_body(content, level)))
        for level in LEVELS
    )


def sources(cited: Sequence[Source]) -> Card:
    """Draw what is cited."""
    title = called("sources").title
    return Card(title=title, blocks=(Header(title), *map(below.source, cited)))


def words(*cards: Card) -> str:
    """Give what cards say, one below the other."""
    return "\n\n".join(text.message(card, buttons=False) for card in cards)


def _twist(twist: Twist) -> tuple[Block, ...]:
    changed = TextBlock(rich(phrases.strong("Then this changes:"), " ", twist.situation))
    return (Divider(), changed, *map(_choice, twist.choices))


def _choice(choice: Choice) -> TextBlock:
    against = rich("\n", phrases.emphasis("Who disagrees:"), " ", choice.against) if choice.against else ()
    return TextBlock(
        rich(
            phrases.strong(choice.label),
            "\n",
            choice.reasoning,
            "\n",
            phrases.emphasis("What it costs:"),
            " ",
            choice.cost,
            against,
        )
    )


def _unpressable(card: Card) -> Card:
    return Card(card.title, tuple(block for block in card.blocks if _is_read(block)))


def _is_read(block: Block) -> bool:
    match block:
        case model.Header() | model.TextBlock() | model.Listing() | model.Columns() | model.Caption() | model.Divider():
            return True
        case model.Callout() | model.Fold():  # a fold holds no buttons
            return True
        case model.Actions() | model.Feedback() | model.Chart():
            return False
        case _:
            assert_never(block)
