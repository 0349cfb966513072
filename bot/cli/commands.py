"""The kinds of command that all commands are made of: help ends with examples, and each is loaded when it is typed."""

import sys
from collections import UserDict
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

import click

SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class Command(click.Command):
    """A command whose help ends with examples, each on a line of its own, as it is typed."""

    def __init__(self, *given: Any, examples: Sequence[str] = (), **named: Any) -> None:  # noqa: ANN401 # click's own
        super().__init__(*given, **named)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples; they are never wrapped, so that they can be copied."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def command(name: str | None = None, *, examples: Sequence[str]) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of the function below, with the examples that end its help."""
    return click.command(name, cls=Command, examples=examples)


class Group(Command, click.Group):
    """A command of commands, with examples in its help too.

    `listed` names them under headings, with what each says of itself, so that none is loaded to be listed.
    """

    command_class = Command

    def __init__(self, *given: Any, listed: Mapping[str, Mapping[str, str]] | None = None, **named: Any) -> None:  # noqa: ANN401 # click's own
        super().__init__(*given, **named)
        self.listed = listed

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 # click's own
        """Write the commands with all that they say of themselves in a sentence: a cut one helps nobody."""
        listed = self.listed or {"Commands": {name: said(each) for name, each in self.commands.items()}}
        for heading, rows in listed.items():
            with formatter.section(heading):
                formatter.write_dl(list(rows.items()))


def said(command: click.Command) -> str:
    """Give what a command's help begins with: its first paragraph, in one line."""
    return " ".join((command.help or "").partition("\n\n")[0].split())


class Lazy(UserDict[str, click.Command]):
    """Commands by name, each of which is loaded from its module when it is asked for: most need little of the program.

    `modules` name in which one each command is.
    """

    def __init__(self, modules: Mapping[str, str]) -> None:
        super().__init__(dict.fromkeys(modules, click.Command(None)))
        self._modules = modules

    def __getitem__(self, name: str) -> click.Command:
        """Load a command."""
        if name not in self._modules:
            raise KeyError(name)
        _import_log()
        found = vars(import_module(self._modules[name])).values()
        return next(each for each in found if isinstance(each, click.Command) and each.name == name)


def _import_log() -> None:
    """Import structlog without rich, which it would draw tracebacks with: ours are plain, and rich takes 4 MB.

    Commands that draw tables import rich after it.
    """
    if "structlog" in sys.modules:
        return
    there = sys.modules.get("rich")
    sys.modules["rich"] = None  # type: ignore[assignment] # Python's own way to say that there is none
    try:
        import_module("structlog")
    finally:
        del sys.modules["rich"]
        if there is not None:
            sys.modules["rich"] = there
