"""Keep what the content alone answers, as it leaves: drawn once for each form in which somebody reads it."""

from cachetools import FIFOCache
from msgspec import Struct

from cards.compose import chats
from cards.model import Action, Card, Subject
from content.library import Library
from handlers import answers, learners
from handlers.asking import kinds
from handlers.comparisons import Comparisons
from handlers.slack import payload, responses
from messengers.slack import messenger

_MOST = 512  # answers of each kind, of about 6 kB; typed words make others, which push each other out
_LONGEST = 200  # characters of typed words that are remembered; nobody types the same longer ones again


class Ready(Struct, frozen=True):
    """An answer as it leaves, and what whoever gets it has opened by it."""

    body: bytes
    opened: Subject | None


def _as_it_is(card: Card) -> Card:
    return card


class ReadyAnswers:
    """Answers that depend on nothing but the content and on whether what shares is left out (`is_unshared`).

    They are of one library: with the next one all of them are drawn anew. What needs the store, or chance, is None, and
    that is remembered as well.
    """

    def __init__(self) -> None:
        self._comparisons = Comparisons(_as_it_is)
        self._library: Library | None = None
        self._to_words: FIFOCache[tuple[str, bool], Ready | None] = FIFOCache(_MOST)
        self._to_presses: FIFOCache[tuple[Action, bool, bool], Ready | None] = FIFOCache(_MOST)

    def to_words(self, library: Library, typed: str, *, is_unshared: bool) -> Ready | None:
        """Answer what was typed after a command, as it came; the body is the command's response."""
        self._follow(library)
        key = (typed, is_unshared)
        if key in self._to_words:
            return self._to_words[key]
        if len(typed) > _LONGEST:
            return None
        answer = answers.ask(library, payload.words(typed))
        ready = None
        if isinstance(answer, kinds.Show | kinds.Compare):
            card = self._comparisons.card(library, answer)
            body = responses.ephemeral(chats.unshared(card) if is_unshared else card).encode()
            ready = Ready(body, learners.opened(answer))
        self._to_words[key] = ready
        return ready

    def to_press(self, library: Library, action: Action, *, is_unshared: bool, replace: bool) -> Ready | None:
        """Answer a button; the body is for a response_url, in place of the card it was on where `replace`."""
        self._follow(library)
        key = (action, is_unshared, replace)
        if key in self._to_presses:
            return self._to_presses[key]
        answer = answers.press(library, action)
        ready = None
        if isinstance(answer, kinds.Show | kinds.Compare):
            card = self._comparisons.card(library, answer)
            body = messenger.reply(chats.unshared(card) if is_unshared else card, replace=replace)
            ready = Ready(body, learners.opened_by(action))
        self._to_presses[key] = ready
        return ready

    def _follow(self, library: Library) -> None:
        """Forget what another library answered; the one that is held is never mistaken for a later one."""
        if library is not self._library:
            self._library = library
            self._to_words.clear()
            self._to_presses.clear()
