"""A card that was drawn is not drawn again by the same code, and nothing too large slips through."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from msgspec import Struct

from bot import content_loading
from cards import known, model
from cards.model import Card, TextBlock
from content import inline
from content.inline import Emphasis, Rich, Strong, Text
from content.library import FaultyContent
from tests import ready
from tests.bot.test_serve import undrawable
from tests.content import decks

ROOT = Path(__file__).parents[2]
# Says in a process of its own what is wrong with a deck, and whether anything was drawn to know that.
SAYS = """
import sys
from pathlib import Path
from bot import content_loading
from content.library import FaultyContent
assert "cards.renderers" not in sys.modules
try:
    content_loading.load(Path(sys.argv[1]), kept=Path(sys.argv[2]))
except FaultyContent as error:
    print(error)
print("drawn" if "cards.renderers" in sys.modules else "known")
"""


def says(deck: Path, kept: Path, *, root: Path = ROOT) -> tuple[str, str]:
    """Give the faults that the code in a folder finds, and whether all cards were `known` or some `drawn`."""
    if root == ROOT:
        ended = ready.ended(ready.SERVES, SAYS, str(deck), str(kept))
    else:
        argv = (sys.executable, "-c", SAYS, str(deck), str(kept))
        ended = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 # our own
    assert ended.stderr == ""
    *faults, how = ended.stdout.splitlines()
    return "\n".join(faults), how


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """Give a sound deck."""
    (tmp_path / "deck").mkdir()
    return decks.written(tmp_path / "deck")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Name a folder that is not there yet."""
    return tmp_path / "kept"


def test_what_was_drawn_is_known_until_a_word_changes(deck: Path, kept: Path) -> None:
    """Any word that a card shows; and what was known before is still known when the word is back."""
    assert says(deck, kept) == ("", "drawn")
    decks.written(deck, {"deck.yaml": ("Grassy and light", "Grassy and lighter")})
    assert says(deck, kept) == ("", "drawn")
    decks.written(deck)
    assert says(deck, kept) == ("", "known")


def test_what_is_too_large_is_refused_each_time(deck: Path, kept: Path) -> None:
    """After a sound reading of the same deck too, and with the same words: it never becomes known."""
    content_loading.load(deck, kept=kept)
    undrawable(deck)
    said = []
    for folder in (None, kept, kept):
        with pytest.raises(FaultyContent) as caught:
            content_loading.load(deck, kept=folder)
        said.append(caught.value.faults)
    assert said[0] == said[1] == said[2]
    assert "its detail is more than Slack takes in one message" in said[0][0].sentence
    assert says(deck, kept)[1] == "drawn"


def test_other_code_draws_for_itself(deck: Path, kept: Path, tmp_path: Path) -> None:
    """A change of any module that draws makes other code: with a lower limit, what fitted is refused."""
    copied = tmp_path / "copied"
    for package in ("bot", "cards", "content"):
        shutil.copytree(ROOT / package, copied / package, ignore=shutil.ignore_patterns("__pycache__", "ai-pm"))
    content_loading.load(deck, kept=kept)
    assert says(deck, kept, root=copied) == ("", "known")
    with (copied / "cards/slack/limits.py").open("a") as file:
        file.write("MESSAGE_BLOCKS = 3\n")
    assert "takes in one message" in says(deck, kept, root=copied)[0]


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _turned(file: Path) -> None:
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])


def _open_to_others(file: Path) -> None:
    file.chmod(0o602)


@pytest.mark.parametrize("spoil", [_cut, _turned, _open_to_others, Path.unlink])
def test_what_cannot_be_trusted_is_drawn(spoil: Callable[[Path], None], kept: Path) -> None:
    """And is kept anew."""
    card = Card("Tea", ())
    first = known.Known(kept)
    assert not first.fits(card)
    first.note(card)
    first.keep()
    assert known.Known(kept).fits(card)
    (file,) = kept.iterdir()
    spoil(file)
    again = known.Known(kept)
    assert not again.fits(card)
    again.note(card)
    again.keep()
    assert known.Known(kept).fits(card)


def test_without_a_folder_nothing_is_known(tmp_path: Path) -> None:
    """Nor where it cannot be made."""
    (tmp_path / "file").touch()
    for folder in (None, tmp_path / "file" / "below"):
        for _ in range(2):
            nothing = known.Known(folder)
            assert not nothing.fits(Card("Tea", ()))
            nothing.note(Card("Tea", ()))
            nothing.keep()


def test_only_so_many_are_remembered(kept: Path) -> None:
    """Those that were asked for last."""
    first = known.Known(kept)
    for number in range(known.MOST):
        first.note(Card(str(number), ()))
    first.keep()
    second = known.Known(kept)
    assert second.fits(Card("1", ()))
    second.note(Card("new", ()))
    second.keep()
    third = known.Known(kept)
    assert all(third.fits(Card(title, ())) for title in ("1", "new", "0"))
    assert not third.fits(Card(str(known.MOST - 1), ()))


@pytest.mark.parametrize(
    ("one", "other"),
    [((Strong((Text("a"),)),), (Emphasis((Text("a"),)),)), ((Text("a"), Text("b")), (Text("ab"),))],
)
def test_cards_that_are_drawn_differently_are_different(one: Rich, other: Rich, kept: Path) -> None:
    """Also where nothing but the kind of mark differs, or where one text ends and the next begins."""
    drawn = known.Known(kept)
    drawn.note(Card("Tea", (TextBlock(one),)))
    drawn.keep()
    again = known.Known(kept)
    assert again.fits(Card("Tea", (TextBlock(one),)))
    assert not again.fits(Card("Tea", (TextBlock(other),)))


def _types(modules: tuple[ModuleType, ...]) -> Iterator[type[Struct]]:
    for module in modules:
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Struct) and each.__module__ == module.__name__:
                yield each


def test_what_a_card_says_of_itself_tells_all_of_it() -> None:
    """Cards are known by that: no field of theirs is hidden, none is said in words of our own, and no two are one."""
    found = list(_types((model, inline)))
    assert {Card, TextBlock, Strong} <= set(found)
    assert len({each.__qualname__ for each in found}) == len(found)
    for each in found:
        assert each.__repr__ is Struct.__repr__, each
        assert not each.__struct_config__.repr_omit_defaults, each
