"""How long and how many: the limits of docs/writing.md, which keep every text within what platforms draw."""

from collections.abc import Mapping
from types import MappingProxyType

# At most so many characters, as people read them: an address behind a link is not counted.
CHARACTERS: Mapping[str, int] = MappingProxyType(
    {
        "deck.id": 40,
        "deck.title": 80,  # Slack: header 150
        "deck.left": 40,
        "deck.right": 40,
        "deck.tip_name": 40,
        "dimension.id": 40,  # Slack: an option's value 150, of which an action takes 40
        "dimension.title": 70,  # Slack: option text 75, with "7 · " before it
        "dimension.short": 24,
        "dimension.aliases": 40,
        "dimension.left": 600,
        "dimension.right": 600,
        "dimension.shift": 160,
        "example.title": 70,
        "example.text": 1200,  # three make a page: Slack takes 11,000 together
        "dimension.questions": 200,
        "metric.name": 60,
        "metric.formula": 250,
        "metric.trap": 250,
        "failure.title": 70,
        "failure.year": 40,
        "failure.happened": 600,
        "failure.learn": 300,
        "failure.ref": 40,
        "dimension.checklist": 160,
        "role lens.moving": 900,
        "role lens.managing": 900,
        "role lens.working-with": 900,
        "dilemma.id": 40,
        "dilemma.dimension": 40,
        "dilemma.title": 70,
        "dilemma.situation": 800,
        "choice.label": 70,  # Slack: button text 75
        "choice.reasoning": 400,
        "choice.cost": 300,
        "order file.order": 40,
        "tip.id": 40,
        "tip.dimension": 40,
        "tip.title": 70,
        "tip.idea": 600,
        "tip.try": 300,
        "detail.example": 900,
        "detail.ask": 200,
        "detail.measure": 200,
        "detail.watch": 200,
        "source.ref": 40,
        "source.says": 300,
        "exercise.title": 70,
        "exercise.steps": 250,
        "exercise.done": 200,
        "reference.id": 40,
        "reference.title": 200,
        "reference.authors": 250,
        "reference.year": 80,
        "reference.url": 500,
        "reference.fact": 600,
        "reference.caution": 600,
        "term.id": 40,
        "term.term": 60,
        "term.aliases": 40,
        "term.meaning": 400,
        "term.dimension": 40,
    }
)

# At least and at most so many, or so much.
COUNTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "dimensions": (1, 20),  # Slack: 25 elements in one row of buttons
        "dimension.number": (1, 20),
        "dimension.version": (1, 9999),
        "dimension.aliases": (1, 30),
        "dimension.examples": (3, 3),
        "dimension.questions": (10, 10),
        "dimension.metrics": (3, 6),
        "dimension.failures": (2, 4),
        "dimension.checklist": (5, 10),
        "dimension.sources": (2, 6),
        "tip.version": (1, 9999),
        "tip.sources": (1, 4),
        "dilemma.version": (1, 9999),
        "dilemma.choices": (3, 4),
        "dilemma.sources": (1, 4),
        "detail.ask": (3, 6),
        "detail.measure": (2, 5),
        "detail.watch": (2, 5),
        "order file.order": (1, 2000),
        "exercise.minutes": (5, 60),
        "exercise.steps": (2, 6),
        "term.aliases": (0, 30),
    }
)

# A side stands in one field beside its title (Slack: field 2,000 characters), counted with addresses and escapes.
DRAWN = 1900

STALE_MONTHS = 12  # claims checked longer ago than this are worth a warning
