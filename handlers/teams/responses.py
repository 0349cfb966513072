"""Answer Teams over HTTP: the body that each kind of activity waits for."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cards.compose import notices
from cards.model import Card
from cards.teams import render
from handlers.payload import text
from handlers.teams import payload

JSON = Any
_CARD = "application/vnd.microsoft.card.adaptive"
_FOUND = "application/vnd.microsoft.search.searchResponse"
_MESSAGE = "application/vnd.microsoft.activity.message"


class Reply(Struct, frozen=True):
    """The answer to one activity: the HTTP status, and the body where there is one."""

    status: int
    body: JSON = None


NOTHING = Reply(200)
AGAIN = Reply(429)
# Teams: the answer to feedback has a body, and nothing in it: no body at all, like any word, is a 400 to the client.
EMPTY = Reply(200, {})
# Teams: a dialog whose answer names no task closes, and says nothing more.
CLOSED = Reply(200, {})
# Teams: an empty 200 to an invoke is shown as "Unable to reach app", and it comes again.
UNKNOWN_INVOKE = Reply(501, {"error": {"code": "NotImplemented", "message": "This bot does not know this invoke."}})


def card(body: JSON) -> Reply:
    """Answer Action.Execute with an Adaptive Card: it changes the card for who pressed, and for nobody else."""
    return Reply(200, {"statusCode": 200, "type": _CARD, "value": body})


def drawn(shown: Card) -> Reply:
    """Answer Action.Execute with a card that names nobody."""
    return card(render.card(shown))


def words(said: str) -> Reply:
    """Answer Action.Execute with a sentence beside the card, which stays as it is."""
    return Reply(200, {"statusCode": 200, "type": _MESSAGE, "value": said})


def dialog_words(said: str) -> Reply:
    """Answer a dialog with a sentence in its place."""
    return Reply(200, {"task": {"type": "message", "value": said}})


def search(found: JSON) -> Reply:
    """Answer a search under a field with titles and values."""
    return Reply(200, {"statusCode": 200, "type": _FOUND, "value": {"results": found}})


def insertions(attachments: JSON) -> Reply:
    """Answer a search for something to insert with what was found."""
    return Reply(200, {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}})


def insertion_words(said: str) -> Reply:
    """Answer a search for something to insert with a sentence in its place."""
    return Reply(200, {"composeExtension": {"type": "message", "text": said}})


def apology(raw: Mapping[str, Any], reference: str) -> Reply:
    """Answer an activity whose handling failed; `reference` finds the fault in the log."""
    return _said(raw, notices.apology_words(reference)) if payload.wants_answer(raw) else NOTHING


def busy(raw: Mapping[str, Any]) -> Reply:
    """Answer an activity of a tenant that asks for too much at once; what waits for no answer is to come again."""
    return _said(raw, notices.TOO_MANY) if payload.wants_answer(raw) else AGAIN


def _said(raw: Mapping[str, Any], said: str) -> Reply:
    match text(raw.get("name")):
        case "adaptiveCard/action":
            return words(said)
        case "task/fetch" | "task/submit" | "message/fetchTask":
            return dialog_words(said)
        case "composeExtension/query":
            return insertion_words(said)
        case _:
            return UNKNOWN_INVOKE


def sentence(shown: Card, names: Mapping[str, str]) -> str:
    """Give a short card's words as one line, for where no card can stand."""
    lines = (" ".join(line.split()) for line in render.fallback(shown, names).splitlines())
    return " ".join(line if line[-1] in _ENDS else f"{line}." for line in lines if line)


_ENDS = ".!?:…"  # of a sentence
