"""`setup` as a person goes through it: each token is shown to an emulated platform, and .env is written at the end."""

import asyncio
import contextlib
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.slack.emulator import SlackEmulator
from playground.teams.emulator import TeamsEmulator
from tests.bot.slack.socket_slack import SocketSlack
from tests.cli.program import PATIENCE, Ended, environment, free_port, typed

APP = "xapp-1-A0001-hidden"
SIGNING = "0123456789abcdef0123456789abcdef"
NOBODY = "6a1c4a3e-0000-4000-8000-00000000ffff"
# Runs a command in a terminal of its own, whose keyboard is our end of a pipe.
TERMINAL = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"


async def answered(folder: Path, *answers: str, **environ: str) -> Ended:
    """Give the answers, a line each, while the emulators answer in this thread."""
    return await asyncio.to_thread(typed, folder, "setup", "--answers", answers=answers, **environ)


async def piped(folder: Path, *answers: str, **environ: str) -> Ended:
    """Do the same as a script does, in a process of its own: what it prints is what it says, and no more."""
    async with asyncio.timeout(PATIENCE):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "setup", "--answers"),
            cwd=folder,
            env=environment(folder, **environ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate("".join(f"{answer}\n" for answer in answers).encode())
        return Ended(await process.wait(), out.decode(), err.decode())


def written(folder: Path) -> list[str]:
    """Read the lines of .env, which is nobody else's to read."""
    file = folder / ".env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return file.read_text(encoding="utf-8").splitlines()


@pytest.fixture
async def socket() -> AsyncIterator[SocketSlack]:
    """Give a Slack that takes every token, over Socket Mode too."""
    async with SocketSlack() as emulator:
        yield emulator


@pytest.fixture
async def teams() -> AsyncIterator[TeamsEmulator]:
    """Give a cloud of Microsoft's with one registration."""
    async with TeamsEmulator(messaging_endpoint="http://127.0.0.1:9/api/messages") as emulator:
        yield emulator


async def test_slack_in_four_answers(tmp_path: Path, socket: SocketSlack) -> None:
    """The way most go: both tokens are tried, the file is made, no token is shown, and what comes next is said."""
    ended = await piped(tmp_path, "slack", "xoxb-hidden", "socket", APP, SLACK_API_URL=socket.api_url)
    assert (ended.code, ended.err) == (0, "")
    assert written(tmp_path) == ["SLACK_BOT_TOKEN=xoxb-hidden", f"SLACK_APP_TOKEN={APP}"]
    assert "ok: Slack knows the bot token: it is for https://x.slack.com/." in ended.out
    assert "ok: Slack takes the app-level token: Socket Mode can connect." in ended.out
    assert socket.asked == [f"Bearer {APP}"]
    assert "hidden" not in ended.out
    assert "ticket" not in ended.out
    assert "Next: make run\nThen, in Slack, type /pm-compare" in ended.out


async def test_a_token_that_slack_refuses_is_typed_again(tmp_path: Path, slack: SlackEmulator) -> None:
    """It is said why, Enter asks once more, and only the right one is written; HTTP has its own two answers."""
    ended = await answered(
        tmp_path,
        *("slack", "xoxb-wrong", "", slack.bot_token),
        *("http", SIGNING, "https://bot.example.org"),
        SLACK_API_URL=slack.api_url,
    )
    assert (ended.code, ended.err) == (0, "")
    assert "Slack refused the bot token (invalid_auth): it knows no such token: copy it again, whole." in ended.out
    assert written(tmp_path) == [
        f"SLACK_BOT_TOKEN={slack.bot_token}",
        f"SLACK_SIGNING_SECRET={SIGNING}",
        "PUBLIC_URL=https://bot.example.org",
    ]
    assert "python -m bot manifest --url https://bot.example.org" in ended.out


@pytest.mark.parametrize(
    ("chosen", "lines"), [("keep", ["SLACK_BOT_TOKEN=xoxb-wrong", f"SLACK_APP_TOKEN={APP}"]), ("skip", [])]
)
async def test_a_refused_token_is_the_persons_to_keep(
    tmp_path: Path, slack: SlackEmulator, chosen: str, lines: list[str]
) -> None:
    """Who knows better may keep it, and who does not skips it: setup stands in nobody's way."""
    again = ("slack", "xoxb-wrong", chosen, "socket", APP if lines else "", *([chosen] if lines else []))
    ended = await answered(tmp_path, *again, SLACK_API_URL=slack.api_url)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("(invalid_auth): it knows no such token") == (2 if lines else 1)
    if lines:
        assert written(tmp_path) == lines
    else:
        assert not (tmp_path / ".env").exists()
        assert "Nothing is new, so .env stays as it is." in ended.out
        assert "No platform is set up yet" in ended.out


async def test_a_platform_that_is_away_blames_no_token(tmp_path: Path) -> None:
    """Nothing answers: the token is kept unless the person says otherwise, and what is missing is named at the end."""
    away = f"http://127.0.0.1:{free_port()}/api/"
    ended = await answered(tmp_path, "slack", "xoxb-hidden", "", "socket", "", SLACK_API_URL=away)
    assert (ended.code, ended.err) == (0, "")
    assert "Slack cannot be reached (ClientConnectorError): whether it is right cannot be told now." in ended.out
    assert written(tmp_path) == ["SLACK_BOT_TOKEN=xoxb-hidden"]
    assert "Still to do:\n- SLACK_BOT_TOKEN needs SLACK_APP_TOKEN (Socket Mode, the easier one)" in ended.out


async def test_what_cannot_be_right_is_asked_again(tmp_path: Path, socket: SocketSlack) -> None:
    """A token in the other's place, or with what stands around it, is told at once, and never sent anywhere."""
    ended = await answered(
        tmp_path, "slack", APP, '"xoxb-1"', "xoxb-hidden", "socket", "xoxb-hidden", APP, SLACK_API_URL=socket.api_url
    )
    assert (ended.code, ended.err) == (0, "")
    assert "does not begin with xoxb-: it is an app-level token, which belongs into SLACK_APP_TOKEN." in ended.out
    assert "has a quotation mark at its beginning or end" in ended.out
    assert socket.asked == [f"Bearer {APP}"]
    assert written(tmp_path) == ["SLACK_BOT_TOKEN=xoxb-hidden", f"SLACK_APP_TOKEN={APP}"]


async def test_teams(tmp_path: Path, teams: TeamsEmulator) -> None:
    """Microsoft is asked for a token; what it refuses is said with the setting to look at; then the address."""
    ended = await answered(
        tmp_path,
        *("teams", teams.client_id.upper(), "wrong", teams.tenant_id, "again"),
        *(teams.client_id, teams.client_secret, teams.tenant_id, "https://bot.example.org"),
        TEAMS_CLOUD=teams.url,
    )
    assert (ended.code, ended.err) == (0, "")
    assert "AADSTS7000215): TEAMS_CLIENT_SECRET is wrong; copy the secret's value, not its id." in ended.out
    assert "ok: Microsoft takes the registration, and gave a token for it." in ended.out
    assert written(tmp_path) == [
        f"TEAMS_CLIENT_ID={teams.client_id}",
        f"TEAMS_CLIENT_SECRET={teams.client_secret}",
        f"TEAMS_TENANT_ID={teams.tenant_id}",
        "PUBLIC_URL=https://bot.example.org",
    ]
    assert "teams-package" in ended.out


async def test_what_teams_app_create_wrote_is_kept_by_its_names(tmp_path: Path, teams: TeamsEmulator) -> None:
    """Enter keeps ids that stand in .env already; a new secret takes the old one's place, and all else stays."""
    ids = f"CLIENT_ID={teams.client_id}\nCLIENT_SECRET=old\nTENANT_ID={teams.tenant_id}\n"
    (tmp_path / ".env").write_text(f"# from Microsoft\n{ids}LOG_LEVEL=debug")
    answers = ("", "", teams.client_secret, "", "", "y")  # the platform is guessed
    ended = await answered(tmp_path, *answers, TEAMS_CLOUD=teams.url)
    assert (ended.code, ended.err) == (0, "")
    assert "Connect to (slack, teams, both) [teams]" in ended.out
    assert "Put CLIENT_SECRET into .env, and keep its other lines?" in ended.out
    assert written(tmp_path) == [
        "# from Microsoft",
        f"CLIENT_ID={teams.client_id}",
        f"CLIENT_SECRET={teams.client_secret}",
        f"TENANT_ID={teams.tenant_id}",
        "LOG_LEVEL=debug",
    ]


async def test_teams_is_whole_or_left_out(tmp_path: Path, teams: TeamsEmulator) -> None:
    """Two of three are told to be too few; a registration that nobody knows can be skipped whole."""
    environ = {"TEAMS_CLOUD": teams.url}
    ended = await answered(tmp_path, "teams", teams.client_id, "", teams.tenant_id, "", **environ)
    assert "The three belong together: without all of them Teams is not served." in ended.out
    assert "Still to do:\n- TEAMS_CLIENT_ID, TEAMS_CLIENT_SECRET and TEAMS_TENANT_ID belong together" in ended.out
    (tmp_path / ".env").unlink()
    ended = await answered(tmp_path, "teams", NOBODY, "some-secret", teams.tenant_id, "skip", **environ)
    assert (ended.code, ended.err) == (0, "")
    assert "AADSTS700016" in ended.out
    assert not (tmp_path / ".env").exists()


async def test_a_file_that_is_there_is_changed_only_after_asking(tmp_path: Path, socket: SocketSlack) -> None:
    """No leaves it as it was, to the byte; and where the environment says otherwise, that is told."""
    before = "SLACK_BOT_TOKEN=xoxb-old\n"
    (tmp_path / ".env").write_text(before)
    environ = {"SLACK_API_URL": socket.api_url}
    answers = ("slack", "xoxb-hidden", "socket", APP)
    ended = await answered(tmp_path, *answers, "n", **environ)
    assert (ended.code, ended.err) == (0, "")
    assert "Put SLACK_BOT_TOKEN, SLACK_APP_TOKEN into .env" in ended.out
    assert "Nothing was written. By hand: copy .env.example to .env" in ended.out
    assert (tmp_path / ".env").read_text() == before
    ended = await answered(tmp_path, *answers, "y", **environ, SLACK_BOT_TOKEN="xoxb-elsewhere")  # noqa: S106 # nobody's
    assert "SLACK_BOT_TOKEN is set in the environment too, which wins over .env: unset it there." in ended.out
    assert written(tmp_path) == ["SLACK_BOT_TOKEN=xoxb-hidden", f"SLACK_APP_TOKEN={APP}"]


async def test_who_stops_half_way_has_written_nothing(tmp_path: Path, socket: SocketSlack) -> None:
    """The answers end, as with Ctrl-C: it is aborted, whatever was right so far."""
    ended = await answered(tmp_path, "slack", "xoxb-hidden", SLACK_API_URL=socket.api_url)
    assert ended.code == 1
    assert "Aborted!" in ended.err
    assert not (tmp_path / ".env").exists()


def test_where_nobody_can_be_asked(tmp_path: Path) -> None:
    """Without a terminal it says how to do it by hand, and waits for nothing."""
    ended = typed(tmp_path, "setup", answers=("slack", "xoxb-hidden"))
    assert (ended.code, ended.out) == (1, "")
    assert "There is no terminal to ask in. By hand: copy .env.example to .env" in ended.err


@pytest.mark.parametrize(
    ("file", "said"),
    [(b"PORT=here\n", "PORT must be a whole number"), (b"\xff\xfe", ".env cannot be read: it must be a text file")],
)
async def test_what_else_is_wrong_comes_first(tmp_path: Path, file: bytes, said: str) -> None:
    """A file that cannot be read, or whose addresses cannot be trusted, is mended by hand before tokens are sent."""
    (tmp_path / ".env").write_bytes(file)
    ended = await answered(tmp_path, "slack", "xoxb-hidden")
    assert ended.code == 1
    assert said in ended.err
    assert (tmp_path / ".env").read_bytes() == file


async def test_a_token_is_not_seen_while_it_is_typed(tmp_path: Path, socket: SocketSlack) -> None:
    """In a real terminal: what is typed for a choice is shown there, and what is typed for a token is not."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", TERMINAL, sys.executable, "-m", "bot", "setup"),
        cwd=tmp_path,
        env=environment(tmp_path, SLACK_API_URL=socket.api_url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    seen = ""
    try:
        async with asyncio.timeout(PATIENCE):
            for question, answer in (
                ("[slack]: ", "SLACK"),
                ("OAuth & Permissions (Enter skips it): ", "xoxb-hidden"),
                ("[socket]: ", "socket"),
                ("Basic Information (Enter skips it): ", APP),
            ):
                while not seen.endswith(question):
                    piece = await process.stdout.read(4096)
                    assert piece, seen
                    seen += piece.decode()
                process.stdin.write(f"{answer}\n".encode())
            seen += (await process.stdout.read()).decode()
            assert await process.wait() == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    assert "[slack]: SLACK" in seen
    assert "hidden" not in seen
    assert written(tmp_path) == ["SLACK_BOT_TOKEN=xoxb-hidden", f"SLACK_APP_TOKEN={APP}"]
