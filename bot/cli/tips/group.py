"""Which commands there are about weekly tips; each is loaded when it is typed, for help needs none of them."""

import click

from bot.cli import commands

CHANNEL = "--workspace T024BE7LD --channel C024BE91L"
_COMMANDS = {
    "add": "Turn weekly tips on in a channel, or in many.",
    "list": "List all weekly tips: where, when, state and next moment.",
    "show": "Show a channel's settings, its next five tips, the last ones, and who changed what.",
    "pause": "Pause a channel's weekly tips, until a day or until they are resumed.",
    "resume": "Resume a channel's paused weekly tips.",
    "swap": "Choose which tip, by its id, a channel gets next.",
    "skip": "Skip a channel's next tip; it comes a week later.",
    "keep": "Take a skip back: the next tip comes after all.",
    "send-now": "Send a channel an extra tip at once; the weekly one stays.",
    "quiet": "Set the days on which a channel gets no tip.",
    "owner": "Hand a channel's weekly tips over, or share them.",
    "remove": "Turn a channel's weekly tips off. What it has seen is kept.",
}


@click.group(
    cls=commands.Group,
    commands=commands.Lazy(dict.fromkeys(_COMMANDS, "bot.cli.tips.steering")),
    listed={"Commands": _COMMANDS},
    examples=(
        f"python -m bot tips add {CHANNEL} --weekday monday --at 09:00 --zone Europe/Paris",
        "python -m bot tips list",
        f"python -m bot tips show {CHANNEL}",
    ),
)
def tips() -> None:
    """Set up and change weekly tips from the command line."""
