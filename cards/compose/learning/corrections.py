"""Compose the line that tells a thread that the post above it was corrected."""

from cards.compose import parts, phrases
from cards.compose.phrases import rich
from cards.model import Caption, Card, TextBlock
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
