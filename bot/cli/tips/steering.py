"""The commands with which an operator sets up and changes weekly tips."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

import click
from rich.console import Console

from bot import clock
from bot.cli import commands, parts, tips_add, tips_channel
from bot.cli.tips.group import CHANNEL
from bot.cli.tips_channel import Channel
from bot.errors import OperatorError
from bot.settings.checked import Settings
from content import library

_TEAMS_CHANNEL = "--workspace 5b0c2f1e-8d3a-4c69-9f42-6a1d7e0b3c58 --channel 19:6f0a@thread.tacv2"
_A_TIP = "ask-five-times"  # of the content that comes with the bot
_WHERE = (
    click.option("--workspace", help="Slack's team id, T…, or on Teams the tenant's id; or a link with it"),
    click.option(
        "--channel",
        help="The channel's id, C… on Slack, 19:… on Teams, or its link; a person's, for a tip of their own",
    ),
)


def _where(decorated: Any) -> Any:  # noqa: ANN401 # click decorates any callable
    for option in reversed(_WHERE):
        decorated = option(decorated)
    return decorated


@commands.command(
    examples=(
        f"python -m bot tips add {CHANNEL} --weekday monday --at 09:00 --zone Europe/Paris",
        f"python -m bot tips add {CHANNEL} --weekday fri --at 16:00 --zone UTC --dimensions risks,skills",
        f"python -m bot tips add {_TEAMS_CHANNEL} --weekday mon --at 16:00 --zone UTC",
        "python -m bot tips add --from channels.json",
    )
)
@_where
@click.option("--weekday", help="monday … sunday")
@click.option("--at", help="Local time, such as 09:00")
@click.option("--zone", help="Time zone, such as Europe/Paris")
@click.option("--dimensions", help="Which topics, such as risks,skills; all where it is left out")
@click.option(
    "--from", "source", type=click.File("r", encoding="utf-8-sig"), help="A JSON list of objects with those keys."
)
@click.option("--introduce", is_flag=True, help="Post the introduction in each channel in which tips begin.")
@click.option(tips_add.SWITCH_ON, "switches_on", is_flag=True, help="Turn on again those paused or off.")
@click.option(
    tips_add.ANYONE, "is_anyones", is_flag=True, help="Let anyone change them, where only owners or admins may."
)
def add(**options: Any) -> None:  # noqa: ANN401 # click hands over each option by its name
    """Turn weekly tips on in a channel, or in many.

    Where there are some already, day, time, zone and the topics named are changed; whatever else people chose there
    stays: who may change them, owners, quiet days, and that they are paused or off. Nothing is written when one entry
    is wrong.
    """
    source, introduce = options.pop("source"), options.pop("introduce")
    switches_on, is_anyones = options.pop("switches_on"), options.pop("is_anyones")
    settings = parts.read_served_settings()
    try:
        content = library.load(settings.content_path, kept=settings.content_cache)
        known = [dimension.id for dimension in content.dimensions]
        entries = tips_add.entries(options, source, known)
    except (OperatorError, library.FaultyContent) as error:
        raise click.ClickException(str(error)) from error
    wanted = [tips_add.flagged(entry, switches_on=switches_on, is_anyones=is_anyones) for entry in entries]
    begun = parts.run(
        tips_add.add_tips(settings, wanted, clock.real, introduce=introduce, console=Console(stderr=True))
    )
    for sentence in tips_add.sentences(begun):
        click.echo(sentence)


@commands.command("list", examples=("python -m bot tips list", "python -m bot tips list --json | jq '.[].channel'"))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_(*, as_json: bool) -> None:
    """List all weekly tips: where, when, state and next moment."""
    rows = parts.run(tips_add.list_tips(parts.read_served_settings()))
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        tips_add.print_tips(rows, tips_add.console())


@commands.command(
    examples=(f"python -m bot tips show {CHANNEL}", f"python -m bot tips show {CHANNEL} --json | jq .upcoming")
)
@_where
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(workspace: str | None, channel: str | None, *, as_json: bool) -> None:
    """Show a channel's settings, its next five tips, the last ones, and who changed what."""
    named = _named(workspace, channel)
    report = parts.run(tips_channel.shown(parts.read_served_settings(), named, clock.real))
    if as_json:
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        tips_channel.print_shown(report, tips_add.console())


@commands.command(
    examples=(f"python -m bot tips pause {CHANNEL}", f"python -m bot tips pause {CHANNEL} --until 2026-12-07")
)
@_where
@click.option("--until", help='The day from which they come again, such as 2026-12-07; "" takes an end away.')
def pause(workspace: str | None, channel: str | None, until: str | None) -> None:
    """Pause a channel's weekly tips, until a day or until they are resumed.

    Those that are paused already keep their end where no other is named.
    """
    _change(workspace, channel, lambda settings, named: tips_channel.pause(settings, named, until, clock.real))


@commands.command(
    examples=(f"python -m bot tips swap {CHANNEL} {_A_TIP}", f"python -m bot tips swap {CHANNEL} --in-order")
)
@_where
@click.argument("tip", default="")
@click.option("--in-order", is_flag=True, help="Let the next one come in order again.")
def swap(workspace: str | None, channel: str | None, tip: str, *, in_order: bool) -> None:
    """Choose which tip, by its id, a channel gets next."""
    if bool(tip) == in_order:
        raise click.UsageError("Give either a tip's id or --in-order; `python -m bot tips show` names what comes.")
    _change(workspace, channel, lambda settings, named: tips_channel.swap(settings, named, tip, clock.real))


@commands.command(
    examples=(
        f'python -m bot tips quiet {CHANNEL} --dates "24 Dec to 2 Jan, 1 May"',
        f"python -m bot tips quiet {CHANNEL} --country DE-BY",
        f'python -m bot tips quiet {CHANNEL} --dates ""',
    )
)
@_where
@click.option("--dates", help='Days without a tip; "" takes them away.')
@click.option("--country", help='Whose public holidays are quiet, DE or DE-BY; "" for none.')
def quiet(workspace: str | None, channel: str | None, dates: str | None, country: str | None) -> None:
    """Set the days on which a channel gets no tip."""
    _change(
        workspace, channel, lambda settings, named: tips_channel.quieten(settings, named, dates, country, clock.real)
    )


@commands.command(
    examples=(
        f"python -m bot tips owner {CHANNEL} --to U061F7AUR",
        f"python -m bot tips owner {CHANNEL} --share U061F7AUR,U0G9QF9C6",
    )
)
@_where
@click.option("--to", "person", help="Who owns them from now on: their id, U… on Slack.")
@click.option("--share", "shared", help='Who may do whatever the owner may: ids with commas; "" for nobody.')
def owner(workspace: str | None, channel: str | None, person: str | None, shared: str | None) -> None:
    """Hand a channel's weekly tips over, or share them."""
    _change(workspace, channel, lambda settings, named: tips_channel.own(settings, named, person, shared, clock.real))


def _change(
    workspace: str | None, channel: str | None, work: Callable[[Settings, Channel], Coroutine[Any, Any, str]]
) -> None:
    """Do something to a channel's tips and say what was done."""
    click.echo(parts.run(work(parts.read_served_settings(), _named(workspace, channel))))


def _named(workspace: str | None, channel: str | None) -> Channel:
    try:
        return Channel.named(workspace, channel)
    except OperatorError as error:
        raise click.ClickException(str(error)) from error


def _simple(
    name: str, words: str, work: Callable[[Settings, Channel, clock.Clock], Coroutine[Any, Any, str]]
) -> commands.Command:
    @click.command(name, cls=commands.Command, help=words, examples=(f"python -m bot tips {name} {CHANNEL}",))
    @_where
    def change(workspace: str | None, channel: str | None) -> None:
        _change(workspace, channel, lambda settings, named: work(settings, named, clock.real))

    return change


resume = _simple("resume", "Resume a channel's paused weekly tips.", tips_channel.resume)
skip = _simple("skip", "Skip a channel's next tip; it comes a week later.", tips_channel.skip)
keep = _simple("keep", "Take a skip back: the next tip comes after all.", tips_channel.keep)
send_now = _simple("send-now", "Send a channel an extra tip at once; the weekly one stays.", tips_channel.send_now)
remove = _simple("remove", "Turn a channel's weekly tips off. What it has seen is kept.", tips_channel.remove)
