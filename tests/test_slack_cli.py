"""Slack's own command line finds what it wants here: `slack run` installs the app, sets everything up and serves."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.slack import manifest

ROOT = Path(__file__).parents[1]
HOOKS = json.loads((ROOT / ".slack" / "hooks.json").read_text(encoding="utf-8"))
# https://docs.slack.dev/tools/slack-cli/reference/hooks
KNOWN = {"get-hooks", "get-manifest", "start", "check-update", "doctor", "deploy", "build", "get-trigger"}
# Stands for .venv/bin/python, and tells what it was started as and with which tokens.
PYTHON = '#!/bin/sh\necho "$$ $PWD $* $SLACK_BOT_TOKEN $SLACK_APP_TOKEN"\n'
MAKEFILE = ".venv/.ready-requirements:\n\t@mkdir -p .venv/bin && cp python .venv/bin/python && touch $@\n"


def test_the_hooks_are_those_that_slack_calls() -> None:
    """Each is one that its command line knows, as words without quotes, since it splits them at spaces."""
    assert set(HOOKS["hooks"]) <= KNOWN
    assert {"get-manifest", "start"} <= set(HOOKS["hooks"])
    for words in HOOKS["hooks"].values():
        assert not set(words) & set("'\"$`\\|&;<>")
    # The bot connects by itself; what it would be started with otherwise is one process for each event.
    assert HOOKS["config"]["sdk-managed-connection-enabled"] is True
    # The other protocol adds options to what it calls.
    assert HOOKS["config"]["protocol-version"] == ["default"]
    for watched in HOOKS["config"]["watch"].values():
        assert all((ROOT / path).exists() for path in watched["paths"])


def test_the_manifest_is_the_one_for_socket_mode() -> None:
    """`slack run` is a machine without an address, so what the hook prints is the Socket Mode form."""
    printed = subprocess.run(  # noqa: S603 # our own words
        HOOKS["hooks"]["get-manifest"].split(), cwd=ROOT, capture_output=True, check=True
    ).stdout
    assert json.loads(printed) == manifest.socket_form()
    config = json.loads((ROOT / ".slack" / "config.json").read_text(encoding="utf-8"))
    assert config["manifest"]["source"] == "local"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a fresh clone with `.slack`, whose make only pretends to install."""
    if shutil.which("make") is None:
        pytest.skip("needs make")
    shutil.copytree(ROOT / ".slack", tmp_path / ".slack")
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("environ", "bot", "app"),
    [
        ({"SLACK_CLI_XOXB": "xoxb-new", "SLACK_CLI_XAPP": "xapp-new"}, "xoxb-new", "xapp-new"),
        ({"SLACK_BOT_TOKEN": "xoxb-env", "SLACK_APP_TOKEN": "xapp-env"}, "xoxb-env", "xapp-env"),
        (
            {"SLACK_CLI_XOXB": "xoxb-new", "SLACK_BOT_TOKEN": "xoxb-old", "SLACK_CLI_XAPP": "xapp-new"},
            "xoxb-new",
            "xapp-new",
        ),
    ],
)
def test_start_sets_up_and_becomes_the_bot(checkout: Path, environ: dict[str, str], bot: str, app: str) -> None:
    """From a fresh clone, with the tokens of the app just installed, and as the very process that is stopped."""
    with subprocess.Popen(  # noqa: S603 # our own script
        HOOKS["hooks"]["start"].split(),
        cwd=checkout,
        env={"PATH": os.environ["PATH"], **environ},
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        said, _ = started.communicate(timeout=60)
    assert started.returncode == 0
    assert said.splitlines()[-1] == f"{started.pid} {checkout} -m bot serve {bot} {app}"


def test_start_uses_what_our_makefile_makes() -> None:
    """The goal of the script is one that `make run` has too."""
    goal = next(line for line in (ROOT / ".slack" / "start").read_text().splitlines() if line.startswith("make"))
    run = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("run:"))
    assert goal.split()[-1] in run.split()
