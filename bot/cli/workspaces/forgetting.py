"""The command that deletes everything that is kept of a workspace or tenant, beside a bot that runs."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import click
from msgspec import Struct

from bot import app, clock
from bot.cli import commands, parts
from bot.cli.workspaces import named
from bot.cli.workspaces.named import Named
from bot.clock import Clock
from bot.errors import OperatorError
from bot.settings.checked import Settings
from messengers import slack, teams
from store import installations
from store.database.access import Database, tried_again
from store.deliveries.queue import Queue
from store.forgetting import Forgetting
from store.workspaces import belonging

# Every process looks for installations that changed every few seconds, and lets go of their tokens.
LETS_GO: Final = timedelta(seconds=15)
_LOOKS: Final = 0.5  # seconds between looks whether a post has ended; a lease ends it after a minute at most

_queue = Queue()
_forgetting = Forgetting()


class Means(Struct, frozen=True):
    """What it works with: the time, how it waits, and how it says that it does."""

    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    say: Callable[[str], None] = click.echo


class Found(Struct, frozen=True):
    """What there is to be deleted, by table."""

    meant: Named
    rows: dict[str, int]

    @property
    def installed(self) -> bool:
        """Whether an installation of its own stands there."""
        installed = self.meant.kept.installation
        return installed is not None and installed.place == self.meant.kept.id and installed.removed_at is None

    def as_text(self, settings: Settings) -> str:
        """Say what is deleted, and what that does not do."""
        kept = self.meant.kept
        counted = ", ".join(f"{count} {table}" for table, count in self.rows.items())
        lines = [f"Of {self.meant.words} on {kept.platform}: {counted}."]
        if self.meant.served:
            lines.append(f"With the workspaces that it serves: {', '.join(self.meant.served)}.")
        if self.installed:
            lines.append(
                "The app is installed there. Its token is deleted too, so that nothing is answered or posted any more; "
                "from Slack's list of apps an owner or admin there removes it: “Manage apps”, the app, “Remove app”."
            )
        elif kept.installation and kept.installation.removed_at is None:
            place = kept.installation.place
            lines.append(
                f"The app serves it by the installation of {place}, which stays: what people do there from now on is "
                f"kept anew. To end that, the organization takes the app back from it, or: workspaces forget {place}"
            )
        elif kept.platform == slack.PLATFORM and settings.slack_bot_token:
            lines.append(
                "SLACK_BOT_TOKEN is set: if it is this workspace's, the bot goes on answering there, and what people "
                "do from now on is kept anew. To end that, remove the app there: “Manage apps”, the app, “Remove app”."
            )
        elif kept.platform == teams.PLATFORM and settings.serves_teams:
            lines.append(
                "In Teams the app stays where it is, and what people do there from now on is kept anew. To end that, "
                "an admin removes or blocks it in the Teams admin center. Chats that were forgotten get no posts until "
                "somebody writes to the bot there."
            )
        return "\n".join(lines)


@commands.command(
    examples=("python -m bot workspaces forget T024BE7LD", "python -m bot workspaces forget T024BE7LD --yes")
)
@named.options
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(id_: str, platform: str | None, *, yes: bool) -> None:
    """Delete everything that is kept of a workspace or tenant, at once.

    Works while the bot runs: what is being posted there at that moment is waited for, and nothing is posted after it.
    It cannot be undone: `workspaces export` and `backup` make copies. An installation is deleted too.
    """
    settings = parts.read_served_settings()
    try:
        found = parts.run(looked_up(settings, id_, platform))
        click.echo(found.as_text(settings))
        if not yes:
            click.confirm("Delete all of it? It cannot be undone", abort=True)
        parts.run(forgotten(settings, found, Means(clock.real)))
    except OperatorError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Nothing is kept of {found.meant.words} any more.")


async def looked_up(settings: Settings, typed: str, platform: str | None) -> Found:
    """Find what is meant, and count it."""
    rows: Counter[str] = Counter()
    async with app.database_up_to_date(settings) as database, database.read() as connection:
        meant = await named.find(connection, typed, platform)
        for workspace in meant.ids:
            rows.update(await belonging.counts(connection, meant.kept.platform, workspace))
    return Found(meant, dict(rows))


async def forgotten(settings: Settings, found: Found, means: Means) -> None:
    """Delete it: first what would make the bot post, then, when nothing is being posted there any more, the rest."""
    kept, ids = found.meant.kept, found.meant.ids
    async with app.database_up_to_date(settings) as database:
        if found.installed:
            await _remove(database, kept.id, means.clock)
        for workspace in ids:
            await _withdraw(database, kept.platform, workspace, means.clock)
        if found.installed:
            means.say(f"Waiting {LETS_GO.seconds} seconds, until every process has let go of the token.")
            await means.sleep(LETS_GO.total_seconds())
        await _await_posts(database, kept.platform, ids, means)
        for workspace in ids:
            await _forget(database, kept.platform, workspace)


@tried_again
async def _remove(database: Database, place: str, now: Clock) -> None:
    """Blank an installation's token, so that every process lets go of it."""
    async with database.write() as connection:
        stored = await installations.of_place(connection, place)
        moment = now()
        if stored and stored.removed_at is None:
            await installations.remove(connection, place, max(moment, stored.installed_at), moment)


@tried_again
async def _withdraw(database: Database, platform: str, workspace: str, now: Clock) -> None:
    async with database.write() as connection:
        await _forgetting.withdraw(connection, platform, workspace, now())


@tried_again
async def _forget(database: Database, platform: str, workspace: str) -> None:
    async with database.write() as connection:
        await _forgetting.workspace(connection, platform, workspace)


async def _await_posts(database: Database, platform: str, workspaces: tuple[str, ...], means: Means) -> None:
    """Wait until no process is posting there; a lease that a dead process left ends by itself."""
    is_said = False
    while True:
        async with database.read() as connection:
            if not await _queue.under_way(connection, means.clock(), platform, workspaces):
                return
        if not is_said:
            means.say("Waiting for what is being posted there at this moment.")
            is_said = True
        await means.sleep(_LOOKS)
