"""The commands that make what the app is registered with: Slack's manifest, and the package for Teams."""

from pathlib import Path

import click

from bot.cli import commands, parts
from bot.settings import registration
from bot.settings.checked import Settings
from bot.slack import manifest as slack_manifest
from bot.teams import package


@commands.command(
    examples=(
        "python -m bot manifest                                 Socket Mode: no public address needed",
        "python -m bot manifest --url https://bot.example.org   HTTP",
        "python -m bot manifest --link                          a link that opens Slack with it filled in",
    )
)
@click.option("--url", help="Public https address of the bot: gives the HTTP form instead of Socket Mode.")
@click.option("--link", is_flag=True, help="Print the address that begins a new app with it, instead of the manifest.")
def manifest(url: str | None, *, link: bool) -> None:
    """Print the Slack app's manifest, to paste at api.slack.com/apps."""
    try:
        click.echo(slack_manifest.link(url) if link else slack_manifest.text(url))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@commands.command(
    "teams-package",
    examples=(
        "python -m bot teams-package                              with TEAMS_CLIENT_ID and PUBLIC_URL set",
        "python -m bot teams-package --client-id 01234567-89ab-cdef-0123-456789abcdef --url https://bot.example.org",
        "python -m bot teams-package --version 1.1.0 --developer Contoso --website https://intranet.example.org/bot",
    ),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=package.OUT,
    show_default=True,
    help="The zip file to write.",
)
@click.option("--client-id", default="", metavar="GUID", help="The bot's id instead of TEAMS_CLIENT_ID.")
@click.option("--app-id", default="", metavar="GUID", help="The app's own id, where it is not to be the bot's.")
@click.option(
    "--version",
    default=package.VERSION,
    show_default=True,
    metavar="X.Y.Z",
    help="The package's; Teams takes a change only with a higher one.",
)
@click.option("--url", default="", metavar="URL", help="Where the internet reaches the bot, instead of PUBLIC_URL.")
@click.option(
    "--developer", default=package.DEVELOPER, show_default=True, help="Who provides the app: your organization."
)
@click.option("--website", default="", metavar="URL", help="Their page about it; the bot's address by default.")
@click.option("--privacy", default="", metavar="URL", help="Their privacy policy; the website by default.")
@click.option("--terms", default="", metavar="URL", help="Their terms of use; the website by default.")
@click.option(
    "--schema",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Check it by Microsoft's JSON Schema in this file too.",
)
def teams_package(out: Path, schema: Path | None, **given: str) -> None:
    """Make the app package for Microsoft Teams: the file that an admin uploads.

    docs/teams.md leads from nothing to a working bot.
    """
    settings = parts.read_settings()
    try:
        filled = package.identity(package.Given(**given), settings)
        packed = package.package(filled, schema=schema)
    except package.PackageError as error:
        raise click.ClickException(str(error)) from error
    try:
        out.write_bytes(packed)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}. Name another with --out.") from error
    click.echo(f"{out}: PM Compare {filled.version}, for the bot {filled.client_id}.")
    click.echo(_followed(given["client_id"], settings))
    click.echo("Upload it in the Teams admin center, Teams apps > Manage apps > Actions (docs/teams.md).")


def _followed(client_id: str, settings: Settings) -> str:
    """Say where the bot's id is from: with two names for one thing, an old one is easily overlooked."""
    if client_id:
        return "It follows --client-id."
    named = settings.teams_named.client_id
    if named in registration.OURS:
        return f"It follows {named}."
    return f"It follows {named}, the name that `teams app create` writes."
