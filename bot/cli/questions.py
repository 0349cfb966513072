"""Ask the content what people ask, and count how often the right answer comes first."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Literal, get_args

from msgspec import Struct

from cards.compose import dimensions, found, parts, usage
from cards.model import Action, Actions, Button, Card, Pressable, Select
from content.library import Library
from handlers import answers
from handlers.asking import kinds

LIST = "list"
NOTHING = "nothing"
Half = Literal["seen", "kept"]
HALVES: tuple[Half, ...] = get_args(Half)
FIRST_SHOWN = 3  # what a person reads before typing something else


class Question(Struct, frozen=True):
    """What a person types, and the subjects that answer it, best first; nothing is tuned to the half that is kept.

    `line` is where it stands in its file.
    """

    ask: str
    right: tuple[str, ...]
    half: Half
    line: int = 1


class Figures(Struct, frozen=True):
    """How one half of the questions fared, in shares of it from 0 to 1."""

    asked: int
    right_first: float
    right_among_first: float
    nothing_useful: float

    def __str__(self) -> str:
        """Give the line a person reads."""
        return (
            f"{self.asked} asked: {self.right_first:.1%} right at first, {self.right_among_first:.1%} right within"
            f" {FIRST_SHOWN}, {self.nothing_useful:.1%} with nothing useful"
        )


def figures(library: Library, asked: Sequence[Question]) -> dict[Half, Figures]:
    """Ask every question, and say for each half that has any how often the answer was right."""
    halves = {half: [one for one in asked if one.half == half] for half in HALVES}
    return {half: _figures(library, some) for half, some in halves.items() if some}


def _figures(library: Library, some: Sequence[Question]) -> Figures:
    places = [place(library, one) for one in some]

    def share(holds: Callable[[int | None], bool]) -> float:
        return sum(map(holds, places)) / len(places)

    return Figures(
        asked=len(some),
        right_first=share(lambda at: at == 0),
        right_among_first=share(lambda at: at is not None and at < FIRST_SHOWN),
        nothing_useful=share(lambda at: at is None),
    )


def misses(library: Library, asked: Sequence[Question]) -> Iterator[tuple[Question, str]]:
    """Give the questions of the half `seen` whose first answer is wrong, each with a line on what it found.

    Never those of the half `kept`: who read them one by one could not help tuning for them.
    """
    for question in asked:
        if question.half == "seen" and place(library, question) != 0:
            answer = next(iter(shown(library, question.ask)), NOTHING)
            yield question, f"`{question.ask}` found {answer}, not {' or '.join(question.right)}"


def place(library: Library, question: Question) -> int | None:
    """Say as which of what is shown an answer comes, from 0; None where none of it answers."""
    return next((at for at, subject in enumerate(shown(library, question.ask)) if subject in question.right), None)


def shown(library: Library, typed: str) -> Sequence[str]:
    """Give what a person is shown for what they typed, best first, as subjects.

    The first answers in words; those after it are in the menu of further results. A card that says that there is
    nothing is `NOTHING`, then what it offers as the nearest; what is no content (help, settings) is no subject.
    """
    match answers.ask(library, typed):
        case kinds.Compare(content) | kinds.Share(content):
            return [str(parts.subject_of(content))]
        case kinds.Show(card):
            return _on_card(library, typed, card)
        case _:
            return []


def _on_card(library: Library, typed: str, card: Card) -> Sequence[str]:
    if card == dimensions.overview(library):
        return [LIST]
    if card.title.partition("“")[0] == found.nothing(library, typed, ()).title.partition("“")[0]:
        return [NOTHING, *(_opened(button.action) for button in _pressable(card) if isinstance(button, Button))]
    if card == usage.usage(library):
        return []
    first = str(card.subject or _untold(library, card) or "")
    if not first:
        raise ValueError(f"{typed!r} is answered by a card that is not read here: {card.title!r}")
    menus = (item for item in _pressable(card) if isinstance(item, Select) and item.label == found.MORE)
    return [first, *(_opened(action) for menu in menus for _, action in menu.options)]


def _untold(library: Library, card: Card) -> str | None:
    """Give the subject of a card that does not say it: a term's or a dilemma's, by its title."""
    terms = (f"term/{term.id}" for term in library.terms if term.term == card.title)
    dilemmas = (f"dilemma/{dilemma.id}" for dilemma in library.dilemmas if dilemma.title == card.title)
    return next(chain(terms, dilemmas), None)


def _pressable(card: Card) -> Sequence[Pressable]:
    return [item for block in card.blocks if isinstance(block, Actions) for item in block.items]


def _opened(action: Action) -> str:
    """Give the subject that a button or an option opens."""
    return f"term/{action.argument}" if action.verb == "define" else str(action.subject)
