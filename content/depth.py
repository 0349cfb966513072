"""The types of what lies below a dimension's overview: its pages, and what stands on each."""

from typing import Literal, assert_never, get_args

from msgspec import Struct

from content.inline import Prose, Rich
from content.levels import PAGES, Page
from content.references import Reference

ExampleKind = Literal["consumer", "business", "internal"]
EXAMPLE_KINDS: tuple[ExampleKind, ...] = get_args(ExampleKind)


class Example(Struct, frozen=True):
    """A worked example from one kind of product."""

    kind: ExampleKind
    title: str
    text: Prose


class Metric(Struct, frozen=True):
    """Something to measure: how it is computed, and how it misleads."""

    name: str
    formula: Rich
    trap: Rich


class Failure(Struct, frozen=True):
    """What really went wrong somewhere, as the reference tells it; `reference` is None only where it is a fault."""

    title: str
    year: str
    happened: Rich
    learn: Rich
    reference: Reference | None


class Roles(Struct, frozen=True):
    """What a dimension means for who moves to AI PM, manages AI PMs, or works with one."""

    moving: Prose
    managing: Prose
    working_with: Prose

    @property
    def texts(self) -> tuple[Prose, ...]:
        """Give all three."""
        return (self.moving, self.managing, self.working_with)


class Depth(Struct, frozen=True):
    """A dimension's pages below its overview; what a deck does not have is empty.

    `terms` are the ids of the glossary's words that a page links to, of each page that links to any.
    """

    examples: tuple[Example, ...] = ()
    questions: tuple[Rich, ...] = ()
    metrics: tuple[Metric, ...] = ()
    failures: tuple[Failure, ...] = ()
    checklist: tuple[Rich, ...] = ()
    roles: Roles | None = None
    terms: tuple[tuple[Page, tuple[str, ...]], ...] = ()

    def linked(self, page: Page) -> tuple[str, ...]:
        """Give the ids of the terms that a page links to."""
        return next((terms for name, terms in self.terms if name == page), ())

    @property
    def pages(self) -> tuple[Page, ...]:
        """Give the pages that there are, in their order."""
        return tuple(page for page in PAGES if self.held(page))

    def held(self, page: Page) -> tuple[object, ...] | Roles | None:
        """Give what a page holds; it is empty, or None, where the deck does not have that page."""
        match page:
            case "examples":
                return self.examples
            case "questions":
                return self.questions
            case "metrics":
                return self.metrics
            case "failures":
                return self.failures
            case "checklist":
                return self.checklist
            case "role":
                return self.roles
            case _:
                assert_never(page)


NO_DEPTH = Depth()
