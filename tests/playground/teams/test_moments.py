"""The emulator complains about a moment that people in Teams would read as it is written."""

from typing import Any

import pytest

from playground.teams.limits import surfaces

AT = "2026-11-30T08:00:00Z"


def card(*body: dict[str, Any]) -> dict[str, Any]:
    """A card with a body."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body)}


@pytest.mark.parametrize(
    "text", [f"{{{{DATE({AT}, SHORT)}}}} at {{{{TIME({AT})}}}}", f"{{{{DATE({AT})}}}}", "{{NAME}}"]
)
def test_what_teams_works_out_is_taken(text: str) -> None:
    """A date with or without its length, a time, and braces that mean nothing."""
    assert surfaces.check_card(card({"type": "TextBlock", "text": text})) == []


@pytest.mark.parametrize(
    "text", [f"{{{{DATE({AT}, Short)}}}}", f"{{{{ TIME({AT})}}}} {{{{TIME(9:00)}}}}", "{{DATE(2026-11-30, SHORT)}}"]
)
def test_what_teams_shows_as_it_is_written_is_told(text: str) -> None:
    """A length in small letters, no moment at all, and a day without its time."""
    (complaint,) = surfaces.check_card(card({"type": "TextBlock", "text": text}))
    assert complaint == "a moment that would be shown as it is written [/body/0/text]"


def test_a_moment_outside_a_text_block_is_told() -> None:
    """No other element works functions out."""
    press = {"type": "Action.OpenUrl", "url": "https://example.com/", "title": f"{{{{TIME({AT})}}}}"}
    (complaint,) = surfaces.check_card(card({"type": "ActionSet", "actions": [press]}))
    assert complaint == "DATE and TIME are drawn in a TextBlock alone [/body/0/actions/0/title]"
