"""Answer ahead of Bolt what needs nothing of it, and nothing but memory; what is not known for sure goes the long way.

The long way is Bolt's: its middleware, then the first listener that it finds. Each rule gives the very bytes that come
back from there, or None; a test compares the two.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

Kind = Literal["command", "action", "event"]
# By what Bolt takes a request for one of another kind: its middleware and matchers look for these, whatever it came as.
_FOREIGN: Mapping[str, frozenset[str]] = {
    "command": frozenset({"type", "event"}),
    "action": frozenset({"command", "event"}),
    "event": frozenset({"command"}),
}
NOTHING = b""  # an empty 200


class Rule(Struct, frozen=True):
    """One sort of request that is answered ahead, and why that is safe.

    `answer` is given the body and the bot's user, None where that is not known, and gives the body of the answer,
    JSON or `NOTHING`; None where it is not sure.
    """

    kind: Kind
    name: str
    why: str
    answer: Callable[[Mapping[str, Any], str | None], bytes | None]


class Ahead:
    """The table of all that is answered ahead."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_kind = {kind: tuple(rule.answer for rule in rules if rule.kind == kind) for kind in _FOREIGN}

    def answer(self, kind: str, body: Mapping[str, Any], bot_user: str | None) -> bytes | None:
        """Answer a request of a kind that the guard found; None where Bolt is to be asked."""
        answers = self._by_kind.get(kind)
        if not answers or not _FOREIGN[kind].isdisjoint(body):
            return None
        for answer in answers:
            said = answer(body, bot_user)
            if said is not None:
                return said
        return None
