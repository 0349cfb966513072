"""The tips that are chosen among are made once for a library, and go with it."""

import gc
import weakref
from pathlib import Path

from content import library as libraries
from content.library import Library
from handlers.tips import pools
from tests.content import decks


def test_a_librarys_tips_are_made_once(shipped_content: Library) -> None:
    """All of them, in file order, for whoever asks."""
    found = pools.of(shipped_content)
    assert [(id_, tip.dimension, tip.before) for id_, tip in found.items()] == [
        (tip.id, tip.dimension, tip.before) for tip in shipped_content.tips
    ]
    assert pools.of(shipped_content) is found


def test_a_library_that_was_replaced_is_not_held(tmp_path: Path) -> None:
    """After a reload the old one goes, whoever chose among its tips."""
    old = libraries.load(decks.written(tmp_path))
    assert pools.of(old)
    seen = weakref.ref(old)
    del old
    gc.collect()
    assert seen() is None
