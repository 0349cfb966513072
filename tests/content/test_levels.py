"""A level, a page or a reaction is declared once, and everything that people meet it by follows."""

from pathlib import Path

from cards import text
from cards.compose import dimensions
from content import emoji, library
from content.levels import LEVEL_OF, LEVELS, PAGE_OF, PAGES, called
from content.reading.schema import SHAPES
from tests.content import decks


def test_every_level_and_page_can_be_written_and_named() -> None:
    """Writers have a key for each, and no word that people type for one stands for another."""
    dimension, tip = SHAPES["dimension"].keys, SHAPES["tip"].keys
    assert [level for level in LEVELS if level not in dimension or level not in tip] == []
    assert [page for page in PAGES if not dimension.keys() & {page, *called(page).typed}] == []
    assert LEVEL_OF.keys() & PAGE_OF.keys() == set()
    titles = [called(part).title for part in (*LEVELS, *PAGES)]
    assert len(titles) == len(set(titles))


def test_a_fourth_reaction_is_a_line_of_the_deck(tmp_path: Path) -> None:
    """Whoever wants one more emoji writes it into deck.yaml: cards name it, and it opens its level."""
    added = {"deck.yaml": ("    mag: detail\n", "    mag: detail\n    rocket: exercise\n")}
    deck = library.load(decks.written(tmp_path, added))
    assert "🚀 exercise" in text.message(dimensions.tip(deck, deck.tips[0]))
    assert emoji.level("rocket", deck.deck.reactions) == emoji.level("🚀", deck.deck.reactions) == "exercise"
