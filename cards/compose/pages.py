"""Compose the pages below a dimension's overview, and the words that texts link to."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from cards.compose import parts, phrases
from cards.compose.phrases import rich
from cards.model import Action, Actions, Block, Button, Caption, Card, Divider, Header, Listing, TextBlock
from content.depth import Example, ExampleKind, Failure, Metric, Roles
from content.levels import Page, called
from content.library import Library
from content.model import Dimension

_KINDS: dict[ExampleKind, str] = {
    "consumer": "A consumer product",
    "business": "A product for businesses",
    "internal": "An internal tool",
}


def page(library: Library, dimension: Dimension, page_: Page) -> Card:
    """Draw one page of a dimension for the person who asked."""
    title = f"{dimension.title}: {called(page_).title.lower()}"
    subject = parts.subject_of(dimension)
    terms = parts.terms(library, dimension.depth.terms.get(page_, ()))
    back = Button("‹ Back to the overview", Action("deepen", subject, "detail"))
    return Card(
        title=title,
        subject=subject,
        blocks=(
            Header(title),
            *_body(library, dimension, page_),
            *parts.pages(dimension, without=page_),
            Actions((back, *terms, parts.menu(library))),
            Caption(rich(f"Checked {phrases.month(dimension.checked_on)}")),
            parts.thumbs(subject, page_),
        ),
    )


def _body(library: Library, dimension: Dimension, page_: Page) -> Iterable[Block]:
    depth = dimension.depth
    match page_:
        case "examples":
            return _parted(map(_example, depth.examples))
        case "questions":
            return (Listing(depth.questions, ordered=True),)
        case "metrics":
            return _parted(map(_metric, depth.metrics))
        case "failures":
            return _parted(map(_failure, depth.failures))
        case "checklist":
            return (Listing(tuple(rich("☐ ", line) for line in depth.checklist)),)
        case "role":
            return _parted(_roles(depth.roles, library.deck.right)) if depth.roles else ()
        case _:
            assert_never(page_)


def _example(example: Example) -> Iterator[Block]:
    yield TextBlock(rich(phrases.strong(example.title), "\n", phrases.emphasis(_KINDS[example.kind])))
    yield from parts.prose(example.text)


def _metric(metric: Metric) -> Iterator[Block]:
    trap = rich("\n", phrases.emphasis("The trap:"), " ", metric.trap)
    yield TextBlock(rich(phrases.strong(metric.name), "\n", metric.formula, trap))


def _failure(failure: Failure) -> Iterator[Block]:
    learned = rich("\n", phrases.strong("What to learn:"), " ", failure.learn)
    yield TextBlock(rich(phrases.strong(f"{failure.title} ({failure.year})"), "\n", failure.happened, learned))
    if failure.reference:
        yield Caption(rich("Told by ", phrases.link(failure.reference.url, failure.reference.title)))


def _roles(roles: Roles, job: str) -> Iterator[Iterable[Block]]:
    for label, text in (
        (f"I’m moving to {job}", roles.moving),
        (f"I manage {job}s", roles.managing),
        ("I work with one", roles.working_with),
    ):
        yield (TextBlock(rich(phrases.strong(label))), *parts.prose(text))


def _parted(groups: Iterable[Iterable[Block]]) -> Iterator[Block]:
    """Draw a line between the parts of a page."""
    for place, blocks in enumerate(groups):
        if place:
            yield Divider()
        yield from blocks
