"""Remember which cards every platform takes, so that nobody who reads content draws them again."""

from hashlib import blake2b, sha256
from pathlib import Path

from cards.model import Card
from content.keeping import code
from content.keeping.folder import CARDS, Kept

MOST = 20_000  # cards that are remembered; the shipped content makes some 1,500
_CODE = ("cards", "orjson")  # what draws: packages beside that of the content; the last counts a card's bytes
_SIZE = 16  # bytes a card


class Known:
    """The cards that this very code has drawn for every platform, and that fit; kept in a folder, if any.

    A card counts by all that it says. Those that other code has drawn are not known, nor any where the code can't be
    told.
    """

    def __init__(self, folder: Path | None) -> None:
        drawing = code.digest(*_CODE) if folder else ""
        self._place = Kept(folder, sha256(f"cards {drawing}".encode()).hexdigest()) if folder and drawing else None
        held = (self._place.read(CARDS) if self._place else None) or b""
        self._before = dict.fromkeys(held[start : start + _SIZE] for start in range(0, len(held), _SIZE))
        self._now: dict[bytes, None] = {}

    def fits(self, card: Card) -> bool:
        """Say whether it is known to fit."""
        if not self._place or (mark := _mark(card)) not in self._before:
            return False
        self._now[mark] = None
        return True

    def note(self, card: Card) -> None:
        """Remember that it fits."""
        if self._place:
            self._now[_mark(card)] = None

    def keep(self) -> None:
        """Keep what is new, those asked for now first; not where the code was updated meanwhile: some may run here."""
        if not self._place or self._now.keys() <= self._before.keys() or code.fresh(*_CODE) != code.digest(*_CODE):
            return
        marks = list({**self._now, **self._before})
        self._place.write(CARDS, b"".join(marks[:MOST]))


def _mark(card: Card) -> bytes:
    # What stands for a card in words tells all of it, its types too: nothing in it hides a field.
    return blake2b(repr(card).encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()
