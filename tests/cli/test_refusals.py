"""What the program refuses to do, and how it says so."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.cli.program import free_port, run, started, typed

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-hidden", "SLACK_SIGNING_SECRET": "hidden-signing-secret"}
TEAMS = {"TEAMS_CLIENT_ID": "1", "TEAMS_CLIENT_SECRET": "hidden-teams", "TEAMS_TENANT_ID": "2"}


WRONG = {
    "SLACK_BOT_TOKEN": "hidden-bot",
    "SLACK_SIGNING_SECRET": "hidden-signing",
    "PORT": "99999",
    "DATABASE_URL": "mysql://bot:hidden-database@db.example/pm",
    "TOKEN_ENCRYPTION_KEYS": "hidden-key",
}


async def test_every_wrong_setting_is_named_at_once_and_no_secret_printed(tmp_path: Path) -> None:
    """Whatever is wrong, in the environment and in .env, comes in one message of a process that then ends with 1."""
    (tmp_path / ".env").write_text("LOG_LEVEL=loud\nSLACK_APP_TOKEN=hidden-app\n")
    ended = await run(tmp_path, "serve", **WRONG)
    assert (ended.code, ended.out) == (1, "")
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "PORT", "LOG_LEVEL", "DATABASE_URL", "TOKEN_ENCRYPTION_KEYS"):
        assert f"\n- {name} " in ended.err, ended.err
    assert "hidden" not in ended.err
    assert "Traceback" not in ended.err
    assert ".env.example" in ended.err


@pytest.mark.parametrize("words", [("serve",), ("clock",), ("tick",)])
def test_nothing_that_posts_starts_without_credentials(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Without credentials it says what to set and what to try; no tip is marked as failed for want of a token."""
    ended = typed(tmp_path, *words)
    assert (ended.code, ended.out) == (1, "")
    assert "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in ended.err
    assert "python -m bot playground" in ended.err
    assert not (tmp_path / "bot.db").exists()


@pytest.mark.parametrize("words", [("serve",), ("clock",), ("tick",), ("tips", "list"), ("migrate",), ("backup", "x")])
def test_one_token_beside_many_workspaces_is_refused_in_words(tmp_path: Path, words: tuple[str, ...]) -> None:
    """One of the two would not be used: it says so and does nothing."""
    key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    later = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hidden-secret", "TOKEN_ENCRYPTION_KEYS": key}
    ended = typed(tmp_path, *words, **TOKENS, **later)
    assert (ended.code, ended.out) == (1, "")
    assert "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set" in ended.err
    assert "hidden" not in ended.err
    assert key not in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("serve",), ("worker",), ("clock",), ("tick",), ("tips", "list"), ("migrate",)])
def test_a_server_that_does_not_answer_is_named_in_words(tmp_path: Path, words: tuple[str, ...]) -> None:
    """No PostgreSQL listens there: one sentence, no traceback, no password."""
    port = free_port()
    named = {"SCHEDULER": "cluster", "DATABASE_URL": f"postgresql://bot:hidden-database@127.0.0.1:{port}/pm"}
    ended = typed(tmp_path, *words, **TOKENS, **named, PORT=str(free_port()))
    assert (ended.code, ended.out) == (1, "")
    assert "The PostgreSQL server does not answer" in ended.err
    assert "hidden" not in ended.err
    assert "Traceback" not in ended.err


def test_many_machines_share_no_file(tmp_path: Path) -> None:
    """A worker, and a cluster, on an SQLite file: refused with what to use instead, and no file is made."""
    ended = typed(tmp_path, "worker", **TOKENS)
    assert (ended.code, ended.out) == (1, "")
    assert "`worker` needs PostgreSQL" in ended.err
    assert "python -m bot move --help" in ended.err
    ended = typed(tmp_path, "serve", **TOKENS, SCHEDULER="cluster")
    assert (ended.code, ended.out) == (1, "")
    assert "SCHEDULER=cluster needs PostgreSQL" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_says_it_as_json_too(tmp_path: Path) -> None:
    """`doctor --json` answers JSON whatever the settings are."""
    ended = typed(tmp_path, "doctor", "--json", SCHEDULER="cluster")
    assert ended.code == 1
    assert '"SCHEDULER=cluster needs PostgreSQL' in ended.out


def test_a_wrong_registration_with_microsoft_is_refused(tmp_path: Path) -> None:
    """Who sets TEAMS_* wrongly hears which; the secret is not said."""
    ended = typed(tmp_path, "tips", "list", **TEAMS)
    assert ended.code == 1
    assert "TEAMS_CLIENT_ID is not an id such as" in ended.err
    assert "hidden" not in ended.err


def test_a_shifted_clock_is_for_the_playground_alone(tmp_path: Path) -> None:
    """A real channel can never get tips by a shifted clock: refused before anything is opened."""
    for named in ({}, {"SLACK_API_URL": "https://slack.com/api/"}, {"SLACK_API_URL": "https://slack-gov.com/api/"}):
        ended = typed(tmp_path, "serve", "--clock-offset-file", "offset", **TOKENS, **named)
        assert (ended.code, ended.out) == (1, "")
        assert "SLACK_API_URL must be on this machine" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use(tmp_path: Path) -> None:
    """The address is named, and what to do; the database is not even opened."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        for words in (("serve",), ("playground", "--no-browser")):
            ended = typed(tmp_path, *words, PORT=str(port), **TOKENS)
            assert ended.code == 1
            assert "127.0.0.1" in ended.err
            assert str(port) in ended.err
            assert "Address already in use" in ended.err
    assert not (tmp_path / "bot.db").exists()


def test_a_moment_that_is_none(tmp_path: Path) -> None:
    """`tick --now` says how a moment is written."""
    ended = typed(tmp_path, "tick", "--now", "yesterday")
    assert ended.code == 2
    assert "write it as 2026-11-30T09:00+01:00" in ended.err


@pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    reason="SIGINT is ignored here, as in what a shell starts in the background, and programs inherit that",
)
async def test_ctrl_c_prints_no_traceback(tmp_path: Path) -> None:
    """A command that waits ends at Ctrl-C with a word, not with a traceback."""
    fifo = tmp_path / "channels.json"
    os.mkfifo(fifo)
    async with started(tmp_path, sys.executable, "-m", "bot", "tips", "add", "--from", "channels.json") as running:
        # The pipe opens once the command does: from here on it waits for the rest of the file.
        writing = await asyncio.to_thread(fifo.open, "w")
        with writing:
            running.send(signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await running.process.wait()
            # Python drops what is raised inside a destructor; a person presses again then.
            code = await running.end(signal.SIGINT)
    assert code == 1
    assert running.text.strip() == "Aborted!"
