"""Compose a tip's question on a new case with all its answers, for who writes it; no reader is sent it yet."""

from cards.compose import parts, phrases
from cards.compose.phrases import rich
from cards.model import Caption, Card, Header, TextBlock
from content.model import Recall, Tip


def recall(tip: Tip, recall_: Recall) -> Card:
    """Draw the case, the question, and each option with whether it is right, and why."""
    title = f"{tip.title}: recall"
    return Card(
        title=title,
        subject=parts.subject_of(tip),
        blocks=(
            Header(title),
            TextBlock(recall_.case),
            TextBlock(rich(phrases.strong(recall_.question))),
            *(
                TextBlock(rich(phrases.strong(f"{option.label}: {option.verdict}."), " ", option.why))
                for option in recall_.options
            ),
            Caption(rich(parts.checked(len(tip.sources), tip.checked_on))),
        ),
    )
