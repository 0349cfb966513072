"""Draw what is posted of rounds, plans and answers to feedback, from the delivery alone."""

from cards.model import Card
from content.library import Library
from handlers.learning.posts import feedback as feedback_posts
from handlers.learning.posts import plans as plan_posts
from handlers.learning.posts import rounds as round_posts
from store.deliveries.rows import Delivery


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw a delivery of one of these kinds; GoneError where its content has gone."""
    match delivery.kind:
        case "plan":
            return plan_posts.draw(library, delivery)
        case "answer":
            return feedback_posts.draw(library, delivery)
        case _:
            return round_posts.draw(library, delivery)
