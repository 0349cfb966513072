"""Signs that nobody sees: texts of nothing else, and tabs before a line, are called what they are."""

from pathlib import Path

import pytest

from tests.content import decks
from tests.content.test_faults import faults_after

UNSEEN = ("\u3164", "\uffa0", "\u2800", "\u115f\u1160", "\u200d", "\ufe0f", "\u034f", "\U000e0020", "\u180e")
TEXTS = (
    ("short: Caffeine", "short: {}", "short"),
    ("title: Caffeine and sleep", "title: {}", "title"),
    ("tip_name: Tea tip", "tip_name: {}", "tip_name"),
    ("right: More of it.", "right: {}", "right"),
    ("right: More of it.", "right: '**{}**'", "right"),
    ("right: More of it.", "right: '[{}](https://example.org/)'", "right"),
    ("- Who drinks it?", "- '{}'", "ask"),
    ("example: Nobody slept.", "example: '{}'", "example"),
)


def test_texts_of_signs_that_nobody_sees(tmp_path: Path) -> None:
    """Fillers, blanks and marks alone are no text, in any field, plain or Markdown."""
    # Each field with one of the signs, and one field with each of them.
    cases = [(*text, UNSEEN[number % len(UNSEEN)]) for number, text in enumerate(TEXTS)]
    cases += [(*TEXTS[0], sign) for sign in UNSEEN]
    amiss = []
    for number, (old, new, name, sign) in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = faults_after(folder, "deck.yaml", old, new.format(sign))
        if not any("has no text that anybody sees" in said and f"`{name}`" in said for _, said in found):
            amiss.append((new.format(ascii(sign)), found))
    assert amiss == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    right: More of it.", "\tright: More of it."),
        ("    right: More of it.", "    \tright: More of it."),
        ("    number: 2", "  \t  number: 2"),
        ("      ask:", "\t\task:"),
        ("        - First cup: two", "\t- First cup: two"),
        ("        - Who drinks it?", "\t- Who drinks it?"),
        ("      - kind: business", "\t- kind: business"),
        ("  - id: taste", "\t- id: taste"),
        ("      Grassy and light", "\tGrassy and light"),
        ("deck:", "\tdeck:"),
    ],
)
def test_a_tab_before_a_line_is_called_that(tmp_path: Path, old: str, new: str) -> None:
    """Whatever YAML then trips over, and on whichever line: the tab is what is to be mended."""
    line = decks.line_of("deck.yaml", next(each for each in decks.DECK.splitlines() if each.startswith(old)))
    found = faults_after(
        tmp_path, "deck.yaml", f"\n{old}" if old != "deck:" else old, f"\n{new}" if old != "deck:" else new
    )
    assert found[0] == (line, "a tab stands where only spaces may: indent with spaces")
