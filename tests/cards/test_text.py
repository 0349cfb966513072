"""A card in plain words reads well aloud."""

from cards import text
from cards.model import Caption, Columns, Header, Listing, Side, TextBlock
from content.inline import Code, Link, Strong, Text
from tests.cards import gallery


def test_a_card_reads_in_order_with_its_labels() -> None:
    """Title, both sides by name, steps by number, and last what can be pressed."""
    assert text.message(gallery.tip()) == (
        "AI PM tip: Give every answer a way out\n\n"
        "AI PM tip · Risks\n\n"
        "One idea.\n\n"
        "Steps:\n1. Write it\n2. Ship it\n\n"
        "• latency\n• cost"
    )


def test_a_title_the_card_opens_with_is_said_once() -> None:
    """Neither a heading nor bold first words repeat the title."""
    assert text.message(gallery.card(Header("7 · Risks"), Caption(gallery.rich("n")))) == "7 · Risks\n\nn"
    assert text.message(gallery.card(TextBlock((Strong((Text("7 · Risks"),)), Text("\nMore"))))) == "7 · Risks\nMore"


def test_buttons_can_be_left_out() -> None:
    """Where nothing can be pressed, nothing is named."""
    assert "Buttons: More detail; Sources" in text.message(gallery.comparison())
    assert "More detail" not in text.message(gallery.comparison(), buttons=False)


def test_a_link_is_followed_by_its_address() -> None:
    """Plain words cannot be clicked; an address that is its own label is not said twice."""
    assert text.plain((Link("https://a.b", (Text("a paper"),)), Code(" x"))) == "a paper (https://a.b) x"
    assert text.plain((Link("https://a.b", (Text("https://a.b"),)),)) == "https://a.b"


def test_labels_get_their_colon_once() -> None:
    """A label that ends in a mark of its own keeps it."""
    card = gallery.card(
        Columns(Side("A", gallery.rich("a")), Side("B?", gallery.rich("b"))), Listing((gallery.rich("c"),), "Ask:")
    )
    assert text.message(card) == "7 · Risks\n\nA: a\n\nB? b\n\nAsk:\n• c"
