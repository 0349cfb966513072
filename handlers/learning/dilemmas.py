"""Play dilemmas: alone, and as rounds in which a conversation votes."""

from collections.abc import Mapping

from cards.model import Verb
from handlers.learning.asked import Answer, Open, Take

ANSWERS: Mapping[Verb, Answer] = {}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
