"""Build what a level or a page shows and leads to: its summary, its parts, its menus."""

from collections.abc import Sequence
from typing import assert_never

from cards.compose import parts, phrases
from cards.compose.phrases import rich
from cards.model import Action, Actions, Block, Button, Callout, Caption, Fold, Listing, Select, TextBlock
from content.inline import Bullets
from content.levels import Level, Page, called
from content.library import Library
from content.model import Dimension, Exercise, Levelled, Section, Tip
from content.references import Source


def lead(content: Dimension | Tip, level_: Level) -> tuple[Block, ...]:
    """Say in a line what a long level holds, below the shift of a dimension; nothing where the level is short."""
    if level_ != "detail":
        return ()
    words = " · ".join(map(_headed, content.detail))
    shift = (Callout(content.shift),) if isinstance(content, Dimension) else ()
    return (*shift, Caption(rich(words)))


def _headed(section: Section) -> str:
    """Give a section's heading, with how many things there are where it is nothing but lists."""
    counts = [len(part.items) if isinstance(part, Bullets) else 0 for part in section.prose]
    return f"{section.label} ({sum(counts)})" if all(counts) else section.label


def level_body(content: Levelled, level_: Level) -> tuple[Block, ...]:
    """Draw what one level says."""
    match level_:
        case "detail":
            first, *others = content.detail
            return (_section(first, is_open=True), *(_section(each, is_open=False) for each in others))
        case "sources":
            return tuple(source(each) for each in content.sources)
        case "exercise":
            return _exercise(content.exercise)
        case _:
            assert_never(level_)


def _section(section: Section, *, is_open: bool) -> Fold:
    return Fold(section.label, parts.prose(section.prose), is_open)


def source(cited: Source) -> TextBlock:
    """Draw a source: what it is, what it says, and how that was checked."""
    reference = cited.reference
    if reference.checked == "primary":
        how = "read in the document itself"
    elif reference.after:
        how = f"as cited by {reference.after}"
    else:
        how = "several independent documents quote it the same way"
    return TextBlock(
        rich(
            phrases.link(reference.url, reference.title),
            f"\n{reference.authors}, {reference.year}\n",
            cited.says,
            "\n",
            phrases.emphasis(f"Checked {phrases.month(reference.checked_on)}: {how}"),
        )
    )


def _exercise(exercise: Exercise) -> tuple[Block, ...]:
    return (
        TextBlock(rich(phrases.strong(exercise.title), f" ({exercise.minutes} minutes)")),
        Listing(exercise.steps, ordered=True),
        TextBlock(rich(phrases.strong("Done when:"), " ", exercise.done)),
        *((TextBlock(rich(phrases.strong("A plan to copy:"), " ", f"{exercise.plan}.")),) if exercise.plan else ()),
    )


def pages(content: Dimension | Tip, shown: Page | None = None) -> tuple[Select, ...]:
    """Draw the menu of a dimension's pages, the one that is `shown` chosen; nothing where there are none."""
    if not isinstance(content, Dimension) or not content.depth.pages:
        return ()
    options = [(called(page).title, Action("page", parts.subject_of(content), page)) for page in content.depth.pages]
    chosen = Action("page", parts.subject_of(content), shown) if shown else None
    return (Select("Pages", tuple(options), chosen),)


def first_page(content: Dimension | Tip) -> tuple[Button, ...]:
    """Draw the button below a post that opens a dimension's first page, for whoever presses it."""
    if not isinstance(content, Dimension) or not content.depth.pages:
        return ()
    first, *others = content.depth.pages
    label = f"{called(first).title} and more" if others else called(first).title
    return (Button(label, Action("page", parts.subject_of(content), first)),)


def terms(library: Library, names: Sequence[str]) -> tuple[Select, ...]:
    """Draw the menu of the terms that a text links to; nothing where it links to none."""
    found = [term for name in names if (term := library.term_of(name))]
    options = tuple((term.term, Action("define", argument=term.id)) for term in found)
    return (Select("Terms explained", options),) if options else ()


def way_back(library: Library, content: Dimension | Tip, explained: Sequence[str]) -> Actions:
    """Draw the row that leads from a level or a page back to its card, with the menu of its terms."""
    name = "card" if isinstance(content, Dimension) else "tip"
    back = Button(f"‹ Back to the {name}", Action("show", parts.subject_of(content)))
    return Actions((back, *terms(library, explained)), is_quiet=True)
