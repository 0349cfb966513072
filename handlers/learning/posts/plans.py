"""Draw the plan that a person is sent back."""

from cards.compose.learning import plans
from cards.model import Card, Subject
from content.library import Library
from handlers import answers
from scheduler.hooks import GoneError
from store.deliveries.rows import Delivery


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw the delivery; what it says is the person's own, and outlives the exercise it came from.

    Raises GoneError where the words are kept no longer: its outcome was unknown for longer than they are.
    """
    plan_id, _, words = delivery.argument.partition(" ")
    if not words:
        raise GoneError(f"the words of {delivery.key} are kept no longer")
    subject = Subject.parse(delivery.subject) if delivery.subject else None
    is_there = answers.content_of(library, subject) is not None
    return plans.due(plan_id, subject if is_there else None, words)
