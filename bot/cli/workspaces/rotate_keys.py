"""The command that encrypts the stored tokens with the first of the keys, so that the others can be taken away."""

from collections.abc import AsyncIterator, Sequence

import click
from msgspec import Struct

from bot import app
from bot.cli import commands, parts
from bot.settings.checked import Settings
from messengers.slack.sealing import SealedError, Seals
from store import installations
from store.database.access import Database, tried_again
from store.database.connection import AsyncConnection
from store.installations import Stored

_AT_ONCE = 100  # rows in a transaction: a command of somebody's waits milliseconds
_NAMED = 20  # places in a sentence


class Rotated(Struct, frozen=True):
    """How many installations were encrypted anew, how many had been, and the places that no key opens."""

    changed: int
    unchanged: int
    sealed: tuple[str, ...]


@commands.command("rotate-keys", examples=("python -m bot rotate-keys",))
def rotate_keys() -> None:
    """Encrypt the stored tokens with the first key of TOKEN_ENCRYPTION_KEYS, so that the others can go.

    First put a new key before the others and restart the bot; then run this, as often as you like, while it runs; then
    take the old key away. Places that no key opens are named, and left as they are (exit code 1).
    """
    settings = parts.read_served_settings()
    if not settings.token_encryption_keys:
        raise click.ClickException(
            "TOKEN_ENCRYPTION_KEYS is not set, so no tokens are stored: there is nothing to encrypt."
        )
    found = parts.run(rotated(settings))
    click.echo(f"{_counted(found.changed)} encrypted with the first key; {found.unchanged} had been.")
    if found.sealed:
        raise click.ClickException(_unopened(found.sealed))


async def rotated(settings: Settings) -> Rotated:
    """Go through all rows, some at a time; whoever breaks it off goes on where they were by starting again."""
    seals = Seals([key.reveal() for key in settings.token_encryption_keys])
    changed, unchanged, sealed = 0, 0, list[str]()
    async with app.database_up_to_date(settings) as database:
        async for page in _pages(database):
            outcome = await _sealed_anew(database, seals, page)
            changed += outcome.changed
            unchanged += outcome.unchanged
            sealed += outcome.sealed
    return Rotated(changed, unchanged, tuple(sorted(sealed)))


async def _pages(database: Database) -> AsyncIterator[Sequence[Stored]]:
    after = ""
    while True:
        async with database.read() as connection:
            page = await installations.page(connection, after, _AT_ONCE)
        if not page:
            return
        after = page[-1][0]
        yield [stored for _, stored in page]


async def _sealed_anew(database: Database, seals: Seals, page: Sequence[Stored]) -> Rotated:
    """Encrypt some rows; one that a running bot wrote meanwhile is read and encrypted again."""
    changed, unchanged, sealed = 0, 0, list[str]()
    waiting = list(page)
    while waiting:
        renewed: list[tuple[Stored, Stored]] = []
        for stored in waiting:
            match _renewed(seals, stored):
                case None:
                    unchanged += 1
                case str(place):
                    sealed.append(place)
                case Stored() as fresh:
                    renewed.append((stored, fresh))
        again = await _written(database, renewed) if renewed else []
        changed += len(renewed) - len(again)
        waiting = await _read(database, again)
    return Rotated(changed, unchanged, tuple(sealed))


def _renewed(seals: Seals, stored: Stored) -> Stored | str | None:
    """Give the row in the first key's encryption, its place where no key opens it, or None where it is so already."""
    try:
        return seals.renewed(stored)
    except SealedError as error:
        return error.place


@tried_again
async def _written(database: Database, renewed: Sequence[tuple[Stored, Stored]]) -> list[str]:
    """Write rows, and give the places of those that somebody else wrote meanwhile."""
    async with database.write() as connection:
        return [seen.place for seen, fresh in renewed if not await _is_written(connection, seen, fresh)]


async def _is_written(connection: AsyncConnection, seen: Stored, fresh: Stored) -> bool:
    return await installations.seal_anew(connection, seen, fresh.token, fresh.refresh_token)


async def _read(database: Database, places: Sequence[str]) -> list[Stored]:
    if not places:
        return []
    async with database.read() as connection:
        found = [await installations.of_place(connection, place) for place in places]
    return [stored for stored in found if stored]


def _counted(count: int) -> str:
    return f"{count} installation{'' if count == 1 else 's'}"


def _unopened(places: Sequence[str]) -> str:
    rest = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return (
        f"No key in TOKEN_ENCRYPTION_KEYS opens the tokens of {', '.join(places[:_NAMED])}{rest}. Put the key that "
        "they were encrypted with behind the first one and run this again. Where it is lost, install the app there "
        "again."
    )
