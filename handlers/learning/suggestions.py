"""Take the tips and dilemmas that members suggest."""

import re
from collections.abc import Mapping
from typing import cast, get_args

from cards.compose.learning import feedback as compose
from cards.compose.learning.feedback import Suggested
from cards.forms import Form
from cards.model import Action, Card, Verb
from content import wording
from handlers.context import HandlerContext
from handlers.learning import telling
from handlers.learning.asked import Answer, Asked, Open, Take, Taken

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S*", re.IGNORECASE)
# What runs or unpacks where it is opened, and markup: no source is cited so, wherever in the words it stands.
_UNSAFE = re.compile(
    # A title may begin so too, with a blank behind the colon: "JavaScript: The Good Parts".
    r"\b(?:javascript|vbscript):\S|\bdata:[\w.+;,-]*[/,;]|\b(?:file|blob):[/h]|<\s*[a-z/!?]",
    re.IGNORECASE,
)
_FEWEST_LETTERS = 3  # of a title that can be looked for


async def ask(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Open the form."""
    return telling.too_many(context, asked) or compose.suggestion(
        Action("suggest-save"), carried, may_be_told=telling.may_be_told(asked)
    )


async def take(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Write a suggestion down for the writers; nothing is posted."""
    kind = values.get("kind", "")
    words, source = telling.typed(values, "words"), telling.typed(values, "source")
    faults = telling.faults(context, asked, words, compose.MOST_SUGGESTED, compose.EMPTY)
    if kind not in get_args(Suggested):
        faults["kind"] = compose.CHOOSE
    if fault := source_fault(source):
        faults["source"] = fault
    if faults:
        return Taken(faults)
    row = await telling.write(context, asked, cast("Suggested", kind), values, words, source=source)
    return Taken(card=compose.suggested(is_told=bool(row and row.person)))


def source_fault(source: str) -> str:
    """Say what is clearly wrong with a source: a web address or a citation in plain words; '' where nothing is."""
    if len(source) > compose.MOST_SOURCE:
        return compose.too_long(compose.MOST_SOURCE)
    if _UNSAFE.search(source):
        return compose.UNSAFE_SOURCE
    address = _ADDRESS.match(source)
    if address is not None:
        return "" if wording.is_address(_https(address.group())) else compose.NO_ADDRESS
    return "" if sum(sign.isalpha() for sign in source) >= _FEWEST_LETTERS else compose.NO_SOURCE


def _https(address: str) -> str:
    """Give an address as it would be by https: one by http does as well, for who looks it up."""
    return re.sub(r"^http://", "https://", address, flags=re.IGNORECASE)


ANSWERS: Mapping[Verb, Answer] = {}
OPENED: Mapping[Verb, Open] = {"suggest": ask}
TAKEN: Mapping[Verb, Take] = {"suggest-save": take}
