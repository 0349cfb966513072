"""Compose the cards people ask for: comparisons, what lies below them, lists and search results."""

from collections.abc import Sequence

from cards.compose import notices, parts, phrases
from cards.compose.learning import plans, recalls
from cards.compose.phrases import rich
from cards.model import (
    ME,
    Action,
    Actions,
    Button,
    Caption,
    Card,
    Header,
    Listing,
    TextBlock,
)
from content.inline import Command, Rich
from content.levels import LEVELS, Level, called
from content.library import Library
from content.model import Dimension, Tip


def comparison(library: Library, dimension: Dimension) -> Card:
    """Draw one dimension for the person who asked: the two sides, the shift, one row of depth, one of movement."""
    return Card(
        title=f"{dimension.number} · {dimension.title}",
        subject=parts.subject_of(dimension),
        edition=parts.edition_of(dimension),
        blocks=(
            *parts.sides(library, dimension),
            parts.depth(parts.subject_of(dimension)),
            parts.movement(library, dimension),
            *parts.corrected(dimension),
            Caption(rich(parts.checked(len(dimension.sources), dimension.checked_on))),
            parts.thumbs(parts.subject_of(dimension)),
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
            parts.depth(subject),
            Actions((Button("Open for me", Action("show", subject)), parts.menu(library))),
            *parts.corrected(dimension),
            Caption(
                rich(
                    *(by or rich("Asked for" if asked else "Shared")),
                    " · ",
                    parts.checked(len(dimension.sources), dimension.checked_on),
                )
            ),
            Caption(rich(parts.reaction_line(library))),
            parts.thumbs(subject),
        ),
    )


def tip(library: Library, tip_: Tip, remembered: Tip | None = None) -> Card:
    """Draw a weekly tip as a post: one idea, something to try, its dimension's button, and the levels below.

    `remembered` is an earlier one that a quiet button asks about.
    """
    return Card(
        title=f"{library.deck.tip_name}: {tip_.title}",
        subject=parts.subject_of(tip_),
        edition=parts.edition_of(tip_),
        blocks=(
            *parts.tip_body(library, tip_),
            parts.tip_buttons(library, tip_),
            *((recalls.remember(remembered),) if remembered else ()),
            Caption(rich(parts.reaction_line(library))),
            parts.thumbs(parts.subject_of(tip_)),
        ),
    )


def opened_tip(library: Library, tip_: Tip) -> Card:
    """Draw a tip for the person who opened it, to be read, shared, or kept for later."""
    subject = parts.subject_of(tip_)
    return Card(
        title=tip_.title,
        subject=subject,
        blocks=(
            *parts.tip_body(library, tip_),
            parts.tip_buttons(library, tip_),
            Actions(
                (
                    Button("Share", Action("share", subject), spoken="Share this tip with everyone here"),
                    Button("Keep for later", Action("keep", subject), spoken="Send me this tip in a direct message"),
                )
            ),
            Caption(rich(parts.checked(len(tip_.sources), tip_.checked_on))),
            parts.thumbs(subject),
        ),
    )


def shared_tip(library: Library, tip_: Tip, person: str, *, kept: bool = False) -> Card:
    """Draw a tip as a post for everyone, naming who shared it; or, `kept`, for the person alone who keeps it.

    Which of the two it was is not kept, nor who it was: drawn again later, the card says neither.
    """
    by = rich("You kept this for later", " · ") if kept else rich("Shared by ", phrases.person(person), " · ")
    checked = parts.checked(len(tip_.sources), tip_.checked_on)
    return Card(
        title=tip_.title,
        subject=parts.subject_of(tip_),
        edition=parts.edition_of(tip_),
        blocks=(
            *parts.tip_body(library, tip_),
            parts.tip_buttons(library, tip_),
            Caption(rich(*(by if person else ()), checked)),
            Caption(rich(parts.reaction_line(library))),
            parts.thumbs(parts.subject_of(tip_)),
        ),
    )


def shared(library: Library, content: Dimension | Tip, person: str, *, kept: bool = False, asked: bool = False) -> Card:
    """Draw a card as a post for everyone; for `kept` and `asked` see `shared_tip` and `shared_comparison`."""
    if isinstance(content, Tip):
        return shared_tip(library, content, person, kept=kept)
    return shared_comparison(library, content, person, asked=asked)


def tip_preview(library: Library, tip_: Tip, when: str, *buttons: Button) -> Card:
    """Draw a tip for one person only, with the buttons that steer it, under a line that says `when` it comes."""
    return Card(
        title=f"Preview: {tip_.title}",
        subject=parts.subject_of(tip_),
        blocks=(
            *parts.tip_body(library, tip_),
            parts.tip_buttons(library, tip_),
            *((Actions(buttons),) if buttons else ()),
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
            *parts.level_body(content, level_),
            *(parts.corrected(content) if level_ == "sources" else ()),
            *((Actions((plans.offer(content),)),) if level_ == "exercise" else ()),
            Actions((*parts.depth(subject, without=level_).items, *parts.terms(library, content.terms))),
            *(parts.pages(content) if level_ == "detail" and isinstance(content, Dimension) else ()),
            *(() if public else (parts.way_back(library, content),)),
            Caption(rich(parts.checked(len(content.sources), content.checked_on))),
            parts.thumbs(subject, level_),
        ),
    )


def overview(library: Library) -> Card:
    """Draw all dimensions, a line each, with a button each."""
    return Card(
        title=library.deck.title,
        blocks=(
            Header(library.deck.title),
            TextBlock(rich(f"{parts.all_words(library)} ways in which the two jobs differ. Pick one:")),
            *(
                TextBlock(rich(phrases.strong(f"{dimension.number} · {dimension.title}"), "\n", dimension.shift))
                for dimension in library.dimensions
            ),
            Actions(parts.dimension_buttons(library.dimensions)),
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


def usage(library: Library) -> Card:
    """Draw what can be typed, clicked and reacted with."""
    first, last = library.dimensions[0], library.dimensions[-1]
    pages, words = last.depth.pages, parts.words_to_try(library)

    def line(command: str, meaning: str) -> Rich:
        return rich(Command(command), f"  {meaning}")

    return Card(
        title="How to use PM Compare",
        blocks=(
            Header("How to use PM Compare"),
            Listing(
                label="Ask",
                items=(
                    line("", f"all {phrases.number(len(library.dimensions))} dimensions"),
                    line(
                        last.id,
                        "one card; a number, a title or a near miss will do",
                    ),
                    line(f"{last.id} {LEVELS[0]}", _or((*LEVELS[1:], "share"))),
                    *((line(f"{last.id} {pages[0]}", _or(pages[1:])),) if pages else ()),
                    line("random", "a card by chance"),
                    line(f"search {words[-1]}", "words in all cards, tips and terms"),
                    *((line(f"what is {words[0]}", "a term in two sentences"),) if library.terms else ()),
                ),
            ),
            Listing(
                label="Be told",
                items=(
                    line("tips", "this channel's weekly tip: turn it on, change it, skip one, pause it"),
                    line("tips me", "a weekly tip for you alone"),
                    line("tips skip", "or keep, pause, resume, now, off, upcoming, history"),
                    line("stop", "the way to be sent no more of them"),
                    line("tip", "a look at the next one"),
                    line("doctor", "why a tip came, or did not"),
                    line("stats", "what came of them, as counts; for owners, record is what was taught here"),
                ),
            ),
            Listing(
                label="Think it through",
                items=(
                    *(
                        (
                            line(
                                "dilemma", "a case whose choices can all be defended, alone or by a vote of the channel"
                            ),
                        )
                        if library.dilemmas
                        else ()
                    ),
                    line("recall", "three new cases that earlier tips decide"),
                ),
            ),
            Listing(
                label="For you alone",
                items=(
                    line("home", "the weekly tips that you look after, this week's, and the rest in one place"),
                    line("me", "what you opened, tried and recalled; nothing is kept until you turn it on"),
                    line("plans", "what you asked to be sent back to you"),
                ),
            ),
            Listing(label="Tell the writers", items=(line("suggest", "a tip or a dilemma that is missing"),)),
            Listing(label="Go deeper", items=(rich(parts.reaction_line(library)),)),
            TextBlock(
                rich("In a channel I am in you can also mention me: I answer in the thread, and guess for you alone.")
            ),
            Actions(
                (
                    Button(f"Start with {first.short}", Action("show", parts.subject_of(first)), "primary"),
                    parts.menu(library),
                    Button("A tip for me alone…", Action("tips", place=ME)),
                    Button("Suggest something…", Action("suggest")),
                )
            ),
            Caption(
                rich(
                    "What you ask by a slash command only you see, until you share it. ",
                    Command("privacy"),
                    " says what is kept.",
                )
            ),
        ),
    )


def _or(words: Sequence[str]) -> str:
    return f"or {', '.join(words)}" if words else ""


def gone(library: Library) -> Card:
    """Draw the answer to a button whose content has been removed since."""
    return notices.notice(
        "This card has been retired",
        rich("Its text was removed or renamed since it was posted. Here is what there is now:"),
        *parts.dimension_buttons(library.dimensions),
    )
