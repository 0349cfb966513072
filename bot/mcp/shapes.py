"""Give the content as plain values: what a program gets beside the words, and the JSON Schemas that describe it.

Texts are plain words in which an address follows its link in brackets.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cards import text
from content.inline import Bullets, Paragraph, Prose
from content.library import Entry, Library, Match
from content.model import Choice, Dilemma, Dimension, Exercise, Levelled, Term, Tip
from content.references import Source

JSON = dict[str, Any]
TEXT: JSON = {"type": "string"}
NUMBER: JSON = {"type": "integer"}


def listed(item: JSON) -> JSON:
    """Describe a list."""
    return {"type": "array", "items": item}


def closed(*optional: str, **properties: JSON) -> JSON:
    """Describe an object that has these properties and no others; those not named as `optional` are always there."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_SECTION = closed(label=TEXT, text=TEXT)
_SOURCE = closed(title=TEXT, url=TEXT, authors=TEXT, year=TEXT, says=TEXT, checked_on=TEXT)
_EXERCISE = closed(title=TEXT, minutes=NUMBER, steps=listed(TEXT), done=TEXT)
_BELOW: Mapping[str, JSON] = {
    "detail": listed(_SECTION),
    "exercise": _EXERCISE,
    "sources": listed(_SOURCE),
    "checked_on": TEXT,
    "version": NUMBER,
}
_CHOICE = closed("against", label=TEXT, reasoning=TEXT, cost=TEXT, against=TEXT)
_SIDE = closed(title=TEXT, text=TEXT)
_KIND: JSON = {"type": "string", "enum": ["dimension", "tip", "term", "dilemma"]}
_FOUND = closed(kind=_KIND, id=TEXT, title=TEXT, text=TEXT)
_NEAR = closed(kind=_KIND, id=TEXT, title=TEXT)

COMPARISON = closed(id=TEXT, number=NUMBER, title=TEXT, left=_SIDE, right=_SIDE, shift=TEXT, **_BELOW)
RESULTS = closed(words=TEXT, results=listed(_FOUND), nearest=listed(_NEAR))
TIP = closed(id=TEXT, dimension=TEXT, title=TEXT, idea=TEXT, try_this=TEXT, **_BELOW)
TERM = closed(id=TEXT, term=TEXT, meaning=TEXT, dimension=TEXT)
DILEMMA = closed(
    "twist",
    id=TEXT,
    dimension=TEXT,
    title=TEXT,
    situation=TEXT,
    choices=listed(_CHOICE),
    twist=closed(situation=TEXT, choices=listed(_CHOICE)),
    sources=listed(_SOURCE),
    checked_on=TEXT,
    version=NUMBER,
)


def comparison(library: Library, dimension: Dimension) -> JSON:
    """Give a dimension, as `COMPARISON` describes it."""
    return {
        "id": dimension.id,
        "number": dimension.number,
        "title": dimension.title,
        "left": {"title": library.deck.left, "text": text.plain(dimension.left)},
        "right": {"title": library.deck.right, "text": text.plain(dimension.right)},
        "shift": text.plain(dimension.shift),
        **_below(dimension),
    }


def tip(tip_: Tip) -> JSON:
    """Give a tip, as `TIP` describes it."""
    return {
        "id": tip_.id,
        "dimension": tip_.dimension,
        "title": tip_.title,
        "idea": text.plain(tip_.idea),
        "try_this": text.plain(tip_.try_this),
        **_below(tip_),
    }


def term(term_: Term) -> JSON:
    """Give a glossary term, as `TERM` describes it."""
    meaning = text.plain(term_.meaning)
    return {"id": term_.id, "term": term_.term, "meaning": meaning, "dimension": term_.dimension}


def dilemma(asked: Dilemma) -> JSON:
    """Give a dilemma, as `DILEMMA` describes it."""
    twist = asked.twist
    later = {"situation": text.plain(twist.situation), "choices": _choices(twist.choices)} if twist else None
    return {
        "id": asked.id,
        "dimension": asked.dimension,
        "title": asked.title,
        "situation": _prose(asked.situation),
        "choices": _choices(asked.choices),
        **({"twist": later} if later else {}),
        "sources": _sources(asked.sources),
        "checked_on": asked.checked_on,
        "version": asked.version,
    }


def results(words: str, matches: Sequence[Match], nearest: Sequence[Entry]) -> JSON:
    """Give what was found, best first, or else what comes nearest, as `RESULTS` describes it."""
    return {
        "words": words,
        "results": [{**_named(match.passage.entry), "text": text.plain(match.passage.shown)} for match in matches],
        "nearest": [_named(entry) for entry in nearest],
    }


def _named(entry: Entry) -> JSON:
    match entry:
        case Dimension():
            return {"kind": "dimension", "id": entry.id, "title": entry.title}
        case Tip():
            return {"kind": "tip", "id": entry.id, "title": entry.title}
        case Term():
            return {"kind": "term", "id": entry.id, "title": entry.term}
        case Dilemma():
            return {"kind": "dilemma", "id": entry.id, "title": entry.title}


def _below(content: Levelled) -> JSON:
    return {
        "detail": [{"label": section.label, "text": _prose(section.prose)} for section in content.detail],
        "exercise": _exercise(content.exercise),
        "sources": _sources(content.sources),
        "checked_on": content.checked_on,
        "version": content.version,
    }


def _exercise(exercise: Exercise) -> JSON:
    return {
        "title": exercise.title,
        "minutes": exercise.minutes,
        "steps": [text.plain(step) for step in exercise.steps],
        "done": text.plain(exercise.done),
    }


def _sources(cited: Sequence[Source]) -> list[JSON]:
    return [
        {
            "title": source.reference.title,
            "url": source.reference.url,
            "authors": source.reference.authors,
            "year": source.reference.year,
            "says": text.plain(source.says),
            "checked_on": source.reference.checked_on,
        }
        for source in cited
    ]


def _choices(choices: Sequence[Choice]) -> list[JSON]:
    return [
        {
            "label": choice.label,
            "reasoning": text.plain(choice.reasoning),
            "cost": text.plain(choice.cost),
            **({"against": text.plain(choice.against)} if choice.against else {}),
        }
        for choice in choices
    ]


def _prose(prose: Prose) -> str:
    pieces = []
    for part in prose:
        match part:
            case Paragraph(words):
                pieces.append(text.plain(words))
            case Bullets(items, ordered):
                marks = (f"{number}." if ordered else "•" for number in range(1, len(items) + 1))
                pieces.append("\n".join(f"{mark} {text.plain(item)}" for mark, item in zip(marks, items, strict=True)))
    return "\n\n".join(pieces)
