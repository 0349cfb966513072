"""Load content that can be shown: read and checked, and every card it makes within what the platforms take.

A level may be sound sentence by sentence and yet too long as one message. Content cannot know, since cards are drawn
above it; so whoever takes content into use, or checks it for a writer, loads it here.
"""

import weakref
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from msgspec import Struct

from cards import known
from cards.compose import dimensions, examples, found, pages, parts, usage
from cards.compose.tips import coming
from cards.model import Card
from content import library
from content.inline import Text
from content.levels import LEVELS
from content.library import FaultyContent, Library
from content.model import Dimension, Fault, Tip

_PERSON = "U0ALICE00"  # Slack's ids are about as long
_WHEN = (Text("It comes here on Wednesday 30 September 2026 at 09:00 (America/Argentina/Buenos_Aires)."),)


class _Drawing(Struct, frozen=True):
    """A card that the content makes: of which entry (such as `tip/way-out`, '' for the whole deck), and what of it."""

    entry: str
    what: str
    card: Callable[[], Card]


def load(path: Path, today: date | None = None, *, kept: Path | None = None) -> Library:
    """Read the content at `path` and draw everything it makes, which may take three seconds: not on the event loop.

    In the folder `kept` what was read is found again, as `library.load` has it; and cards that the same code has
    drawn before are not drawn again.

    Raises:
        FaultyContent: with every fault of the texts, or where these are sound, of their cards.
    """
    read = library.load(path, today, kept=kept)
    if _sound.get(id(read)) is read:
        return read
    before = known.Known(kept)
    faults = {
        (drawing.entry, drawing.what): fault
        for drawing in _drawings(read)
        if (fault := _fault(path, read, drawing, before))
    }
    before.keep()
    if faults:
        raise FaultyContent(tuple(sorted(faults.values(), key=lambda fault: (fault.file, fault.line))), read.warnings)
    _sound[id(read)] = read
    return read


# A library never changes, so whoever takes the same one need not look at its cards again.
_sound: weakref.WeakValueDictionary[int, Library] = weakref.WeakValueDictionary()


def ready(path: Path, kept: Path | None) -> Library:
    """Load content for people who ask at once: what a search needs is built too, or taken up from the folder `kept`.

    Raises:
        FaultyContent: as `load`.
    """
    read = load(path, kept=kept)
    read.prepare()
    return read


def _drawings(read: Library) -> Iterator[_Drawing]:
    subjects: tuple[Dimension | Tip, ...] = (*read.dimensions, *read.tips)
    for subject in subjects:
        entry = str(parts.subject_of(subject))
        for level in LEVELS:
            for public in (True, False):
                yield _Drawing(entry, level, partial(dimensions.level, read, subject, level, public=public))
    for dimension in read.dimensions:
        entry = f"dimension/{dimension.id}"
        shared = partial(dimensions.shared_comparison, read, dimension, _PERSON)
        yield _Drawing(entry, "card", partial(dimensions.comparison, read, dimension))
        for page in dimension.depth.pages:
            yield _Drawing(entry, f"page of {page}", partial(pages.page, read, dimension, page))
        yield _Drawing(entry, "shared card", shared)
    for tip in read.tips:
        yield _Drawing(f"tip/{tip.id}", "post", partial(dimensions.tip, read, tip))
        yield _Drawing(f"tip/{tip.id}", "preview", partial(dimensions.tip_preview, read, tip, _WHEN))
        yield _Drawing(f"tip/{tip.id}", "opened card", partial(dimensions.opened_tip, read, tip))
        yield _Drawing(f"tip/{tip.id}", "shared post", partial(dimensions.shared_tip, read, tip, _PERSON))
    for term in read.terms:
        yield _Drawing(f"term/{term.id}", "card", partial(found.definition, read, term))
    introduction = partial(coming.introduction, read, examples.settings(read))
    yield _Drawing("", "introduction", introduction)
    yield _Drawing("", "list of dimensions", partial(dimensions.overview, read))
    yield _Drawing("", "help", partial(usage.usage, read))
    yield _Drawing("", "answer to a card that has gone", partial(dimensions.gone, read))


def _fault(path: Path, read: Library, drawing: _Drawing, before: known.Known) -> Fault | None:
    card = drawing.card()
    if before.fits(card):
        return None
    # All platforms', of which a bot that serves one has no other use than this.
    from cards.renderers import RENDERERS  # noqa: PLC0415 # slow

    for renderer in RENDERERS:
        try:
            renderer.message(card)
        except ValueError as error:
            place = read.places.get(drawing.entry)
            whose = f"{drawing.entry.partition('/')[2]}: its" if place else "the deck's"
            sentence = (
                f"{whose} {drawing.what} is more than {renderer.title} takes in one message, so shorten it: {error}"
            )
            return Fault(place.file if place else str(path / "deck.yaml"), place.line if place else 1, sentence)
    before.note(card)
    return None
