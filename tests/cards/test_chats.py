"""What a card becomes in a person's own chat with the bot."""

from datetime import date

from cards import text
from cards.compose import chats, phrases
from cards.compose.learning import plans
from cards.compose.phrases import rich
from cards.model import Action, Actions, Button, Caption, Card, Divider, Header, Listing, Subject, TextBlock
from cards.teams import render
from content.inline import Command
from tests.cards.teams import adaptive

SHARE = Button("Share", Action("share", Subject("dimension", "risks")))
DETAIL = Button("More detail", Action("deepen", Subject("dimension", "risks"), "detail"))


def test_a_plain_word_asks_and_nobody_is_shared_with() -> None:
    """What is typed there needs no mention, what is typed elsewhere does; what needs others is not offered."""
    card = Card(
        "Help",
        (
            Header("Help"),
            Listing((rich(Command("risks"), "  one card"), rich(Command(), "  all cards"))),
            TextBlock(rich("Type ", phrases.there("tips"), " in the channel.")),
            Divider(),
            Actions((DETAIL, SHARE)),
            Actions((SHARE,)),
            Caption(rich("Or ", Command("help"), ".")),
        ),
    )
    fitted = chats.for_one(card)
    assert [block.items for block in fitted.blocks if isinstance(block, Actions)] == [(DETAIL,)]
    words = adaptive.words(render.card(fitted))
    assert "risks  one card" in words
    assert "list  all cards" in words
    assert "Type @PM Compare tips in the channel." in words
    assert "Or help." in words
    assert "Share" not in text.message(fitted)


def test_a_form_says_the_plain_word_too() -> None:
    """Its notes are read in the same chat."""
    form = plans.form(Subject("dimension", "risks"), "", "", date(2026, 12, 1), "UTC", "{}")
    assert "@PM Compare plans shows" in adaptive.words(render.dialog(form))
    words = adaptive.words(render.dialog(chats.form_for_one(form)))
    assert "plans shows" in words
    assert "@PM Compare" not in words


def test_a_card_for_many_stays_as_it_is() -> None:
    """There is nothing on it that needs fitting."""
    card = Card("Words", (TextBlock(rich("Words.")), Actions((DETAIL,))))
    assert chats.for_one(card) == card
