"""Which commands there are about workspaces and tenants; each is loaded when it is typed, for help needs none."""

import click

from bot.cli import commands

_COMMANDS = {
    "list": ("listing", "List every workspace and tenant that anything is kept of, and whether it is served."),
    "show": (
        "showing",
        "Show what is kept of a workspace or tenant: rows, weekly tips, who installed it. Never a token.",
    ),
    "export": (
        "exporting",
        "Write down everything that is kept of a workspace or tenant, a line of JSON for each row.",
    ),
    "forget": ("forgetting", "Delete everything that is kept of a workspace or tenant, at once."),
}


@click.group(
    cls=commands.Group,
    commands=commands.Lazy({name: f"bot.cli.workspaces.{module}" for name, (module, _) in _COMMANDS.items()}),
    listed={"Commands": {name: says for name, (_, says) in _COMMANDS.items()}},
    examples=(
        "python -m bot workspaces list",
        "python -m bot workspaces show T024BE7LD",
        "python -m bot workspaces export T024BE7LD --out acme.jsonl",
        "python -m bot workspaces forget T024BE7LD",
    ),
)
def workspaces() -> None:
    """See which workspaces and tenants there are, export what is kept of one, and delete it."""
