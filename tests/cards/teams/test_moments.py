"""A moment on Teams: by each reader's own clock in a text, by the channel's in words."""

from datetime import UTC, datetime

from cards.compose import phrases
from cards.compose.phrases import rich
from cards.model import Card, TextBlock
from cards.teams import markup, render
from content.inline import Link, Strong

NINE = phrases.moment(datetime(2026, 11, 30, 8, 0, 30, 5, tzinfo=UTC), "Europe/Paris")
WORDS = "Monday 30 November 2026, 09:00 (Europe/Paris)"
DRAWN = "{{DATE(2026-11-30T08:00:30Z, SHORT)}} at {{TIME(2026-11-30T08:00:30Z)}} your time"


def test_a_text_block_draws_it_by_the_readers_clock() -> None:
    """In UTC, to the second, without fractions; what was typed to look like one stays words."""
    assert markup.lines(rich("Next: ", NINE, "."), {}) == (f"Next: {DRAWN}.",)
    assert markup.lines((Strong((NINE,)),), {}) == (f"**{DRAWN}**",)
    assert "{{" not in markup.lines(rich("{{TIME(2026-11-30T08:00:00Z)}}"), {})[0]


def test_where_no_function_is_drawn_it_is_said_by_the_channels_clock() -> None:
    """In a link's words, in the notification, and where the card cannot be drawn."""
    assert markup.lines((Link("https://example.com/", (NINE,)),), {}) == (f"[{WORDS}](https://example.com/)",)
    message = render.message(Card("Tips", (TextBlock(rich("Next: ", NINE)),)))
    (attached,) = message["attachments"]
    assert WORDS in message["summary"]
    assert WORDS in attached["content"]["fallbackText"]
    assert attached["content"]["body"][0]["text"] == f"Next: {DRAWN}"
