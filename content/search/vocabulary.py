"""Say which words a text is made of, which of them say nothing of what it is about, and which mean the same."""

from collections.abc import Iterable, Mapping

from content import matching


def words(texts: Iterable[str]) -> frozenset[str]:
    """Give the words of texts, as `matching.key` gives them."""
    # key() looks at so many characters only, hence word by word, and each once
    found = {word for text in texts for word in text.split()}
    return frozenset(key for word in found for key in matching.key(word).split())


def is_idle(word: str) -> bool:
    """Say whether a word, as `matching.key` gives it, says nothing of what a text is about."""
    return len(word) == 1 or word in _IDLE


_IDLE_WORDS = (
    "a about actually again ai already always am an and any anyone are arent as at be been being but by can cannot "
    "cant could couldnt did didnt do does doesnt doing done dont even ever everybody exactly for from get gets "
    "getting give given gives go going got had hadnt has hasnt have havent having he hello her hey hi him his how i "
    "id if im in into is isnt it its ive just let lets like maybe me more much my no not now of ok okay on one or our "
    "perhaps please pm pms quite rather really say says see she should shouldnt show so some somebody someone still "
    "such take tell than thanks that thats the their them then there these they theyre this those tip tips to today "
    "too us very was wasnt way we were werent what whats when where which who whom whose why will with wont would "
    "wouldnt yes yet you your youre"
)
_IDLE = frozenset(_IDLE_WORDS.split())
# Plain words that name a subject without using its word. General English only: what a deck's own subjects are called
# stands in its aliases and questions.
KIN: Mapping[str, tuple[str, ...]] = {
    "colleagues": ("partners", "team"),
    "coworkers": ("partners", "team"),
    "learn": ("skills", "literacy"),
    "study": ("skills", "literacy"),
    "law": ("legal", "regulation", "regulatory"),
    "lawyer": ("legal",),
    "lawyers": ("legal",),
    "danger": ("risk", "harm"),
    "dangerous": ("risk", "harm"),
    "money": ("revenue", "cost"),
    "wrong": ("error", "failure"),
}
