"""Draw rounds: the question, how many have voted, how they voted, and what is to be said for each choice."""

from cards.model import Card
from content.library import Library
from scheduler.hooks import GoneError
from store.deliveries.rows import Delivery


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw the delivery; GoneError where its content has gone."""
    raise GoneError(f"{delivery.subject} is not in {library.version}")
