"""The types of a deck: what the YAML files become once they are read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from content.markdown import Prose, Rich

LEVELS: tuple[Literal["detail", "sources", "exercise"], ...] = ("detail", "sources", "exercise")


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that may be cited. `checked` says how its fact was checked, `checked_on` when (`YYYY-MM`)."""

    id: str
    title: str
    authors: str
    year: str
    url: str
    fact: str
    checked: Literal["primary", "secondary"]
    checked_on: str
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A reference with one sentence of ours on what it says here."""

    reference: Reference
    says: Rich


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled part of more detail: a worked example, questions to ask, what to measure, what to watch."""

    label: str
    prose: Prose


@dataclass(frozen=True, slots=True)
class Exercise:
    """Something to do this week: `minutes` it takes, steps, and how to tell it is done."""

    title: str
    minutes: int
    steps: tuple[Rich, ...]
    done: Rich


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the ways in which the two jobs differ; `left` and `right` are the seed's text, word for word."""

    id: str
    number: int
    title: str
    short: str
    aliases: tuple[str, ...]
    left: Rich
    right: Rich
    shift: Rich
    detail: tuple[Section, ...]
    sources: tuple[Source, ...]
    exercise: Exercise
    checked_on: str


@dataclass(frozen=True, slots=True)
class Tip:
    """One weekly tip: a title, one idea, something to try this week, and three levels below it."""

    id: str
    dimension: str
    title: str
    idea: Rich
    try_this: Rich
    detail: tuple[Section, ...]
    sources: tuple[Source, ...]
    exercise: Exercise
    checked_on: str


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry: the term, other words for it, and two sentences."""

    id: str
    term: str
    aliases: tuple[str, ...]
    meaning: Rich
    dimension: str


@dataclass(frozen=True, slots=True)
class Deck:
    """The deck's own words: its name, its two sides' titles, the tip's name, and which reaction opens which level."""

    id: str
    title: str
    left: str
    right: str
    tip_name: str
    reactions: Mapping[str, Literal["detail", "sources", "exercise"]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a content file, for the writer: `file:line: sentence`."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        """Give the one-line form editors can jump to."""
        return f"{self.file}:{self.line}: {self.sentence}"
