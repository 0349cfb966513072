"""Take what readers say of tips, cards and answers, and what they missed."""

from collections.abc import Mapping

from cards.model import Verb
from handlers.learning.asked import Answer, Open, Take

ANSWERS: Mapping[Verb, Answer] = {}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
