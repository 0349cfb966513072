"""Send an exercise's if-then plan back to the person who made it, once."""

from collections.abc import Mapping

from cards.model import Verb
from handlers.learning.asked import Answer, Open, Take

ANSWERS: Mapping[Verb, Answer] = {}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
