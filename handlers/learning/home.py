"""Draw the home of a person: their tips, this week's, and the way to everything else."""

from collections.abc import Mapping

from cards.model import Verb
from handlers.learning.asked import Answer, Open, Take

ANSWERS: Mapping[Verb, Answer] = {}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
