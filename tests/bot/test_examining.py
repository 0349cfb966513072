"""What `check` finds."""

import json
from pathlib import Path

from tests.bot.test_serving import undrawable
from tests.cli.program import ROOT, typed
from tests.content import decks


def test_check_draws_every_card(tmp_path: Path) -> None:
    """A level whose sentences are sound, and which is too long for Slack, is a fault at its id's line, once."""
    sound = typed(tmp_path, "check", str(ROOT / "content" / "ai-pm"))
    assert (sound.code, sound.out.endswith("no faults\n")) == (0, True)
    ended = typed(tmp_path, "check", str(undrawable(tmp_path / "deck")), "--json")
    assert (ended.code, ended.err) == (1, "")
    (fault,) = json.loads(ended.out)["faults"]
    assert fault["file"] == str(tmp_path / "deck" / "deck.yaml")
    assert fault["line"] == decks.line_of("deck.yaml", "  - id: taste")
    assert fault["sentence"].startswith("taste: its detail is more than Slack takes in one message, so shorten it: ")


def test_moments_no_tip_is_due_in(tmp_path: Path) -> None:
    """`tick --now` takes the years a tip may be due in; the ends of time are refused in words."""
    for moment in ("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "1999-12-31T00:00"):
        ended = typed(tmp_path, "tick", "--now", moment)
        assert ended.code == 2
        assert "is not in the years 2000 to 2100" in ended.err
