"""Tell by its id what an operator names: which platform a workspace is on, and a channel or a person there."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from bot.errors import OperatorError
from handlers.slack import payload

_GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Platform:
    """How ids of a platform look, and what to say of those that don't."""

    name: str
    workspace: re.Pattern[str]
    channel: re.Pattern[str]
    person: re.Pattern[str]
    channel_fault: str
    person_fault: str


# Slack: ids are upper-case letters and digits; the first letter says what it is of (E: an organisation, G: private).
# U and W are people: their tip comes to them alone, and they own it. D is where it stands then, and nobody's to name.
SLACK = Platform(
    payload.PLATFORM,
    re.compile(r"[TE][A-Z0-9]{2,}"),
    re.compile(r"[CG][A-Z0-9]{2,}"),
    re.compile(r"[UW][A-Z0-9]{2,}"),
    "“{}” is not a channel's id: it begins with C, and stands at the end of the channel's details; for a tip that one "
    "person gets alone, give their id, U….",
    "“{}” is not a person's id: it begins with U or W, and stands in the profile.",
)
# Teams: tenants and people are GUIDs; channels and group chats begin with 19: and say at their end which of the two.
TEAMS = Platform(
    "teams",
    re.compile(_GUID),
    re.compile(r"19:[^\s;]+@(thread\.(tacv2|skype|v2)|unq\.gbl\.spaces)"),
    re.compile(_GUID),
    "“{}” is not a conversation's id on Teams: it begins with 19:, ends in @thread.tacv2 or @thread.v2, and stands in "
    "its link; for a tip that one person gets alone, give their Entra object id.",
    "“{}” is not a person's id on Teams: it is their object id in Entra.",
)
_PLATFORMS = (SLACK, TEAMS)
# What people copy instead of an id: “Copy link”, the address of the browser, a mention.
_SLACK_LINK = re.compile(r"(https?://)?([\w-]+\.)*slack(-gov)?\.com/|slack://|[#@][A-Z][A-Z0-9]{2,}(\||$)")
_SLACK_ID = re.compile(r"(?<![A-Za-z0-9])([A-Z])[A-Z0-9]{4,}(?![A-Za-z0-9])")
_TEAMS_ID = re.compile(r"19:[^\s;/?#&\"<>]{1,200}@(?:thread\.(?:tacv2|skype|v2)|unq\.gbl\.spaces)")
_TENANT = re.compile(rf"tenantId=({_GUID})", re.IGNORECASE)
WORKSPACE_FAULT = (
    "“{}” is not a workspace's id: on Slack it begins with T, and stands in the address of Slack in a browser; on "
    "Teams it is the tenant's id, as 00000000-0000-0000-0000-000000000000."
)


def understood(workspace: str, channel: str) -> tuple[str, str]:
    """Give the ids of a workspace and a channel that were named by them, or by links to them.

    A channel's link that tells its workspace tells it for both. What is neither comes back as it is.

    Raises:
        OperatorError: the link leads to another workspace than the one that is named.
    """
    there, _ = _linked(workspace)
    there = there or _lowered(workspace)
    elsewhere, id_ = _linked(channel)
    if there and elsewhere and there != elsewhere:
        raise OperatorError(f"The channel's link leads to the workspace {elsewhere}, and {there} was named.")
    return there or elsewhere, id_ or _lowered(channel)


def _linked(text: str) -> tuple[str, str]:
    """Read what a link says of a workspace and of a channel or person in it; '' for what it does not say."""
    plain = unquote(unquote(text)).strip().strip("<>")  # Teams' links come encoded twice out of some programs
    if found := _TEAMS_ID.search(plain):
        tenant = _TENANT.search(plain)
        return (tenant[1].lower() if tenant else ""), found[0]
    if not _SLACK_LINK.match(plain):
        tenant = _TENANT.search(plain)
        return (tenant[1].lower() if tenant else ""), ""
    first: dict[str, str] = {}
    for id_ in _SLACK_ID.finditer(plain):
        first.setdefault(id_[1], id_[0])
    there = first.get("T") or first.get("E") or ""
    return there, next((first[letter] for letter in "CGDUW" if letter in first), "")


def _lowered(id_: str) -> str:
    """Give Microsoft's ids as its tokens have them; Azure shows them in either case, and its programs in braces."""
    plain = id_.strip().removeprefix("{").removesuffix("}").lower()
    return plain if TEAMS.person.fullmatch(plain) else id_.strip()


def platform(workspace: str) -> Platform | None:
    """Give the platform whose workspaces have such ids."""
    return next((one for one in _PLATFORMS if one.workspace.fullmatch(workspace)), None)


def fault(workspace: str, channel: str) -> str:
    """Say what is wrong with the two ids, '' where nothing is; an empty one is not looked at."""
    found = platform(workspace)
    if workspace and found is None:
        return WORKSPACE_FAULT.format(workspace)
    if not channel or any(
        one.channel.fullmatch(channel) or one.person.fullmatch(channel) for one in ([found] if found else _PLATFORMS)
    ):
        return ""
    # Nobody named the workspace: the id itself says whose it wants to be.
    looks = TEAMS if channel.startswith(("19:", "a:", "29:")) or "@thread" in channel else SLACK
    return (found or looks).channel_fault.format(channel)


def is_person(workspace: str, id_: str) -> bool:
    """Say whether an id is a person's."""
    found = platform(workspace)
    return found is not None and found.person.fullmatch(id_) is not None
