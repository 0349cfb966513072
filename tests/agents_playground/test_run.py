"""Every step of the Agents Playground goes through where the tool is; where it is not, that is said."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.agents_playground import run, tool
from tests.agents_playground.tool import AbsentError, Post, WrongError

ROOT = Path(__file__).resolve().parents[2]


async def test_bot_in_the_agents_playground(tmp_path: Path) -> None:
    """Asking, a mention, a button, a level, a weekly tip and a reaction come back through Microsoft's own tool."""
    try:
        command = tool.find()
    except AbsentError as absent:
        pytest.skip(str(absent))
    assert await run.rehearse(command, tmp_path) == []


def test_absent_tool_is_said(tmp_path: Path) -> None:
    """Where the tool is not, the script says what to install and exits with 2."""
    done = subprocess.run(  # noqa: S603 # our own arguments
        (sys.executable, "-m", "tests.agents_playground.run", "--package", str(tmp_path)),
        cwd=ROOT,
        env={"PATH": str(_node(tmp_path))},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"Skipped: there is no {tmp_path / 'cli.js'}; name the folder node_modules/")


def test_absent_node_is_said(tmp_path: Path) -> None:
    """Without node nothing else is looked for."""
    done = subprocess.run(
        (sys.executable, "-m", "tests.agents_playground.run"),
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr.split(";")[0]) == (2, "Skipped: node is not on this machine")


def test_button_is_found_wherever_it_stands() -> None:
    """A button counts also where it is a tappable column, and one that is not there is said."""
    card = {
        "body": [
            {"type": "TextBlock", "text": "Risks"},
            {
                "type": "ColumnSet",
                "columns": [
                    {"selectAction": {"type": "Action.Execute", "data": {"value": "show|dimension/skills|previous"}}}
                ],
            },
        ]
    }
    post = Post("1", tool.PERSONAL, "", [card], "")
    assert post.button("show|dimension/skills")["data"] == {"value": "show|dimension/skills|previous"}
    with pytest.raises(WrongError, match=r"no button deepen… in the card: \nRisks"):
        post.button("deepen")


def _node(folder: Path) -> Path:
    """Put something named node into a folder, for PATH."""
    node = folder / "node"
    node.write_text("#!/bin/sh\n", encoding="utf-8")
    node.chmod(0o755)
    return folder
