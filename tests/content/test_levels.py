"""A level or page is declared once, and everything that people meet it by follows."""

from content.levels import LEVEL_OF, LEVELS, PAGE_OF, PAGES, called
from content.reading.schema import SHAPES


def test_every_level_and_page_can_be_written_and_named() -> None:
    """Writers have a key for each, and no word that people type for one stands for another."""
    dimension, tip = SHAPES["dimension"].keys, SHAPES["tip"].keys
    assert [level for level in LEVELS if level not in dimension or level not in tip] == []
    assert [page for page in PAGES if not dimension.keys() & {page, *called(page).typed}] == []
    assert LEVEL_OF.keys() & PAGE_OF.keys() == set()
    titles = [called(part).title for part in (*LEVELS, *PAGES)]
    assert len(titles) == len(set(titles))
