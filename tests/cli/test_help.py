"""What the command line says of itself."""

import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.cli.commands import Command, Group, said
from content import library
from tests import ready


def commands(group: click.Group, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """List every command by the words that call it, groups too."""
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found.append((*above, name))
        if isinstance(command, click.Group):
            found += commands(command, (*above, name))
    return found


def asked(*words: str) -> str:
    """Ask a command for its help on a terminal of 80 columns."""
    result = CliRunner().invoke(main, [*words, "--help"], prog_name="python -m bot", terminal_width=80)
    assert result.exit_code == 0, result.output
    return result.output


def test_it_says_which_version_it_is() -> None:
    """The one that pyproject.toml names."""
    named = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.output) == (0, f"PM Compare {named['project']['version']}\n")


def test_all_commands_are_there() -> None:
    """The commands are those of the design, and no other."""
    assert {name for (name, *below) in commands(main) if not below} == {
        *("serve", "run", "clock", "tick", "playground", "doctor", "backup", "migrate", "move", "restored", "worker"),
        *("stats", "record", "corrections", "feedback"),
        *("preview", "check", "new", "schema", "tips", "manifest", "teams-package", "setup"),
        *("rotate-keys", "workspaces"),
    }
    assert {name for (group, *below) in commands(main) if group == "tips" for name in below} == {
        *("add", "list", "show", "remove", "pause", "resume", "skip", "keep", "swap", "send-now", "quiet", "owner"),
    }
    assert {name for (group, *below) in commands(main) if group == "feedback" for name in below} == {
        *("list", "show", "close", "export"),
    }
    assert {name for (group, *below) in commands(main) if group == "workspaces" for name in below} == {
        *("list", "show", "export", "forget"),
    }


@pytest.mark.parametrize("words", [(), *commands(main)], ids=" ".join)
def test_help_has_examples_that_can_be_copied(words: tuple[str, ...]) -> None:
    """Every command's help shows how it is typed: its own name, a line each, unwrapped, and no stray control marks."""
    text = asked(*words)
    assert "\\b" not in text
    _, _, examples = text.partition("Examples:\n")
    lines = examples.splitlines()
    assert lines
    assert any(" ".join(("python -m bot", *words)) in line for line in lines), lines


def test_the_list_of_commands_cuts_nothing_and_is_grouped() -> None:
    """Each command under a heading, with the whole sentence that its own help begins with."""
    text = " ".join(asked().split())
    assert main.listed is not None
    assert {name for listed in main.listed.values() for name in listed} == set(main.commands)
    for heading, listed in main.listed.items():
        assert f"{heading}:" in text
        for name, says in listed.items():
            assert says == said(main.commands[name])
            assert f"{name} {says}" in text
    below = " ".join(asked("tips").split())
    tips = main.commands["tips"]
    assert isinstance(tips, Group)
    assert tips.listed == {"Commands": {name: said(each) for name, each in tips.commands.items()}}
    assert all(f"{name} {said(each)}" in below for name, each in tips.commands.items())
    assert "..." not in (text + below).replace("[ARGS]...", "")


@pytest.mark.parametrize("words", ["--help", "tips --help"])
def test_the_list_of_commands_loads_none_of_them(words: str) -> None:
    """What makes the program slow to start is left alone until a command needs it."""
    listed = f"b.main({words.split()}, standalone_mode=False); print(*sys.modules, sep='\\n')"
    loaded = {name.partition(".")[0] for name in ready.ended(ready.COMMANDS, listed).stdout.splitlines()}
    assert "click" in loaded
    assert not loaded & {"sqlalchemy", "aiohttp", "slack_sdk", "pydantic", "markdown_it", "playground"}


def test_the_example_of_a_swap_names_a_tip_that_exists() -> None:
    """What is copied from help works with the content that comes with the bot."""
    known = {tip.id for tip in library.load(Path("content/ai-pm")).tips}
    tips = main.commands["tips"]
    assert isinstance(tips, click.Group)
    swap = tips.commands["swap"]
    assert isinstance(swap, Command)
    assert swap.examples[0].split()[-1] in known


def test_every_example_is_understood() -> None:
    """No example names an option that does not exist: each one gets past the parser."""
    for words in commands(main):
        command: click.Command = main
        for word in words:
            assert isinstance(command, click.Group)
            command = command.commands[word]
        assert isinstance(command, Command | Group)
        for example in command.examples:
            typed = example.partition("python -m bot ")[2].partition("  ")[0].partition(" | ")[0].split()
            chosen: click.Group = main
            context = click.Context(main, info_name="python -m bot")
            while typed and isinstance(chosen, click.Group):
                name, found, typed = chosen.resolve_command(context, typed)
                assert found is not None
                context = click.Context(found, info_name=name, parent=context)
                if isinstance(found, click.Group):
                    chosen = found
                else:
                    options = [option for known in found.params for option in (*known.opts, *known.secondary_opts)]
                    assert [word for word in typed if word.startswith("--") and word not in options] == [], example
                    break


@pytest.mark.parametrize(
    ("typed", "meant"), [(["prevew", "risks"], "preview"), (["tip"], "tips"), (["tips", "lst"], "list")]
)
def test_a_slip_gets_a_suggestion(typed: list[str], meant: str) -> None:
    """A mistyped command exits with 2 and names the one that was meant."""
    result = CliRunner().invoke(main, typed, prog_name="python -m bot")
    assert result.exit_code == 2
    assert f"Did you mean '{meant}'?" in result.output


def test_the_hidden_option_stays_hidden() -> None:
    """What only the playground uses is not advertised."""
    assert "--as-child" not in asked("serve")


@pytest.mark.parametrize(
    ("command", "spared"),
    [
        ("check", {"sqlalchemy", "aiohttp", "starlette", "slack_sdk"}),
        ("manifest", {"uvicorn", "apscheduler", "slack_bolt", "microsoft_teams"}),
        ("tips", {"uvicorn", "slack_bolt", "microsoft_teams"}),
        ("setup", {"slack_sdk", "microsoft_teams", "uvicorn", "starlette"}),
        ("serve", {"playground", "slack_bolt", "microsoft_teams"}),
    ],
)
def test_a_command_loads_what_it_needs(command: str, spared: set[str]) -> None:
    """Each one is loaded when it is typed, and starts without the rest of the program."""
    loaded = f"b.main.commands[{command!r}]; print({spared!r} & set(sys.modules))"
    done = ready.ended(ready.COMMANDS, loaded)
    assert done.stdout.strip() == "set()", done.stderr
