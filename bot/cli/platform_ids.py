"""Tell by its id what an operator names: which platform a workspace is on, and a channel or a person there."""

from urllib.parse import unquote

from bot.errors import OperatorError
from bot.platform import Profile
from bot.platforms import PROFILES

WORKSPACE_FAULT = f"“{{}}” is not a workspace's id: {'; '.join(each.ids.workspace_words for each in PROFILES)}."


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
    found = (each.ids.linked(plain) for each in PROFILES)
    return next((each for each in found if each), ("", ""))


def _lowered(id_: str) -> str:
    """Give Microsoft's ids as its tokens have them; Azure shows them in either case, and its programs in braces."""
    plain = id_.strip().removeprefix("{").removesuffix("}").lower()
    return plain if any(each.ids.person.fullmatch(plain) for each in PROFILES) else id_.strip()


def platform(workspace: str) -> Profile | None:
    """Give the platform whose workspaces have such ids."""
    return next((each for each in PROFILES if each.ids.workspace.fullmatch(workspace)), None)


def fault(workspace: str, channel: str) -> str:
    """Say what is wrong with the two ids, '' where nothing is; an empty one is not looked at."""
    found = platform(workspace)
    if workspace and found is None:
        return WORKSPACE_FAULT.format(workspace)
    possible = [each.ids for each in PROFILES if not found or each is found]
    if not channel or any(ids.channel.fullmatch(channel) or ids.person.fullmatch(channel) for ids in possible):
        return ""
    # Where nobody named the workspace, the id itself says whose it wants to be.
    whose = next((ids for ids in possible if ids.alike.search(channel)), possible[0])
    return whose.channel_fault.format(channel)


def person_fault(workspace: str, named: str) -> str:
    """Say that what was named is no person's id."""
    return (platform(workspace) or PROFILES[0]).ids.person_fault.format(named)


def is_person(workspace: str, id_: str) -> bool:
    """Say whether an id is a person's."""
    found = platform(workspace)
    return found is not None and found.ids.person.fullmatch(id_) is not None
