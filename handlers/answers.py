"""Understand what a person typed or pressed, and say which answer that is: neutral, pure, no input or output."""

from collections.abc import Collection, Sequence

from cards.compose import dimensions, found, notices, usage
from cards.model import ME, Action, Subject, Verb
from content import matching
from content.levels import LEVEL_OF, PAGE_OF, Level
from content.library import Library
from content.model import Dilemma, Dimension, Tip
from handlers.asking import commands, grammar, kinds
from handlers.asking import content as answers_content
from handlers.asking.commands import AFTER_TIPS, ALONE
from handlers.asking.grammar import Said

_MOST_IN_NAMES = 8  # words, of which names and commands have fewer; more is a question
_MOST_AFTER_TIPS = 3  # words; more is a sentence about something
_HELPS = ("help", "usage", "commands", "hello", "start")
# What a single word may be a misspelt one of, and what the first of several.
_COMMANDS = (
    *_HELPS,
    "search",
    "list",
    "privacy",
    "preview",
    "doctor",
    "random",
    "tips",
    "settings",
    "stop",
    "unsubscribe",
)
_OWN = {"own", "personal", "mine"}
_OPENINGS = ("search", "what", "define", "tips", "settings")


def ask(library: Library, typed: str) -> kinds.Answer:
    """Answer what was typed after the command or a mention; there is an answer to everything, never an error.

    Commands go first, then the content's own names, then what people say instead of commands, then slips of the finger
    in commands, which change and post nothing; what is left is looked for in the content.
    """
    said = grammar.read(typed)
    for reading, is_sure in grammar.readings(said) if said.words else ():
        answer = commands.command(library, reading)
        if answer is not None and (is_sure or not isinstance(answer, kinds.Learn)):  # "help me" asks for no gap
            return answer if is_sure else kinds.guess(_offered(answer))
    bare = grammar.without_mark(said)
    answer = (
        _named(library, said, is_sure=True)
        or answers_content.explained(library, bare)
        or _conversation(library, bare)
        or _named(library, said, is_sure=False)
        or _near(library, bare)
    )
    return answer or answers_content.guessed(library, bare)


def _offered(answer: kinds.Answer) -> kinds.Answer:
    """Give the answer in which what was perhaps asked can be pressed, in place of one that does it."""
    match answer:
        case kinds.ChangeTips(action):
            return kinds.Stopping(action.place) if action.verb == "tips-off" else kinds.Settings(action.place)
        case kinds.Share(Dimension() as dimension):
            return kinds.Compare(dimension)
        case _:
            return answer


def _named(library: Library, said: Said, *, is_sure: bool) -> kinds.Compare | None:
    """Answer a dimension's own name, read as what was said for sure or else perhaps; None for anything else."""
    for reading, sure in grammar.readings(said) if said.words else ():
        dimension = library.named(reading.shown) if sure == is_sure else None
        if dimension is not None:
            return kinds.Compare(dimension, is_guess=not is_sure)
    return None


def _conversation(library: Library, said: Said) -> kinds.Answer | None:
    """Answer what people say who have not read of any command; None for anything else."""
    if grammar.asks_for_help(said):
        return kinds.Show(usage.usage(library))
    if not said.words:
        return kinds.Show(dimensions.overview(library))
    if grammar.names_the_jobs(said):
        return kinds.Show(dimensions.overview(library), is_guess=True)
    if grammar.asks_why_none_came(said):
        return kinds.Diagnosis()
    if said.keys[0] in {"tips", "settings"} and (tips := _near_tips(said.keys[1:])):
        return kinds.guess(tips)
    answer: kinds.Answer | None = None
    if grammar.asks_to_stop(said, library.knows):
        answer = kinds.Stopping(ME if _OWN.intersection(said.keys) else "")
    elif grammar.asks_about_tips(said):
        answer = kinds.Settings()
    return answer if answer is None or library.term(said.shown) is None else None


def _near(library: Library, said: Said) -> kinds.Answer | None:
    """Answer a name or a command with slips of the finger; what would change or post something is offered instead."""
    if len(said.words) > _MOST_IN_NAMES:
        return None
    dimension = library.nearly_named(said.shown)
    if dimension is not None:
        return kinds.Compare(dimension, is_guess=not commands.is_own_name(dimension, said))
    word = grammar.nearest(said, _COMMANDS, library.knows)
    if word:
        return _guessed(library, word)
    answer = _near_command(library, said)
    return kinds.guess(answer) if answer else None


def _near_command(library: Library, said: Said) -> kinds.Answer | None:
    """Answer a command of several words with slips of the finger."""
    first, *rest = said.keys
    last = _meant(library, said.keys[-1], (*LEVEL_OF, *PAGE_OF, "share")) if rest else ""
    answer = commands.of_dimension(library, said, last) if last else None
    if answer is not None:
        return _offered(answer)
    opening = _meant(library, first, _OPENINGS) if rest else ""
    match opening:
        case "search":
            return answers_content.searched(library, said.part(1))
        case "define":
            return answers_content.defined(library, said.part(1))
        case "what" if rest[0] in {"is", "are"} and rest[1:]:
            return answers_content.defined(library, said.part(2))
        case "tips" | "settings":
            return _near_tips(rest)
        case _:
            return None


def _guessed(library: Library, word: str) -> kinds.Answer:
    """Answer the command that was probably meant; help is what nobody is misled by."""
    said = grammar.read(word)
    answer = commands.command(library, said) or _conversation(library, said)
    match answer:
        case None:
            return kinds.Show(usage.usage(library))
        case kinds.Show() if word in _HELPS:
            return answer
        case _:
            return kinds.guess(_offered(answer))


def _near_tips(rest: Sequence[str]) -> kinds.Answer | None:
    """Answer what follows `tips` where slips were made on the way; nothing is done."""
    place = ME if rest and rest[0] in ALONE else ""
    following = rest[1:] if place else rest
    if not following:
        return kinds.Settings(place)
    near = matching.nearest(following[0], AFTER_TIPS)
    if len(following) > _MOST_AFTER_TIPS or not near:
        return None
    answer = commands.tips([*rest[:1], near[0]] if place else [near[0]])
    return _offered(answer) if answer else None


def _meant(library: Library, word: str, known: Collection[str]) -> str:
    """Give the one of a few words that a word is, or is a misspelt one of; a word of the content is itself."""
    if word in known:
        return word
    near = matching.nearest(word, known)
    # What the content knows may be the beginning of the word alone: the search takes off endings.
    is_same = bool(near) and (near[0].startswith(word) or word.startswith(near[0]))
    return near[0] if near and (is_same or not library.knows(word)) else ""


def content_of(library: Library, subject: Subject | None) -> Dimension | Tip | None:
    """Find what a subject is about that has levels; None for a dilemma, or where it has gone from the content since."""
    match subject:
        case Subject("dimension", id_):
            return library.dimension(id_)
        case Subject("tip", id_):
            return library.tip(id_)
        case _:
            return None


def entry_of(library: Library, subject: Subject | None) -> Dimension | Tip | Dilemma | None:
    """Find what a subject is about, with levels or without; None where it has gone from the content since."""
    if subject is not None and subject.kind == "dilemma":
        return library.dilemma(subject.id)
    return content_of(library, subject)


def level_of(argument: str) -> Level | None:
    """Read which level a button or a word asks for; None for anything else."""
    return LEVEL_OF.get(argument)


def _with_card(library: Library, verb: Verb, content: Dimension | Tip | None) -> kinds.Pressed:
    """Answer what is to be done with a whole card: see it, post it for all, or have it sent to oneself."""
    match verb, content:
        case "share", Dimension() | Tip():
            return kinds.Share(content)
        case "keep", Tip():
            return kinds.Keep(content)
        case _, Dimension():
            return kinds.Compare(content)
        case _, Tip():
            return kinds.Show(dimensions.opened_tip(library, content))
        case _:
            return kinds.Show(dimensions.gone(library))


_VIEWS: dict[
    Verb,
    type[kinds.Settings | kinds.More | kinds.NextTip | kinds.Upcoming | kinds.Past | kinds.Diagnosis | kinds.Stopping],
] = {
    "tips": kinds.Settings,
    "tips-stop": kinds.Stopping,
    "tips-more": kinds.More,
    "tips-preview": kinds.NextTip,
    "tips-upcoming": kinds.Upcoming,
    "tips-history": kinds.Past,
    "tips-doctor": kinds.Diagnosis,
    # A form's own, which no press can do.
    "tips-edit": kinds.Settings,
    "tips-save": kinds.Settings,
}


# What handlers/learning/requests.py answers: all that does not concern weekly tips and needs the store.
LEARNING: frozenset[Verb] = frozenset(
    {
        *("dilemma", "choose", "round-ask", "round-save", "vote"),
        *("recall", "recall-choose", "plan", "plan-save", "plan-done", "plan-later", "plan-drop", "plans"),
        *("me", "me-on", "me-forget", "home", "privacy", "privacy-forget"),
        *("useful", "not-useful", "feedback-save", "missing", "missing-save", "suggest", "suggest-save"),
        *("compare", "compare-save", "stats", "record"),
    }
)


def press(library: Library, action: Action) -> kinds.Pressed:
    """Answer a button or menu; what concerns tips is answered from the store."""
    content = content_of(library, action.subject)
    match action.verb:
        case "list":
            return kinds.Show(dimensions.overview(library))
        case "help":
            return kinds.Show(notices.privacy() if action.argument == "privacy" else usage.usage(library))
        case "show" | "share" | "keep":
            return _with_card(library, action.verb, content)
        case "deepen":
            level_ = LEVEL_OF.get(action.argument)
            if content is None or level_ is None:
                return kinds.Show(dimensions.gone(library))
            return kinds.Show(dimensions.level(library, content, level_, public=False))
        case "page":
            return kinds.Show(answers_content.page_of(library, content, action.argument))
        case "define":
            term = library.term_of(action.argument)
            return kinds.Show(found.definition(library, term) if term else dimensions.gone(library))
        case verb if verb in LEARNING:
            return kinds.Learn(action)
        case verb if verb in _VIEWS:
            return _VIEWS[verb](action.place)
        case _:
            return kinds.ChangeTips(action)
