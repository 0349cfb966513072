"""Declare what lies below a card: the levels that a reaction or a button opens, and a dimension's pages.

A new one is declared here. What it holds is a field of `content.model`, which mypy then misses wherever content is
read, searched and drawn; titles, menus, the grammar, help, checks and schemas follow from this.
"""

from collections.abc import Mapping
from typing import Literal, assert_never, get_args

from msgspec import Struct

Level = Literal["detail", "sources", "exercise"]
Page = Literal["examples", "questions", "metrics", "failures", "checklist", "role"]

LEVELS: tuple[Level, ...] = get_args(Level)
PAGES: tuple[Page, ...] = get_args(Page)


class Called(Struct, frozen=True):
    """The title on its button, and what people type for it beside its own name."""

    title: str
    typed: tuple[str, ...] = ()


def called(part: Level | Page) -> Called:  # one each
    """Say how a level or a page is called."""
    match part:
        case "detail":
            return Called("More detail", ("details", "more", "example"))
        case "sources":
            return Called("Sources", ("source",))
        case "exercise":
            return Called("Exercise", ("exercises", "try"))
        case "examples":
            return Called("Examples")
        case "questions":
            return Called("Questions")
        case "metrics":
            return Called("Metrics")
        case "failures":
            return Called("When it went wrong", ("stories",))
        case "checklist":
            return Called("Checklist")
        case "role":
            return Called("For my role", ("roles",))
        case _:
            assert_never(part)


# By every word for them.
LEVEL_OF: Mapping[str, Level] = {word: level for level in LEVELS for word in (level, *called(level).typed)}
PAGE_OF: Mapping[str, Page] = {word: page for page in PAGES for word in (page, *called(page).typed)}
