"""The run in which thousands vote while processes are killed, with fewer of both."""

import pytest

from bench import voting
from tests import forked


@pytest.mark.long
@pytest.mark.alone
def test_votes_count_whatever_is_killed(capsys: pytest.CaptureFixture[str]) -> None:
    """Two processes, of which one is killed amid the votes: what was acknowledged is what is told."""
    assert voting.main(["--voters", "150", "--kills", "1"], forked.forks()) == 0, capsys.readouterr()
    said = capsys.readouterr().out
    assert "150 voted" in said
    assert "1 processes killed" in said
