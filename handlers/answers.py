"""Understand what a person typed or pressed, and say which answer that is: neutral, pure, no input or output."""

from dataclasses import dataclass
from typing import assert_never

from cards import compose, compose_notices, compose_pages
from cards.model import ME, Action, Card, Level, Subject, Verb
from content.library import Exact, Hits, Library, Near, Nothing
from content.model import Dimension, Page, Tip

# What may follow a dimension, and the words people use for it.
_LEVELS: dict[str, Level] = {
    "detail": "detail",
    "details": "detail",
    "more": "detail",
    "example": "detail",
    "source": "sources",
    "sources": "sources",
    "exercise": "exercise",
    "exercises": "exercise",
    "try": "exercise",
}
# Below a dimension too, where it has them; for one that has not, its overview says most of it.
_PAGES: dict[str, Page] = {
    "examples": "examples",
    "questions": "questions",
    "metrics": "metrics",
    "failures": "failures",
    "stories": "failures",
    "checklist": "checklist",
    "role": "role",
    "roles": "role",
}
_DEFINING = ("what is", "what are", "what's", "whats", "define")
# What may follow "tips".
_ALONE = {"me", "personal", "mine"}
_STEERING: dict[str, Verb] = {
    "pause": "tips-pause",
    "resume": "tips-resume",
    "skip": "tips-skip",
    "keep": "tips-keep",
    "now": "tips-now",
    "off": "tips-off",
    "stop": "tips-off",
}
# What people type there too, answered with the card whose buttons do it: a date, a tip or a name goes into a form.
_ON_UPCOMING = {"swap", "choose"}
_ON_MORE = {"more", "quiet", "holidays", "owner", "owners", "share", "send"}
_ON_SETTINGS = {"settings", "setup", "edit", "change", "start", "topics", "zone", "take", "claim", *_STEERING}
_MAX_WORDS = 500  # characters that are looked at; the rest of a pasted text changes nothing


@dataclass(frozen=True, slots=True)
class Show:
    """The answer is this card, for the person who asked."""

    card: Card


@dataclass(frozen=True, slots=True)
class Compare:
    """The answer is this dimension's card, for the person who asked; the one asked for most."""

    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Share:
    """The answer is a post for everyone in the conversation."""

    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Settings:
    """The answer is the settings card of this conversation's tips, or of those at `place`; the store knows them."""

    place: str = ""


@dataclass(frozen=True, slots=True)
class More:
    """The answer is what is needed less often about these tips, which the store knows."""

    place: str = ""


@dataclass(frozen=True, slots=True)
class NextTip:
    """The answer is a preview of the next tip, which the store knows."""

    place: str = ""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The answer is what the next weeks will bring, which the store knows."""

    place: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """The answer is who changed what, which the store knows."""

    place: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answer is how the tips are doing, which the store knows."""

    place: str = ""


@dataclass(frozen=True, slots=True)
class Steer:
    """The answer is the tips' card once this is done, if the person may do it."""

    action: Action


@dataclass(frozen=True, slots=True)
class AnyDimension:
    """The answer is a dimension by chance."""


AboutTips = Settings | More | NextTip | Upcoming | Past | Diagnosis | Steer
Answer = Show | Compare | Share | AnyDimension | AboutTips


def ask(library: Library, typed: str) -> Answer:
    """Answer what was typed after the command or a mention; there is an answer to everything, never an error."""
    words = " ".join(typed[:_MAX_WORDS].split())
    folded = words.casefold().rstrip("?!. ")
    match folded:
        case "" | "list" | "all":
            return Show(compose.overview(library))
        case "help" | "usage" | "commands":
            return Show(compose.usage(library))
        case "privacy":
            return Show(compose_notices.privacy())
        case "tip" | "preview" | "next":
            return NextTip()
        case "doctor":
            return Diagnosis()
        case "random":
            return AnyDimension()
        case _:
            return _ask_tips(folded) or _ask_content(library, words, folded)


def _ask_tips(folded: str) -> Answer | None:
    """Answer `tips`, and the words that may follow it: whose they are, then what to see or to do."""
    first, *rest = folded.split()
    if first not in {"tips", "settings"}:
        return None
    place = ME if rest and rest[0] in _ALONE else ""
    match rest[1:] if place else rest:
        case []:
            return Settings(place)
        case ["doctor"]:
            return Diagnosis(place)
        case ["history" | "log"]:
            return Past(place)
        case ["upcoming" | "preview" | "next"]:
            return Upcoming(place)
        case [word] if word in _STEERING:
            return Steer(Action(_STEERING[word], place=place))
        case more:
            return _near_tips(more, place)


def _near_tips(words: list[str], place: str) -> Answer | None:
    """Answer what begins with a word for steering, and is not one of the commands; None for anything else."""
    first = words[0]
    if first in _ON_UPCOMING:
        return Upcoming(place)
    if first in _ON_MORE:
        return More(place)
    return Settings(place) if first in _ON_SETTINGS or words == ["on"] else None


def _ask_content(library: Library, words: str, folded: str) -> Answer:
    first, _, rest = folded.partition(" ")
    if first == "search":
        return _searched(library, rest) if rest else Show(compose.usage(library))
    for opening in _DEFINING:
        if folded.startswith(f"{opening} "):
            return _defined(library, folded.removeprefix(opening).strip())
    before, _, last = folded.rpartition(" ")
    if before and (last in _LEVELS or last in _PAGES or last == "share"):
        dimension = _dimension(library, before)
        if dimension is not None:
            return Share(dimension) if last == "share" else Show(_below(library, dimension, last))
    return _found(library, words)


def _page_of(library: Library, content: Dimension | Tip | None, name: str) -> Card:
    """Give the page that a button opens; one that has gone since gives way to the overview it was opened from."""
    if not isinstance(content, Dimension) or name not in _PAGES:
        return compose.gone(library)
    return _below(library, content, name)


def _below(library: Library, dimension: Dimension, word: str) -> Card:
    """Give the page or level that a word means; a dimension without that page has its overview."""
    if _PAGES.get(word) in dimension.depth.pages:
        return compose_pages.page(library, dimension, _PAGES[word])
    return compose.level(library, dimension, _LEVELS.get(word, "detail"), public=False)


def _dimension(library: Library, words: str) -> Dimension | None:
    match library.find(words):
        case Exact(dimension) | Near(dimension):
            return dimension
        case _:
            return None


def _found(library: Library, words: str) -> Show | Compare:
    found = library.find(words)
    match found:
        case Exact(dimension) | Near(dimension):
            return Compare(dimension)
        case Hits(hits, best):
            if best is not None:
                return Show(compose.found_comparison(library, best, words, hits[0]))
            return Show(compose.results(library, words, hits))
        case Nothing(nearest):
            term = library.term(words)
            return Show(compose.definition(library, term) if term else compose.nothing_found(library, words, nearest))
        case _:
            assert_never(found)


def _searched(library: Library, words: str) -> Show:
    match library.search(words):
        case Hits(hits):
            return Show(compose.results(library, words, hits))
        case Nothing(nearest):
            return Show(compose.nothing_found(library, words, nearest))


def _defined(library: Library, words: str) -> Show | Compare:
    for article in ("a ", "an ", "the "):
        words = words.removeprefix(article)
    term = library.term(words)
    return Show(compose.definition(library, term)) if term else _found(library, words)


def place_of(answer: AboutTips) -> str:
    """Give where an answer belongs; elsewhere than here or with the person alone only what owners alone may do."""
    if not isinstance(answer, Steer):
        return ME if answer.place == ME else ""
    place = answer.action.place
    return place if place == ME or answer.action.verb == "tips-stay" else ""


def content_of(library: Library, subject: Subject | None) -> Dimension | Tip | None:
    """Find what a subject is about; None where it has gone from the content since."""
    if subject is None:
        return None
    return library.dimension(subject.id) if subject.kind == "dimension" else library.tip(subject.id)


def level_of(argument: str) -> Level | None:
    """Read which level a button or a word asks for; None for anything else."""
    return _LEVELS.get(argument)


_VIEWS: dict[Verb, type[Settings | More | NextTip | Upcoming | Past | Diagnosis]] = {
    "tips": Settings,
    "tips-more": More,
    "tips-preview": NextTip,
    "tips-upcoming": Upcoming,
    "tips-history": Past,
    "tips-doctor": Diagnosis,
    # A form's own, which no press can do.
    "tips-edit": Settings,
    "tips-save": Settings,
}


def press(library: Library, action: Action) -> Answer:
    """Answer a button or menu; what concerns tips is answered from the store."""
    content = content_of(library, action.subject)
    match action.verb:
        case "list":
            return Show(compose.overview(library))
        case "help":
            return Show(compose.usage(library))
        case "share":
            return Share(content) if isinstance(content, Dimension) else Show(compose.gone(library))
        case "show":
            return Compare(content) if isinstance(content, Dimension) else Show(compose.gone(library))
        case "deepen":
            level_ = _LEVELS.get(action.argument)
            if content is None or level_ is None:
                return Show(compose.gone(library))
            return Show(compose.level(library, content, level_, public=False))
        case "page":
            return Show(_page_of(library, content, action.argument))
        case "define":
            term = library.term_of(action.argument)
            return Show(compose.definition(library, term) if term else compose.gone(library))
        case verb if verb in _VIEWS:
            return _VIEWS[verb](action.place)
        case _:
            return Steer(action)
