"""Name what the Slack app asks for: each scope with the reason that people are given, and what is missed without it."""

from collections.abc import Iterable

from msgspec import Struct


class Scope(Struct, frozen=True):
    """One scope as Slack names it; `reason` is what it is for, `without` what does not work where it is missing."""

    name: str
    reason: str
    without: str


REQUIRED = (
    Scope(
        "commands",
        "Answer /pm-compare, and offer the shortcut “Compare PM roles”.",
        "the command is not answered",
    ),
    Scope(
        "chat:write",
        "Post what somebody asked for, and a weekly tip in the channels that want one and invited the bot.",
        "nothing can be posted: no tips, no shared cards",
    ),
    Scope(
        "reactions:read",
        "See reactions, so that one on a post of its own brings more detail in that post's thread.",
        "reactions bring no details",
    ),
    Scope(
        "app_mentions:read",
        "Read the messages that mention it, to answer them. It reads no others.",
        "mentions are not answered",
    ),
)
OPTIONAL = (
    Scope(
        "users:read",
        "Look up the time zone and the role of who sets up tips. Without it the bot asks for the time zone, and "
        "workspace admins cannot be given the right to change tips.",
        "people's time zones, and “workspace admins may change tips”",
    ),
)


def missing(granted: Iterable[str], wanted: Iterable[Scope] = REQUIRED) -> tuple[Scope, ...]:
    """List what was not granted of what is wanted."""
    there = frozenset(granted)
    return tuple(scope for scope in wanted if scope.name not in there)
