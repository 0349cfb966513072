"""Find the workspace, tenant or organization that an operator names."""

import difflib
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import click
from msgspec import Struct

from bot.cli import platform_ids
from bot.errors import OperatorError
from bot.platforms import PROFILES
from content import wording
from messengers import slack
from store import installations
from store.database.connection import AsyncConnection
from store.workspaces import belonging, listing
from store.workspaces.listing import Kept

_NEAREST: Final = 3
_ALIKE: Final = 0.6  # of all that two ids have
_BATCH: Final = 500


class Named(Struct, frozen=True):
    """What was named; `served` are the workspaces that only it serves, where it is an organization."""

    kept: Kept
    served: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the ids of it and of what it serves."""
        return (self.kept.id, *self.served)

    @property
    def words(self) -> str:
        """Name it for a person."""
        return words(self.kept.id, self.kept)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command be told which one is meant."""
    platform = click.option(
        "--platform",
        type=click.Choice([profile.name for profile in PROFILES]),
        help="Where it is, if the id is on both.",
    )
    return click.argument("id_", metavar="ID")(platform(command))


def words(id_: str, kept: Kept) -> str:
    """Name a workspace for a person, with its name where that is known."""
    name = own_name(kept)
    return f"{id_} ({name})" if name else id_


def own_name(kept: Kept) -> str:
    """Give its own name, '' where it is not known; what nobody sees is left out, for names come from elsewhere."""
    installed = kept.installation
    return wording.seen(installed.name) if installed and installed.place == kept.id else ""


async def find(connection: AsyncConnection, typed: str, platform: str | None) -> Named:
    """Find what an id or a link names.

    Raises:
        OperatorError: nothing is kept of it, with the nearest ids, or it is on several platforms.
    """
    id_, _ = platform_ids.understood(typed.strip(), "")
    possible = [platform] if platform else [profile.name for profile in PROFILES]
    found = [each for each in possible if id_ and await belonging.has_any(connection, each, id_)]
    match found:
        case [one]:
            (kept,) = await listing.of(connection, [(one, id_)])
            return Named(kept, await _served(connection, kept))
        case []:
            raise OperatorError(await _unknown(connection, id_ or typed))
        case several:
            raise OperatorError(f"{id_} is on {' and on '.join(several)}: say which one with --platform.")


async def _served(connection: AsyncConnection, kept: Kept) -> tuple[str, ...]:
    """List the workspaces that an organization serves and that have no installation of their own."""
    if kept.platform != slack.PLATFORM:
        return ()
    admitted = await installations.admitted_by(connection, kept.id)
    served: list[str] = []
    for start, end in pairwise([*range(0, len(admitted), _BATCH), len(admitted)]):
        each = await listing.of(connection, [(slack.PLATFORM, workspace) for workspace in admitted[start:end]])
        served += [one.id for one in each if one.installation is None or one.installation.place != one.id]
    return tuple(served)


async def _unknown(connection: AsyncConnection, id_: str) -> str:
    near: list[tuple[float, str, str]] = []
    async for platform, known in listing.keys(connection):
        likeness = difflib.SequenceMatcher(None, id_.casefold(), known.casefold())
        if likeness.real_quick_ratio() >= _ALIKE and likeness.quick_ratio() >= _ALIKE:
            near.append((likeness.ratio(), known, platform))
            near = sorted(near, reverse=True)[:_NEAREST]
    if not near:
        return f"Nothing is kept of {id_}: `python -m bot workspaces list` shows of which workspaces something is."
    named = ", ".join(f"{known} ({platform})" for _, known, platform in near)
    return f"Nothing is kept of {id_}. Nearest: {named}. `python -m bot workspaces list` shows all."
