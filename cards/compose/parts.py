"""Build the parts that several cards share: sides, rows of buttons, levels, the reaction line."""

from collections.abc import Sequence
from typing import assert_never

from cards.compose import phrases
from cards.compose.phrases import rich
from cards.model import (
    Action,
    Actions,
    Block,
    Button,
    Callout,
    Caption,
    Columns,
    Edition,
    Feedback,
    Header,
    Listing,
    Select,
    Side,
    Subject,
    TextBlock,
)
from content import emoji
from content.inline import Bullets, Paragraph, Prose
from content.levels import LEVELS, Level, called
from content.library import Entry, Library
from content.model import Dilemma, Dimension, Levelled, Term, Tip

_DEEPER: tuple[Level, ...] = ("detail", "exercise", "sources")
_LONGEST_LABEL = 70  # Slack: 75 on buttons and options
_WORDS_SHOWN = 80  # of what a person typed, when it is repeated to them


def subject_of(content: Dimension | Tip) -> Subject:
    """Give the subject a post about this content has."""
    return Subject("dimension" if isinstance(content, Dimension) else "tip", content.id)


def edition_of(content: Levelled, remembered: Tip | None = None) -> Edition:
    """Give the edition that a card of this content shows; `remembered` is the earlier tip that it asks about."""
    mark = content.corrected.mark if content.corrected else ""
    return Edition(content.version, mark, remembered.id if remembered else "")


def sides(library: Library, dimension: Dimension) -> tuple[Block, ...]:
    """Draw the two sides under their header, and the shift below them."""
    return (
        Header(f"{dimension.number} · {dimension.title}"),
        Columns(Side(library.deck.left, dimension.left), Side(library.deck.right, dimension.right)),
        Callout(rich(phrases.strong("The shift:"), " ", dimension.shift)),
    )


def tip_body(tip_: Tip, *, mended: bool = True) -> tuple[Block, ...]:
    """Draw what a tip says: its title, the idea, and what to try, which takes under half an hour (docs/writing.md).

    Unless `mended`, nothing is said of a correction: a new post was never otherwise.
    """
    return (
        Header(tip_.title),
        TextBlock(tip_.idea),
        Callout(rich(phrases.strong("Try this week"), " · under 30 minutes\n", tip_.try_this)),
        *(corrected(tip_) if mended else ()),
    )


def tip_foot(library: Library, tip_: Tip) -> str:
    """Say that it is a tip, what on, how many sources it has and when they were checked."""
    dimension = library.dimension(tip_.dimension)
    on = f" · {dimension.short}" if dimension else ""
    return f"{library.deck.tip_name}{on} · {checked(len(tip_.sources), tip_.checked_on)}"


def corrected(content: Levelled) -> tuple[Caption, ...]:
    """Say on which day what was mended of an earlier version; nothing where nothing was."""
    mended = content.corrected
    return (Caption(rich(f"Corrected {phrases.date_words(mended.day.isoformat())}: {mended.what}")),) if mended else ()


def tip_buttons(library: Library, tip_: Tip, *others: Button) -> tuple[Actions, ...]:
    """Draw what is below a tip; its dimension's card and `others` are needed less often."""
    dimension = library.dimension(tip_.dimension)
    compare = (Button(f"Compare: {dimension.short}", Action("show", subject_of(dimension))),) if dimension else ()
    return deeper(subject_of(tip_), (), (*compare, *others))


def deeper(subject: Subject, beside: Sequence[Button], others: Sequence[Button]) -> tuple[Actions, ...]:
    """Draw the row that goes deeper, and quietly sources and `others`; `beside` stands at the end of the row."""
    detail, exercise, sources = (
        Button(called(level_).title, Action("deepen", subject, level_), "primary" if level_ == "detail" else "plain")
        for level_ in _DEEPER
    )
    return (Actions((detail, exercise, *beside)), Actions((sources, *others), is_quiet=True))


def depth(subject: Subject, without: Level | None = None, shown: Level | None = None) -> Actions:
    """Draw the row of levels below a subject, `without` one, and with the one that is `shown` marked."""
    return Actions(
        tuple(
            _leading(called(level_).title, Action("deepen", subject, level_), is_here=level_ == shown)
            for level_ in LEVELS
            if level_ != without
        )
    )


def sharing(dimension: Dimension) -> Button:
    """Draw the button that posts a card for everyone."""
    return Button("Share", Action("share", subject_of(dimension)), spoken="Share this card with everyone here")


def _leading(label: str, action: Action, *, is_here: bool) -> Button:
    return Button(f"● {label}", action, spoken=f"{label}, this page") if is_here else Button(label, action)


def thumbs(subject: Subject, version: int, place: str = "") -> Feedback:
    """Draw the thumbs that end a card; `place` is where in the subject's text: a level, a page, '' for the card.

    They carry the `version` that is read, for a post outlives it: `detail@3`.
    """
    told = f"{place}@{version}"
    return Feedback(up=Action("useful", subject, told), down=Action("not-useful", subject, told))


def movement(library: Library, dimension: Dimension) -> tuple[Button, ...]:
    """Draw what leads to other cards: previous, next, all."""
    before, after = library.neighbours(dimension)
    return (
        Button(
            f"‹ {before.short}",
            Action("show", subject_of(before), "previous"),
            spoken=f"Previous, {before.short}: {before.title}",
        ),
        Button(
            f"{after.short} ›",
            Action("show", subject_of(after), "next"),
            spoken=f"Next, {after.short}: {after.title}",
        ),
        everything(library),
    )


def everything(library: Library) -> Button:
    """Draw the button that lists all dimensions."""
    return Button(f"All {phrases.number(len(library.dimensions))}", Action("list"))


def menu(library: Library, shown: Dimension | None = None) -> Select:
    """Draw the menu of all dimensions; `shown` is the one whose card it is on."""
    return Select(
        f"All {phrases.number(len(library.dimensions))}",
        tuple((f"{d.number} · {d.title}", Action("show", subject_of(d))) for d in library.dimensions),
        Action("show", subject_of(shown)) if shown else None,
    )


def foot(library: Library, dimension: Dimension) -> str:
    """Say which of the cards it is, how many sources it has and when they were checked."""
    ids = [each.id for each in library.dimensions]
    place = f"{ids.index(dimension.id) + 1} of {len(ids)} · " if dimension.id in ids else ""
    return f"{place}{checked(len(dimension.sources), dimension.checked_on)}"


def words_to_try(library: Library) -> Sequence[str]:
    """Give one or two words of the content that are quickly typed: terms, or else a dimension's name."""
    terms = sorted((term.term.casefold() for term in library.terms), key=lambda word: (len(word), word))
    return terms[:2] or [library.dimensions[-1].aliases[0]]


def dimension_buttons(dimensions: Sequence[Dimension]) -> tuple[Button, ...]:
    """Draw a button for each dimension."""
    return tuple(
        Button(f"{d.number} {d.short}", Action("show", subject_of(d)), spoken=f"{d.number} {d.short}: {d.title}")
        for d in dimensions
    )


def prose(written: Prose, label: str = "") -> tuple[Block, ...]:
    """Draw paragraphs and lists, the first of them under a label."""
    blocks: list[Block] = []
    for part in written:
        match part:
            case Paragraph(text):
                blocks.append(TextBlock(rich(phrases.strong(f"{label}:"), " ", text) if label else text))
            case Bullets(items, ordered):
                blocks.append(Listing(items, label, ordered))
        label = ""
    return tuple(blocks)


def reaction_line(library: Library) -> str:
    """Say which reactions do what."""
    parts = [f"{emoji.sign(name)} {called(level_).title.lower()}" for name, level_ in library.deck.reactions.items()]
    return f"React {' · '.join(parts)}; I answer in the thread"


def checked(sources: int, checked_on: str) -> str:
    """Say how many sources there are and when they were checked."""
    return f"{sources} {'source' if sources == 1 else 'sources'} · checked {phrases.month(checked_on)}"


def all_words(library: Library) -> str:
    """Say how many dimensions there are, as the beginning of a sentence."""
    return phrases.number(len(library.dimensions)).capitalize()


def counted(count: int, one: str) -> str:
    """Say how many of a thing there are, in figures: `1 tip`, `121 tips`."""
    return f"{count} {one if count == 1 else f'{one}s'}"


def either(names: Sequence[str]) -> str:
    """Join names as a sentence does: `a, b or c`."""
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def named(entry: Entry) -> str:
    """Give an entry's title after what it is."""
    match entry:
        case Dimension():
            return f"{entry.number} · {entry.title}"
        case Tip():
            return f"Tip · {entry.title}"
        case Dilemma():
            return f"Dilemma · {entry.title}"
        case Term():
            return f"Term · {entry.term}"
        case _:
            assert_never(entry)


def shortened(words: str) -> str:
    """Shorten words to what a button or an option takes, at a blank where one is near the end."""
    if len(words) <= _LONGEST_LABEL:
        return words
    cut = words[: _LONGEST_LABEL - 1]
    at_blank = cut.rpartition(" ")[0]
    return f"{at_blank if len(at_blank) > _LONGEST_LABEL / 2 else cut}…"


def quoted(words: str) -> str:
    """Repeat what a person typed, shortened."""
    shown = " ".join(words.split())
    return shown if len(shown) <= _WORDS_SHOWN else f"{shown[: _WORDS_SHOWN - 1]}…"
