"""Find a thing by one of its names, typed exactly or nearly so."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from content import likeness, matching

# What people put before a name without meaning anything by it: "dimension 7", "no. 7", "show me the risks".
_LEADING_WORDS = (
    "a about an are compare define describe dimension explain is me on open show tell term the tip tips what whats"
)
_LEADING = frozenset(_LEADING_WORDS.split())
_BEFORE_NUMBERS = frozenset({"nr", "no", "number"})  # "no risks" says no


class Names(Struct, frozen=True):
    """Names, as `matching.key` gives them, and the id each leads to."""

    ids: dict[str, str]
    joined: dict[str, str]  # each name that may be typed nearly so, without its blanks

    @classmethod
    def of(cls, named: Iterable[tuple[str, str]], exactly: Iterable[tuple[str, str]] = ()) -> "Names":
        """Collect pairs of words and id; the first id keeps a name. Those met `exactly` are never typed nearly so."""
        ids: dict[str, str] = {}
        for words, name in named:
            if key := matching.key(words):
                ids.setdefault(key, name)
        joined = {name: name.replace(" ", "") for name in ids}
        for words, name in exactly:
            ids.setdefault(words, name)
        return cls(ids, joined)

    def exact(self, words: str) -> str | None:
        """Find the id to which the words lead, capitals, accents, punctuation and leading words aside."""
        for key in _keys(words):
            if key in self.ids:
                return self.ids[key]
            # "7. Risks and responsibilities" names it twice
            number, _, rest = key.partition(" ")
            if number.isdecimal() and not rest.isdecimal() and self.ids.get(rest, "") == self.ids.get(number):
                return self.ids[number]
        return None

    def near(self, words: str, is_word: Callable[[str], bool]) -> str | None:
        """Find the one id to which the words lead but for slips of the finger.

        Words that are all found in the content (`is_word`) were meant as they stand: there only a word boundary can
        have slipped.
        """
        for key in _keys(words):
            found: dict[int, set[str]] = {}
            for name, slips in matching.misspelt(key, self.joined).items():
                found.setdefault(slips, set()).add(self.ids[name])
            fewest = min(found, default=0)
            if len(found.get(fewest, ())) == 1 and (fewest == 0 or not all(map(is_word, key.split()))):
                return found[fewest].pop()
        return None

    def nearest(self, words: str, count: int = 3) -> tuple[str, ...]:
        """Give the ids whose names look most like the words, best first; none where none looks alike."""
        alike = likeness.alike(matching.key(words), list(self.joined), 50)
        return tuple(dict.fromkeys(self.ids[name] for name in alike))[:count]


def _keys(words: str) -> tuple[str, ...]:
    """Give the key of the words, and that without what stands idly before a name."""
    key = matching.key(words)
    rest = key.split()
    while len(rest) > 1 and (rest[0] in _LEADING or (rest[0] in _BEFORE_NUMBERS and rest[1].isdecimal())):
        rest = rest[1:]
    return tuple(dict.fromkeys((key, " ".join(rest)))) if key else ()
