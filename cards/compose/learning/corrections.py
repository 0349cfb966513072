"""Compose the line that tells a thread that the post above it was corrected, and say what ever was."""

from collections.abc import Mapping

from cards.compose import parts, phrases
from cards.compose.phrases import rich
from cards.model import Caption, Card, Edition, TextBlock
from content.library import Library
from content.model import Correction, Dimension, Tip


def corrected(content: Dimension | Tip, correction: Correction) -> Card:
    """Draw the line; it is about no subject of its own, so that a reaction on it opens nothing."""
    what = "tip" if isinstance(content, Tip) else "card"
    said = f"This {what} was corrected on {phrases.date_words(correction.day.isoformat())}:"
    return Card(
        title=f"{phrases.titled(content.title)} was corrected",
        blocks=(
            TextBlock(rich(phrases.strong(said), f" {correction.what}")),
            Caption(rich("The post above has been changed. ", parts.checked(len(content.sources), content.checked_on))),
        ),
    )


def editions(library: Library) -> Mapping[str, Edition]:
    """Give what was ever corrected, by subject (`tip/way-out`), each with its edition now."""
    found: tuple[Dimension | Tip, ...] = (*library.dimensions, *library.tips)
    return {str(parts.subject_of(each)): parts.edition_of(each) for each in found if each.corrected}
