"""Name why something was refused, skipped or paused: one closed type, and the text that is stored for it."""

import re
from enum import StrEnum

from msgspec import Struct

_CODE = re.compile(r"[A-Za-z0-9_.-]+")  # as both platforms form theirs
_MENTION = re.compile(r"<@([^<>|]+)>")  # Slack's way to name a person, which older rows hold
_SKIPPED = "skipped by "
_OPERATOR = "the operator"
_QUIET = "quiet: "
_LATE = re.compile(r"more than (\d+(?:\.\d+)?(?:e[+-]\d+)?) hours late")
_NOT_SET_UP = " is not set up"
OWN_DATE = "quiet date"  # one of a conversation's own list


class Cause(StrEnum):
    """What says it all by itself; each value is what rows hold, so none ever changes."""

    PERSON = "person"  # somebody paused them, or turned them off; who is beside it
    INTRODUCTION_UNKNOWN = "introduction-unknown"
    ZONE_UNKNOWN = "zone-unknown"
    UNINSTALLED = "app_uninstalled"  # as Slack names the event
    CONTENT_GONE = "content-gone"
    NO_TIPS = "no-tips"
    VOTING_OVER = "voting-over"  # a round whose end came before it could be posted
    POST_DELETED = "post-deleted"
    NOT_DRAWN = "could not be drawn"
    SLOWED = "slowed"
    LEASE_TOO_SHORT = "its turn came too late"
    PAUSED = "paused"
    OFF = "off"
    STARTING = "starting"
    MISSED = "missed while the bot was down"
    MISSED_WHILE_HELD = "missed while it was not known whether the app is installed"
    RESTORED = "restored from a backup"
    LEASE_EXPIRED = "lease expired"
    NEVER_CONFIRMED = "never confirmed"
    NOT_THERE = "looked up: it was not posted"
    SEEN = "a person saw it"
    # What a refusal means in a conversation between people, or in one person's own; no row holds these two.
    AMONG_PEOPLE = "direct-message"
    NOT_REACHED = "not-reached"


class SkippedBy(Struct, frozen=True):
    """Somebody wanted the tip skipped: `person` by the platform's id, '' for the operator."""

    person: str

    def __str__(self) -> str:
        """Give the stored form: `skipped by U1`."""
        return _SKIPPED + (self.person or _OPERATOR)


class QuietDate(Struct, frozen=True):
    """No tip is wanted that day: a holiday with its country, `Christmas Day (DE)`, or OWN_DATE."""

    day: str

    def __str__(self) -> str:
        """Give the stored form: `quiet: Christmas Day (DE)`."""
        return _QUIET + self.day


class TooLate(Struct, frozen=True):
    """It would have come later than the grace of so many hours."""

    hours: float

    def __str__(self) -> str:
        """Give the stored form: `more than 12 hours late`."""
        return f"more than {self.hours:g} hours late"


class NotSetUp(Struct, frozen=True):
    """The bot does not serve this platform (any more)."""

    platform: str

    def __str__(self) -> str:
        """Give the stored form: `teams is not set up`."""
        return self.platform + _NOT_SET_UP


class PlatformCode(Struct, frozen=True):
    """A platform's own code for a refusal or an event: `not_in_channel`, `channelDeleted`."""

    code: str

    def __str__(self) -> str:
        """Give the stored form, which is the code."""
        return self.code


class Other(Struct, frozen=True):
    """Words that a row holds and that are none of these: an exception's name, or what an older version wrote."""

    words: str

    def __str__(self) -> str:
        """Give the stored form, which is the words."""
        return self.words


_CAUSES = {cause.value: cause for cause in Cause}
Reason = Cause | SkippedBy | QuietDate | TooLate | NotSetUp | PlatformCode | Other


def parse(stored: str) -> Reason:
    """Read a stored reason back, of whatever version of the bot; what none of them is called stays what it says."""
    if stored in _CAUSES:
        return _CAUSES[stored]
    if stored.startswith(_SKIPPED):
        person = stored.removeprefix(_SKIPPED)
        mention = _MENTION.fullmatch(person)
        return SkippedBy(mention[1] if mention else "" if person == _OPERATOR else person)
    if stored.startswith(_QUIET):
        return QuietDate(stored.removeprefix(_QUIET))
    if late := _LATE.fullmatch(stored):
        return TooLate(float(late[1]))
    if stored.endswith(_NOT_SET_UP):
        return NotSetUp(stored.removesuffix(_NOT_SET_UP))
    return PlatformCode(stored) if _CODE.fullmatch(stored) else Other(stored)
