"""A .env file is changed where it is asked for, and nowhere else."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.setup import env_file
from bot.settings import variables
from bot.settings.reader import Reader

NAMES = ("SLACK_BOT_TOKEN", "PUBLIC_URL", "LOG_LEVEL", "OTHER")
VALUES = st.text(st.sampled_from("abcXYZ019-._~$=/:"), min_size=1, max_size=12)
LINES = st.one_of(
    st.sampled_from(
        ["", "# a note", "#SLACK_BOT_TOKEN=", "# PUBLIC_URL=https://", "no setting", "export OTHER=x # why"]
    ),
    st.builds("{}={}".format, st.sampled_from(NAMES), VALUES),
    st.builds("{} = '{}'".format, st.sampled_from(NAMES), VALUES),
)
FILES = st.builds(lambda lines, end: "\n".join(lines) + end, st.lists(LINES, max_size=9), st.sampled_from(["", "\n"]))
CHANGES = st.dictionaries(st.sampled_from(NAMES[:3]), VALUES, max_size=3)


def settings(path: Path, text: str) -> dict[str, str]:
    """Read a file's settings as the bot does."""
    path.write_text(text, encoding="utf-8")
    return Reader({}, path).from_file


@given(text=FILES, changes=CHANGES)
def test_what_is_asked_for_is_there_and_the_rest_stays(
    text: str, changes: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The new values are read, each stands once, every other setting and line is as it was; twice changes no more."""
    path = tmp_path_factory.getbasetemp() / "some.env"
    before = settings(path, text)
    done = env_file.changed(text, changes)
    assert settings(path, done) == before | changes
    assert env_file.changed(done, changes) == done
    for name in changes:
        assert sum(line.lstrip().startswith((f"{name}=", f"{name} =")) for line in done.splitlines()) == 1
    touched = [line for line in text.splitlines() if any(name in line for name in changes)]
    kept = [line for line in text.splitlines() if line not in touched and line.strip()]
    left = iter(line for line in done.splitlines() if line.strip())
    assert all(line in left for line in kept)  # in their order


def test_a_setting_stands_where_the_example_has_it() -> None:
    """Who copied .env.example finds each value below its explanation."""
    done = env_file.changed(variables.dotenv_example(), {"SLACK_APP_TOKEN": "xapp-1", "PORT": "4000"})
    lines = done.splitlines()
    assert lines[lines.index("SLACK_APP_TOKEN=xapp-1") - 1].startswith("# App-level token for Socket Mode")
    assert lines[lines.index("PORT=4000") - 1].startswith("# Port to listen on")
    assert len(lines) == len(variables.dotenv_example().splitlines())


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Whatever the file's rights were, a link to it stays a link, and nothing is left beside."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "real").write_text("OLD=1\n")
    (kept / "real").chmod(0o644)
    (tmp_path / ".env").symlink_to(kept / "real")
    env_file.write(tmp_path / ".env", "NEW=2\n")
    assert (tmp_path / ".env").is_symlink()
    assert (kept / "real").read_text() == "NEW=2\n"
    assert stat.S_IMODE((kept / "real").stat().st_mode) == env_file.MODE == 0o600
    assert [path.name for path in kept.iterdir()] == ["real"]


def test_what_fails_leaves_all_as_it_was(tmp_path: Path) -> None:
    """A file that cannot be put there is an error, and no half of it stays."""
    (tmp_path / ".env" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        env_file.write(tmp_path / ".env", "NEW=2\n")
    assert [path.name for path in tmp_path.iterdir()] == [".env"]
