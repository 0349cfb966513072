"""The commands with which an operator sets up and changes channels' weekly tips."""

import json
from typing import Any

import click
from rich.console import Console

from bot import command, operating, timing

_CHANNEL = "--workspace T024BE7LD --channel C024BE91L"
_WHERE = (
    click.option("--workspace", help="Slack's team id, T…"),
    click.option("--channel", help="Slack's channel id, C…"),
)


@click.group(
    cls=command.Group,
    examples=(
        f"python -m bot tips add {_CHANNEL} --weekday monday --at 09:00 --zone Europe/Paris",
        "python -m bot tips list",
        f"python -m bot tips pause {_CHANNEL}",
    ),
)
def tips() -> None:
    """Set up and change channels' weekly tips from the command line."""


def _where(decorated: Any) -> Any:  # noqa: ANN401 # click decorates any callable
    for option in reversed(_WHERE):
        decorated = option(decorated)
    return decorated


@tips.command(
    examples=(
        f"python -m bot tips add {_CHANNEL} --weekday monday --at 09:00 --zone Europe/Paris",
        "python -m bot tips add --from channels.json",
    )
)
@_where
@click.option("--weekday", help="monday … sunday")
@click.option("--at", help="Local time, such as 09:00")
@click.option("--zone", help="Time zone, such as Europe/Paris")
@click.option(
    "--from", "source", type=click.File("r", encoding="utf-8"), help="A JSON list of objects with those keys."
)
@click.option("--introduce", is_flag=True, help="Post the introduction in each channel too.")
def add(**options: Any) -> None:  # noqa: ANN401 # click hands over each option by its name
    """Turn weekly tips on in a channel, or in many.

    Where they are on already, day, time and zone are changed. Nothing is written when one entry is wrong.
    """
    source, introduce = options.pop("source"), options.pop("introduce")
    try:
        entries = operating.entries(options, source)
    except operating.OperatorError as error:
        raise click.ClickException(str(error)) from error
    settings = command.read_served_settings()
    count = command.run(
        operating.add_tips(settings, entries, timing.real, introduce=introduce, console=Console(stderr=True))
    )
    click.echo(f"Weekly tips are on in {count} channel{'' if count == 1 else 's'}.")


@tips.command("list", examples=("python -m bot tips list", "python -m bot tips list --json | jq '.[].channel'"))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_(*, as_json: bool) -> None:
    """List every channel's weekly tips: where, when, state and next moment."""
    rows = command.run(operating.list_tips(command.read_served_settings()))
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        operating.print_tips(rows, Console())


def _steer(name: str, words: str, done: str) -> None:
    @tips.command(name, help=words, examples=(f"python -m bot tips {name} {_CHANNEL}",))
    @_where
    def steer(workspace: str | None, channel: str | None) -> None:
        settings = command.read_served_settings()
        command.run(operating.steer_tips(settings, name, workspace or "", channel or "", timing.real))
        click.echo(f"{done} in {channel}.")


_steer("pause", "Pause a channel's weekly tips until they are resumed.", "Weekly tips are paused")
_steer("resume", "Resume a channel's paused weekly tips.", "Weekly tips are on")
_steer("remove", "Turn a channel's weekly tips off. What it has seen is kept.", "Weekly tips are off")
