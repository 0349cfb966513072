"""A card at a terminal looks the way it will in a channel."""

import io
from typing import Literal

from rich.console import Console

from cards import terminal
from cards.model import Actions, Card, LinkButton
from tests.cards import gallery


def drawn(card: Card, width: int = 100, *, is_terminal: bool = False) -> str:
    """Give what a console of that width prints."""
    printed = io.StringIO()
    colours: Literal["truecolor"] | None = "truecolor" if is_terminal else None
    terminal.draw(card, Console(file=printed, width=width, force_terminal=is_terminal, color_system=colours))
    return printed.getvalue()


def test_the_two_sides_stand_next_to_each_other() -> None:
    """Both titles are on one line where there is room, the traditional one first."""
    lines = [line for line in drawn(gallery.comparison()).splitlines() if "Traditional PM" in line]
    assert len(lines) == 1
    assert "  AI PM" in lines[0].partition("Traditional PM")[2]


def test_the_two_sides_stack_in_a_narrow_terminal() -> None:
    """Below 60 columns the traditional side comes first, then the other."""
    words = drawn(gallery.comparison(), 50)
    assert words.index("adoption.") < words.index("AI PM")


def test_no_line_is_wider_than_the_terminal() -> None:
    """A frame that wraps is no frame; a very wide terminal is not filled."""
    for width in (40, 80, 200):
        assert {len(line) for line in drawn(gallery.comparison(), width).splitlines()} == {min(width, 100)}


def test_buttons_look_like_buttons_and_are_not_broken() -> None:
    """Every button and menu is in brackets, whole, on a narrow terminal too."""
    words = drawn(gallery.comparison(), 44)
    for label in ("More detail", "Sources", "Share", "‹ Skills", "Turn off", "All seven ▾"):
        assert f"[ {label} ]" in words


def test_an_address_is_printed_only_where_it_cannot_be_clicked() -> None:
    """A terminal links the words; a file or a pipe gets the address beside them."""
    card = gallery.card(Actions((LinkButton("Paper", "https://example.com/p"),)))
    assert "[ Paper (https://example.com/p) ]" in drawn(card)
    linked = drawn(card, is_terminal=True)
    assert "\x1b]8;" in linked
    assert "(https" not in linked
