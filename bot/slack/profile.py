"""What is known of Slack without its SDK: its name, its address here, and how its ids look."""

import re
from contextlib import AbstractAsyncContextManager
from typing import get_args

from bot import heap
from bot.platform import Ids, Parts, Platform, Profile
from bot.slack import shape
from messengers.slack import PLATFORM

# What people copy instead of an id: “Copy link”, the address of the browser, a mention.
_LINK = re.compile(r"(https?://)?([\w-]+\.)*slack(-gov)?\.com/|slack://|[#@][A-Z][A-Z0-9]{2,}(\||$)")
_ID = re.compile(r"(?<![A-Za-z0-9])([A-Z])[A-Z0-9]{4,}(?![A-Za-z0-9])")


def _linked(plain: str) -> tuple[str, str] | None:
    if not _LINK.match(plain):
        return None
    first: dict[str, str] = {}
    for id_ in _ID.finditer(plain):
        first.setdefault(id_[1], id_[0])
    there = first.get("T") or first.get("E") or ""
    return there, next((first[letter] for letter in "CGDUW" if letter in first), "")


def _built(parts: Parts) -> AbstractAsyncContextManager[Platform]:
    with heap.growing():
        from bot.slack import side  # noqa: PLC0415 # its SDK takes a third of the start, and many commands do without

    return side.built(parts)


PROFILE = Profile(
    name=PLATFORM,
    kinds=(*get_args(shape.Kind), "unread"),
    path="/slack/events",
    where="in Slack: /pm-compare",
    # Slack: ids are upper-case letters and digits; the first says what it is of (E: an organisation, G: private).
    # U and W are people: their tip comes to them alone, and they own it. D is where it stands then, nobody's to name.
    ids=Ids(
        workspace=re.compile(r"[TE][A-Z0-9]{2,}"),
        channel=re.compile(r"[CG][A-Z0-9]{2,}"),
        person=re.compile(r"[UW][A-Z0-9]{2,}"),
        alike=re.compile(r"^[A-Z][A-Z0-9]+$"),
        workspace_words="on Slack it begins with T, and stands in the address of Slack in a browser",
        channel_fault="“{}” is not a channel's id: it begins with C, and stands at the end of the channel's details; "
        "for a tip that one person gets alone, give their id, U….",
        person_fault="“{}” is not a person's id: it begins with U or W, and stands in the profile.",
        linked=_linked,
    ),
    is_set_up=lambda settings: settings.slack_transport != "none",
    built=_built,
)
