"""Find whom and where a card names, for platforms that can only be told names, not ids."""

from cards import text
from cards.model import Card
from content.inline import Conversation, Person, every


def named(card: Card) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the ids of the people and of the conversations that a card names, each once, in order."""
    found = [inline for paragraph in text.paragraphs(card) for inline in every(paragraph)]
    people = dict.fromkeys(inline.id for inline in found if isinstance(inline, Person))
    places = dict.fromkeys(inline.id for inline in found if isinstance(inline, Conversation))
    return tuple(people), tuple(places)
