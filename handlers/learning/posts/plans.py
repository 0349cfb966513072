"""Draw the plan that a person is sent back."""

from cards.compose.learning import plans
from cards.model import Card, Subject
from content.library import Library
from handlers import answers
from store.deliveries.rows import Delivery


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw the delivery; what it says is the person's own, and outlives the exercise it came from."""
    plan_id, _, words = delivery.argument.partition(" ")
    subject = Subject.parse(delivery.subject) if delivery.subject else None
    is_there = answers.content_of(library, subject) is not None
    return plans.due(plan_id, subject if is_there else None, words)
