"""Answer the commands as they stand, however they are written."""

from collections.abc import Sequence
from itertools import dropwhile

from cards.compose import dimensions, notices, usage
from cards.model import ME, Action, Verb
from content import matching
from content.levels import LEVEL_OF, PAGE_OF
from content.library import Library
from content.model import Dimension
from handlers.asking import content, grammar, halves, kinds, learning
from handlers.asking.grammar import Said

# What people put around a word that they want explained; after the first, anything else may be asked as well.
_DEFINING = (("what", "is"), ("what", "are"), ("whats",), ("define",))
_EXPLAINING = (
    *(("what", "does"), ("what", "do"), ("what", "exactly", "is"), ("what", "exactly", "are")),
    *(("whats", "the", "meaning", "of"), ("what", "is", "the", "meaning", "of"), ("the", "meaning", "of")),
    *(("meaning", "of"), ("definition", "of"), ("the", "definition", "of"), ("explain",), ("describe",)),
    *(("explain", "what", "is"), ("explain", "what", "are"), ("explain", "the", "term"), ("the", "term"), ("term",)),
    *(("what", "do", "you", "mean", "by"), ("what", "is", "meant", "by"), ("what", "do", "we", "mean", "by")),
)
_EXPLAINED = (("mean",), ("means",), ("meaning",), ("definition",), ("explained",), ("stand", "for"), ("stands", "for"))
# What may follow "tips".
ALONE = {"me", "personal", "mine"}
_STEERING: dict[str, Verb] = {
    "pause": "tips-pause",
    "resume": "tips-resume",
    "skip": "tips-skip",
    "keep": "tips-unskip",
    "now": "tips-now",
    "off": "tips-off",
    "stop": "tips-off",
}
# What people type there too, answered with the card whose buttons do it: a date, a tip or a name goes into a form.
_ON_UPCOMING = {"swap", "choose"}
_ON_MORE = {"more", "quiet", "holidays", "owner", "owners", "share", "send"}
_ON_SETTINGS = {"settings", "setup", "edit", "change", "start", "topics", "zone", "take", "claim", *_STEERING}
AFTER_TIPS = ("doctor", "status", "history", "upcoming", "preview", *_STEERING, *_ON_UPCOMING, *_ON_MORE, *_ON_SETTINGS)
# Behind a word that opens a card they ask for nothing more.
_NOTHING_MORE = {"dates", "days", "weeks", "now", "over", "it", "them"}
_BEFORE_A_SWAP = {"the", "next", "tip", "to", "for", "with"}  # words before those that a tip is looked for by
_BETWEEN = {"of", "for", "on", "about", "in", "to"}
_LIST = {("list",), ("all",), ("list", "all")}


def command(library: Library, said: Said) -> kinds.Answer | None:
    """Answer what is one of the commands as it stands; None for anything else."""
    keys = said.keys
    match keys:
        case ["help" | "usage" | "commands"]:
            return kinds.Show(usage.usage(library))
        case ["privacy"]:
            return kinds.Learn(Action("privacy"))
        case ["tip" | "preview" | "next"] | ["next", "tip"]:
            return kinds.NextTip()
        case ["doctor"]:
            return kinds.Diagnosis()
        case ["random"]:
            return kinds.AnyDimension()
        case [first, *rest] if (learn := learning.command(library, first, rest)) is not None:
            return learn
        case ["tips" | "settings", *rest]:
            return tips(rest)
        case ["search", *after] if after not in ([], ["for"]):
            wanted = said.part(2 if after[0] == "for" and after[1:] else 1)
            return halves.figure(library, wanted) or content.searched(library, wanted)
        case _ if keys in _LIST:
            return kinds.Show(dimensions.overview(library))
    return (
        halves.answer(library, said)
        or _swap(keys)
        or _asked(library, said)
        or of_dimension(library, said, keys[-1])
        or _of_dimension_behind(library, said)
    )


def _asked(library: Library, said: Said) -> kinds.Answer | None:
    """Answer a question put in certain words: about the bot itself, for all there is, or what a word means."""
    if grammar.asks_about_the_bot(said):
        return kinds.Show(notices.privacy(), is_guess=True)
    differing = grammar.asked_to_differ(said)
    dimension = library.named(differing.shown) if differing is not None else None
    if dimension is not None:
        return kinds.Compare(dimension)
    if grammar.asks_for_all(said):
        return kinds.Show(dimensions.overview(library), is_guess=not grammar.names_the_list(said))
    explained = _explained(library, said)
    if explained is not None:
        return explained
    defining = next((len(opening) for opening in _DEFINING if said.keys[: len(opening)] == opening), 0)
    if defining and len(said.keys) > defining and not grammar.asks_for_help(said):
        wanted = said.part(defining)
        return halves.figure(library, wanted) or content.defined(library, wanted)
    return None


def _explained(library: Library, said: Said) -> kinds.Show | None:
    """Answer who asks for a term of the glossary in other words than the command's; None for anything else."""
    start = max((len(each) for each in _EXPLAINING if said.keys[: len(each)] == each), default=0)
    stop = len(said.keys) - next((len(each) for each in _EXPLAINED if said.keys[-len(each) :] == each), 0)
    if (start, stop) == (0, len(said.keys)) or start >= stop:
        return None
    return content.explained(library, said.part(start, stop))


def tips(rest: Sequence[str]) -> kinds.Answer | None:
    """Answer the words that may follow `tips`: whose they are, then what to see or to do."""
    place = ME if rest and rest[0] in ALONE else ""
    match rest[1:] if place else rest:
        case []:
            return kinds.Settings(place)
        case ["doctor" | "status" | "why"]:
            return kinds.Diagnosis(place)
        case ["history" | "log"]:
            return kinds.Past(place)
        case ["upcoming" | "preview" | "next"]:
            return kinds.Upcoming(place)
        case [word] if word in _STEERING:
            return kinds.ChangeTips(Action(_STEERING[word], place=place))
        case ["swap" | "choose", *words]:
            return _swapping(words, place)
        case [first, *more]:
            return _begun(first, place, more) if first != "on" or not more else None
    return None


def _swap(keys: Sequence[str]) -> kinds.Answer | None:
    """Answer who wants another tip to come, without the word `tips` before it; None for anything else."""
    match keys:
        case ["swap"] | ["swap", "next"] | ["swap", "tip" | "to" | "for", *_]:
            return _swapping(keys[1:])
        case _:
            return None


def _swapping(words: Sequence[str], place: str = "") -> kinds.Answer:
    """Look for the tips that words are about; where none are left, whoever swaps is shown what comes."""
    wanted = " ".join(dropwhile(_BEFORE_A_SWAP.__contains__, words))
    return kinds.Swapping(place, words=wanted) if wanted else kinds.Upcoming(place)


def _begun(first: str, place: str, more: Sequence[str]) -> kinds.Answer | None:
    """Answer what begins with a word for steering, and is not one of the commands; None for anything else.

    A date, a day or a name behind it is not read: whoever typed `pause until friday` or `edit monday` is told that
    nothing was done; so is whoever typed `pause now`, for that is not done either.
    """
    undone = first if more and (first in _STEERING or not _NOTHING_MORE.issuperset(more)) else ""
    if first in _ON_MORE:
        return kinds.More(place, undone=undone)
    return kinds.Settings(place, undone=undone) if first in _ON_SETTINGS else None


def of_dimension(library: Library, said: Said, last: str) -> kinds.Answer | None:
    """Answer a dimension's name with one of the words that may follow it, `last`; None for anything else."""
    if len(said.words) == 1 or (last not in LEVEL_OF and last not in PAGE_OF and last != "share"):
        return None
    name = said.part(0, -1).shown
    exact = library.named(name)
    dimension = exact or library.nearly_named(name)
    if dimension is None:
        return None
    if last == "share":
        # Posted for all only where nothing else can be meant; the card has a button for that.
        is_sure = exact is not None and is_own_name(dimension, said.part(0, -1))
        return kinds.Share(dimension) if is_sure else kinds.Compare(dimension, is_guess=True)
    return kinds.Show(content.below(library, dimension, last), is_guess=exact is None)


def is_own_name(dimension: Dimension, said: Said) -> bool:
    """Say whether these words are a dimension's id, number or title and nothing else: no alias, no word before it."""
    own = (dimension.id, dimension.title, str(dimension.number), f"{dimension.number} {dimension.title}")
    return "".join(said.keys) in {matching.key(name).replace(" ", "") for name in own}


def _of_dimension_behind(library: Library, said: Said) -> kinds.Answer | None:
    """Answer the same words before a dimension's name, `sources for risks`; None for anything else."""
    first = said.keys[0]
    if len(said.words) == 1 or (first not in LEVEL_OF and first not in PAGE_OF and first != "share"):
        return None
    between = 2 if said.keys[1] in _BETWEEN else 1
    named = said.part(between)
    dimension = library.named(named.shown) if named.words else None
    if dimension is None:
        return None
    return kinds.Compare(dimension) if first == "share" else kinds.Show(content.below(library, dimension, first))
