"""Declare what the content files are made of: the keys of every mapping, and what stands behind each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from content.model import CHECKED, EXAMPLE_KINDS

Of = Literal[
    "id",  # lower-case letters, digits and hyphens
    "line",  # plain words of one line, drawn as they are
    "lines",  # a list of them
    "paragraph",  # Markdown of one paragraph
    "paragraphs",  # a list of them
    "prose",  # Markdown of paragraphs and lists
    "number",
    "month",  # YYYY-MM
    "address",  # https
    "choice",  # one of the key's `choices`
    "mapping",  # keys and values of the key's `shape`
    "mappings",  # a list of them
    "reactions",  # Slack's name of a reaction -> a level
]


@dataclass(frozen=True, slots=True)
class Key:
    """What stands behind a key: its kind, one sentence for the writer, and whether it may be left out."""

    of: Of
    says: str
    shape: str = ""
    choices: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of one mapping; `kind` is what faults call it and what its limits are listed under."""

    kind: str
    keys: Mapping[str, Key]

    @property
    def required(self) -> tuple[str, ...]:
        """Give the keys that may not be left out."""
        return tuple(name for name, key in self.keys.items() if not key.is_optional)


def _optional(key: Key) -> Key:
    return replace(key, is_optional=True)


_ID = Key("id", "Lower-case letters, digits and hyphens. Never reuse one that has gone.")
_OF_DIMENSION = Key("line", "The id of the dimension it belongs to.")
_ALIASES = Key("lines", "Other words that people type for it.")
_VERSION = _optional(Key("number", "1 at first, and one more whenever the text changes."))
_CHECKED = Key("month", "Year and month in which the claims were last checked, such as 2026-11.")
_EXERCISE = Key("mapping", "Something to do, step by step.", "exercise")
_SOURCES = Key("mappings", "The documents behind it, and what each says here.", "source")

# The sections of more detail, by their keys: the heading of each on cards, and what stands behind the key.
SECTIONS: Mapping[str, tuple[str, Key]] = {
    "example": (
        "A worked example",
        Key("prose", "A worked example with numbers; illustrative numbers say that they are."),
    ),
    "ask": ("Questions to ask", Key("paragraphs", "Questions to ask.")),
    "measure": ("What to measure", Key("paragraphs", "What to measure.")),
    "watch": ("What to watch out for", Key("paragraphs", "What to watch out for.")),
}
_TIPS_MAY_LACK = ("ask", "measure")

_FILES = {
    "deck file": Shape(
        "deck file",
        {
            "deck": Key("mapping", "The deck's own words.", "deck"),
            "dimensions": _optional(
                Key("mappings", "The dimensions, unless files in dimensions/ hold them.", "dimension")
            ),
        },
    ),
    "tips file": Shape("tips file", {"tips": Key("mappings", "Weekly tips.", "tip")}),
    "dilemmas file": Shape("dilemmas file", {"dilemmas": Key("mappings", "Dilemmas.", "dilemma")}),
    "references file": Shape("references file", {"references": Key("mappings", "What may be cited.", "reference")}),
    "terms file": Shape("terms file", {"terms": Key("mappings", "Words explained.", "term")}),
    "order file": Shape("order file", {"order": Key("lines", "Every tip's id once, in the order channels get them.")}),
}

_MAPPINGS = {
    "deck": Shape(
        "deck",
        {
            "id": _ID,
            "title": Key("line", "The deck's name."),
            "left": Key("line", "The title of the left side."),
            "right": Key("line", "The title of the right side."),
            "tip_name": Key("line", "The heading of the weekly post."),
            "reactions": Key("reactions", "Slack's name of a reaction, and the level it opens."),
        },
    ),
    "dimension": Shape(
        "dimension",
        {
            "id": _ID,
            "version": _VERSION,
            "number": Key("number", "Its place, from 1."),
            "title": Key("line", "Its title on cards."),
            "short": Key("line", "Its title on buttons."),
            "aliases": _ALIASES,
            "left": Key("paragraph", "What is so on the left side."),
            "right": Key("paragraph", "What is so on the right side."),
            "shift": Key("paragraph", "The difference in one line."),
            "detail": Key("mapping", "The overview that a reaction brings into a thread.", "dimension detail"),
            "examples": _optional(Key("mappings", "Worked examples, one of each kind of product.", "example")),
            "questions": _optional(Key("paragraphs", "Ten questions to ask.")),
            "metrics": _optional(Key("mappings", "What to measure, with the trap in each.", "metric")),
            "failures": _optional(Key("mappings", "What really went wrong somewhere.", "failure")),
            "checklist": _optional(Key("paragraphs", "What to have done, a line each.")),
            "roles": _optional(Key("mapping", "What it means for three kinds of reader.", "roles")),
            "sources": _SOURCES,
            "exercise": _EXERCISE,
            "checked": _CHECKED,
        },
    ),
    "dimension detail": Shape("detail", {name: key for name, (_, key) in SECTIONS.items()}),
    "tip detail": Shape(
        "detail",
        {name: _optional(key) if name in _TIPS_MAY_LACK else key for name, (_, key) in SECTIONS.items()},
    ),
    "example": Shape(
        "example",
        {
            "kind": Key("choice", "The kind of product.", choices=EXAMPLE_KINDS),
            "title": Key("line", "The product and what happens, in a few words."),
            "text": Key("prose", "The example with numbers; illustrative numbers say that they are."),
        },
    ),
    "metric": Shape(
        "metric",
        {
            "name": Key("line", "What it is called."),
            "formula": Key("paragraph", "How it is computed, in words or signs."),
            "trap": Key("paragraph", "How it misleads."),
        },
    ),
    "failure": Shape(
        "failure",
        {
            "title": Key("line", "Who and what, in a few words."),
            "year": Key("line", "When: a year, or years."),
            "happened": Key("paragraph", "What happened, as the reference tells it."),
            "learn": Key("paragraph", "What to learn from it."),
            "ref": Key("line", "The id of the reference that tells it."),
        },
    ),
    "roles": Shape(
        "role lens",
        {
            "moving": Key("prose", "For who is moving to AI PM."),
            "managing": Key("prose", "For who manages AI PMs."),
            "working-with": Key("prose", "For who works with one."),
        },
    ),
    "tip": Shape(
        "tip",
        {
            "id": _ID,
            "version": _VERSION,
            "dimension": _OF_DIMENSION,
            "title": Key("line", "What makes one read on."),
            "idea": Key("paragraph", "One idea."),
            "try": Key("paragraph", "Something to do this week, in under 30 minutes."),
            "detail": Key("mapping", "More detail.", "tip detail"),
            "sources": _SOURCES,
            "exercise": _EXERCISE,
            "checked": _CHECKED,
        },
    ),
    "dilemma": Shape(
        "dilemma",
        {
            "id": _ID,
            "version": _VERSION,
            "dimension": _OF_DIMENSION,
            "title": Key("line", "The question in a few words."),
            "situation": Key("prose", "What the reader meets, up to the moment of choosing."),
            "choices": Key("mappings", "Choices that can all be defended.", "choice"),
            "sources": _SOURCES,
            "checked": _CHECKED,
        },
    ),
    "choice": Shape(
        "choice",
        {
            "label": Key("line", "What to do, short enough for a button."),
            "reasoning": Key("paragraph", "Why one would."),
            "cost": Key("paragraph", "What it costs."),
        },
    ),
    "source": Shape(
        "source",
        {
            "ref": Key("line", "An id of the references."),
            "says": Key("paragraph", "One sentence of yours on what it says here."),
        },
    ),
    "exercise": Shape(
        "exercise",
        {
            "title": Key("line", "What it is called."),
            "minutes": Key("number", "How long it takes."),
            "steps": Key("paragraphs", "What to do, in order."),
            "done": Key("paragraph", "How to tell that it is done."),
        },
    ),
    "reference": Shape(
        "reference",
        {
            "id": _ID,
            "title": Key("line", "The document's title."),
            "authors": Key("line", "Who wrote it."),
            "year": Key("line", "When it appeared."),
            "url": Key("address", "Where people can read it."),
            "fact": Key("line", "What it says that we rely on."),
            "checked": Key(
                "choice",
                "primary: read in the document itself; secondary: several independent documents quote it alike.",
                choices=CHECKED,
            ),
            "checked_on": Key("month", "Year and month in which it was checked, such as 2026-11."),
            "caution": _optional(Key("line", "A wrong form of the fact that circulates, never to be printed.")),
        },
    ),
    "term": Shape(
        "term",
        {
            "id": _ID,
            "term": Key("line", "The word as people say it."),
            "aliases": _optional(_ALIASES),
            "meaning": Key("paragraph", "Two sentences that a newcomer understands."),
            "dimension": _OF_DIMENSION,
        },
    ),
}

SHAPES: Mapping[str, Shape] = MappingProxyType({**_FILES, **_MAPPINGS})
