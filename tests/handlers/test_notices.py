"""What an owner is told of a pause: why, and of which conversation, whatever the reason is."""

from pathlib import Path

import pytest

from cards import text
from cards.compose import reasons
from cards.reason import Cause, PlatformCode, Reason
from content.library import load
from handlers import delivery_cards
from tests.store import rows


@pytest.mark.parametrize("reason", [Cause.NOT_DRAWN, PlatformCode("is_archived")])
def test_a_notice_says_why_and_where(reason: Reason) -> None:
    """A reason of several words is not cut short, nor taken for a part of the channel."""
    notice = rows.delivery(kind="notice", conversation="U1", argument=f"{reason} C1")
    words = text.message(delivery_cards.draw(load(Path("content/ai-pm")), notice, None))
    assert "Weekly tips for #C1 are paused" in words
    assert reasons.cause(str(reason))[1:] in words
