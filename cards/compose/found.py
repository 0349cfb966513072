"""Compose the answers to questions: the sentences that answer, where they stand, and the ways to go on."""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from cards.compose import halves, parts, phrases
from cards.compose.phrases import rich
from cards.model import Action, Actions, Block, Button, Caption, Card, Feedback, Header, Select, Subject, TextBlock
from content import matching
from content.inline import Command, Rich
from content.levels import called
from content.library import Entry, Library, Match, Where
from content.model import Dilemma, Dimension, Term, Tip

MORE = "More results"
_ANSWERED = 0.75  # of what the words mean, from which on a term is worth explaining beside the answer
_MOST_NAMED = 3  # words that an answer lacks
_NEAR = 4  # the first matches, among which a term is worth explaining beside the answer
_RELATED = 2  # tips that a term's card leads to
_CARRIED = 110  # characters of typed words in a button, which has room for 150 with what else it says


def answer(library: Library, words: str, matches: Sequence[Match]) -> Card:
    """Draw what answers typed words best: its sentences, where they stand, and the next best in a menu."""
    first, *others = matches
    entry = first.passage.entry
    return Card(
        title=_title(entry),
        # The subject of a post is what a reaction opens the levels of, and neither of these has any.
        subject=None if isinstance(entry, Term | Dilemma) else parts.subject_of(entry),
        blocks=(
            Header(_title(entry)),
            TextBlock(entry.idea if isinstance(entry, Tip) else first.passage.shown),
            Caption(_stands(library, first)),
            *_partly(library, words, first),
            *_go_on(library, entry, first.passage.where, matches),
            *_more(others),
            *_thumbs(first),
        ),
    )


def definition(library: Library, term: Term) -> Card:
    """Draw a glossary term in two sentences, with its dimension's card and the tips that use it."""
    return Card(
        title=term.term,
        blocks=(
            Header(term.term),
            TextBlock(term.meaning),
            *_go_on(library, term, "term", ()),
        ),
    )


def results(words: str, matches: Sequence[Match]) -> Card:
    """Draw all that was found, best first, each with what opens it beside it."""
    title = f"Results for “{parts.quoted(words)}”"
    return Card(
        title=title,
        blocks=(
            Header(title),
            *(
                TextBlock(
                    rich(phrases.strong(parts.named(match.passage.entry)), "\n", match.passage.shown),
                    replace(
                        _opening(match.passage.entry),
                        label="Open",
                        spoken=parts.shortened(f"Open {parts.named(match.passage.entry)}"),
                    ),
                )
                for match in matches
            ),
            Caption(rich("Not it? ", Command("list"), " shows all cards.")),
        ),
    )


def nothing(library: Library, words: str, nearest: Sequence[Entry]) -> Card:
    """Draw a kind answer to words that nothing answers, with what comes nearest."""
    title = f"Nothing on “{parts.quoted(words)}” yet"
    there = halves.what_there_is(library)
    near = "The closest:" if nearest else "The cards are about these:"
    buttons = tuple(map(_opening, nearest)) or parts.dimension_buttons(library.dimensions)
    return Card(
        title=title,
        blocks=(
            Header(title),
            TextBlock(rich(f"None of the {there} here answers that. {near}")),
            Actions(buttons),
            Actions((Button("Tell the writers what is missing…", _telling(words)),)),
            Caption(rich("Other things to type: ", Command("list"), " or ", Command("help"))),
        ),
    )


def _telling(words: str) -> Action:
    """Give what opens the form that tells the writers of words nothing answers, as many of them as a button carries."""
    seen = "".join(sign if sign.isprintable() and sign != "|" else " " for sign in words)
    line = " ".join(seen.split())
    return Action("missing", argument=line[:_CARRIED].rstrip())


def _thumbs(match: Match) -> tuple[Feedback, ...]:
    """Draw the thumbs below an answer, which are about where it stands; a term has none."""
    entry = match.passage.entry
    if isinstance(entry, Term):
        return ()
    place = "" if match.passage.where in {"comparison", "tip", "dilemma"} else match.passage.where
    subject = Subject("dilemma", entry.id) if isinstance(entry, Dilemma) else parts.subject_of(entry)
    return (parts.thumbs(subject, entry.version, place),)


def _title(entry: Entry) -> str:
    match entry:
        case Dimension():
            return f"{entry.number} · {entry.title}"
        case Tip() | Dilemma():
            return entry.title
        case Term():
            return entry.term
        case _:
            assert_never(entry)


def _opening(entry: Entry) -> Button:
    """Draw the button that opens an entry."""
    match entry:
        case Term():
            return Button(f"Explain “{entry.term}”", Action("define", argument=entry.id))
        case Dilemma():
            return Button(parts.shortened(parts.named(entry)), _to(entry))
        case _:
            return Button(parts.shortened(parts.named(entry)), Action("show", parts.subject_of(entry)))


def _to(dilemma: Dilemma) -> Action:
    return Action("dilemma", Subject("dilemma", dilemma.id))


def _partly(library: Library, words: str, match: Match) -> tuple[Block, ...]:
    """Say which of the words stand nowhere, so that the answer is to the others alone."""
    missed = {word for word in match.missed if not library.knows(word)}
    typed = [words[part.start : part.end] for part in matching.parts(words) if part.key in missed][:_MOST_NAMED]
    if not typed:
        return ()
    said = parts.either([f"“{word}”" for word in typed])
    return (Caption(rich(f"Nothing here on {said}. This answers the rest.")),)


def _stands(library: Library, match: Match) -> Rich:
    """Say where an answer stands, and how many sources are behind it."""
    entry = match.passage.entry
    if isinstance(entry, Term):
        return rich("From the glossary")
    where = _place(match.passage.where)
    dimension = None if isinstance(entry, Dimension) else library.dimension(entry.dimension)
    if dimension:
        kind = "Tip" if isinstance(entry, Tip) else "Dilemma"
        where = f"{kind} on {dimension.title.lower()}{where and f', {where}'}"
    else:
        where = f"{where[:1].upper()}{where[1:]}" or "The shift in one line"
    return rich(f"{where} · {parts.checked(len(entry.sources), entry.checked_on)}")


def _place(where: Where) -> str:
    """Say where below its card a passage stands; '' where it is of the card itself."""
    match where:
        case "comparison" | "tip" | "dilemma" | "term":
            return ""
        case "detail" | "sources" | "exercise" as level:
            return f"in its {called(level).title.lower().removeprefix('more ')}"
        case page:
            return f"on its page “{called(page).title}”"


def _go_on(library: Library, entry: Entry, where: Where, matches: Sequence[Match]) -> tuple[Actions, ...]:
    """Draw the row that leads on from an entry."""
    if isinstance(entry, Dimension):
        subject = parts.subject_of(entry)
        buttons = [*_standing(subject, where), Button("Open the comparison", Action("show", subject), "primary")]
    elif isinstance(entry, Tip):
        buttons = [Button("Open the tip", Action("show", parts.subject_of(entry)), "primary")]
    elif isinstance(entry, Dilemma):
        buttons = [Button("Open the dilemma", _to(entry), "primary")]
    else:
        using = [tip for tip in library.tips if entry.id in tip.terms][:_RELATED]
        buttons = [_opening(tip) for tip in using]
    term = _to_explain(entry, matches)
    if term is not None:
        buttons.append(_opening(term))
    dimension = None if isinstance(entry, Dimension) else library.dimension(entry.dimension)
    if dimension is not None:
        buttons.append(Button(f"Compare: {dimension.short}", Action("show", parts.subject_of(dimension))))
    return (Actions(tuple(buttons)),) if buttons else ()


def _standing(subject: Subject, where: Where) -> tuple[Button, ...]:
    """Draw the button that opens the page or level from which a dimension answers; more detail for the card itself."""
    match where:
        case "comparison" | "tip" | "dilemma" | "term":
            return (Button(called("detail").title, Action("deepen", subject, "detail")),)
        case "detail" | "sources" | "exercise" as level:
            return (Button(called(level).title, Action("deepen", subject, level)),)
        case page:
            return (Button(called(page).title, Action("page", subject, page)),)


def _to_explain(entry: Entry, matches: Sequence[Match]) -> Term | None:
    """Give the term that it helps to know beside an entry: one that was found soon after it, and that it uses."""
    if isinstance(entry, Term):
        return None
    found = (match.passage.entry for match in matches[:_NEAR] if match.covered >= _ANSWERED)
    return next((each for each in found if isinstance(each, Term) and each.id in _linked(entry)), None)


def _linked(entry: Dimension | Tip | Dilemma) -> set[str]:
    """Give the terms that an entry's texts link to."""
    pages = entry.depth.terms if isinstance(entry, Dimension) else ()
    return {*entry.terms, *(term for _, terms in pages for term in terms)}


def _more(others: Sequence[Match]) -> tuple[Actions, ...]:
    found = (other.passage.entry for other in others)
    options = tuple((parts.shortened(parts.named(entry)), _opening(entry).action) for entry in found)
    return (Actions((Select(MORE, options),)),) if options else ()
