"""What Teams takes as the answer to a search from the box of a message, and what it lists of it.

Figures: messaging-extensions/how-to/search-commands/respond-to-search.
"""

from collections.abc import Iterator
from typing import Any

from playground.shared.values import Json
from playground.teams.limits import surfaces
from playground.teams.values import CARD, Result

MOST = 25
PREVIEWS = {"application/vnd.microsoft.card.thumbnail", "application/vnd.microsoft.card.hero"}
LAYOUTS = {"list", "grid"}


def held(body: object) -> Json | None:
    """The part of an answer that says what was found; None where it is no such answer."""
    found = body.get("composeExtension") if isinstance(body, dict) else None
    if not isinstance(found, dict):
        return None
    if found.get("type") == "message":
        return found if isinstance(found.get("text"), str) and found["text"].strip() else None
    return found if found.get("type") == "result" and isinstance(found.get("attachments"), list) else None


def complaints(found: Json) -> list[str]:
    """What of it a person would not see."""
    return list(_complaints(found)) if found["type"] == "result" else []


def results(found: Json) -> list[Result]:
    """What is listed: all that has a card and a preview with a title, 25 at most."""
    listed = []
    for each in found.get("attachments", [])[:MOST]:
        preview = _preview(each)
        if preview is not None and isinstance(each.get("content"), dict):
            listed.append(Result(str(preview["title"]), str(preview.get("text") or ""), each["content"]))
    return listed


def _complaints(found: Json) -> Iterator[str]:
    if found.get("attachmentLayout") not in LAYOUTS:
        yield "attachmentLayout is neither list nor grid"
    if len(found["attachments"]) > MOST:
        yield f"{len(found['attachments'])} results, of which {MOST} are listed"
    for number, each in enumerate(found["attachments"]):
        if _preview(each) is None:
            yield f"has no preview with a title, and is not listed [/attachments/{number}]"
        elif each.get("contentType") != CARD:
            yield f"is not an Adaptive Card [/attachments/{number}]"
        else:
            yield from surfaces.check_card(each.get("content"), f"/attachments/{number}/content")


def _preview(attachment: Any) -> Json | None:  # noqa: ANN401  # any JSON
    preview = attachment.get("preview") if isinstance(attachment, dict) else None
    content = preview.get("content") if isinstance(preview, dict) and preview.get("contentType") in PREVIEWS else None
    return content if isinstance(content, dict) and isinstance(content.get("title"), str) else None
