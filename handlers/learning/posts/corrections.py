"""Draw a post anew with what was corrected, and the line below it."""

from cards.compose import dimensions
from cards.compose.learning import corrections as lines
from cards.model import Card, Subject
from content.library import Library
from content.model import Dimension, Tip
from handlers import answers
from handlers.learning import recalls
from messengers import teams
from scheduler.hooks import GoneError, NotYetError
from scheduler.learning.corrections import Owed
from store.deliveries.rows import Delivery

# Platforms without a private command: a mention is answered with the card that has every button.
_MENTIONED_ONLY = {teams.PLATFORM}


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw the delivery; GoneError where its content has gone, or was changed again, which is a correction of its own.

    NotYetError where the content of this process is older than what is owed.
    """
    content = answers.content_of(library, Subject.parse(delivery.subject))
    owed = Owed.parse(delivery.argument)
    if content is None or content.corrected is None or content.version > owed.edition.version:
        raise GoneError(f"{delivery.subject} of version {owed.edition.version} is not in {library.version}")
    if content.version < owed.edition.version:
        raise NotYetError(f"{delivery.subject} of version {owed.edition.version} is not yet in {library.version}")
    if delivery.kind == "corrected":
        return lines.corrected(content, content.corrected)
    return _again(library, content, owed, delivery.platform)


def _again(library: Library, content: Dimension | Tip, owed: Owed, platform: str) -> Card:
    """Draw the card that the post has, as it is now; who asked for it is not kept."""
    is_asked = owed.kind == "mention"
    if owed.kind == "tip" and isinstance(content, Tip):
        return dimensions.tip(library, content, recalls.with_question(library, owed.edition.remembers), mended=True)
    if isinstance(content, Tip):
        return dimensions.shared_tip(library, content, "", mended=True)
    if is_asked and platform in _MENTIONED_ONLY:
        return dimensions.comparison(library, content, mended=True)
    return dimensions.shared(library, content, "", asked=is_asked)
