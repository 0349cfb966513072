"""Declare what the content files are made of: the keys of every mapping, and what and how much stands behind each."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from content.depth import EXAMPLE_KINDS
from content.model import NEEDS, VERDICTS, WINS
from content.reading.keys import Key, Shape
from content.references import CHECKED

MOST_DIMENSIONS = 20  # Slack: 25 elements in one row of buttons


def _optional(key: Key, wanted: int = 0) -> Key:
    return replace(key, is_optional=True, wanted=wanted)


# Slack: an option's value 150, of which an action takes 40.
_ID = Key("id", "Lower-case letters, digits and hyphens. Never reuse one that has gone.", most=40)
_OF_DIMENSION = Key("line", "The id of the dimension it belongs to.", most=40)
_ALIASES = Key("lines", "Other words that people type for it.", most=40, count=(1, 30))
_ASKS = _optional(Key("lines", "Questions that people type and that this answers.", most=90, count=(0, 60)), wanted=4)
_VERSION = _optional(Key("number", "1 at first, and one more whenever the text changes.", count=(1, 9999)))
_CHECKED = Key("month", "Year and month in which the claims were last checked, such as 2026-11.")
_EXERCISE = Key("mapping", "Something to do, step by step.", "exercise")
_CORRECTED = _optional(Key("mapping", "What was wrong in an earlier version; shown on the card.", "correction"))
_SOURCES = Key("mappings", "The documents behind it, and what each says here.", "source")

# The sections of more detail, by their keys: the heading of each on cards, and what stands behind the key.
SECTIONS: Mapping[str, tuple[str, Key]] = {
    "example": (
        "A worked example",
        Key("prose", "A worked example with numbers; illustrative numbers say that they are.", most=900),
    ),
    "ask": ("Questions to ask", Key("paragraphs", "Questions to ask.", most=200, count=(3, 6))),
    "measure": ("What to measure", Key("paragraphs", "What to measure.", most=200, count=(2, 5))),
    "watch": ("What to watch out for", Key("paragraphs", "What to watch out for.", most=200, count=(2, 5))),
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
    "order file": Shape(
        "order file",
        {"order": Key("lines", "Every tip's id once, in the order channels get them.", most=40, count=(1, 2000))},
    ),
}

_MAPPINGS = {
    "deck": Shape(
        "deck",
        {
            "id": _ID,
            "title": Key("line", "The deck's name.", most=80),  # Slack: header 150
            "left": Key("line", "The title of the left side.", most=40),
            "right": Key("line", "The title of the right side.", most=40),
            "tip_name": Key("line", "The heading of the weekly post.", most=40),
            "reactions": Key("reactions", "Slack's name of a reaction, and the level it opens."),
        },
    ),
    "dimension": Shape(
        "dimension",
        {
            "id": _ID,
            "version": _VERSION,
            "number": Key("number", "Its place, from 1.", count=(1, MOST_DIMENSIONS)),
            "title": Key("line", "Its title on cards.", most=70),  # Slack: option text 75, with "7 · " before it
            "short": Key("line", "Its title on buttons.", most=24),
            "aliases": _ALIASES,
            "asks": _ASKS,
            "left": Key("paragraph", "What is so on the left side.", most=600),
            "right": Key("paragraph", "What is so on the right side.", most=600),
            "shift": Key("paragraph", "The difference in one line.", most=160),
            "detail": Key("mapping", "The overview that a reaction brings into a thread.", "dimension detail"),
            "examples": _optional(
                Key("mappings", "Worked examples, one of each kind of product.", "example", count=(3, 3))
            ),
            "questions": _optional(Key("paragraphs", "Ten questions to ask.", most=200, count=(10, 10))),
            "metrics": _optional(Key("mappings", "What to measure, with the trap in each.", "metric", count=(3, 6))),
            "failures": _optional(Key("mappings", "What really went wrong somewhere.", "failure", count=(2, 4))),
            "checklist": _optional(Key("paragraphs", "What to have done, a line each.", most=160, count=(5, 10))),
            "roles": _optional(Key("mapping", "What it means for three kinds of reader.", "roles")),
            "sources": replace(_SOURCES, count=(2, 6)),
            "exercise": _EXERCISE,
            "checked": _CHECKED,
            "corrected": _CORRECTED,
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
            "title": Key("line", "The product and what happens, in a few words.", most=70),
            "text": Key(
                "prose", "The example with numbers; illustrative numbers say that they are.", most=1200
            ),  # three make a page: Slack takes 11,000 together
        },
    ),
    "metric": Shape(
        "metric",
        {
            "name": Key("line", "What it is called.", most=60),
            "formula": Key("paragraph", "How it is computed, in words or signs.", most=250),
            "trap": Key("paragraph", "How it misleads.", most=250),
        },
    ),
    "failure": Shape(
        "failure",
        {
            "title": Key("line", "Who and what, in a few words.", most=70),
            "year": Key("line", "When: a year, or years.", most=40),
            "happened": Key("paragraph", "What happened, as the reference tells it.", most=600),
            "learn": Key("paragraph", "What to learn from it.", most=300),
            "ref": Key("line", "The id of the reference that tells it.", most=40),
        },
    ),
    "roles": Shape(
        "role lens",
        {
            "moving": Key("prose", "For who is moving to AI PM.", most=900),
            "managing": Key("prose", "For who manages AI PMs.", most=900),
            "working-with": Key("prose", "For who works with one.", most=900),
        },
    ),
    "tip": Shape(
        "tip",
        {
            "id": _ID,
            "version": _VERSION,
            "dimension": _OF_DIMENSION,
            "title": Key("line", "What makes one read on.", most=70),
            "asks": _ASKS,
            "needs": _optional(
                Key("choice", "What a reader has to have for trying it: an AI feature of one's own?", choices=NEEDS),
                wanted=1,
            ),
            "wins": _optional(
                Key("choice", "Which does better in the example, the model or the plain way?", choices=WINS), wanted=1
            ),
            "before": _optional(Key("date", "The day from which on the tip would be too late, such as 2026-12-02.")),
            "idea": Key("paragraph", "One idea.", most=600),
            "try": Key("paragraph", "Something to do this week, in under 30 minutes.", most=300),
            "detail": Key("mapping", "More detail.", "tip detail"),
            "sources": replace(_SOURCES, count=(1, 4)),
            "exercise": _EXERCISE,
            "recall": _optional(
                Key("mapping", "A question on a new case, which the idea decides.", "recall"), wanted=1
            ),
            "checked": _CHECKED,
            "corrected": _CORRECTED,
        },
    ),
    "recall": Shape(
        "recall",
        {
            "case": Key("paragraph", "A case that the tip does not tell.", most=450),
            "question": Key("line", "What is asked about it.", most=120),
            "options": Key("mappings", "Three answers, one of them right.", "option", count=(3, 3)),
        },
    ),
    "option": Shape(
        "option",
        {
            "label": Key("line", "The answer, short enough for a button.", most=70),  # Slack: button text 75
            "verdict": Key("choice", "Whether it is right.", choices=VERDICTS),
            "why": Key("paragraph", "Why it is right or wrong.", most=250),
        },
    ),
    "correction": Shape(
        "correction",
        {
            "day": Key("date", "The day of the correction, such as 2026-12-02."),
            "what": Key("line", "What was wrong and what is right, in a sentence.", most=250),
        },
    ),
    "dilemma": Shape(
        "dilemma",
        {
            "id": _ID,
            "version": _VERSION,
            "dimension": _OF_DIMENSION,
            "title": Key("line", "The question in a few words.", most=70),
            "asks": _ASKS,
            "situation": Key("prose", "What the reader meets, up to the moment of choosing.", most=800),
            "choices": Key("mappings", "Choices that can all be defended.", "choice", count=(3, 4)),
            "twist": _optional(
                Key("mapping", "A new case after the first vote, which tests the same reasoning.", "twist"), wanted=1
            ),
            "sources": replace(_SOURCES, count=(1, 4)),
            "checked": _CHECKED,
        },
    ),
    "choice": Shape(
        "choice",
        {
            "label": Key("line", "What to do, short enough for a button.", most=70),  # Slack: button text 75
            "reasoning": Key("paragraph", "Why one would.", most=400),
            "cost": Key("paragraph", "What it costs.", most=300),
            "against": _optional(
                Key("paragraph", "Who would disagree with it, and what they would say.", most=250), wanted=1
            ),
        },
    ),
    "twist": Shape(
        "twist",
        {
            "situation": Key("paragraph", "What changes, up to the moment of choosing again.", most=450),
            "choices": Key("mappings", "Choices that can all be defended.", "choice", count=(2, 4)),
        },
    ),
    "source": Shape(
        "source",
        {
            "ref": Key("line", "An id of the references.", most=40),
            "says": Key("paragraph", "One sentence of yours on what it says here.", most=300),
        },
    ),
    "exercise": Shape(
        "exercise",
        {
            "title": Key("line", "What it is called.", most=70),
            "minutes": Key("number", "How long it takes.", count=(5, 60)),
            "steps": Key("paragraphs", "What to do, in order.", most=250, count=(2, 6)),
            "done": Key("paragraph", "How to tell that it is done.", most=200),
            "plan": _optional(Key("line", "A sentence to copy: If …, then I …", most=180), wanted=1),
        },
    ),
    "reference": Shape(
        "reference",
        {
            "id": _ID,
            "title": Key("line", "The document's title.", most=200),
            "authors": Key("line", "Who wrote it.", most=250),
            "year": Key("line", "When it appeared.", most=80),
            "url": Key("address", "Where people can read it.", most=500),
            "fact": Key("line", "What it says that we rely on.", most=600),
            "checked": Key(
                "choice",
                "primary: read in the document itself; secondary: several independent documents quote it alike.",
                choices=CHECKED,
            ),
            "checked_on": Key("month", "Year and month in which it was checked, such as 2026-11."),
            "after": _optional(
                Key("line", "Of a secondary one: the documents that quote it, and were opened in its place.", most=160)
            ),
            "caution": _optional(
                Key("line", "A wrong form of the fact that circulates, never to be printed.", most=600)
            ),
        },
    ),
    "term": Shape(
        "term",
        {
            "id": _ID,
            "term": Key("line", "The word as people say it.", most=60),
            "aliases": _optional(replace(_ALIASES, count=(0, 30)), wanted=1),
            "meaning": Key("paragraph", "Two sentences that a newcomer understands.", most=400),
            "dimension": _OF_DIMENSION,
            "asks": _ASKS,
        },
    ),
}

SHAPES: Mapping[str, Shape] = MappingProxyType({**_FILES, **_MAPPINGS})
