"""Help that ends with examples: the kinds of command that all commands are made of."""

from collections.abc import Sequence
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
        write_examples(self.examples, formatter)


class Group(click.Group):
    """A command of commands, with examples in its help too."""

    command_class = Command

    def __init__(self, *given: Any, examples: Sequence[str] = (), **named: Any) -> None:  # noqa: ANN401 # click's own
        super().__init__(*given, **named)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples after the list of commands."""
        super().format_epilog(ctx, formatter)
        write_examples(self.examples, formatter)


def write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """Write an "Examples" section, where there are any."""
    if examples:
        with formatter.section("Examples"):
            for example in examples:
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
