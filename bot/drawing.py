"""Load content that can be shown: read and checked, and every card it makes within what the platforms take.

A level may be sound sentence by sentence and yet too long as one message. Content cannot know, since cards are drawn
above it; so whoever takes content into use, or checks it for a writer, loads it here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from cards import compose, compose_tips, examples, slack, teams
from cards.model import Card
from content import library
from content.library import FaultyContent, Library
from content.model import LEVELS, Dimension, Fault, Tip

_PLATFORMS: Mapping[str, Callable[[Card], object]] = {"Slack": slack.message, "Teams": teams.message}
_PERSON = "U0ALICE00"  # Slack's ids are about as long
_WHEN = "It comes here on Wednesday 30 September 2026 at 09:00 (America/Argentina/Buenos_Aires)."


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A card that the content makes: of which file's `id`, and what it is of it; `id` is '' for the whole deck."""

    file: str
    id: str
    what: str
    card: Callable[[], Card]


def load(path: Path, today: date | None = None) -> Library:
    """Read the content at `path` and draw everything it makes, which takes 0.2 s: not on the event loop.

    Raises:
        FaultyContent: with every fault of the texts, or where these are sound, of their cards.
    """
    read = library.load(path, today)
    faults = {
        (drawing.file, drawing.id, drawing.what): fault
        for drawing in _drawings(read)
        if (fault := _fault(path, drawing))
    }
    if faults:
        raise FaultyContent(tuple(sorted(faults.values(), key=lambda fault: (fault.file, fault.line))), read.warnings)
    return read


def _drawings(read: Library) -> Iterator[_Drawing]:
    subjects: tuple[Dimension | Tip, ...] = (*read.dimensions, *read.tips)
    for subject in subjects:
        file = "tips.yaml" if isinstance(subject, Tip) else "deck.yaml"
        for level in LEVELS:
            for public in (True, False):
                yield _Drawing(file, subject.id, level, partial(compose.level, read, subject, level, public=public))
    for dimension in read.dimensions:
        shared = partial(compose.shared_comparison, read, dimension, _PERSON)
        yield _Drawing("deck.yaml", dimension.id, "card", partial(compose.comparison, read, dimension))
        yield _Drawing("deck.yaml", dimension.id, "shared card", shared)
    for tip in read.tips:
        yield _Drawing("tips.yaml", tip.id, "post", partial(compose.tip, read, tip))
        yield _Drawing("tips.yaml", tip.id, "preview", partial(compose.tip_preview, read, tip, _WHEN))
    for term in read.terms:
        yield _Drawing("glossary.yaml", term.id, "card", partial(compose.definition, read, term))
    introduction = partial(compose_tips.introduction, read, examples.settings(read))
    yield _Drawing("deck.yaml", "", "introduction", introduction)
    yield _Drawing("deck.yaml", "", "list of dimensions", partial(compose.overview, read))
    yield _Drawing("deck.yaml", "", "help", partial(compose.usage, read))
    yield _Drawing("deck.yaml", "", "answer to a card that has gone", partial(compose.gone, read))


def _fault(path: Path, drawing: _Drawing) -> Fault | None:
    card = drawing.card()
    for platform, draw in _PLATFORMS.items():
        try:
            draw(card)
        except ValueError as error:
            file = path / drawing.file
            whose = f"{drawing.id}: its" if drawing.id else "the deck's"
            sentence = f"{whose} {drawing.what} is more than {platform} takes in one message, so shorten it: {error}"
            return Fault(str(file), line_of(file, drawing.id), sentence)
    return None


def line_of(file: Path, name: str) -> int:
    """Find the line on which an id stands; 1 where it cannot be told."""
    entry = re.compile(rf"""(.*[\s{{,-])?id\s*:\s*["']?{re.escape(name)}["']?\s*([,}}#].*)?""")
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines() if name else []
    except OSError:  # it was there a moment ago
        lines = []
    return next((number for number, line in enumerate(lines, 1) if entry.fullmatch(line)), 1)
