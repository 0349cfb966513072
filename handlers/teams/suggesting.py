"""Offer what to ask next, below an answer in a one-to-one chat on Teams."""

from cachetools import FIFOCache
from msgspec import Struct
from msgspec.structs import replace

from cards.compose.offers import suggestions
from cards.compose.offers.suggestions import Suggestions
from content.library import Library
from content.model import Dimension, Term, Tip
from handlers import answers
from handlers.asking import kinds
from handlers.context import HandlerContext
from messengers.base import Address
from messengers.teams import PLATFORM
from messengers.teams.messenger import TeamsMessenger
from store.deliveries.rows import Delivery

_MOST_WAITING = 1_000  # answers on their way; where one is forgotten, nothing is suggested after it
_MOST_CHATS = 10_000  # that were offered something; where one is forgotten, it is offered something again
_AT_ONCE = 3  # messages under way; they are the first to give way where many ask


class _Asked(Struct, frozen=True):
    """What goes on from an answer on its way: to which words, on which day (of UTC, as an ordinal)."""

    words: str
    day: int
    found: Suggestions


class TeamsSuggestions:
    """Remembers what goes on from each answer until that is posted: what suggests comes last, or not at all.

    Each suggestion is one more message in a chat, with a sound. So it comes after the first answer of a day, and then
    as long as somebody takes what was suggested; who does not is left alone until the next day.
    """

    def __init__(self, context: HandlerContext, messenger: TeamsMessenger) -> None:
        """Take the neutral dependencies, and Teams' messenger."""
        self._context = context
        self._messenger = messenger
        self._waiting: FIFOCache[str, _Asked] = FIFOCache(_MOST_WAITING)
        self._last: FIFOCache[tuple[str, str], _Asked] = FIFOCache(_MOST_CHATS)
        self._under_way = 0

    def expect(self, delivery_id: str, words: str, answer: kinds.Answer) -> None:
        """Remember what to suggest once the answer to these words is posted; what was just asked is not suggested."""
        day = self._context.clock().toordinal()
        found = after(self._context.content.library, answer, day)
        prompts = tuple(each for each in found.prompts if each.words.casefold() != words.casefold()) if found else ()
        if found is not None and prompts:
            self._waiting[delivery_id] = _Asked(words, day, replace(found, prompts=prompts))

    def settled(self, delivery: Delivery) -> None:
        """Suggest, where the answer stands there for sure."""
        asked = self._waiting.pop(delivery.id, None)
        if asked is None or delivery.state != "sent" or not self._is_wanted(delivery, asked):
            return
        if self._under_way < _AT_ONCE:
            self._under_way += 1
            self._last[delivery.workspace, delivery.conversation] = asked
            self._context.spawn(self._suggest(delivery, asked.found))

    def _is_wanted(self, delivery: Delivery, asked: _Asked) -> bool:
        last = self._last.get((delivery.workspace, delivery.conversation))
        if last is None or last.day != asked.day:
            return True
        return asked.words.casefold() in {prompt.words.casefold() for prompt in last.found.prompts}

    async def _suggest(self, delivery: Delivery, found: Suggestions) -> None:
        try:
            address = Address(PLATFORM, delivery.workspace, delivery.conversation)
            await self._messenger.suggest(address, found.line, [(each.title, each.words) for each in found.prompts])
        finally:
            self._under_way -= 1


def after(library: Library, answer: kinds.Answer, day: int) -> Suggestions | None:
    """Give what goes on from an answer; None where it is about no entry of the content, or about a dilemma."""
    entry: Dimension | Tip | Term | None = None
    match answer:
        case kinds.Compare(dimension):
            return suggestions.after(library, dimension, day, is_whole=True)
        case kinds.Show(card):
            entry = answers.content_of(library, card.subject) if card.subject else library.named_term(card.title)
        case _:
            pass
    return suggestions.after(library, entry, day, is_whole=False) if entry else None
