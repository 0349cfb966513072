"""Ask what earlier tips left: a new case, three options, an explained answer."""

from collections.abc import Mapping

from cards.model import Verb
from handlers.learning.asked import Answer, Open, Take

ANSWERS: Mapping[Verb, Answer] = {}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
