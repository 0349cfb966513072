"""Name the answers there are, before anybody draws or posts them."""

from msgspec import Struct
from msgspec.structs import replace

from cards.model import Action, Card
from content.model import Dimension, Tip


class Show(Struct, frozen=True):
    """The answer is this card, for the person who asked.

    `is_guess` says that something else may have been meant, or nothing was understood: where others read, it is shown
    to the person alone.
    """

    card: Card
    is_guess: bool = False


class Compare(Struct, frozen=True):
    """The answer is this dimension's card, for the person who asked; the one asked for most.

    `is_guess` as for `Show`.
    """

    dimension: Dimension
    is_guess: bool = False


class Share(Struct, frozen=True):
    """The answer is a post for everyone in the conversation."""

    content: Dimension | Tip


class Keep(Struct, frozen=True):
    """The answer is a post for the person alone, in their own conversation with the bot."""

    tip: Tip


class TipsView(Struct, frozen=True):
    """The answer is one look at this conversation's tips, or at those at `place`, which the store knows.

    `is_guess` as for `Show`.
    """

    place: str = ""
    is_guess: bool = False


class Settings(TipsView, frozen=True):
    """How they are set up.

    `undone` is the word that would change them and was left, since more words follow it than are read; '' for none.
    """

    undone: str = ""


class More(TipsView, frozen=True):
    """What is needed less often; `undone` as for `Settings`."""

    undone: str = ""


class NextTip(TipsView, frozen=True):
    """A preview of the next tip."""


class Upcoming(TipsView, frozen=True):
    """What the next weeks will bring."""


class Swapping(TipsView, frozen=True):
    """Which of the tips that may come next are about these words."""

    words: str = ""


class Past(TipsView, frozen=True):
    """Who changed what."""


class Diagnosis(TipsView, frozen=True):
    """How they are doing, and why the last ones came or did not."""


class Stopping(Struct, frozen=True):
    """The answer is how to be sent nothing more, for the person alone; nothing is turned off by it."""

    place: str = ""


class ChangeTips(Struct, frozen=True):
    """The answer is the tips' card once this is done, if the person may do it."""

    action: Action


class AnyDimension(Struct, frozen=True):
    """The answer is a dimension by chance; `is_guess` as for `Show`."""

    is_guess: bool = False


class Learn(Struct, frozen=True):
    """The answer is what the store holds, or what is done to it, by this action, for the person who asked."""

    action: Action


Guess = Show | Compare | AnyDimension | TipsView
AboutTips = Settings | More | NextTip | Upcoming | Swapping | Past | Diagnosis | Stopping | ChangeTips
Private = Show | Compare | AnyDimension | AboutTips | Learn  # what one person alone may be shown
Answer = Private | Share
Pressed = Answer | Keep


def is_for_all(answer: Answer) -> bool:
    """Say whether an answer may be read by everybody where somebody asked in public: never one that is a guess."""
    return not (isinstance(answer, Stopping) or (isinstance(answer, Guess) and answer.is_guess))


def guess(answer: Answer) -> Answer:
    """Give the answer as one that something else may have been meant by."""
    return replace(answer, is_guess=True) if isinstance(answer, Guess) else answer


def place_of(answer: AboutTips) -> str:
    """Give where an answer belongs: ME, a conversation that a button names from elsewhere, or '' for here.

    What belongs elsewhere is for its owners alone: whoever answers asks `handlers/tips/ownership.py`.
    """
    return answer.action.place if isinstance(answer, ChangeTips) else answer.place
