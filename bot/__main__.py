"""The command line: which commands there are; what each is called, takes and prints stands in its own module."""

import gc

import click

from bot.cli import commands

_MODULES = {
    "run": "serving",
    "serve": "serving",
    "clock": "serving",
    "worker": "serving",
    "tick": "serving",
    "playground": "playground",
    "doctor": "doctor",
    "corrections": "corrections",
    "tips": "tips",
    "feedback": "learning.feedback",
    "stats": "outcomes.stats",
    "record": "outcomes.record",
    "check": "writing",
    "new": "writing",
    "schema": "writing",
    "preview": "preview",
    "manifest": "manifests",
    "teams-package": "manifests",
    "backup": "database",
    "migrate": "database",
    "move": "database",
    "restored": "database",
}


@click.group(
    cls=commands.Group,
    commands=commands.Lazy({name: f"bot.cli.{module}" for name, module in _MODULES.items()}),
    context_settings=commands.SETTINGS,
    examples=(
        "python -m bot playground        try it without an account",
        "python -m bot preview risks     see a card in the terminal",
        "python -m bot serve             run it",
    ),
)
def main() -> None:
    """PM Compare: how an AI PM's job differs from a traditional PM's, in Slack and Teams.

    Settings come from the environment and from .env; see .env.example.
    """
    gc.enable()  # the command has been imported by now


if __name__ == "__main__":
    # About a sixth of the time that imports take goes to looking for garbage, and imports make none.
    gc.disable()
    main(prog_name="python -m bot")
