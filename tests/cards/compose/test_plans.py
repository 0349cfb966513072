"""What somebody wrote as their plan is words wherever it is drawn, whatever it looks like."""

from datetime import UTC, datetime

import pytest

from cards import text
from cards.compose import phrases
from cards.compose.learning import plans
from cards.compose.phrases import rich
from cards.model import Card, Subject
from cards.slack import render as slack
from cards.teams import render as teams
from tests.cards.slack import mrkdwn
from tests.cards.teams import adaptive

WORDS = "<!channel> *now* [press](javascript:alert(1)) {{TIME(2026-11-30T08:00:00Z)}} <https://x.example|here> `x`"
AT = phrases.moment(datetime(2026, 11, 30, 8, tzinfo=UTC), "Europe/Paris")
CARDS = {
    "due": plans.due("1", Subject("dimension", "risks"), WORDS),
    "listed": plans.listed([("1", rich("Comes ", AT), WORDS)]),
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_a_plan_is_words_on_slack(card: Card) -> None:
    """No call, no link and no mark comes out of it."""
    message = slack.message(card)
    (drawn,) = [
        block["text"]["text"] for block in message["blocks"] if "channel" in block.get("text", {}).get("text", "")
    ]
    seen = mrkdwn.read(drawn, eager=True)
    assert not any(one.address for one in seen)
    assert "".join(one.character for one in seen).endswith(WORDS)
    assert not any(one.marks for one in seen[-len(WORDS) :])
    assert "<!channel>" not in message["text"]


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_a_plan_is_words_on_teams(card: Card) -> None:
    """No link, no mark and no function of the card's comes out of it."""
    drawn = teams.card(card)
    assert adaptive.card_faults(drawn) == []
    (said,) = [each["text"] for each in adaptive.every(drawn) if "channel" in str(each.get("text", ""))]
    assert r"\[press\](" in said
    assert "{{" not in said
    assert adaptive.read(said) == WORDS
    assert WORDS in text.message(card)
