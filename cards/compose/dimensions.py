"""Compose the cards people ask for: comparisons, what lies below them, lists and search results."""

from cards.compose import below, notices, parts, phrases
from cards.compose.learning import plans, recalls
from cards.compose.phrases import rich
from cards.model import (
    Action,
    Actions,
    Button,
    Caption,
    Card,
    Header,
    TextBlock,
)
from content.inline import Command, Rich
from content.levels import Level, called
from content.library import Library
from content.model import Dimension, Tip


def comparison(library: Library, dimension: Dimension, *, mended: bool = False) -> Card:
    """Draw one dimension for the person who asked: the two sides, the shift, one row of depth; the rest is quiet.

    What was corrected is said below *Sources* alone, unless a post is drawn anew because of it (`mended`).
    """
    return Card(
        title=f"{dimension.number} · {dimension.title}",
        subject=parts.subject_of(dimension),
        edition=parts.edition_of(dimension),
        blocks=(
            *parts.sides(library, dimension),
            *parts.deeper(parts.subject_of(dimension), (parts.sharing(dimension),), parts.movement(library, dimension)),
            *(parts.corrected(dimension) if mended else ()),
            Caption(rich(parts.foot(library, dimension))),
            parts.thumbs(parts.subject_of(dimension), dimension.version),
        ),
    )


def shared_comparison(library: Library, dimension: Dimension, person: str, *, asked: bool = False) -> Card:
    """Draw one dimension as a post for everyone, naming who shared it, or who `asked` for it.

    Who it was is not kept: drawn again later, the card says nothing but that it was shared, or asked for.
    """
    subject = parts.subject_of(dimension)
    by = rich("Asked by " if asked else "Shared by ", phrases.person(person)) if person else ()
    return Card(
        title=f"{dimension.number} · {dimension.title}",
        subject=subject,
        edition=parts.edition_of(dimension),
        blocks=(
            *parts.sides(library, dimension),
            *parts.deeper(
                subject,
                (),
                (
                    Button("Open privately", Action("show", subject), spoken="Open privately, for me alone"),
                    parts.everything(library),
                ),
            ),
            *parts.corrected(dimension),
            Caption(
                rich(
                    *(by or rich("Asked for" if asked else "Shared")),
                    " · ",
                    parts.foot(library, dimension),
                )
            ),
            Caption(rich(parts.reaction_line(library))),
            parts.thumbs(subject, dimension.version),
        ),
    )


def tip(library: Library, tip_: Tip, remembered: Tip | None = None, *, mended: bool = False) -> Card:
    """Draw a weekly tip as a post: one idea, something to try, its dimension's button, and the levels below.

    `remembered` is an earlier one that a quiet button asks about; `mended` says that a post is drawn anew because the
    tip was corrected.
    """
    return Card(
        title=f"{library.deck.tip_name}: {tip_.title}",
        subject=parts.subject_of(tip_),
        edition=parts.edition_of(tip_, remembered),
        blocks=(
            *parts.tip_body(tip_, mended=mended),
            *parts.tip_buttons(library, tip_),
            *((recalls.remember(remembered, tip_),) if remembered else ()),
            Caption(rich(parts.tip_foot(library, tip_))),
            Caption(rich(parts.reaction_line(library))),
            parts.thumbs(parts.subject_of(tip_), tip_.version),
        ),
    )


def opened_tip(library: Library, tip_: Tip) -> Card:
    """Draw a tip for the person who opened it, to be read, shared, or kept for later."""
    subject = parts.subject_of(tip_)
    return Card(
        title=tip_.title,
        subject=subject,
        blocks=(
            *parts.tip_body(tip_),
            *parts.tip_buttons(
                library,
                tip_,
                Button("Share", Action("share", subject), spoken="Share this tip with everyone here"),
                Button(
                    "Save for later",
                    Action("keep", subject),
                    spoken="Save for later: send me this tip in a direct message",
                ),
            ),
            Caption(rich(parts.tip_foot(library, tip_))),
            parts.thumbs(subject, tip_.version),
        ),
    )


def shared_tip(library: Library, tip_: Tip, person: str, *, kept: bool = False, mended: bool = False) -> Card:
    """Draw a tip as a post for everyone, naming who shared it; or, `kept`, for the person alone who keeps it.

    Which of the two it was is not kept, nor who it was: drawn again later, the card says neither.
    `mended` as for `tip`.
    """
    by = rich("You saved this for later", " · ") if kept else rich("Shared by ", phrases.person(person), " · ")
    return Card(
        title=tip_.title,
        subject=parts.subject_of(tip_),
        edition=parts.edition_of(tip_),
        blocks=(
            *parts.tip_body(tip_, mended=mended),
            *parts.tip_buttons(library, tip_),
            Caption(rich(*(by if person else ()), parts.tip_foot(library, tip_))),
            Caption(rich(parts.reaction_line(library))),
            parts.thumbs(parts.subject_of(tip_), tip_.version),
        ),
    )


def shared(library: Library, content: Dimension | Tip, person: str, *, kept: bool = False, asked: bool = False) -> Card:
    """Draw a card as a post for everyone; for `kept` and `asked` see `shared_tip` and `shared_comparison`."""
    if isinstance(content, Tip):
        return shared_tip(library, content, person, kept=kept)
    return shared_comparison(library, content, person, asked=asked)


def tip_preview(library: Library, tip_: Tip, when: Rich, *buttons: Button) -> Card:
    """Draw a tip for one person only, with the buttons that steer it, under a line that says `when` it comes."""
    return Card(
        title=f"Preview: {tip_.title}",
        subject=parts.subject_of(tip_),
        blocks=(
            *parts.tip_body(tip_, mended=False),
            *parts.tip_buttons(library, tip_),
            *((Actions(buttons),) if buttons else ()),
            Caption(rich(parts.tip_foot(library, tip_))),
            Caption(rich("Only you can see this preview. ", when)),
        ),
    )


def level(library: Library, content: Dimension | Tip, level_: Level, *, public: bool) -> Card:
    """Draw one level below a subject: as a thread reply (`public`), or in place of a private card."""
    subject = parts.subject_of(content)
    title = f"{content.title}: {called(level_).title.lower()}"
    return Card(
        title=title,
        subject=subject,
        blocks=(
            Header(title),
            *below.lead(content, level_),
            *below.level_body(content, level_),
            *(parts.corrected(content) if level_ == "sources" else ()),
            *((Actions((plans.offer(content),)),) if level_ == "exercise" else ()),
            *_below(library, content, level_, public=public),
            Caption(rich(parts.checked(len(content.sources), content.checked_on))),
            parts.thumbs(subject, content.version, level_),
        ),
    )


def _below(library: Library, content: Dimension | Tip, shown: Level, *, public: bool) -> tuple[Actions, ...]:
    """Draw the rows below a level: in a thread the levels that are not there yet, for one person all and the pages."""
    subject = parts.subject_of(content)
    if public:
        others = parts.depth(subject, without=shown).items
        return (Actions((*others, *below.first_page(content), *below.terms(library, content.terms))),)
    return (
        Actions((*parts.depth(subject, shown=shown).items, *below.pages(content))),
        below.way_back(library, content, content.terms),
    )


def overview(library: Library) -> Card:
    """Draw all dimensions, a line each, with what opens it beside it."""
    return Card(
        title=library.deck.title,
        blocks=(
            Header(library.deck.title),
            TextBlock(rich(f"{parts.all_words(library)} ways the two jobs differ.")),
            *(
                TextBlock(
                    rich(phrases.strong(f"{dimension.number} · {dimension.title}"), "\n", dimension.shift),
                    Button("Open", Action("show", parts.subject_of(dimension)), spoken=f"Open {dimension.title}"),
                )
                for dimension in library.dimensions
            ),
            Caption(
                rich(
                    "Or type ",
                    Command(library.dimensions[-1].id),
                    ", a word such as ",
                    Command(parts.words_to_try(library)[0]),
                    ", or ",
                    Command("help"),
                    ".",
                )
            ),
        ),
    )


def gone(library: Library) -> Card:
    """Draw the answer to a button whose content has been removed since."""
    return notices.notice(
        "This card has been retired",
        rich("Its text was removed or renamed since it was posted. Here is what there is now:"),
        *parts.dimension_buttons(library.dimensions),
    )
