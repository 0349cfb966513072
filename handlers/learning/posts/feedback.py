"""Draw what a person is told who wanted to hear what became of their feedback."""

from cards.compose.learning import feedback as compose
from cards.model import Card, Subject
from content.library import Library
from handlers import answers
from store.deliveries.rows import Delivery


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw the delivery, whose argument is the kind, the version that mended it or 0, and the day it was said on.

    What has gone from the content since is told of all the same, without its title and the button that opens it.
    """
    kind, fixed_in, day = delivery.argument.split(" ")
    subject = Subject.parse(delivery.subject) if delivery.subject else None
    content = answers.entry_of(library, subject)
    return compose.closed(
        kind,
        day,
        int(fixed_in),
        title=content.title if content else "",
        subject=subject if content else None,
    )
