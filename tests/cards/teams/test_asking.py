"""A button that asks first, on Teams: its question stands below, with what does it and a way out."""

import pytest

from cards.model import Action, Actions, Button, Card, LinkButton
from cards.teams import render
from tests.cards.teams import adaptive

OFF = Button("Turn off", Action("tips-off"), "danger", asks="Turn tips off?")
LINK = LinkButton("Read", "https://example.com/")


@pytest.mark.parametrize("is_quiet", [False, True])
def test_a_question_has_a_way_out_that_says_nothing_was_changed(*, is_quiet: bool) -> None:
    """Drawn as a button or as words: pressed again, it asks again."""
    drawn = render.card(Card("Tips", (Actions((OFF, LINK), is_quiet=is_quiet),)))
    assert adaptive.card_faults(drawn) == []
    parts = [each for each in adaptive.every(drawn) if "type" in each]
    toggles = [each for each in parts if each["type"] == "Action.ToggleVisibility"]
    hidden = {each["id"]: each for each in parts if each.get("isVisible") is False and "items" in each}
    opens, cancels = toggles
    assert (opens["title"], cancels["title"]) == ("Turn off", "Cancel")
    asks, kept = hidden
    assert opens["targetElements"] == [
        {"elementId": asks, "isVisible": True},
        {"elementId": kept, "isVisible": False},
    ]
    assert cancels["targetElements"] == [
        {"elementId": kept, "isVisible": True},
        {"elementId": asks, "isVisible": False},
    ]
    assert "Turn tips off?" in adaptive.words(hidden[asks])
    assert adaptive.words(hidden[kept]).strip().endswith("Nothing was changed.")
    (does,) = [each for each in parts if each["type"] == "Action.Execute"]
    assert (does["title"], does["style"]) == ("Turn off", "destructive")
