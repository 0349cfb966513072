"""Tell which level a Teams reaction asks for, by the deck's reactions, which are named as on Slack."""

from collections.abc import Mapping

from content import emoji
from content.levels import Level

# Teams: the six oldest have names of their own.
_OLDEST = {"like": "👍", "heart": "❤", "laugh": "😆", "surprised": "😮", "sad": "😢", "angry": "😠"}
_HIGHEST = 0x10FFFF  # of Unicode's code points


def level(reaction: str, reactions: Mapping[str, Level]) -> Level | None:
    """Find the level behind a reaction's id; None for applause, and for whatever the deck does not know.

    Teams: all but the oldest are `<code points>_<name>`, hexadecimal, `1f50d_leftpointingmagnifyingglass`; what an
    emoji is made of, a skin tone too, follows after a hyphen. Some clients send the emoji itself.
    """
    drawn = _OLDEST.get(reaction) or _drawn(reaction)
    return emoji.level(drawn, reactions) if drawn else None


def _drawn(reaction: str) -> str:
    """Read the emoji: from an id, or as it is."""
    if not reaction.isascii():
        return reaction
    try:
        points = [int(point, 16) for point in reaction.partition("_")[0].split("-")]
    except ValueError:
        return ""
    return "".join(map(chr, points)) if min(points) >= 0 and max(points) <= _HIGHEST else ""
