"""Tell which level a Teams reaction asks for, by the deck's reactions, which are named as on Slack."""

import unicodedata
from collections.abc import Mapping

from cards.model import Level

# Slack's names of emoji that Unicode calls otherwise.
_SLACK_NAMES = {
    0x1F50D: "mag",
    0x1F50E: "mag_right",
    0x1F4AA: "muscle",
    0x1F517: "link",
    0x1F4D6: "book",
    0x1F4A1: "bulb",
    0x1F4DD: "memo",
    0x1F3CB: "weight_lifter",
    0x1F3AF: "dart",
    0x1F680: "rocket",
    0x2753: "question",
    0x1F914: "thinking_face",
    0x1F4C4: "page_facing_up",
    0x1F393: "mortar_board",
}
# What people take for the same: whichever of a row the deck names, the others do it too.
_ALIKE = (
    {"mag", "mag_right", "microscope", "telescope"},
    {"books", "book", "open_book", "link", "bookmark_tabs", "newspaper", "page_facing_up"},
    {"test_tube", "muscle", "alembic", "weight_lifter"},
)
_VARIATIONS = {0xFE0E, 0xFE0F}


def level(reaction: str, reactions: Mapping[str, Level]) -> Level | None:
    """Find the level behind a reaction's id; None for applause, and for whatever the deck does not know.

    Teams: the six oldest are `like`, `heart`, `laugh`, `surprised`, `sad`, `angry`; the others `<code points>_<name>`,
    hexadecimal, `1f50d_leftpointingmagnifyingglass`; a skin tone follows after a hyphen.
    """
    names = _names(reaction)
    alike = {name for row in _ALIKE if row & names for name in row}
    found = [reactions[name] for name in (*sorted(names), *sorted(alike)) if name in reactions]
    return found[0] if found else None


def _names(reaction: str) -> set[str]:
    """Give Slack's possible names of an emoji."""
    point = _code_point(reaction)
    if point is None:
        return set()
    called = unicodedata.name(chr(point), "").lower().replace(" ", "_").replace("-", "_")
    return {name for name in (_SLACK_NAMES.get(point, ""), called) if name}


def _code_point(reaction: str) -> int | None:
    """Read the emoji's first code point: from an id, or from the emoji itself."""
    first = reaction.partition("_")[0].partition("-")[0]
    if len(reaction) <= 3 and reaction and not reaction.isascii():  # noqa: PLR2004 # an emoji with its variation or tone
        return next((ord(char) for char in reaction if ord(char) not in _VARIATIONS), None)
    try:
        point = int(first, 16)
    except ValueError:
        return None
    return point if 0x2000 <= point <= 0x1FFFF else None  # noqa: PLR2004 # where Unicode keeps its pictures
