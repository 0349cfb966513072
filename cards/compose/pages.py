"""Compose the pages below a dimension's overview, and the words that texts link to."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from cards.compose import below, parts, phrases
from cards.compose.phrases import rich
from cards.model import Actions, Block, Caption, Card, Divider, Fold, Header, Listing, TextBlock
from content.depth import Example, ExampleKind, Failure, Metric, Roles
from content.levels import Page, called
from content.library import Library
from content.model import Dimension

_KINDS: dict[ExampleKind, str] = {
    "consumer": "A consumer product",
    "business": "A business product",
    "internal": "An internal tool",
}


def page(library: Library, dimension: Dimension, page_: Page) -> Card:
    """Draw one page of a dimension for the person who asked."""
    title = f"{dimension.title}: {called(page_).title.lower()}"
    subject = parts.subject_of(dimension)
    return Card(
        title=title,
        subject=subject,
        blocks=(
            Header(title),
            *_lead(dimension, page_),
            *_body(library, dimension, page_),
            Actions((*parts.depth(subject).items, *below.pages(dimension, shown=page_))),
            below.way_back(library, dimension, dimension.depth.linked(page_)),
            Caption(rich(parts.foot(library, dimension))),
            parts.thumbs(subject, dimension.version, page_),
        ),
    )


def _body(library: Library, dimension: Dimension, page_: Page) -> Iterable[Block]:
    depth = dimension.depth
    match page_:
        case "examples":
            return [_example(each, is_open=not place) for place, each in enumerate(depth.examples)]
        case "questions":
            return (Listing(depth.questions, ordered=True),)
        case "metrics":
            return _parted(map(_metric, depth.metrics))
        case "failures":
            return _parted(map(_failure, depth.failures))
        case "checklist":
            return (Listing(tuple(rich("☐ ", line) for line in depth.checklist)),)
        case "role":
            return _roles(depth.roles, library.deck.right) if depth.roles else ()
        case _:
            assert_never(page_)


def _lead(dimension: Dimension, page_: Page) -> tuple[Caption, ...]:
    """Say in a line what a page holds."""
    depth = dimension.depth
    match page_:
        case "examples":
            named = [each.title for each in depth.examples]
        case "metrics":
            named = [each.name for each in depth.metrics]
        case "failures":
            named = [f"{each.title} ({each.year})" for each in depth.failures]
        case "questions":
            named = [parts.counted(len(depth.questions), "question") + " to ask"]
        case "checklist":
            named = [parts.counted(len(depth.checklist), "line") + " to copy"]
        case "role":
            named = []
        case _:
            assert_never(page_)
    return (Caption(rich(" · ".join(named))),) if named else ()


def _example(example: Example, *, is_open: bool) -> Fold:
    kind = TextBlock(rich(phrases.emphasis(_KINDS[example.kind])))
    return Fold(example.title, (kind, *parts.prose(example.text)), is_open)


def _metric(metric: Metric) -> Iterator[Block]:
    trap = rich("\n", phrases.emphasis("The trap:"), " ", metric.trap)
    yield TextBlock(rich(phrases.strong(metric.name), "\n", metric.formula, trap))


def _failure(failure: Failure) -> Iterator[Block]:
    learned = rich("\n", phrases.strong("Lesson:"), " ", failure.learn)
    yield TextBlock(rich(phrases.strong(f"{failure.title} ({failure.year})"), "\n", failure.happened, learned))
    if failure.reference:
        yield Caption(rich("Source: ", phrases.link(failure.reference.url, failure.reference.title)))


def _roles(roles: Roles, job: str) -> Iterator[Block]:
    for label, text in (
        (f"I'm moving to {job}", roles.moving),
        (f"I manage {job}s", roles.managing),
        ("I work with one", roles.working_with),
    ):
        yield Fold(label, parts.prose(text))


def _parted(groups: Iterable[Iterable[Block]]) -> Iterator[Block]:
    """Draw a line between the parts of a page."""
    for place, blocks in enumerate(groups):
        if place:
            yield Divider()
        yield from blocks
