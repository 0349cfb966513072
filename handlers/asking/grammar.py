"""Read what a person typed as words of the one grammar, whatever stands around them and however they are written."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from content import matching
from content.matching import Word
from handlers.asking import phrases as grammar_phrases

_MAX_TYPED = 4000  # characters that are read at all, most of which may be invisible
_MAX_WORDS = 500  # characters that are looked at; the rest of a pasted text changes nothing
_LONGEST_COURTESY = 5  # words of a polite phrase
_MOST_REFUSING = 16  # words; who writes more than that writes about something
_MOST_MISSPELT = 2  # words among them
_BEHIND = "+#%"  # signs that belong to the word before them: C++
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}  # by those that close them: f(x)
_REFUSING = {word: word for word in grammar_phrases.REFUSING}
# "1. risks", "(2) risks", "a) risks", and the ring that word processors paste as a letter.
_LIST_MARK = re.compile(r"\W*(?:[(\[]?(?:\d{1,2}|[a-z])[.)\]]|o)\s", re.IGNORECASE)


class Said(Struct, frozen=True):
    """What was typed, or a part of it: its words, and the text in which they stand.

    `keys` are the words in the form under which they are equal: they follow from these, whatever is given.
    """

    text: str
    words: tuple[Word, ...]
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Take the words' keys, which are asked for again and again."""
        force_setattr(self, "keys", tuple(word.key for word in self.words))

    @property
    def shown(self) -> str:
        """Give the words as they can be repeated to who typed them; all of the text where it has no words."""
        if not self.words:
            return matching.repeated(self.text)
        start, end = self.words[0].start, self.words[-1].end
        while end < len(self.text) and (self.text[end] in _BEHIND or _closes(self.text[end], self.text[start:end])):
            end += 1
        return matching.repeated(self.text[start:end])

    def part(self, start: int, stop: int | None = None) -> "Said":
        """Give the words from `start` to before `stop`."""
        return replace(self, words=self.words[start:stop])


def _closes(sign: str, text: str) -> bool:
    """Say whether a sign closes a bracket that the text opens."""
    opening = _BRACKETS.get(sign)
    return opening is not None and text.count(opening) > text.count(sign)


def read(typed: str) -> Said:
    """Read what was typed, without what nobody sees and what is polite alone; any text will do."""
    text = matching.visible(typed[:_MAX_TYPED])[:_MAX_WORDS]
    return _without_courtesy(Said(text, matching.parts(text)))


def _without_courtesy(said: Said) -> Said:
    """Take out the bot's own name, greetings and `please`, before and behind; nothing else may be meant by them."""
    keys = said.keys
    start, stop = 0, len(keys)
    while (ahead := _courtesy(keys, start, stop, grammar_phrases.BEFORE)) and not _is_one(said, start + ahead):
        start += ahead
    while behind := _courtesy(keys, start, stop, grammar_phrases.BEHIND, is_behind=True):
        if _is_one(said, stop - behind):
            break
        stop -= behind
    if (start, stop) == (0, len(keys)):
        return said
    bare = said.part(start, stop)
    return bare if bare.words or _is_name(keys) else said


def _is_one(said: Said, place: int) -> bool:
    """Say whether a word hangs together with the one before it: `hi-fi`."""
    if not 0 < place < len(said.words):
        return False
    between = said.text[said.words[place - 1].end : said.words[place].start]
    return len(between) == 1 and unicodedata.category(between) == "Pd"


def _is_name(keys: Sequence[str]) -> bool:
    return "".join(keys) in {"pmcompare", "pmcomparepmcompare"}


def _courtesy(
    keys: Sequence[str], start: int, stop: int, phrases: Collection[tuple[str, ...]], *, is_behind: bool = False
) -> int:
    """Count the words of the longest phrase with which the words from `start` to `stop` begin, or end."""
    longest = min(stop - start, _LONGEST_COURTESY)
    for length in range(longest, 0, -1):
        first = stop - length if is_behind else start
        if tuple(keys[first : first + length]) in phrases:
            return length
    return 0


def readings(said: Said) -> Iterator[tuple[Said, bool]]:
    """Give the ways to read it as a command, and whether each is sure: whatever else was said may change its sense."""
    yield said, True
    unmarked = without_mark(said)
    if unmarked is not said:
        yield unmarked, True
    last = len(said.words) - 1
    idle = next((place for place, word in enumerate(said.keys) if word not in grammar_phrases.IDLE or place == last), 0)
    if idle:
        yield said.part(idle), False


def without_mark(said: Said) -> Said:
    """Take out the number or letter of an item of a list, where something follows it."""
    return said.part(1) if len(said.words) > 1 and _LIST_MARK.match(said.text) else said


def asks_for_help(said: Said) -> bool:
    """Say whether somebody greets, wants help or to begin, or has said nothing else: words of a few kinds alone."""
    if not said.words:
        return any("QUESTION MARK" in unicodedata.name(sign, "") or _is_picture(sign) for sign in said.text)
    if " ".join(said.keys) in grammar_phrases.QUESTIONS:
        return True
    words = frozenset(said.keys)
    if words <= grammar_phrases.HELPS | grammar_phrases.FILLERS:
        return bool(words & grammar_phrases.HELPS)
    around = grammar_phrases.HELPS | grammar_phrases.FILLERS | grammar_phrases.WITH_HELPS
    return words <= around and any(pair <= words for pair in grammar_phrases.HELPS_TOGETHER)


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) == "So"


def asks_for_all(said: Said) -> bool:
    """Say whether somebody wants to see all there is, in words that are no command."""
    if " ".join(said.keys) in grammar_phrases.OVERVIEWS:
        return True
    if said.keys[-2:-1] == ("dimension",):  # "dimension 7" names one of the seven
        return False
    words = frozenset(said.keys)
    told = grammar_phrases.COMPARING | grammar_phrases.LISTING
    return bool(words & told) and words <= told | grammar_phrases.AROUND_LISTS


def asked_to_differ(said: Said) -> Said | None:
    """Give what somebody asks the difference in: all within the words that ask for it; None for anything else."""
    if said.keys[-2:] in {("seven", "differences"), ("7", "differences")}:  # all that there are
        return None
    around = grammar_phrases.AROUND_ONE
    start = next((place for place, word in enumerate(said.keys) if word not in around), len(said.keys))
    stop = next((place for place in range(len(said.keys), start, -1) if said.keys[place - 1] not in around), start)
    asking = {*said.keys[:start], *said.keys[stop:]}
    return said.part(start, stop) if start < stop and asking & grammar_phrases.DIFFERING else None


def names_the_jobs(said: Said) -> bool:
    """Say whether somebody only names the jobs that are compared: `AI`, `product managers`."""
    words = frozenset(said.keys)
    return bool(words & grammar_phrases.BOTH) and words <= grammar_phrases.AROUND_LISTS


def names_the_list(said: Said) -> bool:
    """Say whether nothing else can be meant by who asks for all: its own names, or the two jobs to be compared."""
    words = frozenset(said.keys)
    is_comparing = "ai" in words and bool(words & {"pm", "pms", "product"}) and bool(words & grammar_phrases.COMPARING)
    return is_comparing or " ".join(said.keys) in grammar_phrases.OVERVIEWS


def asks_about_the_bot(said: Said) -> bool:
    """Say whether somebody asks what the bot is, or what it sees and keeps."""
    return " ".join(said.keys) in grammar_phrases.ABOUT_ME


def asks_to_stop(said: Said, knows: Callable[[str], bool]) -> bool:
    """Say whether somebody wants to be sent nothing more: every word has to be about that, or about nothing.

    Slips of the finger are forgiven in words that are not the content's (`knows`).
    """
    if "".join(said.keys) in grammar_phrases.STOPS:
        return True
    if len(said.words) > _MOST_REFUSING or said.keys[-1:] in grammar_phrases.THINGS:
        return False
    keys = _with_joined(said)
    others = [word for word in keys if word not in grammar_phrases.REFUSING]
    words = [word for word in keys if word in grammar_phrases.REFUSING]
    if len(others) > _MOST_MISSPELT:
        return False
    for word in others:
        meant = _meant(word, knows)
        if not meant:
            return False
        words.append(meant)
    found = set(words)
    return (
        bool(found & grammar_phrases.STOPS)
        or any(pair <= found for pair in grammar_phrases.STOPS_TOGETHER)
        or (bool(found & grammar_phrases.ENDS) and (len(words) == 1 or bool(found & grammar_phrases.OBJECTS)))
    )


def _with_joined(said: Said) -> tuple[str, ...]:
    """Give the words, those that name a thing together as one: a cut-off is nothing to turn off, tips are."""
    if not grammar_phrases.MESSAGES.isdisjoint(said.keys):
        return said.keys
    joined: list[str] = []
    for word in said.keys:
        if word == "off" and joined and joined[-1] in grammar_phrases.BEFORE_OFF:
            joined[-1] += word
        else:
            joined.append(word)
    return tuple(joined)


def _meant(word: str, knows: Callable[[str], bool]) -> str:
    """Give the word of refusals that a word is a misspelt one of; '' where it is none, or was meant as it stands."""
    if len(word) < 4 or word in grammar_phrases.TIPS or word in grammar_phrases.STEERING:  # noqa: PLR2004 # shorter ones are others
        return ""
    if word in grammar_phrases.OTHERS:
        return ""
    near = {each: slips for each, slips in matching.misspelt(word, _REFUSING).items() if each[0] == word[0]}
    if not near:
        return ""
    meant = min(near, key=lambda meant: (near[meant], meant))
    # What the content knows may be another form of the same word: the search takes off endings.
    return meant if word.startswith(meant) or meant.startswith(word) or not knows(word) else ""


def asks_why_none_came(said: Said) -> bool:
    """Say whether somebody asks where a tip is, or why none came: every word has to be about that."""
    words = frozenset(said.keys)
    asking, naming = words & {"why", "whyd", "where", "wheres"}, words & grammar_phrases.ONE_TIP
    return bool(asking and naming) and words <= asking | naming | grammar_phrases.AROUND_WHY


def asks_about_tips(said: Said) -> bool:
    """Say whether it is about the weekly tips, in words that are no command: their card has what can be done."""
    if " ".join(said.keys) in grammar_phrases.TIPS_ON:
        return True
    about = set(said.keys)
    known = grammar_phrases.TIPS | grammar_phrases.STEERING | grammar_phrases.OBJECTS | grammar_phrases.FILLERS
    if not known.issuperset(about):
        return False
    return bool(about & grammar_phrases.TIPS) or (len(said.words) == 1 and about <= grammar_phrases.STEERING_ALONE)


def nearest(said: Said, known: Collection[str], knows: Callable[[str], bool]) -> str:
    """Give the one word among `known` that was meant, but for slips of the finger; '' where none is, or several are.

    It may have been typed in two. A word of the content was meant as it stands.
    """
    if not 0 < len(said.words) <= 2:  # noqa: PLR2004 # more is a sentence
        return ""
    joined = "".join(said.keys)
    if joined in known:
        return joined
    if any(map(knows, said.keys)):
        return ""
    found = matching.nearest(joined, known)
    return found[0] if len(found) == 1 else ""
